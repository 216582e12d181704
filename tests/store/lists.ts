import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWorkspace, type Workspace } from '../../src/main/engine/store/index.ts';

const OBJECTS = ['lamp', 'boat', 'teapot'];

/** `count` triplets of all kinds, every seventh dropped, every fifth without scores. */
export async function openTemporary(count: number): Promise<Workspace> {
  const dir = mkdtempSync(join(tmpdir(), 'nhr-lists-'));
  const workspace = openWorkspace(dir, { create: true, now: Date.now, owner: 'test' });
  const hash = (n: number) => n.toString(16).padStart(64, '0');
  for (let n = 0; n < 2; n++) await workspace.work.addImage(hash(n), { width: 64, height: 64, format: 'png', lossy: false }, 1);
  const kinds = ['forward', 'inverse', 'composed', 'imported'] as const;
  await Promise.all(
    Array.from({ length: count }, (_, i) =>
      workspace.triplets.add({
        runId: null,
        kind: kinds[i % 4]!,
        state: i % 7 === 3 ? 'dropped' : 'active',
        reason: '',
        sourceHash: hash(0),
        editedHash: hash(1),
        width: 64,
        height: 64,
        instruction: `Move the ${OBJECTS[i % 3]} to place number ${i}`,
        category: i % 2 === 0 ? 'Season' : 'Material',
        style: 'standard',
        scores: i % 5 === 2 ? null : { adherence: 3 + (i % 20) / 10, aesthetics: 3 + ((i * 7) % 20) / 10 },
        lowLevel: null,
        attemptId: null,
        sourceId: null,
        origin: `test:${i}`,
        parents: [],
        verdicts: [],
      }),
    ),
  );
  await workspace.flush();
  return workspace;
}

/** Closes it and removes its folder. */
export async function removeTemporary(workspace: Workspace): Promise<void> {
  await workspace.close();
  rmSync(workspace.dir, { recursive: true, force: true });
}
