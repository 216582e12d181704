import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/main/engine/index.ts';
import { isLossy, sniffFormat } from '../../src/main/engine/pixels/formats.ts';
import type { Provider } from '../../src/main/engine/ports.ts';
import { createGradioProvider } from '../../src/main/engine/providers/gradio/index.ts';
import { describeGradio } from '../../src/main/engine/providers/gradio/offer.ts';
import { BagelParams } from '../../src/shared/model/bagel.ts';
import { Endpoint } from '../../src/shared/model/provider.ts';
import { GRADIOS, type GradioApp, startGradioApp } from '../helpers/gradioApp.ts';
import { pythonVenv } from '../helpers/python.ts';
import { aContext, type TransportWorld, transportWorld } from '../helpers/transport.ts';

/** Gradio itself, with the functions of the stock BAGEL app. NHR_GRADIO=all takes the older generations as well. */
const versions = Object.keys(GRADIOS).slice(0, process.env.NHR_GRADIO === 'all' ? undefined : 1);
const pythons = new Map<string, string | null>();
for (const version of versions) pythons.set(version, await pythonVenv(GRADIOS[version]!));

const soon = () => AbortSignal.timeout(20_000);

/** What the app's function was given last, asked over the other API that Gradio has. */
async function lastCall(app: GradioApp, name: string): Promise<Record<string, unknown>> {
  for (const prefix of ['/gradio_api', '']) {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ data: [name] }) };
    const reply = await fetch(`${app.url}${prefix}/call/last_call`, init);
    const { event_id } = (await reply.json()) as { event_id?: string };
    if (!event_id) continue;
    const text = await (await fetch(`${app.url}${prefix}/call/last_call/${event_id}`)).text();
    return JSON.parse(/^data: (.*)$/m.exec(text)![1]!)[0];
  }
  throw new Error('no last_call');
}

