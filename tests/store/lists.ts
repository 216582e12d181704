import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openWorkspace, type Workspace } from '../../src/main/engine/store/index.ts';
import { aTriplet, stage } from './world.ts';

const OBJECTS = ['lamp', 'boat', 'teapot'];

/** `count` triplets of four kinds, every seventh dropped, every fifth without scores, for all tests of a file. */
export async function openTemporary(count: number): Promise<Workspace> {
  const dir = mkdtempSync(join(tmpdir(), 'nhr-lists-'));
  const workspace = openWorkspace(dir, { create: true, now: Date.now, owner: 'test' });
  await stage(workspace);
  const kinds = ['forward', 'inverse', 'composed', 'imported'] as const;
  const triplets = Array.from({ length: count }, (_, i) =>
    aTriplet({
      kind: kinds[i % 4]!,
      state: i % 7 === 3 ? 'dropped' : 'active',
      instruction: `Move the ${OBJECTS[i % 3]} to place number ${i}`,
      category: i % 2 === 0 ? 'Season' : 'Material',
      scores: i % 5 === 2 ? null : { adherence: 3 + (i % 20) / 10, aesthetics: 3 + ((i * 7) % 20) / 10 },
    }),
  );
  await Promise.all(triplets.map((triplet) => workspace.triplets.add(triplet)));
  await workspace.flush();
  // Attempts until success, as mining leaves them; the last ones were not mined.
  const db = new Database(join(dir, 'nhr.db'));
  db.prepare('UPDATE triplet SET difficulty = 1 + id % 5 WHERE id % 6 <> 0').run();
  db.prepare('UPDATE triplet SET difficulty = 700 WHERE id = 8').run();
  db.close();
  return workspace;
}

/** Closes it and removes its folder. */
export async function removeTemporary(workspace: Workspace): Promise<void> {
  await workspace.close();
  rmSync(workspace.dir, { recursive: true, force: true });
}
