import { ProviderError } from '../../../../shared/model/errors.ts';
import { Endpoint } from '../../../../shared/model/provider.ts';
import type { CallContext, ChatRequest, EditRequest, GenerateRequest, Provider, Reply } from '../../ports.ts';
import { type Batches, createBatches } from '../batch.ts';
import type { TransportFactory } from '../index.ts';
import { requirePicture, type SentPicture } from '../pictures.ts';
import { type BatchItem, type BatchRoute, batchGroup, createBatchServer } from './batches.ts';
import { chatBody, createLearned, type Droppable, dataUri, refusedField } from './chat.ts';
import { DIALECTS } from './dialects.ts';
import { bagelChatBody, editFields, generateFields } from './images.ts';
import { imageForm } from './multipart.ts';
import { type PictureFound, type Read, readChatPicture, readPicture, readText } from './replies.ts';
import { createSdk } from './sdk.ts';
import { createWire, type Sent } from './wire.ts';

/** How batches are followed that were sent before batches were taken out of the endpoint's profile. */
const USUAL_BATCH = Endpoint.shape.batch.unwrap().parse({});
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
    const pictures = async () => await Promise.all(request.images.map(deps.pictures.read));
    const body = (shown: SentPicture[]) => chatBody(endpoint, request, ctx, shown, learned.of(ctx.model));
    const ask = async () => {
      if (selling) return await inBatch(selling, '/v1/chat/completions', async () => body(await pictures()), await pictures(), ctx);
      const sent = body(await pictures());
      const reply = await directly(ctx.signal, (signal) => sdk.use(signal, (client) => client.chat.completions.create(sent, { signal })));
      const read = readText({ value: reply, text: (part) => part }, endpoint.id);
      return replyOf(read, read.value, ctx, reply._request_id ?? '');
    };
    const reply = (await learning(ctx.model, (error) => refusedField(error, body([])), ask)) as Reply<string>;
    return { ...reply, seedHonoured: learned.of(ctx.model).has('seed') ? 'no' : dialect.chatSeed };
  }

  async function generate(request: GenerateRequest, ctx: CallContext): Promise<Reply<Uint8Array>> {
    const { prompt: text, seed, width, height } = request;
    if (knobsOf(ctx) === 'chat') return await chatPicture(bagelChatBody({ text, seed, size: { width, height } }, ctx), ctx);
    require(dialect.generations, 'make pictures');
    const fields = generateFields(endpoint, request, ctx);
    if (selling) return await pictureInBatch(selling, '/v1/images/generations', async () => fields, [], ctx);
    return await picture('/images/generations', json(fields), ctx);
  }

  async function edit(request: EditRequest, ctx: CallContext): Promise<Reply<Uint8Array>> {
    const shown = await deps.pictures.read(request.image);
    if (knobsOf(ctx) === 'chat')
      return await chatPicture(bagelChatBody({ text: request.instruction, seed: request.seed }, ctx, shown), ctx);
    require(dialect.edits, 'edit pictures');
    const fields = editFields(endpoint, request, ctx, shown);
    if (!selling) return await picture('/images/edits', imageForm(fields, [shown]), ctx);
    // A batch is JSON, so the picture goes as a data URI (EditImageBodyJsonParam of OpenAI's OpenAPI document 2.3.0).
    const body = async () => ({ ...fields, images: [{ image_url: dataUri(await deps.pictures.read(request.image)) }] });
    return await pictureInBatch(selling, '/v1/images/edits', body, [shown], ctx);
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

  async function picture(route: string, sent: Sent, ctx: CallContext): Promise<Reply<Uint8Array>> {
    return await directly(ctx.signal, async (signal) => {
      const reply = await wire.post(route, sent, signal);
      const read = readPicture(reply, endpoint.id);
      return { ...replyOf(read, await bytesOf(read.value, signal), ctx, reply.requestId), seedHonoured: dialect.imageSeed };
    });
  }

  async function chatPicture(body: Record<string, unknown>, ctx: CallContext): Promise<Reply<Uint8Array>> {
    return await directly(ctx.signal, async (signal) => {
      const reply = await wire.post('/chat/completions', json(body), signal);
      const read = readChatPicture(reply, endpoint.id);
      return { ...replyOf(read, await bytesOf(read.value, signal), ctx, reply.requestId), seedHonoured: 'yes' };
    });
  }

  async function bytesOf(found: PictureFound, signal: AbortSignal): Promise<Uint8Array> {
    return 'bytes' in found ? found.bytes : requirePicture(await wire.fetchOwn(found.link, signal), endpoint.id);
  }

  async function pictureInBatch(...[sold, route, body, shown, ctx]: Parameters<typeof inBatch>): Promise<Reply<Uint8Array>> {
    const reply = (await inBatch(sold, route, body, shown, ctx)) as Reply<Uint8Array>;
    return { ...reply, seedHonoured: dialect.imageSeed };
  }

  async function inBatch(
    sold: NonNullable<typeof batches>,
    route: BatchRoute,
    body: () => Promise<object>,
    shown: SentPicture[],
    ctx: CallContext,
  ): Promise<Reply<string | Uint8Array>> {
    const bytes = shown.reduce((sum, { base64 }) => sum + base64.length, FRAME_BYTES);
    const reply = await sold.ask(batchGroup(route, ctx.model), { body }, bytes, ctx);
    return { ...reply, modelAnswered: reply.modelAnswered || ctx.model };
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

function json(body: object): Sent {
  return { type: 'application/json', bytes: JSON.stringify(body) };
}

function replyOf<T>(read: Read<unknown>, value: T, ctx: CallContext, requestId: string): Reply<T> {
  return { value, usage: read.usage, modelAnswered: read.model || ctx.model, remoteId: requestId };
}

/** The day a model goes away (YYYY-MM-DD), which OpenAI lists although its SDK has no type for it. */
function shutdownDateOf(model: object): string | null {
  const date = (model as { shutdown_date?: unknown }).shutdown_date;
  return typeof date === 'string' ? date : null;
}
