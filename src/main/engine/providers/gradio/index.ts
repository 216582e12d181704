/** Gradio apps: the stock BAGEL app, Spaces, and any other whose functions are matched by the names of their parameters. */
import { ProviderError, type ProviderErrorCode } from '../../../../shared/model/errors.ts';
import { type Endpoint, NO_USAGE, type Usage } from '../../../../shared/model/provider.ts';
import { headerSize } from '../../pixels/headerSize.ts';
import type { CallContext, Provider, Reply } from '../../ports.ts';
import { afterwards, shortRaw } from '../http.ts';
import type { TransportFactory } from '../index.ts';
import { type CallableApp, type CallableFunction, readApp } from './describe.ts';
import { type Filling, fillInputs, functionFor, planInputs, type Work } from './mapping.ts';
import { functionError, type QueueMessage, waitOf } from './messages.ts';
import { createWire, type FileData, type Job, type Wire } from './wire.ts';

/** The transport of a Gradio app. It has no seed of its own making, no tokens, and GPU seconds as the queue measures them. */
export const createGradioProvider: TransportFactory = (endpoint, deps) => {
  const wire = createWire(endpoint, deps);
  const cancelling = new Set<Promise<void>>();
  let reading: Promise<CallableApp> | undefined;

  /** The app's description, read once; read again after any failure, because an app that was restarted may number its functions anew. */
  async function app(signal: AbortSignal): Promise<CallableApp> {
    reading ??= readApp(wire, signal);
    try {
      return await reading;
    } catch (error) {
      reading = undefined;
      throw error;
    }
  }

  async function ask(work: Work, filling: Filling, picture: string | undefined, ctx: CallContext): Promise<Reply<Uint8Array>> {
    try {
      const { fn, data, seedHonoured } = await unsent(() => prepare(work, filling, picture, ctx.signal));
      const job = await join(fn, data, ctx);
      return await afterwards(async () => {
        const done = await follow(job, ctx);
        if (!done) throw new ProviderError('serverError', `${wire.where} no longer knows the work it took on; it was probably restarted.`);
        return { ...(await replyOf(done, fn, job, ctx)), seedHonoured };
      });
    } catch (error) {
      reading = undefined;
      throw error;
    }
  }

  async function prepare(work: Work, filling: Filling, picture: string | undefined, signal: AbortSignal) {
    const fn = functionFor(work, await app(signal), endpoint.gradio, wire.where);
    const image = picture === undefined ? undefined : await upload(picture, signal);
    return { fn, ...fillInputs(work, fn, endpoint.gradio, { ...filling, image: image?.file, size: filling.size ?? image?.size }) };
  }

  async function upload(hash: string, signal: AbortSignal) {
    const picture = await deps.pictures.read(hash);
    const file = { path: await wire.upload(picture, signal), mime_type: picture.mime, meta: { _type: 'gradio.FileData' } };
    return { file, size: headerSize(picture.bytes) };
  }

  async function join(fn: CallableFunction, data: unknown[], ctx: CallContext): Promise<Job> {
    const session = crypto.randomUUID().replaceAll('-', '');
    const job = { session, event: await wire.join(fn.index, session, data, ctx.signal), index: fn.index };
    // Until the stream is opened the server keeps all it has to say, so a crash from here to there loses nothing.
    await ctx.onRemoteId(remoteIdOf(job, fn)).catch((error) => {
      cancel(job);
      throw error;
    });
    return job;
  }

  /** The message that ends the work; null when the server does not know it. Whatever else ends the wait cancels the work. */
  async function follow(job: Job, ctx: CallContext): Promise<QueueMessage | null> {
    let toldNotToWait = false;
    try {
      for await (const message of wire.messages(job.session, ctx.signal)) {
        if (message.msg === 'unexpected_error') {
          toldNotToWait = true;
          if (isForgotten(message)) return null;
          throw new ProviderError('serverError', `${wire.where} dropped the work: ${message.message ?? 'unexpected error'}`);
        }
        if (message.event_id && message.event_id !== job.event) continue;
        if (message.msg === 'process_completed') {
          toldNotToWait = true;
          return message;
        }
        const wait = waitOf(message);
        if (wait) ctx.onWait?.(wait);
      }
      throw new ProviderError('network', `${wire.where} closed the stream before the work was done.`);
    } finally {
      if (!toldNotToWait) cancel(job);
    }
  }

  function cancel(job: Job): void {
    const one = wire.cancel(job).finally(() => cancelling.delete(one));
    cancelling.add(one);
  }

  async function replyOf(done: QueueMessage, fn: CallableFunction, job: Job, ctx: CallContext): Promise<Reply<Uint8Array>> {
    if (done.success === false) throw functionError(done.output, fn.name, wire.where);
    const usage = { ...NO_USAGE, images: 1, gpuSeconds: done.output?.duration ?? 0 };
    const file = pictureIn(done.output?.data, fn, endpoint.gradio?.output ?? firstPicture(fn), wire, usage);
    const value = await wire.picture(file, ctx.signal).catch((error: unknown) => {
      // The work was done; what lies in place of its picture is no reason to take it for free, or to give up the app.
      if (!(error instanceof ProviderError) || !NOT_THERE.has(error.code)) throw error;
      throw new ProviderError('badOutput', error.message, { raw: error.raw, usage });
    });
    return { value, usage, modelAnswered: ctx.model, remoteId: remoteIdOf(job, fn) };
  }

  const provider: Provider = {
    idempotent: false,
    async chat() {
      throw new ProviderError('badRequest', `${wire.where} paints pictures: it cannot play a role that answers in words.`);
    },
    edit: (request, ctx) =>
      ask('edit', { prompt: request.instruction, seed: request.seed, bagel: ctx.bagel, params: ctx.params }, request.image, ctx),
    generate: ({ prompt, seed, width, height }, ctx) =>
      ask('generate', { prompt, seed, size: { width, height }, bagel: ctx.bagel, params: ctx.params }, undefined, ctx),
    /**
     * Gradio forgets a session as soon as its stream is closed (tried with 4.44, 5.50 and 6.31): work whose stream was open when
     * we died is gone, and null says so. Work that nobody listened to yet is kept with its result.
     */
    async collect(remoteId, kind, ctx) {
      const parts = parseRemoteId(remoteId);
      if (!parts || kind !== 'image') return null;
      const { functions } = await app(ctx.signal);
      const fn = functions.find((f) => f.name === parts.name);
      if (!fn) return null;
      const job = { ...parts, index: fn.index };
      const done = await follow(job, ctx);
      return done && { ...(await replyOf(done, fn, job, ctx)), seedHonoured: 'unknown' };
    },
    async probe(signal) {
      reading = undefined;
      return { models: null, notes: notesOf(await app(signal), endpoint, wire) };
    },
    async close() {
      await Promise.all(cancelling);
    },
  };
  return provider;
};

