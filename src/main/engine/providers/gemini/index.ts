import type { GenerateContentParameters, GenerateContentResponse } from '@google/genai';
import { ProviderError } from '../../../../shared/model/errors.ts';
import { Endpoint } from '../../../../shared/model/provider.ts';
import { headerSize } from '../../pixels/headerSize.ts';
import type { CallContext, ChatRequest, EditRequest, GenerateRequest, ProbeFacts, Provider, Reply } from '../../ports.ts';
import { createBatches } from '../batch.ts';
import type { TransportFactory } from '../index.ts';
import type { SentPicture } from '../pictures.ts';
import { batchGroup, createBatchServer } from './batches.ts';
import { readPicture, readText, usageOf } from './replies.ts';
import { chatRequest, pictureRequest } from './requests.ts';
import { createSdk } from './sdk.ts';

/** How batches are followed that were sent before batches were taken out of the endpoint's profile. */
const USUAL_BATCH = Endpoint.shape.batch.unwrap().parse({});
/** Bytes of a request besides its pictures and words. */
const FRAME_BYTES = 2000;

/** Transport for the Gemini API and Vertex AI: base and tuned models, pictures in and out, batches. */
export const createGeminiProvider: TransportFactory = (endpoint, deps) => {
  const sdk = createSdk(endpoint, deps);
  const batches = createBatches(createBatchServer(endpoint, sdk), endpoint.batch ?? USUAL_BATCH, deps.clock);
  const selling = endpoint.batch ? batches : null;

  async function ask(request: GenerateContentParameters, ctx: CallContext): Promise<GenerateContentResponse> {
    const config = { ...request.config, abortSignal: ctx.signal };
    return await sdk.use(ctx.signal, (client) => client.models.generateContent({ ...request, config }));
  }

  async function chat(request: ChatRequest, ctx: CallContext): Promise<Reply<string>> {
    const pictures = () => Promise.all(request.images.map(deps.pictures.read));
    const body = async () => chatRequest(endpoint, request, ctx, await pictures());
    if (selling) return (await inBatch('text', body, await pictures(), ctx)) as Reply<string>;
    const reply = await ask(await body(), ctx);
    return replyOf(reply, readText(reply, endpoint.id), 0, ctx);
  }

  async function paint(body: () => Promise<GenerateContentParameters>, shown: SentPicture[], ctx: CallContext): Promise<Reply<Uint8Array>> {
    if (ctx.bagel) throw new ProviderError('badRequest', `${endpoint.id}: Gemini has no way to take BAGEL's parameters.`, { unsent: true });
    if (selling) return (await inBatch('image', body, shown, ctx)) as Reply<Uint8Array>;
    const reply = await ask(await body(), ctx);
    return replyOf(reply, readPicture(reply, endpoint.id), 1, ctx);
  }

  async function inBatch(
    kind: 'text' | 'image',
    body: () => Promise<GenerateContentParameters>,
    shown: SentPicture[],
    ctx: CallContext,
  ): Promise<Reply<string | Uint8Array>> {
    const bytes = shown.reduce((sum, { base64 }) => sum + base64.length, FRAME_BYTES);
    const reply = await batches.ask(batchGroup(kind, ctx.model), { body }, bytes, ctx);
    return { ...reply, modelAnswered: reply.modelAnswered || ctx.model, seedHonoured: 'unknown' };
  }

  return {
    idempotent: false,
    chat,
    generate: (request: GenerateRequest, ctx: CallContext) =>
      paint(async () => pictureRequest(endpoint, request.prompt, request.seed, undefined, request, ctx), [], ctx),
    async edit(request: EditRequest, ctx: CallContext) {
      const source = await deps.pictures.read(request.image);
      const size = headerSize(source.bytes) ?? { width: 1, height: 1 };
      return await paint(async () => pictureRequest(endpoint, request.instruction, request.seed, source, size, ctx), [source], ctx);
    },
    async collect(remoteId, _kind, ctx) {
      const reply = await batches.collect(remoteId, ctx);
      return reply && { ...reply, modelAnswered: reply.modelAnswered || ctx.model, seedHonoured: 'unknown' };
    },
    async probe(signal): Promise<ProbeFacts> {
      const place = endpoint.vertex ? `Vertex AI, ${endpoint.vertex.project}, ${endpoint.vertex.location}` : 'Gemini API';
      const models: { id: string; shutdownDate: null }[] = [];
      await sdk.use(signal, async (client) => {
        const list = await client.models.list({ config: { pageSize: 200, queryBase: true, abortSignal: signal } });
        for await (const { name } of list)
          if (name) models.push({ id: name.replace(/^(publishers\/google\/)?models\//, ''), shutdownDate: null });
      });
      // A tuned model is an endpoint of the project and in no list of base models.
      return {
        models: endpoint.vertex ? null : models,
        notes: [place, ...(endpoint.vertex ? [`${models.length} base models listed`] : [])],
      };
    },
    close: async () => batches.close(),
  } satisfies Provider;
};

function replyOf<T>(reply: GenerateContentResponse, value: T, images: number, ctx: CallContext): Reply<T> {
  return {
    value,
    usage: { ...usageOf(reply), images },
    modelAnswered: reply.modelVersion || ctx.model,
    remoteId: reply.responseId ?? '',
    // Seeds are best effort there, and nothing says whether one was used.
    seedHonoured: 'unknown',
  };
}
