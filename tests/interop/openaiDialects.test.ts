import OpenAI from 'openai';
import { afterAll, expect, it } from 'vitest';
import { createOpenAiProvider } from '../../src/main/engine/providers/openai/index.ts';
import { BagelParams } from '../../src/shared/model/bagel.ts';
import { Endpoint } from '../../src/shared/model/provider.ts';
import { pictureSize, solidPng } from '../helpers/fakes/png.ts';
import { formOf, jsonOf } from '../helpers/fakes/server.ts';
import { fakeSglang } from '../helpers/fakes/sglang.ts';
import { fakeVllmOmni } from '../helpers/fakes/vllmOmni.ts';
import { aContext, transportWorld } from '../helpers/transport.ts';

const MODEL = 'Bagel-NHR-Edit-V2';
const world = transportWorld({ 'env:KEY': 'sk-test' });
const omni = await fakeVllmOmni(MODEL);
const sglang = await fakeSglang(MODEL);
afterAll(() => Promise.all([omni.close(), sglang.close(), world.close()]));

const provider = (dialect: string, url: string) =>
  createOpenAiProvider(Endpoint.parse({ id: dialect, transport: 'openai', dialect, baseUrl: `${url}/v1`, key: 'env:KEY' }), world.deps);
const bagel = BagelParams.parse({ cfgInterval: [0.1, 0.9], steps: 30 });
const ctx = (more: object = {}) => aContext({ model: MODEL, ...more });

// Catches: a fake that only our own client can talk to.
it('has fakes that the official SDK can drive', async () => {
  const png = () => new File([new Uint8Array(solidPng(64, 48, [9, 9, 9]))], 'a.png', { type: 'image/png' });
  for (const { url } of [omni, sglang]) {
    const client = new OpenAI({ apiKey: 'none', baseURL: `${url}/v1`, maxRetries: 0 });
    expect((await client.models.list()).data[0]!.id).toBe(MODEL);
    const extra = { response_format: 'b64_json', output_format: 'png', seed: 4 } as object;
    const made = await client.images.generate({ model: MODEL, prompt: 'a cat', size: '512x512', ...extra });
    expect(pictureSize(Buffer.from((made as { data: { b64_json: string }[] }).data[0]!.b64_json, 'base64'))).toEqual({
      width: 512,
      height: 512,
    });
    const edit = await client.images.edit({ model: MODEL, prompt: 'a dog', image: [png(), png()], ...extra });
    expect(pictureSize(Buffer.from((edit as { data: { b64_json: string }[] }).data[0]!.b64_json, 'base64'))).toEqual({
      width: 64,
      height: 48,
    });
  }
  const client = new OpenAI({ apiKey: 'none', baseURL: `${omni.url}/v1`, maxRetries: 0 });
  const asked = { model: MODEL, modalities: ['image'], messages: [{ role: 'user', content: '<|im_start|>a cat<|im_end|>' }], seed: 3 };
  const { choices } = await client.chat.completions.create(asked as never);
  expect(choices).toHaveLength(2);
  await expect(client.chat.completions.create({ model: 'other', messages: [] })).rejects.toMatchObject({ status: 404 });
});

// Catches: a GPU budget that never fills because vllm-omni's chat route tells no seconds, or that counts waiting in a hidden queue.
it('takes the time of a call as the GPU’s where the server does not tell, at most the worst of the table', async () => {
  const source = await world.picture(96, 64);
  const seconds = async (worstGpuSeconds: number) => {
    let now = 0;
    const clock = { ...world.deps.clock, ticks: () => (now += 8000) };
    const prices = { worstGpuSeconds };
    const endpoint = Endpoint.parse({ id: 'omni', transport: 'openai', dialect: 'vllm-omni', baseUrl: `${omni.url}/v1`, prices });
    const one = createOpenAiProvider(endpoint, { ...world.deps, clock });
    return (await one.edit({ image: source, instruction: 'Make it snow', seed: 7 }, ctx({ bagel }))).usage.gpuSeconds;
  };
  expect([await seconds(60), await seconds(5), await seconds(0)]).toEqual([8, 5, 0]);
});

