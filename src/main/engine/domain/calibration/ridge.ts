/** A straight line through many dimensions: intercept + weights . x, with normal noise of deviation `sigma`. */
export interface Ridge {
  intercept: number;
  weights: number[];
  sigma: number;
}

/**
 * Least squares with the penalty lambda * |weights|^2 (the intercept is free), by the normal equations and Cholesky.
 * Every row has the same length; lambda > 0 keeps the system solvable whatever the columns. RangeError without rows.
 */
export function fitRidge(rows: readonly Float64Array[], labels: ArrayLike<number>, lambda: number): Ridge {
  const n = rows.length;
  if (n === 0) throw new RangeError('a fit needs examples');
  const d = (rows[0] as Float64Array).length;
  const mean = new Float64Array(d);
  for (const row of rows) for (let j = 0; j < d; j++) mean[j]! += row[j]! / n;
  let labelMean = 0;
  for (let i = 0; i < n; i++) labelMean += labels[i]! / n;
  const gram = new Float64Array(d * d);
  const right = new Float64Array(d);
  const centred = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    const row = rows[i] as Float64Array;
    for (let j = 0; j < d; j++) centred[j] = row[j]! - mean[j]!;
    const y = labels[i]! - labelMean;
    for (let j = 0; j < d; j++) {
      const value = centred[j]!;
      right[j]! += value * y;
      for (let k = 0; k <= j; k++) gram[j * d + k]! += value * centred[k]!;
    }
  }
  for (let j = 0; j < d; j++) gram[j * d + j]! += lambda;
  const weights = solve(gram, right, d);
  const intercept = labelMean - dot(weights, mean);
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (labels[i]! - intercept - dot(weights, rows[i] as Float64Array)) ** 2;
  return { intercept, weights: [...weights], sigma: Math.sqrt(squares / n) };
}

/** The sum of products of two vectors of one length. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Solves a symmetric positive definite system of which the lower triangle is given; overwrites its arguments. */
function solve(matrix: Float64Array, right: Float64Array, d: number): Float64Array {
  for (let j = 0; j < d; j++)
    for (let i = j; i < d; i++) {
      let sum = matrix[i * d + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * d + k]! * matrix[j * d + k]!;
      matrix[i * d + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / matrix[j * d + j]!;
    }
  for (let i = 0; i < d; i++) {
    for (let k = 0; k < i; k++) right[i]! -= matrix[i * d + k]! * right[k]!;
    right[i]! /= matrix[i * d + i]!;
  }
  for (let i = d - 1; i >= 0; i--) {
    for (let k = i + 1; k < d; k++) right[i]! -= matrix[k * d + i]! * right[k]!;
    right[i]! /= matrix[i * d + i]!;
  }
  return right;
}
