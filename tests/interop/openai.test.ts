import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ChatRequest } from '../../src/main/engine/ports.ts';
import { parseBatchRemoteId } from '../../src/main/engine/providers/batch.ts';
import { createOpenAiProvider } from '../../src/main/engine/providers/openai/index.ts';
import { Endpoint } from '../../src/shared/model/provider.ts';
import { noisyPng, solidPng } from '../helpers/fakes/png.ts';
import { aContext, transportWorld } from '../helpers/transport.ts';

/** Against an OpenAI server that somebody else wrote. */
const mock = new LLMock({ port: 0, strict: true });
const world = transportWorld({ 'env:KEY': 'sk-test' }, 100);
const schema = {
  name: 'scores',
  schema: { type: 'object', properties: { adherence: { type: 'number' } }, required: ['adherence'], additionalProperties: false },
};
beforeAll(async () => {
  await mock.start();
});
beforeEach(() => mock.reset());
afterAll(async () => {
  await mock.stop();
  await world.close();
});

const provider = (more: object = {}) =>
  createOpenAiProvider(
    Endpoint.parse({ id: 'there', transport: 'openai', baseUrl: `${mock.url}/v1`, key: 'env:KEY', ...more }),
    world.deps,
  );
const question = (text: string, images: string[] = [], held: ChatRequest['prompt']['schema'] = null): ChatRequest => ({
  role: 'validator',
  task: { kind: 'compose', instructions: [] },
  prompt: { text, version: 'test-1', schema: held },
  images,
  temperature: 0,
  seed: 5,
});

// Catches: pictures that do not arrive or arrive in another order, and a schema that is not asked for.
it('chats about two pictures, by schema', async () => {
  const [first, second] = [await world.picture(64, 48, '#aa0000'), await world.picture(64, 48, '#00aa00')];
  mock.onMessage(/Score/, { content: '{"adherence": 4.5}', model: 'a-model-2026', usage: { prompt_tokens: 900, completion_tokens: 12 } });
  const reply = await provider().chat(question('Score the edit', [first, second], schema), aContext());
  expect(reply).toMatchObject({
    value: '{"adherence": 4.5}',
    modelAnswered: 'a-model-2026',
    usage: { inputTokens: 900, outputTokens: 12 },
  });
  const [entry] = mock.getRequests();
  const asked = entry!.body as unknown as {
    messages: { content: { type: string; text?: string; image_url?: { url: string } }[] }[];
    response_format: object;
  };
  const parts = asked.messages[0]!.content;
  expect(parts.map(({ type, text }) => text ?? type)).toEqual([
    'First picture:',
    'image_url',
    'Second picture:',
    'image_url',
    'Score the edit',
  ]);
  const sent = parts.flatMap((part) => part.image_url?.url ?? []).map((url) => Buffer.from(url.split(',')[1]!, 'base64'));
  expect(sent.map((bytes) => bytes.equals(world.bytes(first)))).toEqual([true, false]);
  expect(asked).toMatchObject({
    temperature: 0,
    seed: 5,
    response_format: { type: 'json_schema', json_schema: { strict: true, schema: schema.schema } },
  });
});

// Catches: a key or address of the environment that is used instead of the profile's.
it('does not read the environment', async () => {
  mock.onMessage(/hello/, { content: 'hi' });
  const before = { ...process.env };
  Object.assign(process.env, {
    OPENAI_BASE_URL: 'http://127.0.0.1:9',
    OPENAI_API_KEY: 'sk-other',
    OPENAI_ORG_ID: 'org-x',
    OPENAI_PROJECT_ID: 'p-x',
  });
  try {
    await provider().chat(question('hello'), aContext());
  } finally {
    process.env = before;
  }
  const { headers } = mock.getRequests()[0]!;
  expect(JSON.stringify(headers)).not.toContain('sk-other');
  expect([headers['openai-organization'], headers['openai-project']]).toEqual([undefined, undefined]);
});