describe.each(versions)('Gradio %s', (version) => {
  const python = pythons.get(version);
  describe.skipIf(!python)('with the functions of the stock BAGEL app', () => {
    let app: GradioApp;
    let world: TransportWorld;
    let provider: Provider;
    let picture: string;
    const bagel = BagelParams.parse({ textCfg: 5.5, imageCfg: 1.5, cfgInterval: [0.25, 1], steps: 30, renormMin: 0.5, think: true });

    beforeAll(async () => {
      app = await startGradioApp(python!);
      world = transportWorld();
      provider = createGradioProvider(endpointAt(app), world.deps);
      picture = await world.picture(640, 512);
    });
    afterAll(async () => {
      await provider?.close?.();
      await world?.close();
      await app?.kill();
    });

    function endpointAt(one: GradioApp, more: object = {}): Endpoint {
      return Endpoint.parse({ id: 'bagel', transport: 'gradio', baseUrl: one.url, ...more });
    }

    it('edits: every knob arrives under its name, the seed decides the picture, WebP is what comes', async () => {
      const edits = [];
      for (const seed of [1, 2, 1_000_000, 1]) {
        const ctx = aContext({ bagel });
        const reply = await provider.edit({ image: picture, instruction: 'add a red ball', seed }, ctx);
        expect(sniffFormat(reply.value)).toBe('webp');
        expect(isLossy(reply.value, 'webp')).toBe(true);
        expect(await sharp(reply.value).metadata()).toMatchObject({ width: 640, height: 512 });
        expect(reply.usage).toMatchObject({ images: 1, gpuSeconds: expect.closeTo(0.25, 0.2) });
        expect(reply).toMatchObject({ seedHonoured: 'yes', remoteId: ctx.remoteIds[0] });
        edits.push(Buffer.from(reply.value).toString('base64'));
      }
      expect(new Set(edits).size).toBe(3);
      expect(edits[3]).toBe(edits[0]);
      expect(await lastCall(app, 'process_edit_image')).toEqual({
        prompt: 'add a red ball',
        show_thinking: true,
        cfg_text_scale: 5.5,
        cfg_img_scale: 1.5,
        cfg_interval: 0.25,
        timestep_shift: 3,
        num_timesteps: 30,
        cfg_renorm_min: 0.5,
        cfg_renorm_type: 'text_channel',
        max_think_token_n: 1024,
        do_sample: false,
        text_temperature: 0.3,
        seed: 1,
      });
    });

    it('paints from text in the ratio that was asked for', async () => {
      const request = { prompt: 'a house', width: 1024, height: 576, seed: 3 };
      const { value } = await provider.generate(request, aContext({ params: { text_temperature: 0.7 } }));
      expect(await sharp(value).metadata()).toMatchObject({ width: 1024, height: 576 });
      // Without knobs of ours the app's own values are sent, which are not those of its editing function.
      expect(await lastCall(app, 'process_text_to_image')).toMatchObject({
        cfg_interval: 0.4,
        cfg_renorm_type: 'global',
        text_temperature: 0.7,
        image_ratio: '16:9',
        seed: 3,
      });
      await expect(provider.generate({ ...request, height: 400 }, aContext())).rejects.toMatchObject({ code: 'badRequest' });
    });

    it('tells the place in the queue and how far the work is, and takes queued work out again', async () => {
      const first = aContext();
      const slow = provider.edit({ image: picture, instruction: 'slowly, add a tree', seed: 5 }, first);
      await delay(500);
      const leaving = new AbortController();
      const second = aContext({ signal: leaving.signal });
      const queued = provider.edit({ image: picture, instruction: 'never painted', seed: 6 }, second);
      queued.catch(() => undefined);
      await delay(3000);
      leaving.abort();
      await expect(queued).rejects.toMatchObject({ code: 'aborted' });
      await slow;
      const third = await provider.edit({ image: picture, instruction: 'painted', seed: 7 }, aContext());
      expect(third.value.length).toBeGreaterThan(0);
      expect(await lastCall(app, 'process_edit_image')).toMatchObject({ prompt: 'painted' });

      expect(second.waits[0]).toMatchObject({ rank: expect.any(Number), etaSeconds: expect.any(Number) });
      expect(second.waits.every((wait) => wait.rank > 0)).toBe(true);
      const fractions = first.waits.flatMap((wait) => wait.fraction ?? []);
      expect(fractions.length).toBeGreaterThan(3);
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    });

    it.each([
      ['hidden failure', 'serverError', /out of memory/],
      ['shown failure', 'serverError', /still loading/],
      ['over quota', 'quotaExhausted', /exceeded your GPU quota/],
      ['no picture', 'badOutput', /I cannot edit this picture/],
    ])('%s: %s', async (instruction, code, words) => {
      const asked = provider.edit({ image: picture, instruction, seed: 1 }, aContext());
      await expect(asked).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
    });

    it('what was asked for before a crash is collected, unless its stream had been opened', async () => {
      // This process dies between the answer of /queue/join and the opening of the stream.
      const dying = transportWorld();
      const image = await dying.picture(640, 512);
      const ids: string[] = [];
      const lost = createGradioProvider(endpointAt(app), dying.deps);
      const noted = new Promise<void>((resolve) => {
        const onRemoteId = (id: string) => {
          ids.push(id);
          resolve();
          return new Promise<void>(() => undefined);
        };
        void lost.edit({ image, instruction: 'add a bird', seed: 4 }, aContext({ onRemoteId }));
      });
      await noted;
      await dying.close();
      await delay(1500);
      const collected = await provider.collect!(ids[0]!, 'image', aContext());
      const again = await provider.edit({ image: picture, instruction: 'add a bird', seed: 4 }, aContext());
      expect(Buffer.from(collected!.value as Uint8Array).equals(Buffer.from(again.value))).toBe(true);

      // This one dies while it listens: Gradio drops the work of a session whose stream is closed.
      const deaf = transportWorld();
      const other = aContext();
      const cut = createGradioProvider(endpointAt(app), deaf.deps).edit(
        { image: await deaf.picture(640, 512), instruction: 'slowly', seed: 4 },
        other,
      );
      const failed = expect(cut).rejects.toMatchObject({ code: 'network' });
      await delay(1500);
      await deaf.close();
      await failed;
      expect(await provider.collect!(other.remoteIds[0]!, 'image', aContext())).toBeNull();
    });

    it('calls a function of any other app, with hidden state and the picture as second output', async () => {
      const gradio = { edit: '/repaint', inputs: { what: '$prompt', style: 'sketch' }, output: 1 };
      const other = createGradioProvider(endpointAt(app, { gradio }), world.deps);
      const request = { image: picture, instruction: 'a dog', seed: 9 };
      const reply = await other.edit(request, aContext({ params: { strength: 0.25 } }));
      expect(sniffFormat(reply.value)).toBe('png');
      expect(reply.seedHonoured).toBe('unknown');
      const last = await lastCall(app, 'repaint');
      expect(last).toEqual({ what: 'a dog', strength: 0.25, randomize_seed: false, seed: 9, style: 'sketch' });
    });

    it('describes the app for a form, and says how the stock functions will be called', async () => {
      const described = await describeGradio(endpointAt(app), world.deps, soon());
      expect(described).toMatchObject({ version, maxUploadBytes: null });
      const edit = described.functions.find((f) => f.name === '/process_edit_image')!;
      expect(edit.parameters).toHaveLength(14);
      expect(edit.parameters.find((p) => p.name === 'timestep_shift')).toMatchObject({
        type: 'number',
        default: 3,
        minimum: 1,
        maximum: 10,
      });
      expect(edit.parameters.find((p) => p.name === 'cfg_renorm_type')).toMatchObject({ choices: ['global', 'local', 'text_channel'] });
      expect(edit.parameters[0]).toMatchObject({ name: 'image', type: 'picture', hasDefault: false });
      expect(edit.byName).toMatchObject({ image: '$image', prompt: '$prompt', seed: '$seed', cfg_text_scale: '$bagel.textCfg' });
      expect(edit.byName).not.toHaveProperty('do_sample');
      const { notes } = await provider.probe(soon());
      expect(notes.join('\n')).toMatch(/edit: \/process_edit_image, filled: image, prompt, .*the app's own value: do_sample/);
      expect(notes.join('\n')).toMatch(/sends lossy webp pictures/);
    });

    // Catches: a transport that works call by call, and not under lanes, ledger, canonical sizes and stages.
    it('the engine mines photos through it; that its pictures lose detail is on record', async () => {
      const dir = mkdtempSync(join(tmpdir(), 'nhr-gradio-'));
      mkdirSync(join(dir, 'photos'));
      writeFileSync(join(dir, 'photos', 'hill.png'), world.bytes(picture));
      const asked = ['Add a red kite', 'Add a blue boat'].map((instruction) => JSON.stringify({ image: 'hill.png', instruction }));
      writeFileSync(join(dir, 'photos', 'instructions.jsonl'), `${asked.join('\n')}\n`);
      const yaml = `version: 1
name: Photos over Gradio
scenes: { from: folder, path: ./photos }
sourceSize: { maxLongSide: 1024, minShortSide: 512, multipleOf: 16 }
attemptsPerInstruction: 2
stages: [edit, lowLevel]
growth: []
endpoints:
  - { id: bagel, transport: gradio, baseUrl: "${app.url}", concurrency: 1, prices: { usdPerGpuSecond: 0.001, worstGpuSeconds: 60 } }
roles:
  imageEditor: { endpoint: bagel, model: bagel, bagel: {} }
`;
      const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
      const engine = await createEngine({ workspaceDir: join(dir, 'w'), create: true, resumeInterrupted: false, log: quiet });
      try {
        const { id } = await engine.client.runs.start({ yaml, baseDir: dir });
        const run = async () => (await engine.client.runs.list()).find((item) => item.id === id)!;
        await expect.poll(async () => (await run()).state, { timeout: 120_000 }).toBe('ended');
        const progress = await engine.client.runs.progress({ runId: id });
        expect(progress).toMatchObject({ attemptsDone: 4, failed: 0, unknown: 0, errors: [], retries: 0 });
        expect(progress.spend.gpuSeconds).toBeGreaterThan(4 * 0.1);
        const db = new Database(join(dir, 'w', 'nhr.db'), { readonly: true });
        const edited = db.prepare('SELECT DISTINCT format, lossy FROM attempt JOIN image ON image.hash = attempt.edited_hash').all();
        db.close();
        expect(edited).toEqual([{ format: 'webp', lossy: 1 }]);
      } finally {
        await engine.close();
        rmSync(dir, { recursive: true, force: true });
      }
    });

    it('a login, PNG results, a full queue, uploads that are too large', async () => {
      const closed = await startGradioApp(python!, [
        '--login',
        'ann:secret',
        '--png',
        '--queue',
        '1',
        '--largest-upload',
        '1kb',
        '--seconds',
        '2',
      ]);
      const keys = transportWorld({ 'env:RIGHT': 'secret', 'env:WRONG': 'guess' });
      try {
        const withKey = (key: string, user: string) => createGradioProvider(endpointAt(closed, { key, gradio: { user } }), keys.deps);
        await expect(withKey('', '').probe(soon())).rejects.toMatchObject({ code: 'auth', message: expect.stringMatching(/gradio\.user/) });
        await expect(withKey('env:WRONG', 'ann').probe(soon())).rejects.toMatchObject({
          code: 'auth',
          message: expect.stringMatching(/"ann"/),
        });
        const known = withKey('env:RIGHT', 'ann');
        expect((await known.probe(soon())).notes.join('\n')).not.toMatch(/lossy/);

        const request = { prompt: 'a hill', width: 1024, height: 1024, seed: 1 };
        const [first, ...others] = await Promise.allSettled([
          known.generate(request, aContext()),
          ...[2, 3, 4].map((seed) => delay(500).then(() => known.generate({ ...request, seed }, aContext()))),
        ]);
        expect(first.status === 'fulfilled' && sniffFormat(first.value.value)).toBe('png');
        const refused = others.flatMap((r) => (r.status === 'rejected' ? [r.reason] : []));
        expect(refused.map((error) => error.code)).toEqual(['overloaded', 'overloaded']);

        const image = await keys.picture(640, 512);
        expect(keys.bytes(image).length).toBeGreaterThan(1024);
        await expect(known.edit({ image, instruction: 'x', seed: 1 }, aContext())).rejects.toMatchObject({
          code: 'badRequest',
          message: expect.stringMatching(/size/i),
        });
      } finally {
        await keys.close();
        await closed.kill();
      }
    });

    it('a server that dies with work in hand, and is there again', async () => {
      const mortal = await startGradioApp(python!);
      const one = createGradioProvider(endpointAt(mortal), world.deps);
      let reborn: GradioApp | undefined;
      try {
        const request = { image: picture, instruction: 'slowly', seed: 1 };
        const ctx = aContext();
        const cut = one.edit(request, ctx);
        const failed = expect(cut).rejects.toMatchObject({ code: 'network' });
        await delay(1500);
        await mortal.kill();
        await failed;
        await expect(one.edit(request, aContext())).rejects.toMatchObject({
          code: 'network',
          message: expect.stringMatching(/ECONNREFUSED/),
        });
        reborn = await startGradioApp(python!, [], mortal.port);
        expect(await one.collect!(ctx.remoteIds[0]!, 'image', aContext())).toBeNull();
        expect((await one.edit({ ...request, instruction: 'a cat' }, aContext())).value.length).toBeGreaterThan(0);
      } finally {
        await mortal.kill();
        await reborn?.kill();
      }
    });
  });
});
