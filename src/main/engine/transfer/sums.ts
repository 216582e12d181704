import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AddFault } from './faults.ts';
import { readLines } from './files.ts';
import { FILES } from './manifest.ts';

/** Where the lines of one folder stand in SHA256SUMS, in bytes; `end` is not part of it. */
export interface SumsIndex {
  folders: Map<string, { start: number; end: number; firstLine: number }>;
}

/** A path in an export: relative, POSIX, no step up, no scheme. */
export function isInside(path: string): boolean {
  if (path === '' || path.startsWith('/') || path.includes('\\') || path.includes('://') || path.includes('\0')) return false;
  return !/^[a-zA-Z]:/.test(path) && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** The folder of a POSIX path; "" for the top. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** One line of SHA256SUMS, or undefined when it is none. */
export function parseSum(text: string): { sha256: string; path: string } | undefined {
  const match = /^([0-9a-f]{64}) [ *](.+)$/.exec(text);
  return match ? { sha256: match[1]!, path: match[2]! } : undefined;
}

/** Reads SHA256SUMS once and remembers only where each folder of pictures is. Other files are checked against the manifest. */
export async function readSums(root: string, add: AddFault): Promise<SumsIndex> {
  const folders: SumsIndex['folders'] = new Map();
  const file = join(root, FILES.sums);
  if (!(await lstat(file).catch(() => undefined))?.isFile()) return { folders };
  let current = '';
  let end = 0;
  for await (const { text, line, offset } of readLines(file)) {
    const sum = parseSum(text);
    end = offset + Buffer.byteLength(text) + 1;
    if (sum === undefined) add('manifest', FILES.sums, line, 'The line is no checksum and path.');
    else if (!isInside(sum.path)) add('path', FILES.sums, line, `The path ${JSON.stringify(sum.path)} leaves the folder.`);
    else if (sum.path === FILES.metadata || sum.path === FILES.card) continue;
    else {
      const folder = folderOf(sum.path);
      const known = folders.get(folder);
      if (known === undefined) folders.set(folder, { start: offset, end, firstLine: line });
      else if (folder === current) known.end = end;
      else add('manifest', FILES.sums, line, `The files of ${folder} do not stand together.`);
      current = folder;
    }
  }
  return { folders };
}
