/**
 * Local validators learned from simulated people: error and rank correlation on 2,000 unseen ratings, by number of ratings and by
 * method. `node tests/bench/calibration.ts` prints the table alone.
 */
import { featureNames, featurise, planFeatures } from '../../src/main/engine/domain/calibration/features.ts';
import type { Example } from '../../src/main/engine/domain/calibration/fit.ts';
import { meanAbsoluteError, spearman } from '../../src/main/engine/domain/calibration/metrics.ts';
import { fitOrdinal } from '../../src/main/engine/domain/calibration/ordinal.ts';
import { expectedScore } from '../../src/main/engine/domain/calibration/predict.ts';
import { fitRidge } from '../../src/main/engine/domain/calibration/ridge.ts';
import type { BenchLine } from './bench.ts';
import { simulatedRatings } from './raters.ts';

const COUNTS = [60, 120, 250, 500];
const REPEATS = 10;
const UNSEEN = 2000;
const METHODS = ['mean only', 'ridge', 'ridge + hinge', 'ordinal', 'ordinal + hinge'] as const;
type Method = (typeof METHODS)[number];
type Figures = Record<Method, { mae: number; rho: number }>;

/** Mean figures over REPEATS draws of `count` ratings. */
export function simulate(count: number, repeats = REPEATS): Figures {
  const sums = Object.fromEntries(METHODS.map((method) => [method, { mae: 0, rho: 0 }])) as Figures;
  for (let r = 0; r < repeats; r++) {
    const train = simulatedRatings(count, 1000 + r);
    const test = simulatedRatings(UNSEEN, 50_000 + r);
    for (const method of METHODS) {
      const { mae, rho } = tried(method, train, test);
      sums[method].mae += mae / repeats;
      sums[method].rho += rho / repeats;
    }
  }
  return sums;
}

function tried(method: Method, train: readonly Example[], test: readonly Example[]): { mae: number; rho: number } {
  const labels = train.map(({ adherence }) => adherence);
  if (method === 'mean only') {
    const mean = labels.reduce((a, b) => a + b, 0) / labels.length;
    return { mae: meanAbsoluteError(test.map(({ adherence }) => ({ predicted: mean, label: adherence }))), rho: 0 };
  }
  const plan = planFeatures(train);
  const hinge = method.endsWith('hinge');
  const straight = featureNames(plan).map((name) => !name.includes(' far '));
  const rowOf = (example: Example) => {
    const row = featurise(plan, example);
    return hinge ? row : row.filter((_, i) => straight[i]);
  };
  const rows = train.map(rowOf);
  const model = method.startsWith('ridge')
    ? { method: 'ridge' as const, lambda: 4, ...fitRidge(rows, labels, 4) }
    : { method: 'ordinal' as const, lambda: 1, isotonic: null, ...fitOrdinal(rows, labels, 1) };
  const judged = test.map((example) => ({ predicted: expectedScore(model, rowOf(example)), label: example.adherence }));
  return { mae: meanAbsoluteError(judged), rho: spearman(judged) };
}

/** The table as lines of text: mean absolute error / Spearman. */
export function printed(table: Map<number, Figures>): string[] {
  const cell = ({ mae, rho }: { mae: number; rho: number }) => `${mae.toFixed(3)} / ${rho === 0 ? '-    ' : rho.toFixed(3)}`.padEnd(18);
  return [
    `ratings  ${METHODS.map((method) => method.padEnd(18)).join('')}`,
    ...[...table].map(([count, figures]) => `${String(count).padEnd(9)}${METHODS.map((method) => cell(figures[method])).join('')}`),
  ];
}

/** The bench: what the choice of method stands on. */
export async function run(): Promise<BenchLine[]> {
  const table = new Map(COUNTS.map((count) => [count, simulate(count)]));
  for (const line of printed(table)) process.stdout.write(`${line}\n`);
  const at = (count: number) => table.get(count) as Figures;
  const line = (name: string, value: number, ok: boolean, limit: string): BenchLine => ({ name, value, unit: '', ok, limit });
  const gain = at(250)['ordinal + hinge'].mae / at(250).ridge.mae;
  const best = at(500)['ordinal + hinge'];
  return [
    line('ordinal with hinges against ridge, error at 250 ratings', gain, gain <= 0.97, '<= 0.97'),
    line('ordinal with hinges, error at 500 ratings', best.mae, best.mae <= 0.56, '<= 0.56'),
    line('ordinal with hinges, Spearman at 500 ratings', best.rho, best.rho >= 0.84, '>= 0.84'),
    line('always the mean, error at 500 ratings', at(500)['mean only'].mae, at(500)['mean only'].mae > 0.9, '> 0.9'),
  ];
}

if (import.meta.main) for (const line of printed(new Map(COUNTS.map((count) => [count, simulate(count)])))) console.log(line);
