import { lstat, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { formatCount } from '../../../shared/count.ts';
import { AppError } from '../../../shared/model/errors.ts';
import type { JobView } from '../../../shared/model/events.ts';
import { readAllFiles } from './check/fileIndex.ts';
import type { CheckContext } from './check/readBack.ts';
import { createSampleCheck, type SampleTally } from './check/samples.ts';
import type { AddFault, CheckDeps, Fault, FaultKind } from './faults.ts';
import { hashFile, readLines } from './files.ts';
import { formatOf } from './formats/index.ts';
import type { ProvenanceLine } from './formats/shards.ts';
import { FILES, Manifest } from './manifest.ts';

export type { CheckDeps };

export interface CheckReport {
  dir: string;
  ok: boolean;
  rows: number;
  pictures: number;
  lines: JobView['report'];
  /** At most MAX_FAULTS of them; `faultCount` is all. */
  faults: Fault[];
  faultCount: number;
}

export const MAX_FAULTS = 100;

/**
 * Reads an exported folder of any format back and reports everything that is not as it was written: manifest and counts, the checksum
 * of every file, missing and extra files, every picture decoded and of the size its row says, both pictures different and the right way
 * round, instructions, no sample twice, no picture in two splits, scores written with a decimal point, row groups within their limits,
 * no path out of the folder. Throws AppError inputInvalid when the folder is no export at all (no manifest); otherwise faults are
 * reported, never thrown. Memory: 45 bytes a file, 25 a sample, and one row group or one sample of pictures at a time.
 */
export async function checkExport(
  deps: CheckDeps,
  dir: string,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<CheckReport> {
  const root = resolve(dir);
  const faults: Fault[] = [];
  const counts = new Map<FaultKind, number>();
  const add: AddFault = (kind, file, line, message) => {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (faults.length < MAX_FAULTS) faults.push({ kind, file, line, message });
  };

  const manifest = await readManifest(root);
  const format = formatOf(manifest.format);
  await checkSums(root, manifest, add, signal);
  let pictures = 0;
  const total = manifest.counts.pictures;
  const onPicture = () => {
    pictures += 1;
    onProgress(Math.min(pictures, total), total);
  };
  onProgress(0, total);
  const files = await readAllFiles({ root, deps, add, signal, onPicture });
  const context: CheckContext = { root, manifest, files, add, signal };
  const samples = createSampleCheck(context, deps, onPicture);
  for await (const sample of format.readBack(context, provenanceOf(context))) {
    signal.throwIfAborted();
    await samples.check(sample);
  }
  compareCounts(manifest, samples.tally, add);

  const problems = (...kinds: FaultKind[]) => kinds.reduce((sum, kind) => sum + (counts.get(kind) ?? 0), 0);
  const line = (label: string, good: string, ...kinds: FaultKind[]) => {
    const bad = problems(...kinds);
    return { label, value: bad === 0 ? good : `${formatCount(bad)} ${bad === 1 ? 'fault' : 'faults'}`, ok: bad === 0 };
  };
  const faultCount = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const { rows } = samples.tally;
  return {
    dir: root,
    ok: faultCount === 0,
    rows,
    pictures,
    lines: [
      line('Manifest and counts', 'as written', 'manifest'),
      line('Rows', `${formatCount(rows)} read`, 'row'),
      line('Pictures', `${formatCount(pictures)} decoded`, 'undecodable'),
      line('Checksums', 'all equal', 'changed'),
      line('Missing files', 'none', 'missing'),
      line('Extra files', 'none', 'extra'),
      line('Sizes', 'as the rows say, equal in every pair', 'size'),
      line('Direction', 'every source is the picture before the edit', 'direction'),
      line('Source and edited differ', 'in every row', 'same'),
      line('Rows twice', 'none', 'duplicate'),
      line('Splits', 'no picture in two', 'leak'),
      line('Scores', 'all written with a decimal point', 'float'),
      line('Row groups', 'within their limits', 'rowGroups'),
      line('Paths', 'all inside the folder', 'path'),
    ],
    faults,
    faultCount,
  };
}

/** manifest.json of an export. Throws AppError inputInvalid when there is none, or none of this app. */
export async function readManifest(root: string): Promise<Manifest> {
  const file = join(root, FILES.manifest);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const hint =
      error.code === 'ENOENT' ? 'Name the folder that nhr export wrote. A folder without a manifest is not complete.' : undefined;
    throw new AppError('inputInvalid', `${root} is no export: ${FILES.manifest} cannot be read.`, { file, hint });
  });
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new AppError('inputInvalid', `${FILES.manifest} is not JSON.`, { file });
  }
  const parsed = Manifest.safeParse(data);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AppError('inputInvalid', `${FILES.manifest} is not a manifest of this app: ${issue?.message ?? ''}`, {
    file,
    field: issue?.path.join('.'),
  });
}

/** The manifest vouches for the checksum list. */
async function checkSums(root: string, manifest: Manifest, add: AddFault, signal: AbortSignal): Promise<void> {
  const facts = await hashFile(join(root, FILES.sums), signal).catch((error: NodeJS.ErrnoException) => {
    if (signal.aborted) throw error;
    return undefined;
  });
  if (facts === undefined) add('missing', FILES.sums, null, 'The file is missing.');
  else if (facts.sha256 !== manifest.sums.sha256) add('changed', FILES.sums, null, 'The file is not as it was written.');
}

/** The lines of provenance.jsonl, in order; a line that is none is a fault. */
async function* provenanceOf({ root, add }: CheckContext): AsyncGenerator<ProvenanceLine> {
  const path = join(root, FILES.provenance);
  // Missing files have their fault already.
  if (!(await lstat(path).catch(() => undefined))?.isFile()) return;
  for await (const { text, line } of readLines(path)) {
    let data: ProvenanceLine | undefined;
    try {
      data = JSON.parse(text) as ProvenanceLine;
    } catch {
      data = undefined;
    }
    if (data && typeof data.file === 'string' && typeof data.instruction === 'string' && Array.isArray(data.pictures)) yield data;
    else add('row', FILES.provenance, line, 'The line is no provenance of a sample.');
  }
}

function compareCounts({ counts }: Manifest, tally: SampleTally, add: AddFault): void {
  const differ = (what: string, said: number, found: number) => {
    if (said !== found) add('manifest', FILES.manifest, null, `The manifest says ${said} ${what}, there are ${found}.`);
  };
  differ('rows', counts.rows, tally.rows);
  for (const kind of new Set([...Object.keys(counts.byKind), ...tally.byKind.keys()]))
    differ(`rows of kind ${kind}`, counts.byKind[kind] ?? 0, tally.byKind.get(kind) ?? 0);
  for (const [split, rows] of Object.entries(counts.bySplit)) differ(`rows in ${split}`, rows, tally.bySplit.get(split as 'train') ?? 0);
}
