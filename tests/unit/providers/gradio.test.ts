import { Client } from '@gradio/client';
import { afterEach, describe, expect, it } from 'vitest';
import { createGradioProvider } from '../../../src/main/engine/providers/gradio/index.ts';
import { SILENCE_MS } from '../../../src/main/engine/providers/gradio/messages.ts';
import { BagelParams } from '../../../src/shared/model/bagel.ts';
import { Endpoint } from '../../../src/shared/model/provider.ts';
import { type FakeGradio, type FakeGradioOptions, type GradioFault, startFakeGradio } from '../../helpers/fakes/gradio.ts';
import { aContext, type TransportWorld, transportWorld } from '../../helpers/transport.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function fakeApp(options?: FakeGradioOptions): Promise<FakeGradio> {
  const fake = await startFakeGradio(options);
  open.push(fake);
  return fake;
}

function world(keys?: Record<string, string>, hurry?: number): TransportWorld {
  const made = transportWorld(keys, hurry);
  open.push(made);
  return made;
}

function endpointAt(url: string, more: object = {}): Endpoint {
  return Endpoint.parse({ id: 'bagel', transport: 'gradio', baseUrl: url, ...more });
}

const bagel = BagelParams.parse({});

async function edit(fake: FakeGradio, w = world(), more: object = {}, ctx = aContext({ bagel })) {
  const provider = createGradioProvider(endpointAt(fake.url, more), w.deps);
  const reply = await provider.edit({ image: await w.picture(64, 48), instruction: 'add a cat', seed: 42 }, ctx);
  return { reply, ctx, provider };
}

describe('the fake, driven by the official client', () => {
  it.each(['/gradio_api', ''])('is described, uploads, queues and answers (prefix %j)', async (prefix) => {
    const fake = await fakeApp({ prefix });
    const client = await Client.connect(fake.url, { events: ['status', 'data'] });
    const source = await world()
      .deps.http.fetch('data:image/png;base64,iVBORw0KGgo=')
      .then((r) => r.blob());
    const job = client.submit('/process_edit_image', { image: source, prompt: 'add a cat', seed: 5 });
    const seen: string[] = [];
    let value: unknown;
    for await (const event of job) {
      if (event.type === 'status') seen.push(`${event.stage}${event.position === undefined ? '' : ` ${event.position}`}`);
      if (event.type === 'data') value = event.data;
    }
    client.close();
    expect(value).toMatchObject([{ url: expect.stringContaining('/file=') }, '']);
    expect(seen).toContain('pending 1');
    expect(fake.calls).toEqual([
      {
        name: 'process_edit_image',
        data: [
          expect.objectContaining({ path: expect.any(String) }),
          'add a cat',
          false,
          4,
          2,
          0,
          3,
          50,
          0,
          'text_channel',
          1024,
          false,
          0.3,
          5,
        ],
      },
    ]);
  });

  it('asks for a login as the real one does', async () => {
    const fake = await fakeApp({ login: { user: 'ann', password: 'secret' } });
    await expect(Client.connect(fake.url)).rejects.toThrow();
    const client = await Client.connect(fake.url, { auth: ['ann', 'secret'] });
    expect(Object.keys((await client.view_api()).named_endpoints)).toContain('/process_edit_image');
    client.close();
  });
});

