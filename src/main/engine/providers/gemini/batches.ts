import type { GenerateContentParameters, InlinedResponse } from '@google/genai';
import { ProviderError } from '../../../../shared/model/errors.ts';
import type { Endpoint } from '../../../../shared/model/provider.ts';
import type { Reply } from '../../ports.ts';
import type { BatchServer, BatchState } from '../batch.ts';
import { jobError } from './errors.ts';
import { readPicture, readText, usageOf } from './replies.ts';
import type { Sdk } from './sdk.ts';

/** One request, written when its batch leaves: until then its pictures need not be in memory. */
export interface BatchItem {
  body(): Promise<GenerateContentParameters>;
}

/** Inline requests of a batch may have 20 MB; some room is left for the frame. */
const MAX_BYTES = 18_000_000;
const SEARCHED = 200;
const RUNNING = new Set([
  'JOB_STATE_QUEUED',
  'JOB_STATE_PENDING',
  'JOB_STATE_RUNNING',
  'JOB_STATE_PAUSED',
  'JOB_STATE_CANCELLING',
  'JOB_STATE_UNSPECIFIED',
  '',
]);

/** What an answer of a batch is read as stands in its group's name. */
export function batchGroup(kind: 'text' | 'image', model: string): string {
  return `${kind} ${model}`;
}

/** Gemini's batches with inline requests. Their display name carries the client key and the kind of answers. */
export function createBatchServer(endpoint: Endpoint, sdk: Sdk): BatchServer<BatchItem, string | Uint8Array> {
  const where = endpoint.id;
  return {
    maxBytes: MAX_BYTES,
    async submit({ clientKey, group, items }, signal) {
      const [kind, model] = [group.slice(0, group.indexOf(' ')), group.slice(group.indexOf(' ') + 1)];
      const src = await Promise.all(
        items.map(async ({ customId, item }) => {
          const { contents, config } = await item.body();
          return { contents, ...(config && { config }), metadata: { customId } };
        }),
      );
      const job = await sdk.use(signal, (client) =>
        client.batches.create({ model, src, config: { displayName: nameOf(clientKey, kind), abortSignal: signal } }),
      );
      if (!job.name) throw new ProviderError('badOutput', `${where} took a batch and gave it no name.`);
      return job.name;
    },
    async find(clientKey, signal) {
      return await sdk.use(signal, async (client) => {
        let seen = 0;
        for await (const job of await client.batches.list({ config: { pageSize: 50, abortSignal: signal } })) {
          if (job.displayName?.startsWith(`${nameOf(clientKey, '')}`)) return job.name ?? null;
          seen += 1;
          if (seen >= SEARCHED) break;
        }
        return null;
      });
    },
    async poll(remoteId, signal) {
      let job: Awaited<ReturnType<Parameters<Parameters<Sdk['use']>[1]>[0]['batches']['get']>>;
      try {
        job = await sdk.use(signal, (client) => client.batches.get({ name: remoteId, config: { abortSignal: signal } }));
      } catch (error) {
        if (error instanceof ProviderError && error.code === 'notFound') return null;
        throw error;
      }
      const state = String(job.state ?? '');
      if (RUNNING.has(state)) return { state: 'running' };
      return ended(
        job.dest?.inlinedResponses ?? [],
        job.displayName?.endsWith(':image') ? 'image' : 'text',
        state,
        jobError(job.error, where),
      );
    },
  };

  function ended(
    responses: InlinedResponse[],
    kind: 'text' | 'image',
    state: string,
    failed: ProviderError,
  ): BatchState<string | Uint8Array> {
    const replies = new Map<string, Reply<string | Uint8Array> | ProviderError>();
    // Answers keep the order of the requests; the id in their metadata is taken where it comes back.
    for (const [i, item] of responses.entries()) replies.set(item.metadata?.customId ?? String(i), readItem(item, kind));
    const expired = state === 'JOB_STATE_EXPIRED' || state === 'JOB_STATE_CANCELLED';
    const missing = expired ? new ProviderError('overloaded', `${where}: the batch ended before it was done (${state}).`) : failed;
    return { state: 'ended', replies, missing };
  }

  function readItem(item: InlinedResponse, kind: 'text' | 'image'): Reply<string | Uint8Array> | ProviderError {
    const { response } = item;
    if (!response) return jobError(item.error, where);
    try {
      const value = kind === 'image' ? readPicture(response, where) : readText(response, where);
      const usage = { ...usageOf(response), images: kind === 'image' ? 1 : 0 };
      return { value, usage, modelAnswered: response.modelVersion ?? '', remoteId: response.responseId ?? '', batched: true };
    } catch (error) {
      if (error instanceof ProviderError) return error;
      throw error;
    }
  }
}

function nameOf(clientKey: string, kind: string): string {
  return `nhr:${clientKey}:${kind}`;
}
