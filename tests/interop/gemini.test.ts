import { generateKeyPairSync } from 'node:crypto';
import { LLMock } from '@copilotkit/aimock';
import { GoogleGenAI } from '@google/genai';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ChatRequest } from '../../src/main/engine/ports.ts';
import { createGeminiProvider } from '../../src/main/engine/providers/gemini/index.ts';
import { nearestRatio } from '../../src/main/engine/providers/gemini/requests.ts';
import { Endpoint } from '../../src/shared/model/provider.ts';
import { type FakeGemini, fakeGemini } from '../helpers/fakes/gemini.ts';
import { Answer, serve } from '../helpers/fakes/server.ts';
import { aContext, type TransportWorld, transportWorld } from '../helpers/transport.ts';

let server: FakeGemini;
let world: TransportWorld;
beforeEach(async () => {
  server = await fakeGemini({ words: (text) => (/Score/.test(text) ? '{"adherence": 4.5}' : 'fine') });
  world = transportWorld({ 'env:KEY': 'AIza-test', 'env:TOKEN': 'ya29.token' }, 200);
});
afterEach(async () => {
  await server.close();
  await world.close();
});

const schema = { name: 'scores', schema: { type: 'object', properties: { adherence: { type: 'number' } }, required: ['adherence'] } };
const provider = (more: object = {}) =>
  createGeminiProvider(Endpoint.parse({ id: 'there', transport: 'gemini', baseUrl: server.url, key: 'env:KEY', ...more }), world.deps);
const question = (text: string, images: string[] = [], held: ChatRequest['prompt']['schema'] = null): ChatRequest => ({
  role: 'validator',
  task: { kind: 'compose', instructions: [] },
  prompt: { text, version: 'test-1', schema: held },
  images,
  temperature: 0,
  seed: 5,
});
const stopped = (more: object) => ({
  candidates: [{ content: { role: 'model', parts: [{ text: 'x' }] }, ...more }],
  usageMetadata: { promptTokenCount: 9 },
});

// Catches: pictures in another order, a schema that is not asked for, thoughts taken for the answer, tokens counted twice.
it('asks about two pictures, by schema, at temperature 0', async () => {
  const [first, second] = [await world.picture(64, 48, '#aa0000'), await world.picture(64, 48, '#00aa00')];
  const reply = await provider({ prices: { usdPerMillionOutputTokens: 2, worstOutputTokens: 77 } }).chat(
    question('Score the edit', [first, second], schema),
    aContext(),
  );
  expect(reply).toMatchObject({
    value: '{"adherence": 4.5}',
    modelAnswered: 'a-model-001',
    seedHonoured: 'unknown',
    usage: { inputTokens: 20, imageInputTokens: 516, outputTokens: 10, imageOutputTokens: 0, images: 0 },
  });
  const [call] = server.calls;
  expect(call).toMatchObject({ model: 'models/a-model', version: 'v1', texts: ['First picture:', 'Second picture:', 'Score the edit'] });
  expect(call!.pictures.map((bytes) => bytes.equals(world.bytes(first)))).toEqual([true, false]);
  expect(call!.config).toMatchObject({ temperature: 0, seed: 5, maxOutputTokens: 77, responseMimeType: 'application/json' });
  expect(JSON.stringify(call!.config)).toContain('adherence');
  expect(call!.headers['x-goog-api-key']).toBe('AIza-test');
});

it('paints and edits: shape by the nearest ratio, output tokens of pictures apart', async () => {
  const one = provider();
  const painted = await one.generate({ prompt: 'a lake', width: 1344, height: 768, seed: 3 }, aContext());
  expect(painted.usage).toMatchObject({ imageOutputTokens: 1120, outputTokens: 3, images: 1 });
  const source = await world.picture(768, 1344);
  const edited = await one.edit({ image: source, instruction: 'Make it night', seed: 3 }, aContext());
  expect(Buffer.from(edited.value).subarray(1, 4).toString()).toBe('PNG');
  expect(server.calls.map(({ config }) => (config.imageConfig as { aspectRatio: string }).aspectRatio)).toEqual(['16:9', '9:16']);
  expect(server.calls[1]!.pictures).toHaveLength(1);
});

it.each([
  [1024, 1024, '1:1'],
  [1600, 640, '21:9'],
  [640, 1600, '9:16'],
  [1152, 896, '5:4'],
])('%i x %i is nearest to %s', (width, height, ratio) => expect(nearestRatio(width, height)).toBe(ratio));

