import { Readable } from 'node:stream';
import { request } from 'undici';
import { ProviderError } from '../../../../shared/model/errors.ts';
import type { Endpoint } from '../../../../shared/model/provider.ts';
import { networkError, shortRaw } from '../http.ts';
import type { TransportDeps } from '../index.ts';
import { type LongJson, parseLongJson } from './b64.ts';
import { faultError } from './errors.ts';
import { createTurns } from './turns.ts';

export const PUBLIC_BASE_URL = 'https://api.openai.com/v1';

/** A body ready to be sent. */
export interface Sent {
  type: string;
  /** One after the other; never put together, since pictures are large. */
  parts: Uint8Array[];
}

export interface WireReply extends LongJson {
  /** Of the request in the server's logs; empty when it gives none. */
  requestId: string;
}

export interface Wire {
  /** Posts to a route of the endpoint and gives the parsed reply; `sent` is made when it can leave. Throws ProviderError. */
  post(route: string, sent: () => Promise<Sent>, signal: AbortSignal): Promise<WireReply>;
  /** Fetches a link out of a reply, if it is on the endpoint's own origin. Throws ProviderError. */
  fetchOwn(link: string, signal: AbortSignal): Promise<Uint8Array>;
}

/**
 * Requests with pictures leave through undici's request, not through the SDK, which takes five times undici's CPU for them: it
 * stringifies the base64 and reads replies through web streams (npm run bench http).
 */
export function createWire(endpoint: Endpoint, deps: TransportDeps): Wire {
  const base = (endpoint.baseUrl || PUBLIC_BASE_URL).replace(/\/+$/, '');

  const turn = createTurns();

  async function send(url: string, method: 'GET' | 'POST', sent: Sent | null, signal: AbortSignal) {
    const key = await deps.key(endpoint.key);
    const length = sent?.parts.reduce((sum, part) => sum + part.length, 0);
    const headers = {
      ...(sent && { 'content-type': sent.type, 'content-length': String(length) }),
      ...(key && { authorization: `Bearer ${key}` }),
      accept: '*/*',
    };
    try {
      const reply = await request(url, {
        method,
        headers,
        body: sent ? Readable.from(sent.parts) : null,
        dispatcher: deps.http.agent,
        signal,
      });
      const bytes = new Uint8Array(await reply.body.arrayBuffer());
      return { status: reply.statusCode, headers: reply.headers, bytes };
    } catch (error) {
      throw signal.aborted ? abortReason(signal) : networkError(error, endpoint.id);
    }
  }

  /** The reply, if its status says that it is an answer. */
  async function answered(...[url, method, sent, signal]: Parameters<typeof send>) {
    const reply = await send(url, method, sent, signal);
    const header = (name: string) => [reply.headers[name]].flat()[0];
    if (reply.status >= 300 && reply.status < 400) {
      const to = header('location') ?? 'nowhere';
      // Not followed: the key would go along, and a POST would become a GET.
      throw new ProviderError('notFound', `${endpoint.id} sends requests on to ${to}: put the final address into baseUrl.`);
    }
    if (reply.status < 200 || reply.status > 299)
      throw faultError({ status: reply.status, header, body: textOf(reply.bytes) }, endpoint.id, deps.clock.now());
    return { bytes: reply.bytes, header };
  }

  return {
    async post(route, sent, signal) {
      await turn();
      const { bytes, header } = await answered(`${base}${route}`, 'POST', await sent(), signal);
      await turn();
      try {
        return { ...parseLongJson(bytes), requestId: header('x-request-id') ?? '' };
      } catch {
        const words = textOf(bytes.subarray(0, 4000));
        const html = /^\s*</.test(words);
        const what = html ? 'an HTML page' : bytes.length === 0 ? 'nothing' : 'broken JSON';
        // A page comes from something in between; anything else is an answer that nobody knows the price of.
        throw new ProviderError('badOutput', `${endpoint.id} sent ${what} instead of an answer.`, {
          raw: shortRaw(words),
          answered: !html,
        });
      }
    },
    async fetchOwn(link, signal) {
      const url = new URL(link, `${base}/`);
      // A key must not follow a link to somebody else, and nobody else may be asked on a reply's word.
      if (url.origin !== new URL(base).origin)
        throw new ProviderError('badOutput', `${endpoint.id} sent a link to ${url.host} instead of a picture; only its own are followed.`);
      return (await answered(url.href, 'GET', null, signal)).bytes;
    },
  };
}

/** What an aborted call rejects with: the deadline's own error, else aborted. */
export function abortReason(signal: AbortSignal): ProviderError {
  return signal.reason instanceof ProviderError ? signal.reason : new ProviderError('aborted', 'The call was stopped.');
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