describe('calls', () => {
  it.each(['/gradio_api', ''])('sends all 14 values by their names and follows the queue (prefix %j)', async (prefix) => {
    const fake = await fakeApp({ prefix });
    const { reply, ctx } = await edit(fake);
    expect(fake.calls[0]?.data.slice(1)).toEqual(['add a cat', false, 4, 2, 0, 3, 50, 0, 'text_channel', 1024, false, 0.3, 42]);
    expect(reply).toMatchObject({
      usage: { images: 1, gpuSeconds: 2.5 },
      seedHonoured: 'yes',
      modelAnswered: 'a-model',
      remoteId: ctx.remoteIds[0],
    });
    expect(ctx.waits).toEqual([
      { rank: 2, etaSeconds: 20, fraction: null },
      { rank: 1, etaSeconds: 10, fraction: null },
      { rank: 0, etaSeconds: 10, fraction: null },
      { rank: 0, etaSeconds: null, fraction: 0.5 },
      { rank: 0, etaSeconds: null, fraction: 1 },
    ]);
  });

  it('stores the id of queued work before it waits for the answer', async () => {
    const fake = await fakeApp();
    const order: string[] = [];
    const ctx = aContext({
      bagel,
      async onRemoteId() {
        order.push(...fake.requests.filter((r) => r.includes('/queue/')));
      },
    });
    await edit(fake, world(), {}, ctx);
    expect(order).toEqual(['POST /gradio_api/queue/join']);
  });

  it('keeps to the address of the app: the path is asked for when the URL is elsewhere or wrong', async () => {
    for (const fault of ['foreignUrl', 'wrongUrl'] as const) {
      const fake = await fakeApp();
      fake.next(fault);
      expect((await edit(fake)).reply.value.length).toBeGreaterThan(0);
      expect(fake.requests.at(-1)).toMatch(/^GET \/gradio_api\/file=\/tmp\/gradio/);
    }
  });

  it('reads a message that comes letter by letter', async () => {
    const fake = await fakeApp();
    fake.next('drip');
    expect((await edit(fake)).reply.value.length).toBeGreaterThan(0);
  });

  it('sends a token with every request, the picture included', async () => {
    const fake = await fakeApp({ token: 'hf_secret' });
    expect((await edit(fake, world({ 'env:HF': 'hf_secret' }), { key: 'env:HF' })).reply.value.length).toBeGreaterThan(0);
    await expect(edit(fake, world({ 'env:HF': 'old' }), { key: 'env:HF' })).rejects.toMatchObject({ code: 'auth' });
  });

  it('logs in once, and once more when the server has forgotten it', async () => {
    const fake = await fakeApp({ login: { user: 'ann', password: 'secret' } });
    const w = world({ 'env:PW': 'secret' });
    const { provider } = await edit(fake, w, { key: 'env:PW', gradio: { user: 'ann' } });
    fake.forgetLogins();
    await provider.edit({ image: await w.picture(64, 48), instruction: 'again', seed: 1 }, aContext({ bagel }));
    expect(fake.requests.filter((r) => r === 'POST /login')).toHaveLength(2);
    expect(fake.calls).toHaveLength(2);
  });
});

