import type OpenAI from 'openai';
import { ProviderError } from '../../../../shared/model/errors.ts';
import type { Endpoint } from '../../../../shared/model/provider.ts';
import { networkError } from '../http.ts';
import type { TransportDeps } from '../index.ts';
import { faultError } from './errors.ts';
import { abortReason, PUBLIC_BASE_URL } from './wire.ts';

/** The SDK of one endpoint; loaded when first used, since it is large. */
export interface Sdk {
  /** Calls it, with its failures as ProviderError. */
  use<T>(signal: AbortSignal, call: (client: OpenAI) => Promise<T>): Promise<T>;
}

export function createSdk(endpoint: Endpoint, deps: TransportDeps): Sdk {
  const clients = new Map<string, OpenAI>();

  /** Everything that the SDK would read from the environment is given, so that nothing there can send requests elsewhere. */
  async function clientOf(key: string): Promise<OpenAI> {
    const { default: Client } = await import('openai');
    const client =
      clients.get(key) ??
      new Client({
        apiKey: key || 'none',
        adminAPIKey: null,
        baseURL: endpoint.baseUrl || PUBLIC_BASE_URL,
        organization: null,
        project: null,
        webhookSecret: null,
        maxRetries: 0,
        // The lane's deadline aborts; the SDK's own clock must never be the first.
        timeout: 2 ** 31 - 1,
        fetch: deps.http.fetch,
        logLevel: 'off',
        ...(key === '' && { defaultHeaders: { Authorization: null } }),
      });
    clients.set(key, client);
    return client;
  }

  return {
    async use(signal, call) {
      const client = await clientOf(await deps.key(endpoint.key));
      try {
        return await call(client);
      } catch (error) {
        throw signal.aborted ? abortReason(signal) : asProviderError(error, endpoint.id, deps.clock.now());
      }
    },
  };
}

/** By shape, not by class: the SDK's classes are not loaded here. */
function asProviderError(error: unknown, where: string, now: number): ProviderError {
  if (error instanceof ProviderError) return error;
  const { status, headers, error: body, message } = error as { status?: number; headers?: Headers; error?: unknown; message?: string };
  if (typeof status === 'number')
    return faultError(
      { status, header: (name) => headers?.get(name), body: body === undefined ? withoutStatus(message) : JSON.stringify({ error: body }) },
      where,
      now,
    );
  if (error instanceof SyntaxError) return new ProviderError('badOutput', `${where} sent broken JSON: ${error.message}`);
  return networkError(error, where);
}

/** The SDK puts the status before the text of a body that is no JSON. */
function withoutStatus(message = ''): string {
  return message.replace(/^\d{3} (status code \(no body\))?/, '');
}
