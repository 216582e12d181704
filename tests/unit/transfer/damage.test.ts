import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkExport } from '../../../src/main/engine/transfer/checkExport.ts';
import { ExportFormat } from '../../../src/shared/model/export.ts';
import { aRow, checkDeps, exportDeps, exportTo, type PictureWorld, pictureWorld } from './world.ts';

let world: PictureWorld;
beforeEach(() => {
  world = pictureWorld();
});
afterEach(() => world.remove());

const check = (dir: string) => checkExport(checkDeps, dir, () => undefined, new AbortController().signal);

/** Every layout has something for these: a composed row of two turns, and losers for every winner. */
async function aSet(format: ExportFormat, dir: string): Promise<void> {
  const [root, one, two, worse, worst] = await Promise.all(
    ['red', 'green', 'blue', 'gray', 'black'].map((square) => world.picture('white', square)),
  );
  const first = aRow({ sourceHash: root!, editedHash: one!, attemptId: 1 });
  const second = aRow({ sourceHash: one!, editedHash: two!, rootHash: root!, instruction: 'Make it blue', kind: 'inverse' });
  const both = aRow({ sourceHash: root!, editedHash: two!, instruction: 'Green, then blue', kind: 'composed', parents: [first, second] });
  const losers = [worse!, worst!].map((editedHash, i) => ({
    editedHash,
    scores: { adherence: 3 - i, aesthetics: 3 },
    seed: i,
    stage: '',
    reason: '',
    validator: 'v',
  }));
  const deps = exportDeps(world, [first, second, both], {
    contest: (row) => (row.attemptId === 1 ? { validator: 'v', losers } : null),
  });
  await exportTo(deps, dir, format, { seed: 1 });
}

// Catches: a check that stops with a stack trace, or finds nothing, where a file of any layout is cut, emptied, gone or full of something else.
test.each(ExportFormat.options)('%s: whatever happens to a file, the check names it and goes on', async (format) => {
  const dir = join(world.dir, format);
  await aSet(format, dir);
  expect((await check(dir)).faults).toEqual([]);
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'manifest.json')
    .map((entry) => join(entry.parentPath, entry.name));
  const pictures = files.filter((file) => /\.(jpg|png)$/.test(file));
  // One picture stands for all: they are read in one way.
  for (const file of files.filter((one) => !pictures.slice(1).includes(one))) {
    const before = readFileSync(file);
    const damages: [string, Buffer | undefined][] = [
      ['gone', undefined],
      ['empty', Buffer.alloc(0)],
      ['cut', before.subarray(0, Math.floor(before.length / 2))],
      ['something else', Buffer.from('{"id": 5, "pictures": "x"}\n[\nnull,\n"text"\n')],
    ];
    for (const [what, after] of damages) {
      // A new file: what is there may be a link to the stored picture.
      rmSync(file, { force: true });
      if (after !== undefined) writeFileSync(file, after);
      const report = await check(dir).catch((error: Error) => error);
      expect(report, `${file.slice(dir.length)} ${what}`).toMatchObject({ ok: false });
    }
    rmSync(file, { force: true });
    writeFileSync(file, before);
  }
  expect((await check(dir)).faults).toEqual([]);
});

// Catches: a winner that is learnt as often as it has losers.
test('KTO rows hold every edit once', async () => {
  const dir = join(world.dir, 'preference');
  await aSet('preference', dir);
  const rows = readFileSync(join(dir, 'kto-train.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string; label: boolean });
  expect(rows.map(({ label }) => label).sort()).toEqual([false, false, true]);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(3);
});