// Catches: hidden retries, a Retry-After that is lost, and an empty account that keeps being asked.
it('tells a limit from an empty account, asking once', async () => {
  mock.nextRequestError(429, { message: 'Slow down', type: 'rate_limit_error', code: 'rate_limit_exceeded' });
  await expect(provider().chat(question('hello'), aContext())).rejects.toMatchObject({ code: 'rateLimited' });
  mock.nextRequestError(429, { message: 'You exceeded your current quota', type: 'insufficient_quota', code: 'insufficient_quota' });
  await expect(provider().chat(question('hello'), aContext())).rejects.toMatchObject({ code: 'quotaExhausted' });
  expect(mock.getRequests()).toHaveLength(2);
  mock.setChaos({ rateLimitRate: 1 });
  const limited = await provider()
    .chat(question('hello'), aContext())
    .catch((error: unknown) => error);
  mock.clearChaos();
  expect(limited).toMatchObject({ code: 'rateLimited' });
  expect((limited as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(0);
});

// Catches: a model that refuses temperature and so can never be asked; a retry without it that nobody is told of.
it('asks without temperature where a model refuses it, once, and says so', async () => {
  mock.onMessage(/hello/, { content: 'hi' });
  mock.nextRequestError(400, {
    message: "Unsupported value: 'temperature' does not support 0 with this model.",
    type: 'invalid_request_error',
    code: 'unsupported_value',
  });
  const one = provider();
  expect((await one.chat(question('hello'), aContext())).value).toBe('hi');
  await one.chat(question('hello again'), aContext());
  expect(mock.getRequests().map(({ body }) => 'temperature' in (body as object))).toEqual([true, false, false]);
  expect((await one.probe(AbortSignal.timeout(5000))).notes.join()).toContain('a-model refuses temperature');
});

it('makes and edits pictures', async () => {
  const made = noisyPng(200_000);
  mock.onImage(/a red square/, { image: { b64Json: made.toString('base64') } });
  const source = await world.picture(96, 64);
  const generated = await provider().generate({ prompt: 'a red square', width: 1024, height: 768, seed: 9 }, aContext());
  expect(made.equals(generated.value)).toBe(true);
  expect(generated).toMatchObject({ seedHonoured: 'no', usage: { images: 1 } });
  const edited = solidPng(96, 64, [1, 2, 3]);
  mock.onImage(/make it blue/, { image: { b64Json: edited.toString('base64') } });
  expect(edited.equals((await provider().edit({ image: source, instruction: 'make it blue', seed: 9 }, aContext())).value)).toBe(true);
  const [first, second] = mock.getRequests();
  expect([first!.path, second!.path]).toEqual(['/v1/images/generations', '/v1/images/edits']);
});

it('says why there is no picture', async () => {
  const blocked = { message: 'Blocked', type: 'image_generation_user_error', code: 'moderation_blocked' };
  mock.on({ endpoint: 'image', userMessage: /x/ }, { error: blocked, status: 400 });
  await expect(provider().generate({ prompt: 'x', width: 64, height: 64, seed: 1 }, aContext())).rejects.toMatchObject({ code: 'refused' });
});

// Catches: batches that a real server would not take, answers given to the wrong request, and a restart that asks again.
it('sends judgements in a batch, and finds them again after a restart', async () => {
  const batch = { maxItems: 3, waitSeconds: 5, pollSeconds: 5 };
  const one = provider({ batch });
  const contexts = [aContext(), aContext(), aContext()];
  const source = await world.picture(64, 48);
  const replies = await Promise.all(contexts.map((ctx, i) => one.chat(question(`Judge ${i}`, [source]), ctx)));
  expect(replies).toMatchObject(
    replies.map(() => ({ value: 'Mock batch completion', batched: true, usage: { inputTokens: 1, outputTokens: 1 } })),
  );
  const ids = contexts.map(({ remoteIds }) => remoteIds.slice(1));
  for (const [before, after] of ids) expect(after!.startsWith(`${before}#`)).toBe(true);
  expect(new Set(ids.map(([before]) => parseBatchRemoteId(before!)!.clientKey)).size).toBe(1);
  const posted = () => mock.getRequests().filter(({ method, path }) => method === 'POST' && path === '/v1/batches').length;
  expect(posted()).toBe(1);
  const next = provider();
  for (const id of ids[1]!)
    expect(await next.collect!(id, 'text', aContext())).toMatchObject({ value: 'Mock batch completion', batched: true });
  expect(await next.collect!('batch:other#0', 'text', aContext())).toBeNull();
  expect(posted()).toBe(1);
});

it('lists models', async () => {
  const { models, notes } = await provider().probe(AbortSignal.timeout(5000));
  expect(models!.length).toBeGreaterThan(0);
  expect(notes[0]).toContain('openai');
});
