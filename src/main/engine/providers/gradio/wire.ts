import { ProviderError } from '../../../../shared/model/errors.ts';
import type { Endpoint } from '../../../../shared/model/provider.ts';
import { codeOfStatus, networkError, retryAfterMs, shortRaw } from '../http.ts';
import type { TransportDeps } from '../index.ts';
import { requirePicture, type SentPicture } from '../pictures.ts';
import { type QueueMessage, readMessages } from './messages.ts';

/** A file as Gradio names it. */
export interface FileData {
  path?: string | null;
  url?: string | null;
}

/** Queued work: enough to follow and to cancel it. */
export interface Job {
  session: string;
  event: string;
  index: number;
}

/** The HTTP side of one Gradio app (gradio/routes.py). Rejects with ProviderError only. */
export interface Wire {
  /** Address of the app, for messages. */
  readonly where: string;
  /** Where the API lies below that address; known after /config was read. */
  prefix: string;
  json(path: string, signal: AbortSignal): Promise<unknown>;
  /** Gives the path under which the server keeps the picture. */
  upload(picture: SentPicture, signal: AbortSignal): Promise<string>;
  /** Puts work into the queue; gives the id of its event. */
  join(index: number, session: string, data: unknown[], signal: AbortSignal): Promise<string>;
  /** What the queue tells a session, until it closes the stream. A server that dropped the session says so once. */
  messages(session: string, signal: AbortSignal): AsyncGenerator<QueueMessage>;
  /** Takes work out of the queue; a painter that has begun finishes, but nobody waits for it. Never rejects. */
  cancel(job: Job): Promise<void>;
  /** The bytes of a result, from this app's own address only. */
  picture(file: FileData, signal: AbortSignal): Promise<Uint8Array>;
}

/** An app that does not confirm a cancellation must not hold up the next call. */
const CANCEL_TIMEOUT_MS = 5000;

