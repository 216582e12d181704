import type OpenAI from 'openai';
import { ProviderError } from '../../../../shared/model/errors.ts';
import type { Endpoint } from '../../../../shared/model/provider.ts';
import type { Reply } from '../../ports.ts';
import type { BatchServer, BatchState } from '../batch.ts';
import type { TransportDeps } from '../index.ts';
import { parseLongJson } from './b64.ts';
import { asFields, faultError } from './errors.ts';
import { form } from './multipart.ts';
import { type Read, readPicture, readText } from './replies.ts';
import type { Sdk } from './sdk.ts';
import type { Wire } from './wire.ts';

/** Routes that may be asked in a batch. */
export type BatchRoute = '/v1/chat/completions' | '/v1/images/generations' | '/v1/images/edits';

/** One request, written as JSON when its batch leaves: until then its pictures need not be in memory. */
export interface BatchItem {
  body(): Promise<Uint8Array[]>;
}

/** OpenAI takes 200 MB; a batch is put together in memory, so ours are smaller. */
const MAX_BYTES = 64_000_000;
/** How many batches back one is looked for by its client key. */
const SEARCHED = 1000;

/** A group of requests that may share a batch. */
export function batchGroup(route: BatchRoute, model: string): string {
  return `${route} ${model}`;
}

/** OpenAI's batches: a file of requests, a job, a file of answers in any order. */
export function createBatchServer(
  endpoint: Endpoint,
  deps: TransportDeps,
  sdk: Sdk,
  wire: Wire,
): BatchServer<BatchItem, string | Uint8Array> {
  const where = endpoint.id;

  async function answers(
    batch: OpenAI.Batch,
    fileId: string | undefined,
    signal: AbortSignal,
  ): Promise<[string, Reply<string | Uint8Array> | ProviderError][]> {
    if (!fileId) return [];
    const bytes = await sdk.use(signal, async (client) =>
      Buffer.from(await (await client.files.content(fileId, { signal })).arrayBuffer()),
    );
    const found: [string, Reply<string | Uint8Array> | ProviderError][] = [];
    for (const line of linesOf(bytes)) {
      const read = readLine(line, batch.endpoint, where, deps.clock.now());
      if (read) found.push(read);
    }
    return found;
  }

  return {
    maxBytes: MAX_BYTES,
    async submit({ clientKey, group, items }, signal) {
      const route = group.slice(0, group.indexOf(' ')) as BatchRoute;
      const lines: Uint8Array[] = [];
      for (const { customId, item } of items) {
        const head = JSON.stringify({ custom_id: customId, method: 'POST', url: route });
        lines.push(Buffer.from(`${head.slice(0, -1)},"body":`), ...(await item.body()), Buffer.from('}\n'));
      }
      const file = { name: 'file', filename: `${clientKey}.jsonl`, type: 'application/jsonl', bytes: Buffer.concat(lines) };
      const uploaded = asFields((await wire.post('/files', async () => form({ purpose: 'batch' }, [file]), signal)).value)?.id;
      if (typeof uploaded !== 'string')
        throw new ProviderError('badOutput', `${where} took the requests of a batch but gave no id for them.`);
      const job = { input_file_id: uploaded, endpoint: route, completion_window: '24h' as const, metadata: { client_key: clientKey } };
      return await sdk.use(signal, async (client) => (await client.batches.create(job, { signal })).id);
    },
    find: (clientKey, signal) =>
      sdk.use(signal, async (client) => {
        let seen = 0;
        for await (const batch of client.batches.list({ limit: 100 }, { signal })) {
          if (batch.metadata?.client_key === clientKey) return batch.id;
          seen += 1;
          if (seen >= SEARCHED) break;
        }
        return null;
      }),
    async poll(remoteId, signal): Promise<BatchState<string | Uint8Array> | null> {
      const batch = await sdk
        .use(signal, (client) => client.batches.retrieve(remoteId, { signal }))
        .catch((error: unknown) => {
          if (error instanceof ProviderError && error.code === 'notFound') return null;
          throw error;
        });
      if (!batch) return null;
      const missing = missingOf(batch, where, deps.clock.now());
      if (!missing) return { state: 'running' };
      const both = [await answers(batch, batch.output_file_id, signal), await answers(batch, batch.error_file_id, signal)];
      return { state: 'ended', replies: new Map(both.flat()), missing };
    },
  };
}

/** What is true of an item without an answer of its own; undefined while the batch runs. */
function missingOf(batch: OpenAI.Batch, where: string, now: number): ProviderError | undefined {
  const why = batch.errors?.data?.[0];
  switch (batch.status) {
    case 'completed':
      return new ProviderError('serverError', `Batch ${batch.id} of ${where} ended without an answer to this request.`);
    case 'failed':
      return faultError(
        { status: 400, header: () => null, body: JSON.stringify({ error: why ?? { message: 'The batch failed.' } }) },
        where,
        now,
      );
    case 'expired':
      return new ProviderError('overloaded', `Batch ${batch.id} of ${where} expired before this request was answered.`);
    case 'cancelled':
      return new ProviderError('serverError', `Batch ${batch.id} of ${where} was cancelled before this request was answered.`);
    default:
      return undefined;
  }
}

function* linesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0x0a, at);
    const line = bytes.subarray(at, end < 0 ? bytes.length : end);
    if (line.length > 0) yield line;
    at = end < 0 ? bytes.length : end + 1;
  }
}

/** One line of an output or error file; undefined when it is cut and so names no request. */
function readLine(
  bytes: Buffer,
  route: string,
  where: string,
  now: number,
): [string, Reply<string | Uint8Array> | ProviderError] | undefined {
  let line: ReturnType<typeof parseLongJson>;
  try {
    line = parseLongJson(bytes);
  } catch {
    return undefined;
  }
  const fields = asFields(line.value);
  if (typeof fields?.custom_id !== 'string') return undefined;
  const response = asFields(fields.response);
  const status = typeof response?.status_code === 'number' ? response.status_code : 500;
  try {
    if (!response || status >= 400)
      throw faultError({ status, header: () => null, body: JSON.stringify(response?.body ?? { error: fields.error }) }, where, now);
    const body = { ...line, value: response.body };
    const requestId = typeof response.request_id === 'string' ? response.request_id : '';
    return [fields.custom_id, toReply(route === '/v1/chat/completions' ? readText(body, where) : readBytes(body, where), requestId)];
  } catch (error) {
    if (error instanceof ProviderError) return [fields.custom_id, error];
    throw error;
  }
}

function readBytes(body: Parameters<typeof readPicture>[0], where: string): Read<Uint8Array> {
  const read = readPicture(body, where);
  if ('bytes' in read.value) return { ...read, value: read.value.bytes };
  throw new ProviderError('badOutput', `${where} answered with a link where a picture was asked for.`, { usage: read.usage });
}

function toReply(read: Read<string | Uint8Array>, requestId: string): Reply<string | Uint8Array> {
  return { value: read.value, usage: read.usage, modelAnswered: read.model, remoteId: requestId };
}
