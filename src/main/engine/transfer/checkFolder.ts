import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AddFault, CheckDeps } from './faults.ts';
import { hashFile, readLines } from './files.ts';
import { FILES } from './manifest.ts';
import { folderOf, isInside, parseSum, type SumsIndex } from './sums.ts';

/** What is known of one listed picture. No size when it is not there or does not decode. */
export interface PictureFacts {
  /** As listed: what is wrong with the file itself is reported once, not again by every row that uses it. */
  sha256: string;
  size: { width: number; height: number } | null;
}

/** Reads the pictures of an export folder by folder and keeps the facts of the last two only. */
export interface FolderReader {
  /** Facts of a picture (path from the export's root); undefined when it is not listed. */
  picture(path: string): Promise<PictureFacts | undefined>;
  /** Reads the folders no row asked for, and looks for files nobody listed. */
  finish(): Promise<void>;
  /** Pictures read so far. */
  pictures(): number;
}

const KEPT_FOLDERS = 2;

/** Faults of a folder are reported the first time it is read; rows out of order make it slower, never wrong. */
export function createFolderReader(context: {
  root: string;
  sums: SumsIndex;
  deps: CheckDeps;
  add: AddFault;
  signal: AbortSignal;
  onPictures(done: number): void;
}): FolderReader {
  const { root, sums, deps, signal } = context;
  const kept = new Map<string, Map<string, PictureFacts>>();
  const reported = new Set<string>();
  let done = 0;

  async function folderFacts(folder: string): Promise<Map<string, PictureFacts>> {
    const known = kept.get(folder);
    if (known !== undefined) return known;
    const facts = await readFolder(folder, !reported.has(folder));
    reported.add(folder);
    kept.set(folder, facts);
    if (kept.size > KEPT_FOLDERS) kept.delete(kept.keys().next().value!);
    return facts;
  }

  async function readFolder(folder: string, first: boolean): Promise<Map<string, PictureFacts>> {
    const add: AddFault = first ? context.add : () => {};
    const listed = await listedIn(folder);
    const there = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    const names = new Map(there.map((entry) => [entry.name, entry]));
    const facts = new Map<string, PictureFacts>();
    const waiting = [...listed];
    const readNext = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        signal.throwIfAborted();
        const [path, expected] = next;
        const entry = names.get(path.slice(folder.length + 1));
        if (entry === undefined) add('missing', path, null, 'The file is missing.');
        else if (!entry.isFile()) add('changed', path, null, 'This is no plain file.');
        const size = entry?.isFile() ? await readPicture(path, expected, add) : null;
        facts.set(path, { sha256: expected, size });
        if (first) {
          if (entry?.isFile()) done += 1;
          context.onPictures(done);
        }
      }
    };
    await Promise.all(Array.from({ length: deps.concurrency }, readNext));
    return facts;
  }

  async function readPicture(path: string, expected: string, add: AddFault): Promise<PictureFacts['size']> {
    const file = join(root, path);
    try {
      const { sha256 } = await hashFile(file, signal);
      if (sha256 !== expected) add('changed', path, null, 'The bytes are not those that were written (checksum).');
      const { width, height } = await deps.decode(file);
      return { width, height };
    } catch (error) {
      signal.throwIfAborted();
      add('undecodable', path, null, `The picture does not decode: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  }

  async function listedIn(folder: string): Promise<Map<string, string>> {
    const listed = new Map<string, string>();
    const range = sums.folders.get(folder);
    if (range === undefined) return listed;
    for await (const { text } of readLines(join(root, FILES.sums), range)) {
      const sum = parseSum(text);
      if (sum !== undefined && isInside(sum.path) && folderOf(sum.path) === folder) listed.set(sum.path, sum.sha256);
    }
    return listed;
  }

  /** Everything on disk that neither the checksum list nor the format names. */
  async function findExtra(folder: string): Promise<void> {
    signal.throwIfAborted();
    const listed = await listedIn(folder);
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) await findExtra(path);
      else if (!listed.has(path) && !(Object.values(FILES) as string[]).includes(path))
        context.add('extra', path, null, 'Nothing lists this file.');
    }
  }

  return {
    async picture(path) {
      return (await folderFacts(folderOf(path))).get(path);
    },
    async finish() {
      for (const folder of sums.folders.keys()) if (!reported.has(folder)) await folderFacts(folder);
      await findExtra('');
    },
    pictures: () => done,
  };
}
