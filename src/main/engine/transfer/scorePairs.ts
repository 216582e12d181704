import { readFile, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { formatCount } from '../../../shared/count.ts';
import { AppError } from '../../../shared/model/errors.ts';
import type { JobView } from '../../../shared/model/events.ts';
import { mergeSignals, type Signals } from '../../../shared/model/signals.ts';
import { verdict } from '../pipeline/context.ts';
import { type FitDeps, fitSize } from '../pipeline/fitSize.ts';
import type { ImageFacts, NewTriplet, Pixels } from '../ports.ts';
import { type CheckedPair, type CheckPairDeps, checkPair } from './checkPair.ts';
import { lowLevelShares } from './columns.ts';
import { faultsOf } from './faultWords.ts';
import { createHashedFile, readLines } from './files.ts';
import { type PairRow, parsePair } from './pairRows.ts';

/** What scoring takes from the engine. */
export interface ScoreDeps extends CheckPairDeps {
  blobs: FitDeps['blobs'];
  pixels: Pick<Pixels, 'inspect' | 'lowLevel' | 'fullReference'> & FitDeps['pixels'];
  gates: CheckPairDeps['gates'] & FitDeps['gates'];
  addImage(hash: string, facts: ImageFacts, bytes: number): Promise<void>;
  addTriplet(triplet: NewTriplet): Promise<number>;
  /** True when a triplet with this origin is stored. */
  hasOrigin(origin: string): boolean;
  /** Pairs worked on at once. */
  concurrency: number;
}

/** What became of one row of the file. */
export interface PairResult {
  line: number;
  id: string;
  verdict: 'passed' | 'dropped' | 'already there' | 'bad';
  /** Why it was dropped, or what is wrong with the row. */
  reason: string;
  tripletId: number | null;
  width: number | null;
  height: number | null;
  /** Shares from 0 to 1; null where nothing was measured. */
  flaggedShare: number | null;
  largestShare: number | null;
  components: number | null;
  signals: Signals | null;
  /** The limits that were passed, in words. */
  faults: string[];
}

export interface ScoreReport {
  rows: number;
  passed: number;
  dropped: number;
  alreadyThere: number;
  bad: number;
  /** The first SHOWN_ROWS results; all of them are in the results file when one was asked for. */
  results: PairResult[];
  resultsFile: string;
  lines: JobView['report'];
}

const SHOWN_ROWS = 200;
/** A larger file is no picture to train on; reading it whole would hurt. */
const LARGEST_PICTURE = 256 * 1024 * 1024;

/**
 * Validates existing pairs, one JSON object a line, and adds each as a triplet of kind imported: active when the checks pass,
 * dropped with a reason otherwise, with every number stored. Pictures are kept byte for byte (an edit of another size that is brought to the size of its source is a new one). A bad row is reported with its line
 * and skipped. A row that was added before (same file, same id) is counted and left alone. Results come in the order of the file.
 * Throws AppError inputInvalid when the file itself cannot be read; rejects with the signal's reason when aborted.
 */
export async function scorePairs(
  deps: ScoreDeps,
  path: string,
  options: { resultsFile?: string },
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<ScoreReport> {
  const file = resolve(path);
  const total = await countRows(file);
  const sink = options.resultsFile === undefined ? undefined : await createHashedFile(options.resultsFile);
  const tally = { passed: 0, dropped: 0, 'already there': 0, bad: 0 };
  const results: PairResult[] = [];
  let rows = 0;
  onProgress(0, total);
  const take = async (result: PairResult) => {
    tally[result.verdict] += 1;
    rows += 1;
    if (results.length < SHOWN_ROWS) results.push(result);
    await sink?.write(`${JSON.stringify(result)}\n`);
    onProgress(rows, total);
  };

  // A window of promises: rows are worked on together, and their results are taken in the order of the file.
  const window: Promise<PairResult>[] = [];
  try {
    for await (const row of pairsOf(file)) {
      signal.throwIfAborted();
      const work = scoreRow(deps, file, row, signal);
      work.catch(() => undefined);
      window.push(work);
      if (window.length >= deps.concurrency) await take(await window.shift()!);
    }
    for (let next = window.shift(); next !== undefined; next = window.shift()) await take(await next);
  } catch (error) {
    await Promise.allSettled(window);
    await sink?.abandon();
    if (options.resultsFile !== undefined) await rm(options.resultsFile, { force: true });
    throw signal.aborted ? signal.reason : error;
  }
  await sink?.close();
  return {
    rows,
    passed: tally.passed,
    dropped: tally.dropped,
    alreadyThere: tally['already there'],
    bad: tally.bad,
    results,
    resultsFile: options.resultsFile ?? '',
    lines: reportLines(rows, tally, results),
  };
}

async function countRows(file: string): Promise<number> {
  const facts = await stat(file).catch(() => undefined);
  if (!facts?.isFile())
    throw new AppError('inputInvalid', `${file} is no file.`, {
      file,
      hint: 'Give a JSON Lines file with {"id", "source", "edited", "instruction"} on each line.',
    });
  let rows = 0;
  for await (const { text } of readLines(file)) if (text.trim() !== '') rows += 1;
  return rows;
}

type BadRow = { line: number; id: string; problem: string };

async function* pairsOf(file: string): AsyncGenerator<PairRow | BadRow> {
  const lineOf = new Map<string, number>();
  for await (const { text, line } of readLines(file)) {
    if (text.trim() === '') continue;
    const row = parsePair(text, line, dirname(file));
    const before = lineOf.get(row.id);
    if (!('problem' in row) && before !== undefined) yield { line, id: row.id, problem: `The id was used before, on line ${before}.` };
    else yield row;
    if (!('problem' in row) && before === undefined) lineOf.set(row.id, line);
  }
}

async function scoreRow(deps: ScoreDeps, file: string, row: PairRow | BadRow, signal: AbortSignal): Promise<PairResult> {
  const empty = {
    tripletId: null,
    width: null,
    height: null,
    flaggedShare: null,
    largestShare: null,
    components: null,
    signals: null,
    faults: [],
  };
  const result = { line: row.line, id: row.id, ...empty };
  if ('problem' in row) return { ...result, verdict: 'bad', reason: row.problem };
  const origin = `${file}#${row.id}`;
  if (deps.hasOrigin(origin)) return { ...result, verdict: 'already there', reason: '' };
  let source: StoredPicture;
  let edited: StoredPicture;
  try {
    source = await storePicture(deps, row.source, 'source');
    edited = await storePicture(deps, row.edited, 'edited');
  } catch (error) {
    // Only what is wrong with the row's own files is the row's fault; a full disk stops the job.
    if (error instanceof AppError && error.code === 'inputInvalid') return { ...result, verdict: 'bad', reason: error.message };
    throw error;
  }
  signal.throwIfAborted();
  const fitted = await fitSize(deps, source, edited, row);
  const checked = await checkFitted(deps, row, source, fitted);
  const tripletId = await deps.addTriplet({
    runId: null,
    kind: 'imported',
    state: checked.reason === '' ? 'active' : 'dropped',
    reason: checked.reason,
    sourceHash: source.hash,
    editedHash: fitted.edited.hash,
    width: source.width,
    height: source.height,
    instruction: row.instruction,
    category: row.category,
    style: '',
    attemptId: null,
    sourceId: null,
    origin,
    scores: null,
    lowLevel: checked.lowLevel,
    parents: [],
    verdicts: checked.verdicts,
  });
  const shares = checked.lowLevel && lowLevelShares(checked.lowLevel);
  return {
    ...result,
    verdict: checked.reason === '' ? 'passed' : 'dropped',
    reason: checked.reason,
    tripletId,
    width: source.width,
    height: source.height,
    flaggedShare: shares?.flagged ?? null,
    largestShare: shares?.largest ?? null,
    components: checked.lowLevel?.components ?? null,
    signals: mergeSignals(checked.verdicts),
    faults: checked.verdicts.flatMap(({ checks, signals }) => faultsOf(checks, signals ?? {})),
  };
}

/** What became of the size, then the checks; an edit that could not be brought to the size of its source is not checked further. */
async function checkFitted(
  deps: ScoreDeps,
  { instruction, category }: PairRow,
  source: StoredPicture,
  { verdict: fit, edited }: Awaited<ReturnType<typeof fitSize>>,
): Promise<CheckedPair> {
  const { passed, reason } = fit;
  const said = reason === '' ? [] : [verdict({ ...fit, stage: 'edit' })];
  if (!passed) return { reason, lowLevel: null, verdicts: said };
  const checked = await checkPair(deps, { instruction, category, source, edited });
  return { ...checked, verdicts: [...said, ...checked.verdicts] };
}

type StoredPicture = ImageFacts & { hash: string };

async function storePicture(deps: ScoreDeps, file: string, side: string): Promise<StoredPicture> {
  const facts = await stat(file).catch(() => undefined);
  if (!facts?.isFile()) throw new AppError('inputInvalid', `The ${side} picture ${file} is not there.`, { file });
  if (facts.size > LARGEST_PICTURE) throw new AppError('inputInvalid', `The ${side} picture ${file} is larger than 256 MB.`, { file });
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new AppError('inputInvalid', `The ${side} picture ${file} cannot be read (${error.code}).`, { file });
  });
  const image = await deps.pixels.inspect(bytes).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'inputInvalid') throw error;
    throw new AppError('inputInvalid', `The ${side} picture ${file}: ${error.message}`, { file });
  });
  const hash = await deps.blobs.put(bytes, image.format);
  await deps.addImage(hash, image, bytes.length);
  return { ...image, hash };
}

