import { ProviderError, type ProviderErrorCode } from '../../../../shared/model/errors.ts';
import { Endpoint, type Usage } from '../../../../shared/model/provider.ts';
import { gpuSecondsOf, pricesOf } from '../../domain/budget.ts';
import type { CallContext, ChatRequest, EditRequest, GenerateRequest, Provider, Reply } from '../../ports.ts';
import { type Batches, createBatches } from '../batch.ts';
import { afterwards } from '../http.ts';
import type { TransportFactory } from '../index.ts';
import { requirePicture } from '../pictures.ts';
import { pictureUri, writeLongJson } from './b64.ts';
import { type BatchItem, type BatchRoute, batchGroup, createBatchServer } from './batches.ts';
import { chatBody, createLearned, type Droppable, refusedField } from './chat.ts';
import { DIALECTS } from './dialects.ts';
import { bagelChatBody, editFields, generateFields } from './images.ts';
import { imageForm } from './multipart.ts';
import { type PictureFound, type Read, readChatPicture, readPicture, readText } from './replies.ts';
import { createSdk } from './sdk.ts';
import { createWire, type Sent, type WireReply } from './wire.ts';

/** How batches are followed that were sent before batches were taken out of the endpoint's profile. */
const USUAL_BATCH = Endpoint.shape.batch.unwrap().parse({});
/** Answers to the request for a picture's link that say that there is none. */
const NOT_THERE = new Set<ProviderErrorCode>(['badOutput', 'notFound', 'badRequest']);
/** Bytes of a request besides its pictures and words. */
const FRAME_BYTES = 2000;

