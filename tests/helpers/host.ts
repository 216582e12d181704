import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Page } from '@playwright/test';

/** The built app: the repository itself. */
export const appFolder = join(import.meta.dirname, '../..');

/** One host with its page, whichever of the two it is. */
export interface RunningHost {
  page: Page;
  /** The process that runs the engine now; undefined while there is none. */
  enginePid(): number | undefined;
  /** Sets the size of the page's content, in CSS pixels. */
  resize(width: number, height: number): Promise<unknown>;
  close(): Promise<void>;
}

/** The child of a process whose command line has a part in it. */
export function childrenOf(parent: number, part: string): number | undefined {
  const rows = execFileSync('ps', ['-ww', '-eo', 'pid=,ppid=,args='], { encoding: 'utf8', timeout: 10_000 }).split('\n');
  const found = rows
    .map((row) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row))
    .find((row) => row !== null && Number(row[2]) === parent && (row[3] ?? '').includes(part));
  return found ? Number(found[1]) : undefined;
}
