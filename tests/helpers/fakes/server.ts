import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a fake server got it. */
export interface Asked {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  bytes: Buffer;
}

export interface FakeServer {
  /** http://127.0.0.1:PORT */
  url: string;
  /** All requests so far. */
  asked: Asked[];
  close(): Promise<void>;
}

/** A status and a body that is sent as JSON (or as it is, when it is a string or bytes). */
export class Answer extends Error {
  readonly status: number;
  readonly body: unknown;
  constructor(status: number, body: unknown) {
    super(`answer ${status}`);
    this.status = status;
    this.body = body;
  }
}

/** A server on a port of its own; `answer` gives the reply, throws an Answer, or writes to the response itself and gives nothing. */
export async function serve(
  answer: (asked: Asked, response: ServerResponse) => Promise<Answer | undefined> | Answer | undefined,
): Promise<FakeServer> {
  const all: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const asked = { method: request.method!, path: request.url!, headers: request.headers, bytes: Buffer.concat(chunks) };
    all.push(asked);
    const reply = await Promise.resolve()
      .then(() => answer(asked, response))
      .catch((error: unknown) => (error instanceof Answer ? error : new Answer(500, { detail: String(error) })));
    if (!reply) return;
    const raw = typeof reply.body === 'string' || Buffer.isBuffer(reply.body);
    response.writeHead(reply.status, { 'content-type': raw ? 'text/html' : 'application/json', 'x-request-id': `req_${all.length}` });
    response.end(raw ? (reply.body as string | Buffer) : JSON.stringify(reply.body));
  });
  return { ...(await listening(server)), asked: all };
}

/** Puts a server on a port of its own on loopback; `close` ends it with all that is connected. */
export async function listening(server: Server): Promise<{ url: string; close(): Promise<void> }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The fields and files of a multipart form, read by the platform's own parser. */
export async function formOf({ headers, bytes }: Asked): Promise<FormData> {
  return await new Response(new Uint8Array(bytes), { headers: { 'content-type': headers['content-type']! } }).formData();
}

export function jsonOf({ bytes }: Asked): Record<string, unknown> {
  return JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
}
