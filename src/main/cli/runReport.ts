import type { EngineClient } from '../../shared/contract.ts';
import { formatCount } from '../../shared/count.ts';
import type { Drift } from '../../shared/model/calibration.ts';
import { AppError } from '../../shared/model/errors.ts';
import type { RunProgress, RunSummary } from '../../shared/model/run.ts';
import { type TripletKind, TripletKind as TripletKinds } from '../../shared/model/triplet.ts';
import { formatChange, formatDuration, formatMoney, formatTable, type Style } from './format.ts';

/** What is said of a run when it rests, and by `nhr stats`. */
export interface RunReport {
  run: RunSummary;
  progress: RunProgress;
  /** Triplets in the set, by kind; kinds without any are left out. */
  tripletsByKind: Partial<Record<TripletKind, number>>;
  /** One hash over the set's sorted rows and pictures; the same set gives the same hash. */
  datasetHash: string;
  /** How the run's local validator does against its validator; null when it has none. */
  drift: Drift | null;
}

/** Asks the engine for everything a report needs. */
export async function readRunReport(client: EngineClient, runId: string): Promise<RunReport> {
  const [runs, progress, set, drift] = await Promise.all([
    client.runs.list(),
    client.runs.progress({ runId }),
    client.runs.datasetHash({ runId }),
    client.calibrations.drift({ runId }),
  ]);
  const run = runs.find((one) => one.id === runId);
  if (run === undefined) throw new AppError('noSuchItem', `There is no run ${runId}.`);
  const tripletsByKind: RunReport['tripletsByKind'] = {};
  for (const kind of TripletKinds.options) {
    const { count } = await client.triplets.count({ runId, kinds: [kind], states: ['active'] });
    if (count > 0) tripletsByKind[kind] = count;
  }
  return { run, progress, tripletsByKind, datasetHash: set.hash, drift };
}

/** The report as lines: the funnel like table 2 of the paper, then set, money, errors. */
export function formatRunReport({ run, progress, tripletsByKind, datasetHash, drift }: RunReport, style: Style, width: number): string[] {
  const { spend } = progress;
  const funnel = [
    ['Stage', 'Count', 'Change'],
    ...progress.funnel.map((row) => [row.label, formatCount(row.count), formatChange(row.change)]),
  ];
  const kinds = Object.entries(tripletsByKind).map(([kind, count]) => `${formatCount(count)} ${kind}`);
  const attempts =
    `${formatCount(progress.attemptsDone)} done: ${formatCount(progress.passed)} passed, ${formatCount(progress.rejected)} rejected, ` +
    `${formatCount(progress.failed)} failed, ${formatCount(progress.unknown)} unknown`;
  const facts: [string, string][] = [
    ['Triplets', `${formatCount(run.triplets)}${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}`],
    ['Attempts', attempts],
    [
      'Spent',
      `${formatMoney(spend.usdSettled)} over ${formatCount(spend.calls)} calls` +
        `${spend.reused > 0 ? `, ${formatCount(spend.reused)} answers paid for earlier` : ''}` +
        `${spend.usdUnknown > 0 ? `, ${formatMoney(spend.usdUnknown)} unknown` : ''}${run.demo ? ' (pretend prices of the demo)' : ''}`,
    ],
    [
      'Machine time',
      `GPU ${formatDuration(spend.gpuSeconds)}, API ${formatDuration(spend.apiSeconds)}, wall ${formatDuration(spend.wallSeconds)}`,
    ],
    ...(progress.overWorst > 0
      ? [['Prices', `${formatCount(progress.overWorst)} calls were dearer than the price table says`] as [string, string]]
      : []),
    ...progress.otherModels.map(
      ({ asked, answered, calls }) => ['Models', `${answered} answered for ${asked}, ${formatCount(calls)} calls`] as [string, string],
    ),
    ...(progress.lossyEdits > 0
      ? [
          ['Formats', `${formatCount(progress.lossyEdits)} edits came as JPEG or lossy WebP: PNG is better for the pixel check`] as [
            string,
            string,
          ],
        ]
      : []),
    ...(progress.fitted.aligned + progress.fitted.resampled > 0
      ? [
          [
            'Sizes',
            `edits of another size than their source: ${formatCount(progress.fitted.aligned)} aligned, ${formatCount(progress.fitted.resampled)} resized`,
          ] as [string, string],
        ]
      : []),
    ['Errors', progress.errors.map((error) => `${error.stage} ${error.code} ${formatCount(error.count)}`).join(', ') || 'none'],
    ...(drift ? [['Calibration', driftWords(drift)] as [string, string]] : []),
    ['Dataset hash', datasetHash],
  ];
  return [
    `Run ${run.name} (${run.id}): ${describeState(run)}${run.demo ? ', demo' : ''}`,
    '',
    ...formatTable(funnel, [1, 2], style, width),
    '',
    ...facts.map(([label, value]) => `${label.padEnd(13)} ${value}`),
  ];
}

/** How a local validator does, in one line. */
function driftWords({ calibration, count, state, adherence, aesthetics }: Drift): string {
  const error = ({ mae, holdOut }: Drift['adherence']) => `${mae.toFixed(2)} (${holdOut.toFixed(2)} when it was made)`;
  const said = {
    early: `too early to say, ${formatCount(count)} pairs`,
    steady: `holds, over ${formatCount(count)} pairs`,
    drifted: `NO LONGER HOLDS, over ${formatCount(count)} pairs: calibrate again`,
  };
  if (count === 0) return `${calibration}: nothing that both have scored yet`;
  return `${calibration}: ${said[state]}; error of adherence ${error(adherence)}, of aesthetics ${error(aesthetics)}`;
}

/** A run's state in words. */
export function describeState(run: RunSummary): string {
  if (run.state !== 'ended') return run.state;
  const reasons = {
    exhausted: 'ended, every job was drawn',
    budget: run.error === null ? 'ended, the budget is used up' : `ended by the budget: ${run.error.message}`,
    cancelled: 'cancelled',
    failed: `failed: ${run.error?.message ?? 'unknown reason'}`,
  };
  return run.end === null ? 'ended' : reasons[run.end];
}

/** The run a person means: its id, the only id that starts so, or `last`. Throws AppError noSuchItem or conflict. */
export async function findRun(client: EngineClient, text: string): Promise<RunSummary> {
  const runs = [...(await client.runs.list())].sort((a, b) => b.createdAt - a.createdAt);
  const hint =
    runs.length === 0
      ? 'This workspace has no run yet: nhr mine starts one.'
      : `Runs: ${runs
          .slice(0, 5)
          .map((run) => run.id)
          .join(', ')}`;
  const exact = text === 'last' ? runs[0] : runs.find((run) => run.id === text);
  if (exact !== undefined) return exact;
  const matches = runs.filter((run) => run.id.startsWith(text));
  if (matches.length === 1) return matches[0]!;
  if (matches.length > 1 && text !== 'last')
    throw new AppError('conflict', `${matches.length} runs start with ${text}.`, {
      hint: matches
        .slice(0, 5)
        .map((run) => run.id)
        .join(', '),
    });
  throw new AppError('noSuchItem', text === 'last' ? 'There is no run.' : `There is no run ${text}.`, { hint });
}
