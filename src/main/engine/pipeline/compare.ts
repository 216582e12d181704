import type { RunComparison } from '../../../shared/model/comparison.ts';
import { AppError } from '../../../shared/model/errors.ts';
import { compareCategories, compareSteps, recipeDifferences } from '../domain/compareRuns.ts';
import type { DifficultyTally } from '../domain/difficulty.ts';
import { survivalCurve } from '../domain/threshold.ts';
import type { RunFactsStore, RunRecord, RunStore } from '../ports.ts';
import { runFacts } from './earlierRuns.ts';
import { runSummary } from './progress.ts';

interface CompareStore extends RunFactsStore {
  thresholdCube(runId: string): { adherenceBin: number; aestheticsBin: number; count: number }[];
  difficultyTallies(runId: string): Promise<DifficultyTally[]>;
}

/** Two runs side by side: funnel, survival, difficulty, money, recipe. AppError noSuchItem. */
export async function compareRuns(ids: { a: string; b: string }, runs: RunStore, store: CompareStore): Promise<RunComparison> {
  const require = (id: string): RunRecord => {
    const run = runs.get(id);
    if (!run) throw new AppError('noSuchItem', `There is no run ${id}.`, { hint: '`nhr runs` lists them.' });
    return run;
  };
  const [a, b] = [require(ids.a), require(ids.b)];
  const side = (run: RunRecord) => {
    const summary = runSummary(runs, run);
    return {
      run: summary,
      gpuSeconds: runs.counters(run.id).get('gpuSeconds') ?? 0,
      wallSeconds: run.wallMs / 1000,
      usdPerTriplet: summary.triplets > 0 ? summary.usdSettled / summary.triplets : null,
      survival: survivalCurve(store.thresholdCube(run.id)),
    };
  };
  const [factsA, factsB] = [await runFacts(a, runs, store), await runFacts(b, runs, store)];
  return {
    a: side(a),
    b: side(b),
    steps: compareSteps(factsA, factsB),
    categories: compareCategories(await store.difficultyTallies(a.id), await store.difficultyTallies(b.id)),
    recipe: recipeDifferences(a.recipe, b.recipe),
  };
}
