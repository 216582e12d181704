import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runCli } from '../../src/main/cli/program.ts';
import type { CliWorld, Output } from '../../src/main/cli/world.ts';
import { createEngine } from '../../src/main/engine/index.ts';
import { solidPng } from '../helpers/fakes/png.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A terminal that is no terminal, with real engines behind it. */
function aTerminal() {
  const cwd = mkdtempSync(join(tmpdir(), 'nhr-edit-cli-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const printed = { out: '', err: '' };
  const output = (name: keyof typeof printed): Output => ({
    write(text) {
      printed[name] += text;
    },
    terminal: false,
    columns: () => 120,
    rows: () => 24,
    colour: false,
    unicode: false,
  });
  const world: CliWorld = {
    out: output('out'),
    err: output('err'),
    env: {},
    cwd,
    version: '0',
    now: Date.now,
    openEngine: (options) => createEngine({ ...options, log: quiet }),
    serve: () => Promise.reject(new Error('not here')),
    onInterrupt: () => () => undefined,
    readInput: async () => '',
    exit: () => undefined,
  };
  return { cwd, printed, run: (...argv: string[]) => runCli(argv, world) };
}

// Catches: a command that writes no pictures or over somebody's, keeps another than the best, or hides that a demo made them.
it('nhr edit makes variants, writes them, and keeps the best', async () => {
  const { cwd, printed, run } = aTerminal();
  writeFileSync(join(cwd, 'wall.png'), solidPng(512, 512, [90, 140, 200]));
  const argv = ['edit', 'wall.png', 'Make the photo warmer', '--variants', '3', '--seed', '5', '--out', 'made', '--keep', '--json'];
  expect(await run(...argv)).toBe(0);
  const { variants, kept, demo, spend } = JSON.parse(printed.out) as {
    variants: { seed: number; file: string; scores: { adherence: number; aesthetics: number }; usd: number }[];
    kept: number;
    demo: boolean;
    spend: { usdSettled: number };
  };
  expect(variants.map(({ seed }) => seed)).toEqual([5, 6, 7]);
  expect(demo).toBe(true);
  expect(spend.usdSettled).toBeCloseTo(
    variants.reduce((sum, { usd }) => sum + usd, 0),
    9,
  );
  for (const { file } of variants) expect(readFileSync(file).length).toBeGreaterThan(100);
  const engine = await createEngine({ workspaceDir: join(cwd, 'workspace'), create: false, resumeInterrupted: false, log: quiet });
  const triplet = await engine.client.triplets.get({ id: kept });
  await engine.close();
  const best = variants.map(({ scores }) => scores.adherence * scores.aesthetics).sort((a, b) => b - a)[0]!;
  expect(triplet.kind).toBe('interactive');
  expect(triplet.scores!.adherence * triplet.scores!.aesthetics).toBeCloseTo(best, 9);

  expect(await run(...argv)).toBe(0);
  expect(readdirSync(join(cwd, 'made'))).toHaveLength(6);
});

// Catches: a failure that ends with code 0, or does not name the picture or the editors there are.
it('nhr edit says what is wrong, by name', async () => {
  const { cwd, printed, run } = aTerminal();
  writeFileSync(join(cwd, 'notes.png'), 'no picture');
  expect(await run('edit', 'notes.png', 'Flip it')).toBe(1);
  expect(printed.err).toContain('notes.png cannot be used');
  writeFileSync(join(cwd, 'wall.png'), solidPng(512, 512, [90, 140, 200]));
  expect(await run('edit', 'wall.png', 'Flip it', '--editor', 'bagel')).toBe(1);
  expect(printed.err).toContain('There is no editor called bagel');
  expect(await run('edit', 'wall.png', 'Put a crown on the cat', '--variants', '1')).toBe(1);
  expect(printed.out).toContain('cannot');
});
