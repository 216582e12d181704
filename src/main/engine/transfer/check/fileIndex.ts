import { createHash } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createNumbers } from '../export/numbers.ts';
import type { AddFault, CheckDeps } from '../faults.ts';
import { hashFile, readLines } from '../files.ts';
import { createIdIndex } from '../idIndex.ts';
import { FILES } from '../manifest.ts';
import { isInside, parseSum } from '../sums.ts';

/** What is known of a listed file. */
export interface IndexedFile {
  /** The first 16 hex digits of its SHA-256, as listed: what is wrong with the file is reported once, not again by every row. */
  sha16: string;
  /** Whether it is there with exactly these bytes. */
  whole: boolean;
  /** Of a picture that decodes. */
  size: { width: number; height: number } | null;
}

/** Every file that SHA256SUMS lists, by path. 45 bytes a file. */
export interface FileIndex {
  find(path: string): IndexedFile | undefined;
  pictures(): number;
}

const PICTURES = /\.(jpe?g|png|webp|gif|avif|tif)$/i;

/**
 * Reads every file of an export once: there, plain, with the bytes that were listed; pictures decoded. Then looks for files that
 * nothing lists. Faults go to `add`.
 */
export async function readAllFiles(context: {
  root: string;
  deps: CheckDeps;
  add: AddFault;
  signal: AbortSignal;
  onPicture(): void;
}): Promise<FileIndex> {
  const { root, deps, add, signal } = context;
  const paths = createIdIndex();
  const shaHigh = createNumbers(Uint32Array);
  const shaLow = createNumbers(Uint32Array);
  const widths = createNumbers(Uint32Array);
  const heights = createNumbers(Uint32Array);
  const wholes = createNumbers(Uint8Array);
  let pictures = 0;

  async function readOne(path: string, sha256: string): Promise<Pick<IndexedFile, 'whole' | 'size'>> {
    const file = join(root, path);
    const facts = await lstat(file).catch(() => undefined);
    if (facts === undefined) {
      add('missing', path, null, 'The file is missing.');
      return { whole: false, size: null };
    }
    if (!facts.isFile()) {
      add('changed', path, null, 'This is no plain file.');
      return { whole: false, size: null };
    }
    const whole = (await hashFile(file, signal)).sha256 === sha256;
    if (!whole) add('changed', path, null, 'The bytes are not those that were written (checksum).');
    if (!PICTURES.test(path)) return { whole, size: null };
    context.onPicture();
    pictures += 1;
    try {
      return { whole, size: await deps.decode(file) };
    } catch (error) {
      signal.throwIfAborted();
      add('undecodable', path, null, `The picture does not decode: ${error instanceof Error ? error.message : String(error)}`);
      return { whole, size: null };
    }
  }

  /** Reads a batch at once; the results are noted in the order of the list. */
  async function readBatch(batch: { path: string; sha256: string }[]): Promise<void> {
    const read: Pick<IndexedFile, 'whole' | 'size'>[] = [];
    const waiting = batch.map((_, i) => i).reverse();
    const next = async () => {
      for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) read[i] = await readOne(batch[i]!.path, batch[i]!.sha256);
    };
    await Promise.all(Array.from({ length: deps.concurrency }, next));
    for (const [i, { path, sha256 }] of batch.entries()) {
      if (paths.numberOf(pathId(path)) < wholes.length()) {
        add('manifest', FILES.sums, null, `${path} is listed twice.`);
        continue;
      }
      shaHigh.push(Number.parseInt(sha256.slice(0, 8), 16));
      shaLow.push(Number.parseInt(sha256.slice(8, 16), 16));
      wholes.push(read[i]!.whole ? 1 : 0);
      widths.push(read[i]!.size?.width ?? 0);
      heights.push(read[i]!.size?.height ?? 0);
    }
  }

  const sums = join(root, FILES.sums);
  if ((await lstat(sums).catch(() => undefined))?.isFile()) {
    let batch: { path: string; sha256: string }[] = [];
    for await (const { text, line } of readLines(sums)) {
      signal.throwIfAborted();
      const sum = parseSum(text);
      if (sum === undefined) add('manifest', FILES.sums, line, 'The line is no checksum and path.');
      else if (!isInside(sum.path)) add('path', FILES.sums, line, `The path ${JSON.stringify(sum.path)} leaves the folder.`);
      else batch.push(sum);
      if (batch.length >= 256) {
        await readBatch(batch);
        batch = [];
      }
    }
    await readBatch(batch);
  }
  await findExtra('');

  /** Everything on disk that neither the checksum list nor the format names. */
  async function findExtra(folder: string): Promise<void> {
    signal.throwIfAborted();
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) await findExtra(path);
      else if (path !== FILES.sums && path !== FILES.manifest && paths.find(pathId(path)) < 0)
        add('extra', path, null, 'Nothing lists this file.');
    }
  }

  return {
    pictures: () => pictures,
    find(path) {
      const at = paths.find(pathId(path));
      if (at < 0) return undefined;
      const half = (value: number) => value.toString(16).padStart(8, '0');
      const width = widths.at(at);
      return {
        sha16: half(shaHigh.at(at)) + half(shaLow.at(at)),
        whole: wholes.at(at) === 1,
        size: width === 0 ? null : { width, height: heights.at(at) },
      };
    },
  };
}

function pathId(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 16);
}
