import { readFile } from 'node:fs/promises';
import type { CalibrationView } from '../../../shared/model/calibration.ts';
import { AppError } from '../../../shared/model/errors.ts';
import type { EngineParts } from '../compose.ts';
import { DRIFT_WINDOW, driftOf } from '../domain/calibration/drift.ts';
import { strongestFeatures } from '../domain/calibration/predict.ts';
import { calibrate, gatherExamples } from '../pipeline/calibrate.ts';
import { answer, api } from './answer.ts';

/** Local validators: what there is, making one, and whether one still holds. */
export function calibrationHandlers({ workspace, jobs, fit, now }: EngineParts) {
  const { calibrations, runs } = workspace;
  const viewOf = (id: string): CalibrationView => {
    const { calibration, hash } = calibrations.read(id);
    const strongest = { adherence: strongestFeatures(calibration, 'adherence'), aesthetics: strongestFeatures(calibration, 'aesthetics') };
    return { id, hash, calibration, strongest };
  };
  return {
    list: api.calibrations.list.handler((ctx) =>
      answer(ctx, () => {
        const { found, broken } = calibrations.list();
        return { calibrations: found.map(({ id }) => viewOf(id)), broken };
      }),
    ),
    supply: api.calibrations.supply.handler((ctx) =>
      answer(ctx, () => {
        const { examples, sources, unmeasured, missing } = gatherExamples(calibrations, ctx.input);
        return { examples: examples.length, sources, unmeasured, missing };
      }),
    ),
    fit: api.calibrations.fit.handler((ctx) =>
      answer(ctx, () =>
        jobs.start('calibrate', ctx.input.name, '', async ({ signal }) => {
          const id = await calibrate({ ...calibrations, fit, now }, ctx.input.name, ctx.input.source, signal);
          const { calibration } = calibrations.read(id);
          const row = (label: string, score: 'adherence' | 'aesthetics') => {
            const { mae, maeInterval, maeOfMean, spearman } = calibration[score].holdOut;
            const [low, high] = maeInterval;
            const value = `error ${mae.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)}), always the mean ${maeOfMean.toFixed(2)}, rank correlation ${spearman.toFixed(2)}`;
            return { label, value, ok: mae < maeOfMean };
          };
          return {
            ok: true,
            target: id,
            message: `${id}: learned from ${calibration.count} pairs of ${calibration.sources} sources.`,
            report: [row('Adherence', 'adherence'), row('Aesthetics', 'aesthetics')],
          };
        }),
      ),
    ),
    take: api.calibrations.take.handler((ctx) =>
      answer(ctx, async () => {
        const { path } = ctx.input;
        const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
          throw new AppError('inputInvalid', `${path} cannot be read (${error.code}).`, { file: path });
        });
        return viewOf(calibrations.take(bytes, path));
      }),
    ),
    drift: api.calibrations.drift.handler((ctx) =>
      answer(ctx, () => {
        const { runId } = ctx.input;
        const recipe = runs.get(runId)?.recipe;
        if (!recipe?.stages.includes('localValidator')) return null;
        const id = recipe.gates.localValidator.calibration;
        return driftOf(id, calibrations.read(id).calibration, calibrations.judgedTwice(runId, DRIFT_WINDOW));
      }),
    ),
  };
}
