import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { smallRecipe } from '../recipes.ts';
import { hashOf, killOnce, mineToEnd } from './killing.ts';

const folders = ['killed', 'calm', 'alone'].map((name) => mkdtempSync(join(tmpdir(), `nhr-${name}-`)));
const [killed, calm, alone] = folders as [string, string, string];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

// Catches: a result that is shown and then lost, a call paid twice, a row that points at nothing, and work left "running"
// by kill -9; a set that depends on the kills, or on how many attempts are worked on at once. `table.ts` does it a hundred times.
it('loses nothing in kills, and gives the same set with kills, without, and one at a time', async () => {
  const yaml = smallRecipe({ attempts: 60 });
  for (const afterMs of [300, 900, 1500, 2200, 3000]) {
    const kill = await killOnce(killed, yaml, afterMs);
    const { lostAttempts, lostCalls, settledTwice, rowsWithoutBlob, leftRunning, faultyCounters } = kill;
    expect({ lostAttempts, lostCalls, settledTwice, rowsWithoutBlob, leftRunning, faultyCounters }).toEqual({
      lostAttempts: 0,
      lostCalls: 0,
      settledTwice: 0,
      rowsWithoutBlob: 0,
      leftRunning: 0,
      faultyCounters: 0,
    });
    expect(kill.unknownListed).toBe(kill.unknown);
    if (kill.phase === 'ended') break;
  }
  const survivor = await mineToEnd(killed, yaml);
  const undisturbed = await mineToEnd(calm, yaml);
  const single = await mineToEnd(alone, smallRecipe({ attempts: 60, concurrency: 1 }));
  const hash = await hashOf(calm, undisturbed);
  expect(await hashOf(killed, survivor)).toBe(hash);
  expect(await hashOf(alone, single)).toBe(hash);
}, 400_000);