/** Speaks HTTP to the app at the endpoint's address: its key as Bearer token, or as the password of the app's own login. */
export function createWire(endpoint: Endpoint, deps: TransportDeps): Wire {
  const base = endpoint.baseUrl.replace(/[?#].*$/, '').replace(/\/+$/, '');
  const where = `The Gradio app at ${base}`;
  const user = endpoint.gradio?.user ?? '';
  let cookies: Promise<string> | undefined;

  async function login(signal: AbortSignal): Promise<string> {
    const form = new URLSearchParams({ username: user, password: await deps.key(endpoint.key) });
    const reply = await plain('/login', { method: 'POST', body: form, signal });
    if (reply.status === 400 || reply.status === 401)
      throw new ProviderError('auth', `${where} does not take the login of "${user}" (gradio.user) with this key.`);
    if (!reply.ok) throw await httpError(reply, '/login');
    await reply.arrayBuffer();
    return reply.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ');
  }

  async function credentials(signal: AbortSignal): Promise<Record<string, string>> {
    if (user !== '') {
      cookies ??= login(signal).catch((error) => {
        cookies = undefined;
        throw error;
      });
      return { cookie: await cookies };
    }
    const key = await deps.key(endpoint.key);
    return key === '' ? {} : { authorization: `Bearer ${key}` };
  }

  async function plain(path: string, init: RequestInit & { signal: AbortSignal }): Promise<Response> {
    try {
      // A redirect is never followed: it could carry the key, or a picture, to another address.
      return await deps.http.fetch(`${base}${path}`, { ...init, redirect: 'manual' });
    } catch (error) {
      throw lost(error, init.signal);
    }
  }

  /** One request with the credentials, of status 200. A login that the server has forgotten (it was restarted) is made once more. */
  async function send(path: string, init: RequestInit & { signal: AbortSignal }): Promise<Response> {
    for (let tried = 1; ; tried++) {
      const headers = { ...init.headers, ...(await credentials(init.signal)) };
      const reply = await plain(path, { ...init, headers });
      if (reply.status === 401 && user !== '' && tried === 1) {
        cookies = undefined;
        await reply.arrayBuffer();
        continue;
      }
      if (!reply.ok) throw await httpError(reply, path);
      return reply;
    }
  }

  function lost(error: unknown, signal: AbortSignal): ProviderError {
    if (error instanceof ProviderError) return error;
    return signal.aborted ? new ProviderError('aborted', 'The call was stopped.') : networkError(error, where);
  }

  async function read<T>(reply: Response, signal: AbortSignal, take: (reply: Response) => Promise<T>): Promise<T> {
    try {
      return await take(reply);
    } catch (error) {
      if (error instanceof SyntaxError) throw new ProviderError('badOutput', `${where} sent something that is not JSON: ${error.message}.`);
      throw lost(error, signal);
    }
  }

  async function httpError(reply: Response, path: string): Promise<ProviderError> {
    const text = await reply.text().catch(() => '');
    const raw = shortRaw(text);
    const said = detailOf(text);
    const to = reply.headers.get('location');
    if (reply.status >= 300 && reply.status < 400)
      return new ProviderError('notFound', `${where} sends ${path} on to ${to ?? 'nowhere'}: put the final address into baseUrl.`, { raw });
    if (reply.status === 413 || /maximum (allowed )?(file )?size|file size exceeded/i.test(said))
      return new ProviderError('badRequest', `${where} does not take a file of this size: ${said}`, { raw });
    if (reply.status === 401 && user === '' && endpoint.key === '')
      return new ProviderError(
        'auth',
        `${where} wants a login: set gradio.user and a key for its password, or a key for a private Space.`,
        {
          raw,
        },
      );
    const wait = retryAfterMs(reply.headers.get('retry-after'), deps.clock.now());
    return new ProviderError(codeOfStatus(reply.status), `${where} answered ${reply.status} to ${path}: ${said || reply.statusText}`, {
      raw,
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    });
  }

  function post(path: string, body: unknown, signal: AbortSignal): Promise<Response> {
    return send(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal });
  }

  async function bytesOf(path: string, signal: AbortSignal): Promise<Uint8Array> {
    const reply = await send(path, { signal });
    return requirePicture(await read(reply, signal, async (r) => new Uint8Array(await r.arrayBuffer())), where);
  }

  const wire: Wire = {
    where,
    prefix: '',
    async json(path, signal) {
      return await read(await send(path, { signal }), signal, (reply) => reply.json());
    },
    async upload(picture, signal) {
      const { body, type } = multipart(picture);
      const reply = await send(`${wire.prefix}/upload`, { method: 'POST', headers: { 'content-type': type }, body, signal });
      const paths = await read(reply, signal, (r) => r.json());
      if (Array.isArray(paths) && typeof paths[0] === 'string') return paths[0];
      throw new ProviderError('badOutput', `${where} took the picture but did not say where it is.`, {
        raw: shortRaw(JSON.stringify(paths)),
      });
    },
    async join(index, session, data, signal) {
      const body = { data, fn_index: index, session_hash: session, event_data: null, trigger_id: null };
      const reply = await post(`${wire.prefix}/queue/join`, body, signal);
      const { event_id } = (await read(reply, signal, (r) => r.json())) as { event_id?: unknown };
      if (typeof event_id === 'string') return event_id;
      throw new ProviderError('badOutput', `${where} took the work but gave no event id.`);
    },
    async *messages(session, signal) {
      const reply = await send(`${wire.prefix}/queue/data?session_hash=${encodeURIComponent(session)}`, {
        headers: { accept: 'text/event-stream' },
        signal,
      });
      try {
        yield* readMessages(reply, where, deps.clock, signal);
      } catch (error) {
        throw lost(error, signal);
      }
    },
    async cancel(job) {
      const body = { event_id: job.event, session_hash: job.session, fn_index: job.index };
      try {
        await (await post(`${wire.prefix}/cancel`, body, AbortSignal.timeout(CANCEL_TIMEOUT_MS))).arrayBuffer();
      } catch {
        // The stream is closed as well, and the server drops the work of a session that nobody reads.
      }
    },
    async picture(file, signal) {
      const byPath = file.path ? `${wire.prefix}/file=${encodeURI(file.path).replace(/[?#]/g, encodeURIComponent)}` : undefined;
      const byUrl = ownPath(file.url, base);
      const first = byUrl ?? byPath;
      if (first === undefined) throw new ProviderError('badOutput', `${where} named a picture at another address: ${file.url}.`);
      try {
        return await bytesOf(first, signal);
      } catch (error) {
        // Behind a tunnel the app builds its URLs from an address of its own, so the path is asked for as well.
        if (byPath === undefined || byPath === first || !(error instanceof ProviderError) || !WRONG_PLACE.has(error.code)) throw error;
        return await bytesOf(byPath, signal);
      }
    },
  };
  return wire;
}

const WRONG_PLACE = new Set(['notFound', 'auth', 'badOutput']);

/** Path and query of a URL below our own address; undefined for any other. */
function ownPath(url: string | null | undefined, base: string): string | undefined {
  return url?.startsWith(`${base}/`) ? url.slice(base.length) : undefined;
}

/** FastAPI says {"detail": text or list}; uploads are refused in plain text. */
function detailOf(text: string): string {
  try {
    const { detail, error } = JSON.parse(text) as { detail?: unknown; error?: unknown };
    const said = detail ?? error ?? '';
    return typeof said === 'string' ? said : shortRaw(JSON.stringify(said));
  } catch {
    return /^\s*</.test(text) ? 'an HTML page' : shortRaw(text).slice(0, 300);
  }
}

/** One file field, written by hand: FormData of Node and fetch of the undici package do not know each other. */
function multipart(picture: SentPicture): { body: Uint8Array<ArrayBuffer>; type: string } {
  const boundary = `nhr-${crypto.randomUUID()}`;
  const extension = picture.mime.replace('image/', '');
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="files"; filename="source.${extension}"\r\ncontent-type: ${picture.mime}\r\n\r\n`;
  return {
    body: Buffer.concat([Buffer.from(head), picture.bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]),
    type: `multipart/form-data; boundary=${boundary}`,
  };
}
