import { AppError } from '../../../shared/model/errors.ts';
import type { GateData } from '../../../shared/model/whatIf.ts';
import type { RunFactsStore, RunStore } from '../ports.ts';

/** What moving the gates of a run takes: its cells, and where its gates stood. AppError noSuchItem. */
export async function gateData(runId: string, runs: Pick<RunStore, 'get'>, facts: Pick<RunFactsStore, 'gateCells'>): Promise<GateData> {
  const run = runs.get(runId);
  if (!run) throw new AppError('noSuchItem', `There is no run ${runId}.`);
  const { gates, stages } = run.recipe;
  return {
    ...(await facts.gateCells(runId)),
    gates: { validator: gates.validator, softJudge: gates.softJudge, lowLevel: gates.lowLevel.minLargestShare },
    on: { validator: stages.includes('validator'), softJudge: stages.includes('softJudge'), lowLevel: stages.includes('lowLevel') },
  };
}