function reportLines(rows: number, tally: Record<PairResult['verdict'], number>, results: PairResult[]): JobView['report'] {
  return [
    { label: 'Rows', value: formatCount(rows), ok: true },
    { label: 'Passed', value: formatCount(tally.passed), ok: true },
    { label: 'Dropped', value: formatCount(tally.dropped), ok: true },
    { label: 'Already there', value: formatCount(tally['already there']), ok: true },
    { label: 'Bad rows, skipped', value: formatCount(tally.bad), ok: tally.bad === 0 },
    ...results.map((row) => ({
      label: row.id || `line ${row.line}`,
      value: describePair(row),
      ok: row.verdict !== 'bad' && row.verdict !== 'dropped',
    })),
  ];
}

/** One result as a line of text. */
function describePair(row: PairResult): string {
  if (row.verdict === 'bad') return `line ${row.line}: ${row.reason}`;
  if (row.verdict === 'already there') return 'already there';
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  const numbers =
    row.flaggedShare === null || row.largestShare === null
      ? []
      : [`${percent(row.flaggedShare)} changed`, `largest part ${percent(row.largestShare)}`, `${row.components} parts`];
  return [row.verdict === 'passed' ? 'passed' : `dropped (${row.reason})`, ...row.faults, ...numbers].join(', ');
}
