import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { AppError } from '../../shared/model/errors.ts';
import { BLOB_CACHE_CONTROL, BLOB_NAME, mediaTypeOf, PAGE_HEADERS, pagePath, thumbnailWidth } from '../../shared/pagePolicy.ts';
import { answerUpload, MAX_UPLOAD_BYTES, UPLOAD_PATH, uploadName, uploadTooLarge } from '../../shared/upload.ts';
import type { Engine } from '../engine/index.ts';
import { addressOf, type Door, judge, tokenOf, type Verdict } from './guards.ts';

const REFUSALS: Record<Exclude<Verdict, 'welcome'>, [status: number, sentence: string]> = {
  stranger: [401, 'This address needs its token. Open the whole address that the server printed when it started.'],
  wrongHost: [403, 'This server does not answer to that name.'],
  wrongOrigin: [403, 'Requests from other sites are refused.'],
};

export interface PageOptions {
  door: Door;
  rendererDir: string;
  blobFile: Engine['blobFile'];
  takePicture: Engine['takePicture'];
}

/** Answers every plain request: the token exchange, the built page, the pictures, and a picture that is sent. Never rejects. */
export async function answerRequest(options: PageOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // What changes something must name its origin, as a socket must: a form of another site cannot send it unseen.
  const sent = request.method === 'POST' && addressOf(request).pathname === UPLOAD_PATH;
  const verdict = judge(options.door, request, sent ? 'socket' : 'request');
  if (verdict !== 'welcome') return say(response, ...REFUSALS[verdict]);
  if (sent) return receive(options.takePicture, request, response);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return say(response, 405, 'Only reading is possible here.');
  }
  const url = addressOf(request);
  if (url.pathname === '/' && tokenOf(request) !== undefined) return welcome(options.door, response);
  try {
    if (url.pathname.startsWith('/blob/')) await sendBlob(options.blobFile, url, request, response);
    else await sendFile(options.rendererDir, url, request, response);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT' || (error instanceof AppError && error.code === 'noSuchItem');
    say(response, missing ? 404 : 500, missing ? 'There is no such thing here.' : 'It could not be read.');
  }
}

/** Turns the token of the printed address into a cookie, so that it stays out of history and out of the page's reach. */
function welcome(door: Door, response: ServerResponse): void {
  response.writeHead(303, {
    ...PAGE_HEADERS,
    location: '/',
    'cache-control': 'no-store',
    'set-cookie': `${door.cookieName}=${door.token}; HttpOnly; SameSite=Strict; Path=/`,
  });
  response.end();
}

/** A picture that the page sends. Read no further than the limit. */
async function receive(take: Engine['takePicture'], request: IncomingMessage, response: ServerResponse): Promise<void> {
  const name = uploadName(addressOf(request).searchParams);
  const { status, answer } = await answerUpload(async () => {
    const parts: Buffer[] = [];
    let size = Number(request.headers['content-length'] ?? 0);
    if (size > MAX_UPLOAD_BYTES) throw uploadTooLarge(name);
    size = 0;
    for await (const part of request as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > MAX_UPLOAD_BYTES) throw uploadTooLarge(name);
      parts.push(part);
    }
    return take(Buffer.concat(parts), name);
  });
  // What is left of a body that was refused is not read: the connection ends.
  const more = request.complete ? {} : { connection: 'close' };
  response.writeHead(status, { ...PAGE_HEADERS, 'content-type': 'application/json', 'cache-control': 'no-store', ...more });
  response.end(JSON.stringify(answer));
}

async function sendFile(rendererDir: string, url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = pagePath(url.pathname);
  if (!path) return say(response, 403, 'That path is refused.');
  const bytes = await readFile(join(rendererDir, path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EISDIR') error.code = 'ENOENT';
    throw error;
  });
  // Built assets carry a hash of their content in the name.
  const cache = path.startsWith('assets/') ? BLOB_CACHE_CONTROL : 'no-store';
  send(request, response, bytes, mediaTypeOf(path), cache);
}

async function sendBlob(blobFile: Engine['blobFile'], url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const hash = url.pathname.slice('/blob/'.length);
  const width = thumbnailWidth(url.searchParams);
  if (!BLOB_NAME.test(hash) || width === null) return say(response, 400, 'A picture is named by its SHA-256 and a width from 16 to 2048.');
  const found = await blobFile(hash, width);
  const bytes = 'path' in found ? await readFile(found.path) : found.bytes;
  send(request, response, bytes, 'path' in found ? mediaTypeOf(found.path) : found.type, BLOB_CACHE_CONTROL);
}

function send(request: IncomingMessage, response: ServerResponse, bytes: Uint8Array, type: string, cache: string): void {
  response.writeHead(200, { ...PAGE_HEADERS, 'content-type': type, 'content-length': bytes.byteLength, 'cache-control': cache });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function say(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { ...PAGE_HEADERS, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${sentence}\n`);
}