describe('faults', () => {
  it.each<[GradioFault, string, RegExp]>([
    ['queueFull', 'overloaded', /Queue is full/],
    ['validator', 'badRequest', /prompt is too long/],
    ['tooLarge', 'badRequest', /file of this size/],
    ['status500', 'serverError', /500/],
    ['status429', 'rateLimited', /429/],
    ['redirect', 'notFound', /elsewhere\.example/],
    ['hiddenError', 'serverError', /out of memory/],
    ['cancelledThere', 'serverError', /cancelled there/],
    ['nothing', 'badOutput', /I would rather not/],
    ['wordsInstead', 'badOutput', /Please upload an image/],
    ['htmlPicture', 'badOutput', /HTML page/],
    ['cut', 'network', /cannot be reached/],
    ['garbled', 'badOutput', /cannot be read/],
    ['stopped', 'serverError', /Server stopped/],
    ['forgotten', 'serverError', /no longer knows/],
  ])('%s is %s', async (fault, code, words) => {
    const fake = await fakeApp();
    fake.next(fault);
    await expect(edit(fake)).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
    if (fault === 'status429') {
      fake.next(fault);
      await expect(edit(fake)).rejects.toMatchObject({ retryAfterMs: 7000 });
    }
  });

  it('gives up on a stream without a heartbeat and cancels the work', async () => {
    const fake = await fakeApp();
    fake.next('silence');
    await expect(edit(fake, world({}, SILENCE_MS / 100))).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(/heartbeat/),
    });
    await expect.poll(() => fake.cancelled).toHaveLength(1);
  });

  it('cancels at the server when the call is aborted', async () => {
    const fake = await fakeApp({ token: 't' });
    fake.next('silence');
    const stop = new AbortController();
    const asked = edit(fake, world({ 'env:T': 't' }), { key: 'env:T' }, aContext({ bagel, signal: stop.signal }));
    setTimeout(() => stop.abort(), 200);
    await expect(asked).rejects.toMatchObject({ code: 'aborted' });
    await expect.poll(() => fake.cancelled).toHaveLength(1);
  });

  it('says that nothing was charged before the work was in the queue, and what the GPU did for nothing', async () => {
    const fake = await fakeApp();
    fake.next('tooLarge');
    await expect(edit(fake)).rejects.toMatchObject({ unsent: true });
    fake.next('nothing');
    await expect(edit(fake)).rejects.toMatchObject({ unsent: false, usage: { gpuSeconds: 2.5 } });
  });

  it('is not there, or is no Gradio app', async () => {
    const fake = await fakeApp();
    const provider = createGradioProvider(endpointAt(`${fake.url}/v1`), world().deps);
    await expect(provider.probe(AbortSignal.timeout(5000))).rejects.toMatchObject({ code: 'notFound' });
    await fake.close();
    await expect(provider.probe(AbortSignal.timeout(5000))).rejects.toMatchObject({ code: 'network' });
  });

  it('collects nothing from a session the server does not know', async () => {
    const fake = await fakeApp();
    const provider = createGradioProvider(endpointAt(fake.url), world().deps);
    expect(await provider.collect!('session/event/process_edit_image', 'image', aContext())).toBeNull();
    expect(await provider.collect!('not ours', 'image', aContext())).toBeNull();
  });
});

describe('parameters', () => {
  it.each<[string, object, object, RegExp]>([
    ['a knob out of the range of the app', { bagel: { ...bagel, textCfg: 9 } }, {}, /cfg_text_scale .* 9 is outside 1 to 8/],
    ['an interval that does not end at 1', { bagel: { ...bagel, cfgInterval: [0.4, 0.9] } }, {}, /cfg_interval .* fixes the end at 1/],
    ['a choice that the app does not have', { params: { cfg_renorm_type: 'none' } }, {}, /"none" is not among global, local/],
    ['a parameter that the app does not have', { params: { steps: 5 } }, {}, /steps of \/process_edit_image: no such parameter/],
    ['a knob that nothing takes', {}, { gradio: { inputs: { cfg_img_scale: 2 } } }, /takes no \$bagel\.imageCfg/],
    ['a name that stands for nothing', {}, { gradio: { inputs: { prompt: '$instruction' } } }, /\$instruction stands for nothing/],
    ['a function that the app does not have', {}, { gradio: { edit: '/edit' } }, /no function \/edit .* It has: \/process_text_to_image/],
  ])('refuses %s before anything is sent', async (_, context, endpoint, words) => {
    const fake = await fakeApp();
    const asked = edit(fake, world(), endpoint, aContext({ bagel, ...context }));
    await expect(asked).rejects.toMatchObject({ code: 'badRequest', message: expect.stringMatching(words) });
    expect(fake.calls).toEqual([]);
  });

  it('sends the values of the app itself where no knobs are set', async () => {
    const fake = await fakeApp();
    await edit(fake, world(), {}, aContext({ params: { num_timesteps: 25 } }));
    expect(fake.calls[0]?.data.slice(2)).toEqual([false, 4, 2, 0, 3, 25, 0, 'text_channel', 1024, false, 0.3, 42]);
  });

  it('has no words to give', async () => {
    const fake = await fakeApp();
    const provider = createGradioProvider(endpointAt(fake.url), world().deps);
    await expect(provider.chat({} as never, aContext())).rejects.toMatchObject({ code: 'badRequest' });
  });
});