// Catches: a knob left to the server's own default, in a spelling that the server does not read, or a size that changes on the way.
it('writes all eleven BAGEL knobs for vllm-omni and finds the picture in the second choice', async () => {
  const source = await world.picture(96, 64);
  const edit = (seed: number) => provider('vllm-omni', omni.url).edit({ image: source, instruction: 'Make it snow', seed }, ctx({ bagel }));
  const reply = await edit(7);
  expect(pictureSize(Buffer.from(reply.value))).toEqual({ width: 96, height: 64 });
  expect(omni.knobs().at(-1)).toMatchObject({
    seed: 7,
    num_inference_steps: 30,
    cfg_text_scale: 4,
    cfg_img_scale: 2,
    cfg_interval: [0.1, 0.9],
    cfg_renorm_type: 'text_channel',
    cfg_renorm_min: 0,
    timestep_shift: 3,
    think: false,
    max_think_tokens: 1024,
    do_sample: false,
    text_temperature: 0.3,
    negative_prompt: '',
  });
  expect(reply).toMatchObject({ seedHonoured: 'yes', modelAnswered: MODEL, usage: { images: 1, inputTokens: 30 } });
  expect(Buffer.compare(reply.value, (await edit(7)).value)).toBe(0);
  expect(Buffer.compare(reply.value, (await edit(8)).value)).not.toBe(0);
  const made = await provider('vllm-omni', omni.url).generate({ prompt: 'a cat', width: 768, height: 512, seed: 1 }, ctx({ bagel }));
  expect(pictureSize(Buffer.from(made.value))).toEqual({ width: 768, height: 512 });
});

it('uses the picture routes of vllm-omni for other models, with GPU seconds', async () => {
  const source = await world.picture(96, 64);
  const one = provider('vllm-omni', omni.url);
  const made = await one.generate({ prompt: 'a cat', width: 512, height: 512, seed: 3 }, ctx({ params: { num_inference_steps: 4 } }));
  expect(made.usage).toMatchObject({ images: 1, gpuSeconds: 2.5 });
  expect(jsonOf(omni.asked.at(-1)!)).toMatchObject({
    seed: 3,
    size: '512x512',
    num_inference_steps: 4,
    response_format: 'b64_json',
    output_format: 'png',
  });
  await one.edit({ image: source, instruction: 'Make it snow', seed: 3 }, ctx());
  const form = await formOf(omni.asked.at(-1)!);
  expect([form.get('seed'), form.get('size'), form.get('output_format'), (form.get('image') as File).type]).toEqual([
    '3',
    null,
    'png',
    'image/png',
  ]);
});

// Catches: BAGEL's own names sent to SGLang, JPEG taken instead of PNG, a file of the server opened here.
it('writes BAGEL for SGLang in its own names', async () => {
  const source = await world.picture(96, 64);
  const one = provider('sglang', sglang.url);
  const reply = await one.edit({ image: source, instruction: 'Make it snow', seed: 7 }, ctx({ bagel }));
  expect(sglang.fields().at(-1)).toMatchObject({
    guidance_scale: '4',
    true_cfg_scale: '2',
    flow_shift: '3',
    num_inference_steps: '30',
    seed: '7',
    size: '96x64',
  });
  expect(reply).toMatchObject({ seedHonoured: 'yes', usage: { gpuSeconds: 5.25, images: 1 } });
  expect(pictureSize(Buffer.from(reply.value))).toEqual({ width: 96, height: 64 });
});

// Catches: a key sent to another server on a reply's word.
it('follows a link on its own origin and no other', async () => {
  const one = provider('sglang', sglang.url);
  const asLink = { params: { response_format: 'url' } };
  const linked = await one.generate({ prompt: 'a cat', width: 64, height: 64, seed: 2 }, ctx(asLink));
  expect(pictureSize(Buffer.from(linked.value))).toEqual({ width: 64, height: 64 });
  expect(sglang.asked.at(-1)!.headers.authorization).toBe('Bearer sk-test');
});

it.each(['vllm', 'ollama', 'lmstudio', 'llamacpp'])('says what %s cannot do, without asking', async (dialect) => {
  const source = await world.picture(96, 64);
  const before = omni.asked.length;
  const one = provider(dialect, omni.url);
  await expect(one.edit({ image: source, instruction: 'x', seed: 1 }, ctx())).rejects.toMatchObject({ code: 'badRequest', unsent: true });
  await expect(one.edit({ image: source, instruction: 'x', seed: 1 }, ctx({ bagel }))).rejects.toMatchObject({
    code: 'badRequest',
    unsent: true,
  });
  expect(omni.asked.length).toBe(before);
});

it('tells a server that has another model', async () => {
  const source = await world.picture(96, 64);
  const one = provider('vllm-omni', omni.url);
  await expect(one.edit({ image: source, instruction: 'x', seed: 1 }, aContext({ model: 'other' }))).rejects.toMatchObject({
    code: 'notFound',
  });
  await expect(one.edit({ image: source, instruction: 'x', seed: 1 }, aContext({ model: 'other', bagel }))).rejects.toMatchObject({
    code: 'notFound',
  });
  expect((await one.probe(AbortSignal.timeout(5000))).models).toEqual([{ id: MODEL, shutdownDate: null }]);
});