// Catches: a tuned model asked under another path, a key sent where a token belongs, and a region's wrong host.
it('asks a tuned model on Vertex AI under its own path, with a token', async () => {
  const vertex = { vertex: { project: 'p', location: 'us-central1' }, key: 'env:TOKEN' };
  const tuned = 'projects/p/locations/us-central1/endpoints/123';
  expect((await provider(vertex).chat(question('hello'), aContext({ model: tuned }))).value).toBe('fine');
  await provider(vertex).chat(question('hello'), aContext({ model: 'gemini-a' }));
  expect(server.calls.map(({ model, version }) => `${version}/${model}`)).toEqual([
    `v1beta1/${tuned}`,
    'v1beta1/projects/p/locations/us-central1/publishers/google/models/gemini-a',
  ]);
  for (const { headers } of server.calls) {
    expect(headers.authorization).toBe('Bearer ya29.token');
    expect(headers['x-goog-api-key']).toBeUndefined();
  }
});

const TUNED = 'projects/p/locations/us-central1/endpoints/123';
const SAFETY = [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }];
/** What a profile says, and where the API wants it (its REST names; temperature, seed and schema are ours). */
const OWN = { topP: 0.5, thinkingConfig: { thinkingBudget: 0 }, safetySettings: SAFETY, mediaResolution: 'MEDIA_RESOLUTION_LOW' };
const vertex = { vertex: { project: 'p', location: 'us-central1' }, key: 'env:TOKEN' };

// Catches: parameters dropped without a word, in the wrong place of the request, or only for one of the two APIs.
it.each([
  ['AI Studio', {}, 'gemini-a'],
  ['Vertex AI', vertex, 'gemini-a'],
  ['a tuned model on Vertex AI', vertex, TUNED],
])('parameters of a profile reach %s where they belong, as the official SDK puts them', async (_name, more, model) => {
  await provider(more).chat(question('Score it', [], schema), aContext({ model, params: OWN }));
  const { body } = server.calls[0]!;
  expect(body).toMatchObject({
    safetySettings: SAFETY,
    generationConfig: {
      temperature: 0,
      seed: 5,
      topP: 0.5,
      thinkingConfig: { thinkingBudget: 0 },
      mediaResolution: 'MEDIA_RESOLUTION_LOW',
      responseMimeType: 'application/json',
      responseJsonSchema: schema.schema,
    },
  });
  const httpOptions = { baseUrl: server.url };
  const held = { temperature: 0, seed: 5, responseMimeType: 'application/json', responseJsonSchema: schema.schema };
  const client = new GoogleGenAI({ apiKey: 'k', httpOptions });
  await client.models.generateContent({ model: 'gemini-a', contents: 'Score it', config: { ...held, ...OWN } as object });
  expect(body).toEqual(server.calls[1]!.body);
});

it('a size of pictures keeps their shape; a schema of the other spelling takes the place of ours', async () => {
  const params = { imageConfig: { imageSize: '2K' }, responseModalities: ['TEXT', 'IMAGE'] };
  await provider().generate({ prompt: 'a lake', width: 1344, height: 768, seed: 3 }, aContext({ params }));
  expect(server.calls[0]!.config).toMatchObject({
    seed: 3,
    imageConfig: { aspectRatio: '16:9', imageSize: '2K' },
    responseModalities: ['TEXT', 'IMAGE'],
  });
  const responseSchema = { type: 'OBJECT', properties: { adherence: { type: 'NUMBER' } } };
  await provider().chat(question('Score it', [], schema), aContext({ params: { responseSchema } }));
  expect(server.calls[1]!.config).toMatchObject({ responseSchema, responseMimeType: 'application/json' });
  expect(server.calls[1]!.config).not.toHaveProperty('responseJsonSchema');
});

