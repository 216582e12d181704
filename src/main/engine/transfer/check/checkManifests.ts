import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { contentId } from '../export/items.ts';
import type { ProvenanceLine } from '../formats/shards.ts';
import { type ManifestRow, manifestPath, TRAINER_MANIFESTS, type TrainerManifest } from '../formats/trainerManifests.ts';
import { createIdIndex } from '../idIndex.ts';
import { FILES } from '../manifest.ts';
import { linesThere } from './linesThere.ts';
import type { CheckContext } from './readBack.ts';

/** Reads every trainer's list back: as many rows as the split has, each with the right pictures the right way round. */
export async function checkManifests(context: CheckContext): Promise<void> {
  const { root, manifest } = context;
  const samples = createIdIndex();
  for await (const { text } of linesThere({ root }, FILES.provenance)) {
    const line = lineOf(text);
    if (line === undefined) continue;
    samples.numberOf(contentId(...line.pictures.map(({ written }) => written.slice(0, 16)), line.instruction.toWellFormed()));
  }
  for (const [split, rows] of Object.entries(manifest.counts.bySplit)) {
    if (rows === 0) continue;
    for (const trainer of TRAINER_MANIFESTS) await checkList(context, trainer, manifestPath(trainer, split as 'train'), rows, samples);
  }
}

async function checkList(
  { root, files, add, signal }: CheckContext,
  trainer: TrainerManifest,
  path: string,
  rows: number,
  samples: ReturnType<typeof createIdIndex>,
): Promise<void> {
  // A list that is not there has its fault already.
  if (!(await lstat(join(root, path)).catch(() => undefined))?.isFile()) return;
  let found = 0;
  const targets = createIdIndex();
  for await (const { text, line } of linesThere({ root }, path)) {
    signal.throwIfAborted();
    if (text === trainer.open.trim() || text === trainer.close.trim()) continue;
    const row = read(trainer, text);
    if (row === undefined) {
      add('row', path, line, 'The line cannot be read as a row.');
      continue;
    }
    found += 1;
    const shas = [row.source, row.edited].map((at) => shaOf(files, at));
    if (shas.includes(undefined)) add('missing', path, line, `A picture of this row is in no checksum list: ${row.source}, ${row.edited}.`);
    else if (samples.find(contentId(shas[0]!, shas[1]!, row.instruction)) < 0)
      add(
        samples.find(contentId(shas[1]!, shas[0]!, row.instruction)) < 0 ? 'row' : 'direction',
        path,
        line,
        'The row is none of those that were exported; its pictures may be swapped.',
      );
    if (trainer.id === 'step1x' && targets.numberOf(contentId(row.edited)) < targets.size() - 1)
      add('duplicate', path, line, 'The target was there before: readers keep one of the two rows.');
  }
  if (found !== rows) add('manifest', path, null, `There are ${found} rows, not ${rows}.`);
}

/** A line that is none has its fault from elsewhere. */
function lineOf(text: string): ProvenanceLine | undefined {
  try {
    const line = JSON.parse(text) as ProvenanceLine;
    return Array.isArray(line?.pictures) && typeof line.instruction === 'string' ? line : undefined;
  } catch {
    return undefined;
  }
}

function read(trainer: TrainerManifest, text: string): ManifestRow | undefined {
  try {
    const row = trainer.read(text.replace(/,$/, ''));
    return [row.source, row.edited, row.instruction].every((cell) => typeof cell === 'string') ? row : undefined;
  } catch {
    return undefined;
  }
}

/** Start of a picture's hash. An absolute path is looked up by its end (`train/images/00/name`, `step1x/name`): the folder may have moved. */
function shaOf(files: CheckContext['files'], path: string): string | undefined {
  const parts = path.split('/');
  const isAbsolute = path.startsWith('/') || /^[a-z]+:/i.test(path);
  const ends = isAbsolute ? [4, 2].map((count) => parts.slice(-count).join('/')) : [path];
  return ends.map((end) => files.find(end)?.sha16).find((sha) => sha !== undefined);
}