/** Answers to the request for a result's file that say that there is none. */
const NOT_THERE = new Set<ProviderErrorCode>(['badOutput', 'notFound', 'badRequest']);

/** Whatever goes wrong before the work is in the queue has cost nothing. */
async function unsent<T>(preparing: () => Promise<T>): Promise<T> {
  try {
    return await preparing();
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    throw error.with({ unsent: true });
  }
}

function remoteIdOf(job: Job, fn: CallableFunction): string {
  return `${job.session}/${job.event}${fn.name}`;
}

function parseRemoteId(id: string): { session: string; event: string; name: string } | undefined {
  const [, session, event, name] = /^([^/]+)\/([^/]+)(\/.+)$/.exec(id) ?? [];
  return session && event && name ? { session, event, name } : undefined;
}

/** Gradio 4 says it only in words. */
function isForgotten(message: QueueMessage): boolean {
  return message.session_not_found === true || /session not found/i.test(message.message ?? '');
}

function firstPicture(fn: CallableFunction): number {
  return Math.max(
    0,
    fn.outputs.findIndex((o) => o.picture),
  );
}

/** The file of the output that is the picture. Throws ProviderError badOutput with what stands there, or beside it, instead. */
function pictureIn(data: unknown, fn: CallableFunction, output: number, wire: Wire, usage: Usage): FileData {
  if (!Array.isArray(data))
    throw new ProviderError('serverError', `${wire.where} ended ${fn.name} without a result: the work was cancelled there.`);
  const value: unknown = data[fn.outputSlots[output] ?? -1];
  const file = fileOf(value) ?? (Array.isArray(value) ? (fileOf(value[0]) ?? fileOf(value[0]?.image)) : undefined);
  if (file) return file;
  const words = data.filter((v) => typeof v === 'string' && v !== '').join(' ');
  throw new ProviderError(
    'badOutput',
    `${wire.where} gave no picture as output ${output} of ${fn.name}${words === '' ? '' : `, but the words: ${shortRaw(words)}`}`,
    {
      raw: shortRaw(JSON.stringify(data)),
      usage,
    },
  );
}

function fileOf(value: unknown): FileData | undefined {
  const file = value as FileData | null | undefined;
  return typeof file === 'object' && file !== null && (file.path || file.url) ? file : undefined;
}

/** For people: what was found, how it will be called, and what is wrong with it. */
function notesOf(app: CallableApp, endpoint: Endpoint, wire: Wire): string[] {
  const works = (['edit', 'generate'] as const).map((work) => {
    try {
      return noteOf(work, functionFor(work, app, endpoint.gradio, wire.where), endpoint);
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  });
  return [`Gradio ${app.version}, functions: ${app.functions.map((f) => f.name).join(', ')}.`, ...works.flat()];
}

function noteOf(work: Work, fn: CallableFunction, endpoint: Endpoint): string[] {
  const plan = [...planInputs(fn, endpoint.gradio?.inputs ?? {}, {})];
  const filled = plan.filter(([, value]) => value !== undefined).map(([name]) => name);
  const own = plan.filter(([, value]) => value === undefined).map(([name]) => name);
  const format = fn.outputs[endpoint.gradio?.output ?? firstPicture(fn)]?.format ?? '';
  const lossy = format === 'webp' || format === 'jpeg' || format === 'jpg';
  return [
    `${work}: ${fn.name}, filled: ${filled.join(', ')}${own.length > 0 ? `; the app's own value: ${own.join(', ')}` : ''}.`,
    ...(lossy ? [`${fn.name} sends lossy ${format} pictures: set format="png" on its result component for clean differences.`] : []),
  ];
}