// Catches: a misspelt or new parameter that nobody is told is not sent; a refusal by the SDK booked as a call that may be charged.
it('what the SDK does not know is sent as it stands; what it refuses never leaves', async () => {
  const params = { newThing: { level: 2 }, generationConfig: { somethingElse: true } };
  await provider().chat(question('hello'), aContext({ params }));
  expect(server.calls[0]!.body).toMatchObject({ newThing: { level: 2 }, generationConfig: { temperature: 0, somethingElse: true } });
  const refused = provider().chat(question('hello'), aContext({ params: { imageConfig: { personGeneration: 'ALLOW_ALL' } } }));
  await expect(refused).rejects.toMatchObject({ code: 'badRequest', unsent: true, message: expect.stringContaining('personGeneration') });
  const batched = provider({ batch: { maxItems: 1 } }).chat(question('hello'), aContext({ params }));
  await expect(batched).rejects.toMatchObject({ code: 'badRequest', unsent: true, message: expect.stringContaining('newThing') });
  expect(server.calls).toHaveLength(1);
  expect(() => provider({ ...vertex, batch: {} })).toThrow(/storage buckets/);
});

it('a batch carries the same parameters', async () => {
  const one = provider({ batch: { maxItems: 1, waitSeconds: 1, pollSeconds: 1 } });
  await one.chat(question('Score it', [], schema), aContext({ params: OWN }));
  expect(server.calls[0]!.body).toMatchObject({
    safetySettings: SAFETY,
    generationConfig: { temperature: 0, seed: 5, thinkingConfig: { thinkingBudget: 0 }, responseJsonSchema: schema.schema },
  });
});

// Catches: a service account whose token is fetched for every call, or never again after it ends.
it('exchanges a service account for a token, once, and again after a 401', async () => {
  let granted = 0;
  const google = await serve(() => {
    granted += 1;
    return new Answer(200, { access_token: `token-${granted}`, expires_in: 3600, token_type: 'Bearer' });
  });
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const account = JSON.stringify({
    type: 'service_account',
    client_email: 'a@b.c',
    private_key: privateKey,
    token_uri: `${google.url}/token`,
  });
  const own = transportWorld({ 'env:KEY': account });
  const one = createGeminiProvider(
    Endpoint.parse({ id: 'v', transport: 'gemini', baseUrl: server.url, key: 'env:KEY', vertex: { project: 'p' } }),
    own.deps,
  );
  const ctx = () => aContext({ model: 'gemini-a' });
  await one.chat(question('hello'), ctx());
  await one.chat(question('hello'), ctx());
  server.next({ error: { code: 401, status: 'UNAUTHENTICATED', message: 'expired' } }, 401);
  await one.chat(question('hello'), ctx());
  expect(server.calls.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer token-1',
    'Bearer token-1',
    'Bearer token-1',
    'Bearer token-2',
  ]);
  await own.close();
  await google.close();
});

it.each([
  ['a blocked prompt', { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 9 } }, 200, 'refused'],
  ['a blocked answer', stopped({ finishReason: 'SAFETY' }), 200, 'refused'],
  ['a recitation', stopped({ finishReason: 'RECITATION' }), 200, 'refused'],
  ['a cut answer', stopped({ finishReason: 'MAX_TOKENS' }), 200, 'badOutput'],
  ['no answer', { candidates: [] }, 200, 'badOutput'],
  ['an empty answer', { candidates: [{ content: { parts: [] }, finishReason: 'STOP' }] }, 200, 'badOutput'],
  [
    'a bad key',
    { error: { code: 400, status: 'INVALID_ARGUMENT', message: 'API key not valid.', details: [{ reason: 'API_KEY_INVALID' }] } },
    400,
    'auth',
  ],
  ['a bad request', { error: { code: 400, status: 'INVALID_ARGUMENT', message: 'no' } }, 400, 'badRequest'],
  ['an unknown model', { error: { code: 404, status: 'NOT_FOUND', message: 'no' } }, 404, 'notFound'],
  ['a limit', { error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'slow', details: [{ retryDelay: '3s' }] } }, 429, 'rateLimited'],
  [
    'an empty account',
    {
      error: {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        message: 'day',
        details: [{ violations: [{ quotaId: 'GenerateRequestsPerDay' }] }],
      },
    },
    429,
    'quotaExhausted',
  ],
  ['overload', { error: { code: 503, status: 'UNAVAILABLE', message: 'busy' } }, 503, 'overloaded'],
  ['a fault', { error: { code: 500, status: 'INTERNAL', message: 'oops' } }, 500, 'serverError'],
])('%s is what it is, asked once', async (_name, body, status, code) => {
  server.next(body, status);
  const failure = await provider()
    .chat(question('hello'), aContext())
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: 'ProviderError', code });
  if (code === 'rateLimited') expect(failure).toMatchObject({ retryAfterMs: 3000 });
  if (code === 'refused') expect(failure).toMatchObject({ usage: { inputTokens: 9 } });
  expect(server.calls).toHaveLength(1);
});

