import { lstat, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../../../shared/model/errors.ts';
import type { JobView } from '../../../shared/model/events.ts';
import { createFolderReader } from './checkFolder.ts';
import { checkRow, createRowTally } from './checkRows.ts';
import type { AddFault, CheckDeps, Fault, FaultKind } from './faults.ts';
import { hashFile, readLines } from './files.ts';
import { FILES, Manifest } from './manifest.ts';
import { readSums } from './sums.ts';

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
 * Reads an exported folder back and reports everything that is not as it was written: manifest and counts, the checksum of every
 * file, missing and extra files, every picture decoded and of the size its row says, both pictures different, the right way round,
 * scores written with a decimal point, no row twice, no path out of the folder. Throws AppError inputInvalid when the folder is no
 * export at all (no manifest); otherwise faults are reported, never thrown. Memory: one folder of pictures at a time, 16 bytes a row.
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
  await checkListedFiles(root, manifest, add, signal);
  const sums = await readSums(root, add);
  const total = manifest.counts.pictures;
  const folders = createFolderReader({ root, sums, deps, add, signal, onPictures: (done) => onProgress(Math.min(done, total), total) });
  onProgress(0, total);

  const tally = createRowTally();
  const metadata = join(root, FILES.metadata);
  if ((await lstat(metadata).catch(() => undefined))?.isFile()) {
    for await (const { text, line } of readLines(metadata)) {
      signal.throwIfAborted();
      await checkRow(text, line, { tally, folders, add });
    }
  }
  await folders.finish();
  compareCounts(manifest, tally, folders.pictures(), add);

  const problems = (...kinds: FaultKind[]) => kinds.reduce((sum, kind) => sum + (counts.get(kind) ?? 0), 0);
  const line = (label: string, good: string, ...kinds: FaultKind[]) => {
    const bad = problems(...kinds);
    return { label, value: bad === 0 ? good : `${bad.toLocaleString('en-US')} ${bad === 1 ? 'fault' : 'faults'}`, ok: bad === 0 };
  };
  const faultCount = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return {
    dir: root,
    ok: faultCount === 0,
    rows: tally.rows,
    pictures: folders.pictures(),
    lines: [
      line('Manifest and counts', 'as written', 'manifest'),
      line('Rows', `${tally.rows.toLocaleString('en-US')} read`, 'row'),
      line('Pictures', `${folders.pictures().toLocaleString('en-US')} decoded`, 'undecodable'),
      line('Checksums', 'all equal', 'changed'),
      line('Missing files', 'none', 'missing'),
      line('Extra files', 'none', 'extra'),
      line('Sizes', 'as the rows say, equal in every pair', 'size'),
      line('Direction', 'every source is the picture before the edit', 'direction'),
      line('Source and edited differ', 'in every row', 'same'),
      line('Rows twice', 'none', 'duplicate'),
      line('Scores', 'all written with a decimal point', 'float'),
      line('Paths', 'all inside the folder', 'path'),
    ],
    faults,
    faultCount,
  };
}

async function readManifest(root: string): Promise<Manifest> {
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

/** The manifest vouches for the checksum list, the metadata and the card. */
async function checkListedFiles(root: string, manifest: Manifest, add: AddFault, signal: AbortSignal): Promise<void> {
  for (const path of [FILES.metadata, FILES.card, FILES.sums]) {
    const listed = manifest.files.find((file) => file.path === path);
    if (listed === undefined) {
      add('manifest', FILES.manifest, null, `${path} is not listed.`);
      continue;
    }
    const facts = await hashFile(join(root, path), signal).catch((error: NodeJS.ErrnoException) => {
      if (signal.aborted) throw error;
      return undefined;
    });
    if (facts === undefined) add('missing', path, null, 'The file is missing.');
    else if (facts.sha256 !== listed.sha256) add('changed', path, null, 'The file is not as it was written.');
  }
}

function compareCounts(manifest: Manifest, tally: ReturnType<typeof createRowTally>, pictures: number, add: AddFault): void {
  const { counts } = manifest;
  const differ = (what: string, said: number, found: number) => {
    if (said !== found) add('manifest', FILES.manifest, null, `The manifest says ${said} ${what}, there are ${found}.`);
  };
  differ('rows', counts.rows, tally.rows);
  differ('pictures', counts.pictures, pictures);
  for (const kind of new Set([...Object.keys(counts.byKind), ...tally.byKind.keys()]))
    differ(`rows of kind ${kind}`, counts.byKind[kind] ?? 0, tally.byKind.get(kind) ?? 0);
}
