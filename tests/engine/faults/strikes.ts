import { setTimeout as delay } from 'node:timers/promises';
import type { Strike } from './proxy.ts';

/** Says this, and does not ask the server behind. */
export function says(status: number, body: object | string, headers: Record<string, string> = {}): Strike {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/html' : 'application/json';
  return ({ response }) => response.writeHead(status, { 'content-type': type, ...headers }).end(text);
}

/** Says this after the server behind has done its work: it is charged. */
export function saysInstead(body: object | string | Buffer | (() => Promise<Buffer>)): Strike {
  return async ({ response, forward }) => {
    const { status, headers } = await forward();
    const made = typeof body === 'function' ? await body() : body;
    response.writeHead(status, headers).end(typeof made === 'string' || Buffer.isBuffer(made) ? made : JSON.stringify(made));
  };
}

/** Says what the server behind says, changed. */
export function changes(change: (body: Buffer) => Promise<Buffer | string | object> | Buffer | string | object): Strike {
  return async ({ response, forward }) => {
    const { status, headers, body } = await forward();
    const made = await change(body);
    response.writeHead(status, headers).end(typeof made === 'string' || Buffer.isBuffer(made) ? made : JSON.stringify(made));
  };
}

/** Breaks the connection in the middle of the answer. */
export const resets: Strike = async ({ response, forward }) => {
  const { status, headers, body } = await forward();
  response.writeHead(status, { ...headers, 'content-length': String(body.length) });
  response.write(body.subarray(0, Math.ceil(body.length / 2)));
  setTimeout(() => response.destroy(), 30);
};

/** Does the work and never says so. */
export const hangs: Strike = async ({ forward }) => {
  await forward();
};

/** Says it all, in pieces with pauses between. */
export const drips: Strike = async ({ response, forward }) => {
  const { status, headers, body } = await forward();
  response.writeHead(status, headers);
  const step = Math.ceil(body.length / 25);
  for (let at = 0; at < body.length; at += step) {
    response.write(body.subarray(at, at + step));
    await delay(30);
  }
  response.end();
};

/** Answers, and is not there for a while. Connections that nobody uses are closed before, so that no request is on its way. */
export const goesAway: Strike = async ({ response, forward, proxy }) => {
  const { status, headers, body } = await forward();
  proxy.away(900, false);
  await delay(200);
  response.writeHead(status, { ...headers, connection: 'close' }).end(body);
};

/** Messages of a Gradio stream; work that failed there is not counted as done. */
export function streams(...messages: ({ msg: string; success?: boolean } & object)[]): Strike {
  return ({ response, path, proxy }) => {
    const session = new URL(path, proxy.url).searchParams.get('session_hash') ?? '';
    const asked = proxy.done.findIndex(({ body }) => body.includes(session));
    if (asked >= 0 && messages.some(({ success }) => success === false)) proxy.done.splice(asked, 1);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(messages.map((message) => `data: ${JSON.stringify(message)}\n\n`).join(''));
  };
}

/** Only the first lines of a Gradio stream arrive. */
export const cutsStream: Strike = async ({ response, forward }) => {
  const { status, headers, body } = await forward();
  response.writeHead(status, headers);
  const text = body.toString();
  response.write(text.slice(0, text.indexOf('process_starts')));
  setTimeout(() => response.destroy(), 30);
};
