import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { pixelTasks } from '../../../src/main/engine/pixels/tasks.ts';
import type { Pixels, Provider, Reply } from '../../../src/main/engine/ports.ts';
import { createLedger } from '../../../src/main/engine/providers/ledger.ts';
import { selfTest, selfTestScope } from '../../../src/main/engine/providers/selfTest.ts';
import { testPicture, unrelatedPicture } from '../../../src/main/engine/providers/testPictures.ts';
import { openWorkspace } from '../../../src/main/engine/store/index.ts';
import { ProviderError } from '../../../src/shared/model/errors.ts';
import { EndpointProfile, NO_USAGE, type Role } from '../../../src/shared/model/provider.ts';

const dir = mkdtempSync(join(tmpdir(), 'nhr-self-test-'));
const workspace = openWorkspace(join(dir, 'w'), { create: true, now: Date.now, owner: 'test' });
afterAll(async () => {
  await workspace.close();
  rmSync(dir, { recursive: true, force: true });
});
const { blobs, work, calls, runs } = workspace;
const tasks = pixelTasks();
/** The real picture work, without its threads. */
const pixels = {
  inspect: (bytes: Uint8Array) => tasks.inspect({ bytes }),
  thumbnail: (file: string, width: number) => tasks.thumbnail({ file, width }),
  lowLevel: (sourceFile: string, editedFile: string, rule: { threshold: number; maskRule: 'any' }) =>
    tasks.lowLevel({ sourceFile, editedFile, ...rule }),
} as unknown as Pixels;

const reply = <T>(value: T): Reply<T> => ({ value, usage: { ...NO_USAGE, images: 1 }, modelAnswered: 'm', remoteId: '' });
const profile = (role: Role) =>
  EndpointProfile.parse({ id: 'e', transport: 'demo', prices: { usdPerImage: 0.05 }, roles: { [role]: { model: 'm' } } });
function test(role: Role, provider: Partial<Provider>) {
  const ledger = createLedger({ calls, clock: { now: Date.now, ticks: () => performance.now(), sleep: async () => undefined } });
  const deps = { provider: () => provider as Provider, ledger, blobs, work, pixels, counters: runs.counters };
  return selfTest(profile(role), role, deps, new AbortController().signal);
}
const failed = (report: Awaited<ReturnType<typeof test>>) => report.checks.filter((check) => !check.ok).map((check) => check.name);
const nothing = /do not change/i;

// Catches: a server that ignores the picture it is sent or the words, and goes through a whole run unnoticed; a good one that is refused.
it('tells an editor that works from one that ignores its picture or its prompt', async () => {
  const source = testPicture(true);
  const edit = (answer: (instruction: string) => Uint8Array) => ({
    edit: async (request: { instruction: string }) => reply(answer(request.instruction)),
  });
  const good = await test(
    'imageEditor',
    edit((instruction) => (nothing.test(instruction) ? source : unrelatedPicture())),
  );
  expect(good).toMatchObject({ ok: true, usd: 0.1, model: 'm', modelAnswered: 'm' });
  expect(good.pictures).toHaveLength(3);
  expect(
    failed(
      await test(
        'imageEditor',
        edit(() => source),
      ),
    ),
  ).toEqual(['does what it is told', 'tells instructions apart']);
  expect(
    failed(
      await test(
        'imageEditor',
        edit(() => unrelatedPicture()),
      ),
    ),
  ).toEqual(['uses its input picture', 'tells instructions apart']);
});

// Catches: a failure of the endpoint that ends the doctor instead of being told, and an HTML page taken for a picture.
it('reports what goes wrong as a failed check', async () => {
  const down = await test('textToImage', {
    generate: () => Promise.reject(new ProviderError('auth', 'The key is wrong.')),
  });
  expect(down).toMatchObject({ ok: false });
  expect(down.checks[0]?.message).toContain('auth: The key is wrong.');
  const html = await test('textToImage', { generate: async () => reply(new TextEncoder().encode('<html>')) });
  expect(html.ok).toBe(false);
  await expect(selfTest(profile('validator'), 'inverter', {} as never, new AbortController().signal)).rejects.toMatchObject({
    code: 'recipeInvalid',
  });
});

// Catches: a judge that does not see the pictures and gives every pair the same score.
it('tells a judge that sees from one that does not', async () => {
  const hashes: string[][] = [];
  const judge = (score: (source: string, edited: string) => number) => ({
    async chat({ images }: { images: string[] }) {
      hashes.push(images);
      const [source = '', edited = ''] = images;
      return reply(`{"adherence": ${score(source, edited)}, "aesthetics": 4}`);
    },
  });
  const done = await blobs.put(testPicture(false), 'png');
  expect(
    await test(
      'validator',
      judge((_, edited) => (edited === done ? 4.8 : 1.5)),
    ),
  ).toMatchObject({ ok: true });
  expect(
    failed(
      await test(
        'softJudge',
        judge(() => 4.5),
      ),
    ),
  ).toEqual(['sees that nothing was done', 'sees that the pictures have nothing in common']);
  expect(hashes[0]).toHaveLength(2);
  expect(failed(await test('validator', { chat: async () => reply('I like it.') }))).toHaveLength(3);
});

// Catches: money of self-tests that is in no books, an earlier answer taken for a new one, a call that may have been charged forgotten.
it('books every call of every test, and asks anew each time', async () => {
  const before = runs.counters(selfTestScope('e'));
  const count = (name: string) => (runs.counters(selfTestScope('e')).get(name) ?? 0) - (before.get(name) ?? 0);
  let asked = 0;
  const editor: Partial<Provider> = {
    edit: async () => {
      asked += 1;
      if (asked === 4) throw new ProviderError('network', 'cut');
      return reply(testPicture(true));
    },
  };
  const first = await test('imageEditor', editor);
  const second = await test('imageEditor', editor);
  expect(asked).toBe(4);
  expect([count('call.settled'), count('call.unknown'), count('call.sent')]).toEqual([3, 1, 0]);
  expect(count('usd.settled')).toBeCloseTo(0.15, 10);
  expect(second.usd).toBeCloseTo(0.1, 10);
  expect(second.booked.calls - first.booked.calls).toBe(2);
  expect(second.booked.usd - first.booked.usd).toBeCloseTo(0.1, 10);
  // What is kept is there to be looked at.
  expect(second.pictures.every(({ webp }) => webp.length > 0)).toBe(true);
});