/** Transport for every server that speaks the OpenAI protocol; what a server lacks stands in dialects.ts. */
export const createOpenAiProvider: TransportFactory = (endpoint, deps) => {
  const dialect = DIALECTS[endpoint.dialect];
  const wire = createWire(endpoint, deps);
  const sdk = createSdk(endpoint, deps);
  const learned = createLearned();
  const batches: Batches<BatchItem, string | Uint8Array> | null =
    endpoint.dialect === 'openai'
      ? createBatches(createBatchServer(endpoint, deps, sdk, wire), endpoint.batch ?? USUAL_BATCH, deps.clock)
      : null;
  const selling = endpoint.batch ? batches : null;

  /** Asks again without a field that the model turns out to refuse; a refused request is not charged. */
  async function learning<T>(model: string, field: (error: unknown) => Droppable | undefined, ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        const refused = field(error);
        if (!refused || learned.of(model).has(refused)) throw error;
        learned.add(model, refused);
      }
    }
  }

  async function chat(request: ChatRequest, ctx: CallContext): Promise<Reply<string>> {
    const body = () => chatBody(endpoint, request, ctx, learned.of(ctx.model));
    const ask = async () => {
      if (selling) return await inBatch(selling, '/v1/chat/completions', body, request.images, ctx);
      return await directly(ctx.signal, async (signal) => {
        const reply = await timed(ctx, () => wire.post('/chat/completions', () => json(body, request.images), signal));
        const read = reply.counted(() => readText(reply, endpoint.id));
        return replyOf(read, read.value, ctx, reply.requestId);
      });
    };
    const reply = (await learning(ctx.model, (error) => refusedField(error, body()), ask)) as Reply<string>;
    return { ...reply, seedHonoured: learned.of(ctx.model).has('seed') ? 'no' : dialect.chatSeed };
  }

  async function generate(request: GenerateRequest, ctx: CallContext): Promise<Reply<Uint8Array>> {
    const { prompt: text, seed, width, height } = request;
    if (knobsOf(ctx) === 'chat') return await chatPicture(bagelChatBody({ text, seed, size: { width, height } }, ctx, 0), [], ctx);
    require(dialect.generations, 'make pictures');
    const fields = () => generateFields(endpoint, request, ctx);
    if (selling) return await pictureInBatch(selling, '/v1/images/generations', fields, [], ctx);
    return await picture('/images/generations', () => json(fields, []), ctx);
  }

  async function edit(request: EditRequest, ctx: CallContext): Promise<Reply<Uint8Array>> {
    const { image, instruction: text, seed } = request;
    if (knobsOf(ctx) === 'chat') return await chatPicture(bagelChatBody({ text, seed }, ctx, 1), [image], ctx);
    require(dialect.edits, 'edit pictures');
    const shown = await deps.pictures.read(image);
    const fields = editFields(endpoint, request, ctx, shown);
    if (!selling) return await picture('/images/edits', async () => imageForm(fields, [shown]), ctx);
    // A batch is JSON, so the picture goes as a data URI (EditImageBodyJsonParam of OpenAI's OpenAPI document 2.3.0).
    return await pictureInBatch(selling, '/v1/images/edits', () => ({ ...fields, images: [{ image_url: pictureUri(0) }] }), [image], ctx);
  }

  /** Where BAGEL's knobs go for this call. */
  function knobsOf(ctx: CallContext): 'chat' | 'images' | null {
    if (ctx.bagel && dialect.bagel === null)
      throw new ProviderError(
        'badRequest',
        `${endpoint.id}: a server of dialect ${endpoint.dialect} has no way to take BAGEL's parameters.`,
        { unsent: true },
      );
    return ctx.bagel ? dialect.bagel : null;
  }

  function require(can: boolean, what: string): void {
    if (!can)
      throw new ProviderError('badRequest', `${endpoint.id}: a server of dialect ${endpoint.dialect} cannot ${what}.`, { unsent: true });
  }

  async function picture(route: string, sent: () => Promise<Sent>, ctx: CallContext): Promise<Reply<Uint8Array>> {
    return await directly(ctx.signal, async (signal) => {
      const reply = await timed(ctx, () => wire.post(route, sent, signal));
      const read = reply.counted(() => readPicture(reply, endpoint.id));
      return { ...replyOf(read, await bytesOf(read, signal), ctx, reply.requestId), seedHonoured: dialect.imageSeed };
    });
  }

  async function chatPicture(body: object, images: string[], ctx: CallContext): Promise<Reply<Uint8Array>> {
    return await directly(ctx.signal, async (signal) => {
      const reply = await timed(ctx, () => wire.post('/chat/completions', () => json(() => body, images), signal));
      const read = reply.counted(() => readChatPicture(reply, endpoint.id));
      return { ...replyOf(read, await bytesOf(read, signal), ctx, reply.requestId), seedHonoured: 'yes' };
    });
  }

  /** A reply with a way to count its time as the GPU's where a server of one's own does not tell. */
  async function timed(ctx: CallContext, post: () => Promise<WireReply>) {
    const begun = deps.clock.ticks();
    const reply = await post();
    const ms = deps.clock.ticks() - begun;
    const withTime = (usage: Usage): Usage =>
      endpoint.dialect === 'openai' ? usage : { ...usage, gpuSeconds: gpuSecondsOf(pricesOf(endpoint, ctx.model), usage.gpuSeconds, ms) };
    const counted = <T>(take: () => Read<T>): Read<T> => {
      try {
        const read = take();
        return { ...read, usage: withTime(read.usage) };
      } catch (error) {
        // A refusal or a cut answer has kept the GPU busy all the same.
        throw error instanceof ProviderError && error.usage ? error.with({ usage: withTime(error.usage) }) : error;
      }
    };
    return { ...reply, counted };
  }

  async function bytesOf({ value, usage }: Read<PictureFound>, signal: AbortSignal): Promise<Uint8Array> {
    if ('bytes' in value) return value.bytes;
    const fetched = await afterwards(() => wire.fetchOwn(value.link, signal)).catch((error: unknown) => {
      // The picture was made and paid for; that its link leads nowhere says nothing about the endpoint.
      if (!(error instanceof ProviderError) || !NOT_THERE.has(error.code)) throw error;
      throw new ProviderError('badOutput', error.message, { raw: error.raw, usage });
    });
    return requirePicture(fetched, endpoint.id, usage);
  }

  async function pictureInBatch(...[sold, route, body, images, ctx]: Parameters<typeof inBatch>): Promise<Reply<Uint8Array>> {
    const reply = (await inBatch(sold, route, body, images, ctx)) as Reply<Uint8Array>;
    return { ...reply, seedHonoured: dialect.imageSeed };
  }

  async function inBatch(
    sold: NonNullable<typeof batches>,
    route: BatchRoute,
    body: () => object,
    images: string[],
    ctx: CallContext,
  ): Promise<Reply<string | Uint8Array>> {
    const pictures = await Promise.all(images.map(deps.pictures.read));
    const bytes = pictures.reduce((sum, { base64 }) => sum + base64.length, FRAME_BYTES);
    const item = { body: async () => (await json(body, images)).parts };
    const reply = await sold.ask(batchGroup(route, ctx.model), item, bytes, ctx);
    return { ...reply, modelAnswered: reply.modelAnswered || ctx.model };
  }

  /** A body with stored pictures in it; what it says is asked for when it is written. */
  async function json(body: () => object, images: string[]): Promise<Sent> {
    const pictures = await Promise.all(images.map(deps.pictures.read));
    return { type: 'application/json', parts: writeLongJson(body(), pictures) };
  }

  /** An endpoint with batches has a deadline of hours for those; a call outside one keeps the endpoint's own. */
  async function directly<T>(signal: AbortSignal, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (!endpoint.batch) return await call(signal);
    const limit = new AbortController();
    const late = () => limit.abort(new ProviderError('timeout', `No answer within ${endpoint.deadlineSeconds} s.`));
    const timer = setTimeout(late, endpoint.deadlineSeconds * 1000);
    try {
      return await call(AbortSignal.any([signal, limit.signal]));
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    idempotent: false,
    chat,
    generate,
    edit,
    async collect(remoteId, _kind, ctx) {
      const reply = await batches?.collect(remoteId, ctx);
      return reply ? { ...reply, modelAnswered: reply.modelAnswered || ctx.model } : null;
    },
    async probe(signal) {
      const notes = [`Dialect ${endpoint.dialect}. ${dialect.lacks}`, ...learned.notes()];
      try {
        const { data } = await sdk.use(signal, (client) => client.models.list({ signal }));
        const models = data.map((model) => ({ id: model.id, shutdownDate: shutdownDateOf(model) }));
        return { models, notes };
      } catch (error) {
        if (!(error instanceof ProviderError) || error.code !== 'notFound') throw error;
        return { models: null, notes: [...notes, 'It has no list of models.'] };
      }
    },
    close: async () => batches?.close(),
  } satisfies Provider;
};

function replyOf<T>(read: Read<unknown>, value: T, ctx: CallContext, requestId: string): Reply<T> {
  return { value, usage: read.usage, modelAnswered: read.model || ctx.model, remoteId: requestId };
}

/** The day a model goes away (YYYY-MM-DD), which OpenAI lists although its SDK has no type for it. */
function shutdownDateOf(model: object): string | null {
  const date = (model as { shutdown_date?: unknown }).shutdown_date;
  return typeof date === 'string' ? date : null;
}
