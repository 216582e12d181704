import type { GoogleGenAI } from '@google/genai';
import { ProviderError } from '../../../../shared/model/errors.ts';
import type { Endpoint } from '../../../../shared/model/provider.ts';
import { networkError } from '../http.ts';
import type { TransportDeps } from '../index.ts';
import { createCredentials } from './credentials.ts';
import { statusError } from './errors.ts';

/** The SDK of one endpoint; loaded when first used, since it is large. */
export interface Sdk {
  /** Calls it, with its failures as ProviderError. */
  use<T>(signal: AbortSignal, call: (client: GoogleGenAI) => Promise<T>): Promise<T>;
}

/** What the SDK itself takes when nothing is set; given outright, or GOOGLE_GENAI_API_VERSION would decide. */
const API_VERSION = { studio: 'v1', vertex: 'v1beta1' };

export function createSdk(endpoint: Endpoint, deps: TransportDeps): Sdk {
  const credentials = createCredentials(endpoint, deps);
  let client: Promise<GoogleGenAI> | undefined;

  /** Everything that the SDK would read from the environment is given, so that nothing there can send requests elsewhere. */
  async function load(): Promise<GoogleGenAI> {
    const { GoogleGenAI: Client } = await import('@google/genai');
    const { vertex } = endpoint;
    return new Client({
      vertexai: vertex !== undefined,
      // Our own fetch sets the credentials. An empty key makes the SDK look for none, and AI Studio wants some word there.
      apiKey: vertex ? '' : 'set by fetch',
      project: vertex?.project ?? '',
      location: vertex?.location ?? '',
      apiVersion: endpoint.apiVersion || (vertex ? API_VERSION.vertex : API_VERSION.studio),
      httpOptions: { baseUrl: endpoint.baseUrl || publicUrl(endpoint), fetch: send },
    });
  }

  /** Errors are read here and not from the SDK's ApiError, which loses the headers. */
  async function send(url: string | URL | Request, init?: RequestInit): Promise<Response> {
    const signal = init?.signal ?? new AbortController().signal;
    for (let tried = 1; ; tried++) {
      const reply = await sendOnce(url, init, signal);
      if (reply.ok) return reply;
      const body = await reply.text().catch(() => '');
      // Tokens end, and are taken back; a refused request cost nothing.
      if (reply.status === 401 && tried === 1 && credentials.renew()) continue;
      if (reply.status < 400)
        throw new ProviderError(
          'notFound',
          `${endpoint.id} sends requests on to ${reply.headers.get('location')}: put the final address into baseUrl.`,
        );
      throw statusError(reply.status, body, reply.headers.get('retry-after'), endpoint.id, deps.clock.now());
    }
  }

  async function sendOnce(url: string | URL | Request, init: RequestInit | undefined, signal: AbortSignal): Promise<Response> {
    const headers = new Headers(init?.headers);
    headers.delete('x-goog-api-key');
    for (const [name, value] of Object.entries(await credentials.headers(signal))) headers.set(name, value);
    try {
      // Not followed: a redirect would take the key along.
      return await deps.http.fetch(url, { ...init, headers: Object.fromEntries(headers), redirect: 'manual' });
    } catch (error) {
      throw asProviderError(error, signal);
    }
  }

  function asProviderError(error: unknown, signal: AbortSignal | undefined): ProviderError {
    if (signal?.aborted)
      return signal.reason instanceof ProviderError ? signal.reason : new ProviderError('aborted', 'The call was stopped.');
    if (error instanceof ProviderError) return error;
    if (error instanceof SyntaxError)
      return new ProviderError('badOutput', `${endpoint.id} sent broken JSON: ${error.message}`, {
        answered: !/^Unexpected token '<'/.test(error.message),
      });
    // The SDK refuses what the API has no place for, with words and nothing else; such a request never leaves.
    if (error instanceof Error && error.constructor === Error && error.cause === undefined && !('code' in error))
      return new ProviderError('badRequest', `${endpoint.id}: ${error.message}`, { unsent: true });
    return networkError(error, endpoint.id);
  }

  return {
    async use(signal, call) {
      client ??= load();
      try {
        return await call(await client);
      } catch (error) {
        throw asProviderError(error, signal);
      }
    },
  };
}

/** Where Google answers: Vertex AI has a host a region, and one for the location "global". */
function publicUrl({ vertex }: Endpoint): string {
  if (!vertex) return 'https://generativelanguage.googleapis.com';
  const { location } = vertex;
  if (location === 'global') return 'https://aiplatform.googleapis.com';
  // Multi-regions, as in the SDK's ApiClient.
  if (location === 'us' || location === 'eu') return `https://aiplatform.${location}.rep.googleapis.com`;
  return `https://${location}-aiplatform.googleapis.com`;
}
