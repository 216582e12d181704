import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CalibrationSource, CalibrationView, ScoreModel } from '../../../shared/model/calibration.ts';
import { AppError } from '../../../shared/model/errors.ts';
import { calibrationPlot } from '../calibrationPlot.ts';
import { QuietFailure } from '../errors.ts';
import { formatTable } from '../format.ts';
import { findRun } from '../runReport.ts';
import { reportText, type Session, watchJob, withEngine } from '../session.ts';

/** `nhr calibrate`: learns a local validator from ratings, decisions or a run's verdicts. */
export function calibrate(session: Session, from: string, name: string, plot: string | undefined): Promise<void> {
  return withEngine(session, false, async (client) => {
    const source: CalibrationSource =
      from === 'ratings' || from === 'decisions' ? { from } : { from: 'run', runId: (await findRun(client, from)).id };
    const { unmeasured } = await client.calibrations.supply(source);
    if (unmeasured > 0)
      session.say(`${unmeasured} scored pairs are left out: no local scorer has measured them (nhr score --imported does).`);
    const job = await watchJob(session, client, await client.calibrations.fit({ name, source }));
    if (job.state !== 'done') {
      session.result({ state: job.state, message: job.message }, () => reportText(job, session.style));
      throw new QuietFailure();
    }
    const view = await find(client.calibrations.list(), job.target);
    session.result({ calibration: view, plot: drawn(session, view, plot) }, () => detailLines(session, view));
  });
}

/** `nhr calibrations`: those of the workspace, newest first. */
export function listCalibrations(session: Session): Promise<void> {
  return withEngine(session, false, async (client) => {
    const { calibrations, broken } = await client.calibrations.list();
    session.result({ calibrations, broken }, () => {
      if (calibrations.length === 0 && broken.length === 0) return ['No calibration yet: nhr calibrate makes one.'];
      const rows = calibrations.map(({ id, calibration }) => [
        id,
        sourceWords(calibration.source),
        String(calibration.count),
        String(calibration.sources),
        errorWords(calibration.adherence),
        errorWords(calibration.aesthetics),
        new Date(calibration.createdAt).toISOString().slice(0, 10),
      ]);
      const head = ['Calibration', 'Learned from', 'Pairs', 'Sources', 'Adherence', 'Aesthetics', 'Made'];
      return [
        ...formatTable([head, ...rows], [2, 3], session.style, session.width),
        '',
        'Mean absolute error on sources that were held out, and in brackets that of always saying the mean.',
        ...broken.map(({ problem }) => `Cannot be used: ${problem}`),
      ];
    });
  });
}

/** `nhr calibrations show ID`. */
export function showCalibration(session: Session, id: string, plot: string | undefined): Promise<void> {
  return withEngine(session, false, async (client) => {
    const view = await find(client.calibrations.list(), id);
    session.result({ calibration: view, plot: drawn(session, view, plot) }, () => detailLines(session, view));
  });
}

/** `nhr calibrations import FILE`. */
export function takeCalibration(session: Session, file: string): Promise<void> {
  return withEngine(session, false, async (client) => {
    const view = await client.calibrations.take({ path: resolve(session.world.cwd, file) });
    session.result({ calibration: view }, () => [`Taken over as ${view.id}.`, '', ...detailLines(session, view)]);
  });
}

/** Writes the picture where it was asked for; gives its path, null when it was not. */
function drawn(session: Session, view: CalibrationView, plot: string | undefined): string | null {
  if (plot === undefined) return null;
  const path = resolve(session.world.cwd, plot);
  try {
    writeFileSync(path, calibrationPlot(view));
  } catch (error) {
    throw new AppError('inputInvalid', `${path} cannot be written (${(error as NodeJS.ErrnoException).code}).`, { file: path });
  }
  session.say(`Plot: ${path}`, '');
  return path;
}

async function find(list: Promise<{ calibrations: CalibrationView[] }>, id: string): Promise<CalibrationView> {
  const { calibrations } = await list;
  const view = calibrations.find((item) => item.id === id) ?? calibrations.find((item) => item.calibration.name === id);
  if (view) return view;
  const there = calibrations.map((item) => item.id).join(', ');
  throw new AppError('noSuchItem', `There is no calibration ${id}.`, {
    hint: there === '' ? '`nhr calibrate` makes one.' : `There are: ${there}.`,
  });
}

function detailLines(session: Session, { id, hash, calibration, strongest }: CalibrationView): string[] {
  const rows = (['adherence', 'aesthetics'] as const).map((score) => {
    const { method, holdOut } = calibration[score];
    const range = ([low, high]: [number, number]) => `${low.toFixed(2)} to ${high.toFixed(2)}`;
    return [
      score,
      method,
      holdOut.mae.toFixed(3),
      range(holdOut.maeInterval),
      holdOut.maeOfMean.toFixed(3),
      holdOut.spearman.toFixed(3),
      range(holdOut.spearmanInterval),
    ];
  });
  const head = ['Score', 'Model', 'Error', '95 %', 'Of the mean', 'Rank corr.', '95 %'];
  const { count, sources } = calibration.adherence.holdOut;
  const features = strongest.adherence.slice(0, 6).map(({ feature, weight }, i) => {
    const other = strongest.aesthetics[i];
    const cell = (name: string, value: number) => `${value >= 0 ? '+' : ''}${value.toFixed(2)}  ${name}`;
    return [cell(feature, weight), other ? cell(other.feature, other.weight) : ''];
  });
  return [
    `${id}: learned from ${calibration.count} pairs of ${calibration.sources} sources (${sourceWords(calibration.source)}), file ${hash.slice(0, 12)}.`,
    '',
    ...formatTable([head, ...rows], [2, 4, 5], session.style, session.width),
    `Measured on ${count} pairs of ${sources} sources that the fit had never seen.`,
    '',
    ...formatTable([['Counts most for adherence', 'for aesthetics'], ...features], [], session.style, session.width),
    '',
    'In a recipe: stages: [edit, lowLevel, fullReference, localValidator, softJudge, softChecks, validator]',
    `             gates: { localValidator: { calibration: ${id} } }`,
  ];
}

function sourceWords(source: CalibrationSource): string {
  return source.from === 'run' ? `run ${source.runId}` : source.from;
}

function errorWords({ holdOut }: ScoreModel): string {
  return `${holdOut.mae.toFixed(2)} (${holdOut.maeOfMean.toFixed(2)})`;
}
