import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The folder that holds package.json, resources/ and out/: the same from src/, from out/ and from an installed app. */
export function appRoot(): string {
  let dir = import.meta.dirname;
  while (!existsSync(join(dir, 'package.json'))) {
    const up = dirname(dir);
    if (up === dir) throw new Error(`no package.json above ${import.meta.dirname}`);
    dir = up;
  }
  return dir;
}

/**
 * A program of the engine that runs in a thread or process of its own: `source` as it lies beside the module at `from`, or what the build
 * made of it (`built`, in out/engine): built code may sit in a chunk anywhere.
 */
export function ownProgram(from: string, source: string, built: string): URL {
  return from.endsWith('.ts') ? new URL(source, from) : pathToFileURL(join(appRoot(), 'out', 'engine', built));
}