it('tells words from a picture, a closed door from a stopped call, and keeps the key to itself', async () => {
  server.next({ candidates: [{ content: { parts: [{ text: 'I cannot draw that.' }] }, finishReason: 'STOP' }] });
  await expect(provider().generate({ prompt: 'x', width: 64, height: 64, seed: 1 }, aContext())).rejects.toMatchObject({
    code: 'badOutput',
    message: expect.stringContaining('cannot draw'),
  });
  const gone = provider({ baseUrl: 'http://127.0.0.1:9' });
  const failure = await gone.chat(question('hello'), aContext()).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'network' });
  expect(JSON.stringify(failure) + String(failure)).not.toContain('AIza-test');
  await expect(provider().chat(question('hello'), aContext({ signal: AbortSignal.abort() }))).rejects.toMatchObject({ code: 'aborted' });
});

// Catches: an environment that sends requests and keys elsewhere.
it('does not read the environment', async () => {
  const before = { ...process.env };
  Object.assign(process.env, {
    GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:9',
    GOOGLE_API_KEY: 'other',
    GEMINI_API_KEY: 'other',
    GOOGLE_GENAI_USE_VERTEXAI: 'true',
    GOOGLE_GENAI_API_VERSION: 'v9',
  });
  try {
    await provider().chat(question('hello'), aContext());
  } finally {
    process.env = before;
  }
  expect(server.calls[0]).toMatchObject({ version: 'v1', model: 'models/a-model' });
  expect(JSON.stringify(server.calls[0]!.headers)).not.toContain('other');
});

// Catches: answers given to the wrong request, a batch that is not found after a restart, a full price for half-price work.
it('sends judgements in a batch and finds them again after a restart', async () => {
  const batch = { maxItems: 3, waitSeconds: 5, pollSeconds: 5 };
  const contexts = [aContext(), aContext(), aContext()];
  const one = provider({ batch });
  const replies = await Promise.all(contexts.map((ctx, i) => one.chat(question(i === 1 ? 'Score it' : `Judge ${i}`), ctx)));
  expect(replies.map(({ value }) => value)).toEqual(['fine', '{"adherence": 4.5}', 'fine']);
  for (const reply of replies) expect(reply).toMatchObject({ batched: true, usage: { inputTokens: 20, outputTokens: 10 } });
  const [, keyOnly, full] = contexts[1]!.remoteIds;
  const next = provider();
  for (const id of [keyOnly!, full!])
    expect(await next.collect!(id, 'text', aContext())).toMatchObject({ value: '{"adherence": 4.5}', batched: true });
  expect(await next.collect!('batch:other#0', 'text', aContext())).toBeNull();
});

it('lists models', async () => {
  expect((await provider().probe(AbortSignal.timeout(5000))).models).toEqual([
    { id: 'gemini-a', shutdownDate: null },
    { id: 'gemini-b', shutdownDate: null },
  ]);
});

// The fake is right where the official SDK understands it.
it('the fake answers the official SDK', async () => {
  const client = new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: server.url } });
  const words = await client.models.generateContent({ model: 'gemini-a', contents: 'Score it' });
  expect([words.text, words.modelVersion]).toEqual(['{"adherence": 4.5}', 'gemini-a-001']);
  const picture = await client.models.generateContent({ model: 'gemini-a', contents: 'draw', config: { responseModalities: ['IMAGE'] } });
  expect(picture.candidates![0]!.content!.parts!.find((part) => part.inlineData)!.inlineData!.mimeType).toBe('image/png');
});

// Against a Gemini server that somebody else wrote; it knows the older path alone.
it('talks to an outside mock of the Gemini API', async () => {
  const mock = new LLMock({ port: 0, strict: true });
  await mock.start();
  mock.onMessage(/hello/, { content: 'hi there' });
  const one = provider({ baseUrl: mock.url, apiVersion: 'v1beta' });
  expect((await one.chat(question('hello'), aContext({ model: 'gemini-2.5-flash' }))).value).toBe('hi there');
  mock.nextRequestError(429, { message: 'Slow down', type: 'RESOURCE_EXHAUSTED' });
  await expect(one.chat(question('hello'), aContext({ model: 'gemini-2.5-flash' }))).rejects.toMatchObject({ code: 'rateLimited' });
  await mock.stop();
});
