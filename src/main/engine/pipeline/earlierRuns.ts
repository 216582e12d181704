import type { Recipe } from '../../../shared/model/recipe.ts';
import { funnelRows } from '../domain/funnel.ts';
import type { RunFacts } from '../domain/measure.ts';
import type { RunFactsStore, RunRecord, RunStore } from '../ports.ts';

/** Runs that an estimate looks at: the newest say most, and reading is not free. */
const LOOKED_AT = 6;

/** What is known of one run, for estimates and comparisons. */
export async function runFacts(run: RunRecord, runs: Pick<RunStore, 'counters'>, facts: RunFactsStore): Promise<RunFacts> {
  const counters = runs.counters(run.id);
  const count = (name: string) => counters.get(name) ?? 0;
  return {
    id: run.id,
    name: run.name,
    recipe: run.recipe,
    funnel: funnelRows(counters, run.recipe),
    attemptsDone: ['passed', 'rejected', 'failed', 'unknown'].reduce((sum, state) => sum + count(`attempt.${state}`), 0),
    passed: count('attempt.passed'),
    jobSpace: run.jobSpace,
    wallSeconds: run.wallMs / 1000,
    calls: facts.callTotals(run.id),
    cells: await facts.gateCells(run.id),
  };
}

/** The newest runs at rest that share the editor of a recipe: those that can say something about it. */
export async function earlierRuns(recipe: Recipe, runs: RunStore, facts: RunFactsStore): Promise<RunFacts[]> {
  const alike = runs
    .list()
    .filter((run) => run.state !== 'running' && run.recipe.roles.imageEditor?.model === recipe.roles.imageEditor?.model);
  return Promise.all(alike.slice(0, LOOKED_AT).map((run) => runFacts(run, runs, facts)));
}
