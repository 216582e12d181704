import { Agent, fetch as undiciFetch } from 'undici';
import { AppError, ProviderError, type ProviderErrorCode } from '../../../shared/model/errors.ts';

/**
 * One connection pool for everything that leaves this machine. Node's own fetch gives up after five minutes without headers,
 * whatever the caller says; here only the lane's deadline counts.
 */
export interface Http {
  fetch: typeof globalThis.fetch;
  agent: Agent;
  close(): Promise<void>;
}

export function createHttp(): Http {
  const agent = new Agent({
    headersTimeout: 0,
    bodyTimeout: 0,
    connectTimeout: 15_000, // Servers made with uvicorn (vLLM, SGLang, Gradio) hang up after 5 idle seconds; a request sent into that moment is lost, and perhaps paid.
    keepAliveTimeout: 4000,
  });
  const fetch = ((input: Parameters<typeof undiciFetch>[0], init?: Parameters<typeof undiciFetch>[1]) =>
    undiciFetch(input, { ...init, dispatcher: agent })) as unknown as typeof globalThis.fetch;
  return { fetch, agent, close: () => agent.destroy() };
}

/** What a status code means when the body says nothing better. 5xx other than 503/529 is the server's fault, not its load. */
export function codeOfStatus(status: number): ProviderErrorCode {
  if (status === 401 || status === 403) return 'auth';
  // 405: there is no such route, as when the address lacks its /v1; 410: the model was taken away.
  if (status === 404 || status === 405 || status === 410) return 'notFound';
  if (status === 408 || status === 504) return 'timeout';
  if (status === 429) return 'rateLimited';
  if (status === 503 || status === 529) return 'overloaded';
  return status >= 500 ? 'serverError' : 'badRequest';
}

/** Milliseconds of a Retry-After header: seconds or a date (RFC 9110, section 10.2.3). Undefined when it is neither. */
export function retryAfterMs(header: string | null | undefined, now: number): number | undefined {
  if (header === null || header === undefined || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Failures before a connection stood: nothing was sent, so nothing can have been charged. */
const UNSENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

/** A failure below HTTP: refused, reset, name not found, stream cut. */
export function networkError(error: unknown, where: string): ProviderError {
  // The SDKs wrap fetch's error, which wraps the socket's: the innermost one says what happened.
  let cause = error;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  const { code } = cause as { code?: unknown };
  const name = typeof code === 'string' ? code : '';
  const words = cause instanceof Error ? cause.message : String(cause);
  const said = words.includes(name) && words !== '' ? words : [name, words].filter(Boolean).join(', ') || 'no reason given';
  return new ProviderError('network', `${where} cannot be reached: ${said}.`, { unsent: UNSENT.has(name) });
}

/** What follows on a request that was taken: not to reach the server now says nothing about the work that was asked for before. */
export async function afterwards<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ProviderError && error.unsent ? error.with({ unsent: false }) : error;
  }
}

/** At most this much of what a server said is kept with an error. */
const RAW_CHARACTERS = 2000;

/** A server's own words for an error: shortened, without data URIs. */
export function shortRaw(text: string): string {
  return text.replace(/data:[a-z/+.-]+;base64,[A-Za-z0-9+/=\s]{64,}/gi, 'data:...').slice(0, RAW_CHARACTERS);
}

/** A token over plain http can be read by everybody on the way. Throws AppError inputInvalid for such an address that is not this machine. */
export function refuseOpenWire(base: string): void {
  const { protocol, hostname } = new URL(base);
  if (protocol === 'https:' || hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]') return;
  throw new AppError('inputInvalid', `${base} is not encrypted: a token is not sent there.`, { hint: 'Use an https address.' });
}
