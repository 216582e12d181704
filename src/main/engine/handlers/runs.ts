import type { EngineParts } from '../compose.ts';
import { difficultyFromTallies } from '../domain/difficulty.ts';
import { rejectReasons } from '../domain/funnel.ts';
import { survivalCurve } from '../domain/threshold.ts';
import { LATEST_KINDS, varied } from '../domain/variety.ts';
import { compareRuns } from '../pipeline/compare.ts';
import { earlierRuns } from '../pipeline/earlierRuns.ts';
import { gateData } from '../pipeline/gateData.ts';
import { planRecipe } from '../pipeline/planRecipe.ts';
import { listTemplates, removeTemplate, saveTemplate } from '../pipeline/templates.ts';
import { answer, api } from './answer.ts';

/** Runs: recipes, start, stop, progress, and what came of them. */
export function runHandlers({ runs, workspace, scorers }: EngineParts) {
  const { screens } = workspace;

  return {
    templates: api.runs.templates.handler((ctx) => answer(ctx, () => listTemplates(workspace.dir))),
    saveTemplate: api.runs.saveTemplate.handler((ctx) => answer(ctx, () => saveTemplate(workspace.dir, ctx.input))),
    removeTemplate: api.runs.removeTemplate.handler((ctx) =>
      answer(ctx, async () => {
        await removeTemplate(workspace.dir, ctx.input.id);
        return {};
      }),
    ),
    check: api.runs.check.handler((ctx) =>
      answer(ctx, () => {
        const { yaml, baseDir = workspace.dir } = ctx.input;
        const parts = { calibrations: workspace.calibrations, scorers };
        return planRecipe(yaml, baseDir, workspace.profiles.list(), parts, (recipe) => earlierRuns(recipe, workspace.runs, screens));
      }),
    ),
    start: api.runs.start.handler((ctx) => answer(ctx, () => runs.start(ctx.input.yaml, ctx.input.baseDir))),
    list: api.runs.list.handler((ctx) => answer(ctx, () => runs.list())),
    progress: api.runs.progress.handler((ctx) => answer(ctx, () => runs.progress(ctx.input.runId))),
    recipe: api.runs.recipe.handler((ctx) => answer(ctx, () => runs.recipe(ctx.input.runId))),
    pause: api.runs.pause.handler((ctx) => answer(ctx, () => runs.pause(ctx.input.runId))),
    resume: api.runs.resume.handler((ctx) => answer(ctx, () => runs.resume(ctx.input.runId, ctx.input))),
    cancel: api.runs.cancel.handler((ctx) => answer(ctx, () => runs.cancel(ctx.input.runId))),
    survival: api.runs.survival.handler((ctx) => answer(ctx, () => survivalCurve(screens.thresholdCube(ctx.input.runId)))),
    difficulty: api.runs.difficulty.handler((ctx) =>
      answer(ctx, async () => difficultyFromTallies(await screens.difficultyTallies(ctx.input.runId))),
    ),
    series: api.runs.series.handler((ctx) => answer(ctx, () => screens.series(ctx.input.runId))),
    gates: api.runs.gates.handler((ctx) => answer(ctx, () => gateData(ctx.input.runId, workspace.runs, screens))),
    reasons: api.runs.reasons.handler((ctx) => answer(ctx, () => rejectReasons(workspace.runs.counters(ctx.input.runId)))),
    compare: api.runs.compare.handler((ctx) => answer(ctx, () => compareRuns(ctx.input, workspace.runs, screens))),
    latest: api.runs.latest.handler((ctx) =>
      answer(ctx, () => {
        const { runId, limit, kind } = ctx.input;
        return kind
          ? screens.latest(runId, limit, [kind])
          : varied(
              LATEST_KINDS.map((one) => screens.latest(runId, limit * 2, [one])),
              limit,
            );
      }),
    ),
    attempts: api.runs.attempts.handler((ctx) => answer(ctx, () => screens.attempts(ctx.input))),
    datasetHash: api.runs.datasetHash.handler((ctx) =>
      answer(ctx, async () => {
        const { runId } = ctx.input;
        return { hash: await workspace.datasetHash(runId), triplets: screens.countTriplets({ runId, states: ['active'] }).count };
      }),
    ),
    unknownCalls: api.runs.unknownCalls.handler((ctx) => answer(ctx, () => screens.unknownCalls())),
  };
}
