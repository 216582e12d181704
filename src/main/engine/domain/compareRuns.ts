import type { ComparedRow, ComparedShare, RunComparison } from '../../../shared/model/comparison.ts';
import { type Share, shareDifference, wilson } from '../../../shared/model/intervals.ts';
import type { DifficultyTally } from './difficulty.ts';
import { type RunFacts, triesPerGroup } from './measure.ts';

/** A count out of another, and how much one trial of it says (see Step in estimate.ts). */
interface Weighed extends Share {
  weight: number;
}

const weighed = ({ count, of, weight }: Weighed): Share => ({ count: count * weight, of: of * weight });

function comparedShare(side: Weighed | null): ComparedShare | null {
  if (!side || side.of === 0) return null;
  const interval = side.count <= side.of ? wilson(weighed(side)) : null;
  return { count: side.count, of: side.of, share: side.count / side.of, low: interval?.low ?? null, high: interval?.high ?? null };
}

function comparedRow(key: string, a: Weighed | null, b: Weighed | null): ComparedRow {
  const shares = a && b && a.count <= a.of && b.count <= b.of;
  return { key, a: comparedShare(a), b: comparedShare(b), difference: shares ? shareDifference(weighed(a), weighed(b)) : null };
}

/** What each step of a run left of what reached it. Stages run in the recipe's order, so "what reached it" is the row before. */
function stepsOf(run: RunFacts): Map<string, Weighed> {
  const steps = new Map<string, Weighed>();
  const weight = 1 / triesPerGroup(run);
  for (const [i, row] of run.funnel.entries()) {
    const before = run.funnel[i - 1];
    if (!before) continue;
    // The row of edits counts tries, and that before it pictures: what can be compared is how many tries gave an edit.
    const of = row.key === 'edits' ? run.attemptsDone : row.key === 'selection' ? run.passed : before.count;
    steps.set(row.key, { count: row.count, of, weight: row.key === 'plausible' ? 1 : weight });
  }
  return steps;
}

/** The steps of both runs side by side, in the order of `a`, with what only `b` has behind them. */
export function compareSteps(a: RunFacts, b: RunFacts): ComparedRow[] {
  const [left, right] = [stepsOf(a), stepsOf(b)];
  return [...new Set([...left.keys(), ...right.keys()])].map((key) => comparedRow(key, left.get(key) ?? null, right.get(key) ?? null));
}

/** Shares of passed attempts by operation, the surest large differences first, then by name. */
export function compareCategories(a: readonly DifficultyTally[], b: readonly DifficultyTally[]): ComparedRow[] {
  const side = (tallies: readonly DifficultyTally[]) =>
    new Map(
      tallies.map(({ category, passed, attempts, groups }) => [
        category,
        { count: passed, of: attempts, weight: attempts > 0 ? Math.min(1, groups / attempts) : 1 },
      ]),
    );
  const [left, right] = [side(a), side(b)];
  const rows = [...new Set([...left.keys(), ...right.keys()])].map((key) =>
    comparedRow(key, left.get(key) ?? null, right.get(key) ?? null),
  );
  const size = ({ difference }: ComparedRow) => (difference ? Math.abs(difference.difference) : -1);
  return rows.sort((x, y) => size(y) - size(x) || (x.key < y.key ? -1 : 1));
}

/** Fields that differ between two recipes, by path; lists of plain values are compared as one. */
export function recipeDifferences(a: unknown, b: unknown): RunComparison['recipe'] {
  const [left, right] = [flat(a), flat(b)];
  const paths = [...new Set([...left.keys(), ...right.keys()])].sort();
  return paths
    .filter((path) => left.get(path) !== right.get(path))
    .map((path) => ({ path, a: left.get(path) ?? null, b: right.get(path) ?? null }));
}

function flat(value: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  const plain = typeof value !== 'object' || value === null;
  const list = Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null);
  if (plain || list) {
    if (value !== undefined) into.set(path, JSON.stringify(value));
    return into;
  }
  const named = Array.isArray(value) && value.every((item) => typeof item?.id === 'string');
  const entries = named ? value.map((item) => [item.id as string, item] as const) : Object.entries(value);
  for (const [key, item] of entries) flat(item, path === '' ? key : `${path}.${key}`, into);
  return into;
}
