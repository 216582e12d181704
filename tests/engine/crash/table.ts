/** `node tests/engine/crash/table.ts [KILLS]`: kills a mining engine at random moments and prints what that did. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { smallRecipe } from '../recipes.ts';
import { hashOf, type Kill, killOnce, mineToEnd } from './killing.ts';

const kills = Number(process.argv[2] ?? 100);
const longestMs = Number(process.argv[3] ?? 2500);
const dir = mkdtempSync(join(tmpdir(), 'nhr-crash-'));
const calm = mkdtempSync(join(tmpdir(), 'nhr-calm-'));
const seed = Number(process.argv[4] ?? Date.now() % 100_000);
let state = seed;
/** A small generator of our own, so that a bad sequence can be run again by its seed. */
const chance = () => {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
  return state / 2_147_483_648;
};

const found: Kill[] = [];
const started = Date.now();
let round = 0;
try {
  for (let i = 0; i < kills; i++) {
    const kill = await killOnce(dir, smallRecipe({ seed: 1000 + round, attempts: 150 }), chance() * longestMs);
    if (kill.phase === 'ended') round += 1;
    found.push(kill);
    process.stderr.write(`\r${i + 1} of ${kills} kills, ${kill.phase.padEnd(10)}`);
  }
  process.stderr.write('\n');
  const sum = (key: Exclude<keyof Kill, 'phase'>) => found.reduce((total, kill) => total + kill[key], 0);
  const phases = [...new Set(found.map((kill) => kill.phase))].map(
    (phase) => `${phase} ${found.filter((kill) => kill.phase === phase).length}`,
  );
  const yaml = smallRecipe({ seed: 1000 + round, attempts: 150 });
  const survivor = await mineToEnd(dir, yaml);
  const undisturbed = await mineToEnd(calm, yaml);
  const same = (await hashOf(dir, survivor)) === (await hashOf(calm, undisturbed));
  const rows: [string, string | number, boolean][] = [
    ['kill -9, at random moments', `${kills} (${phases.join(', ')})`, true],
    ['results shown and then lost', sum('lostAttempts') + sum('lostCalls'), sum('lostAttempts') + sum('lostCalls') === 0],
    ['calls settled twice', sum('settledTwice'), sum('settledTwice') === 0],
    ['rows without their blob', sum('rowsWithoutBlob'), sum('rowsWithoutBlob') === 0],
    ['rows left running', sum('leftRunning'), sum('leftRunning') === 0],
    ['counters that differ from their rows', sum('faultyCounters'), sum('faultyCounters') === 0],
    ['unknown calls after a kill / of them listed', `${sum('unknown')} / ${sum('unknownListed')}`, sum('unknown') === sum('unknownListed')],
    ['last run after the kills equals an undisturbed one', same ? 'yes' : 'no', same],
  ];
  for (const [what, value, ok] of rows) console.log(`${ok ? 'ok  ' : 'BAD '} ${what.padEnd(52)} ${value}`);
  console.log(`seed ${seed}, ${Math.round((Date.now() - started) / 1000)} s`);
  if (rows.some(([, , ok]) => !ok)) process.exitCode = 1;
} finally {
  rmSync(dir, { recursive: true, force: true });
  rmSync(calm, { recursive: true, force: true });
}
