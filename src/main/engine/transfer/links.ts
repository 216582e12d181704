import { linkSync, rmSync } from 'node:fs';

/** A file and the path that it is to have as well. */
export interface Link {
  from: string;
  to: string;
}

/** Links as one text, for a message: a list of objects takes several times as long to send. No path holds a NUL. */
export function packLinks(links: readonly Link[]): string {
  return links.map(({ from, to }) => `${from}\0${to}`).join('\0');
}

export function unpackLinks(text: string): Link[] {
  const paths = text.split('\0');
  return Array.from({ length: paths.length / 2 }, (_, i) => ({ from: paths[2 * i]!, to: paths[2 * i + 1]! }));
}

/** How many of the links were made, in order, and the system's code for the one that was not (ENOENT, EXDEV, ...). */
export interface Linked {
  made: number;
  code?: string;
}

/** Makes hard links one after the other, over what is there, and stops at the first that cannot be made. */
export function linkFiles(links: readonly Link[]): Linked {
  for (const [made, { from, to }] of links.entries()) {
    try {
      linkOver(from, to);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      return { made, code };
    }
  }
  return { made: links.length };
}

function linkOver(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    rmSync(to);
    linkSync(from, to);
  }
}
