import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CustomScheme, protocol } from 'electron';
import { AppError } from '../../shared/model/errors.ts';
import { BLOB_CACHE_CONTROL, mediaTypeOf, PAGE_HEADERS } from '../../shared/pagePolicy.ts';
import { answerUpload, MAX_UPLOAD_BYTES, UPLOAD_PATH, uploadName, uploadTooLarge } from '../../shared/upload.ts';
import { blobAsked, PAGE_ORIGIN, pageAsked } from './addresses.ts';
import type { EngineLink, FoundBlob } from './engineLink.ts';

/** Must be registered before the app is ready. */
export const SCHEMES: CustomScheme[] = [
  { scheme: 'nhr-app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  { scheme: 'nhr-blob', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, corsEnabled: true } },
];

/** Serves the built page from `pageDir` as nhr-app://studio/, takes pictures that it posts, and serves those of the store as nhr-blob://<sha256>?w=256. */
export function serveSchemes(pageDir: string, link: Pick<EngineLink, 'blob' | 'picture'>): void {
  protocol.handle('nhr-app', (request) => (request.method === 'POST' ? takePicture(link.picture, request) : servePage(pageDir, request)));
  protocol.handle('nhr-blob', (request) => serveBlob(link.blob, request));
}

async function servePage(pageDir: string, request: Request): Promise<Response> {
  const path = request.method === 'GET' ? pageAsked(request.url) : undefined;
  if (!path) return refuse(403);
  const file = join(pageDir, path);
  try {
    return new Response(await readFile(file), { headers: { ...PAGE_HEADERS, 'content-type': mediaTypeOf(file) } });
  } catch {
    return refuse(404);
  }
}

async function takePicture(take: EngineLink['picture'], request: Request): Promise<Response> {
  const url = new URL(request.url);
  if (url.host !== 'studio' || url.pathname !== UPLOAD_PATH) return refuse(403);
  const name = uploadName(url.searchParams);
  const { status, answer } = await answerUpload(async () => {
    if (Number(request.headers.get('content-length') ?? 0) > MAX_UPLOAD_BYTES) throw uploadTooLarge(name);
    return take(new Uint8Array(await request.arrayBuffer()), name);
  });
  return Response.json(answer, { status, headers: PAGE_HEADERS });
}

async function serveBlob(blob: (hash: string, width: number | undefined) => Promise<FoundBlob>, request: Request): Promise<Response> {
  const asked = request.method === 'GET' ? blobAsked(request.url) : undefined;
  if (!asked) return refuse(400);
  try {
    const found = await blob(asked.hash, asked.width);
    const [bytes, type] = 'path' in found ? [await readFile(found.path), mediaTypeOf(found.path)] : [found.bytes, found.mediaType];
    return new Response(bytes as Uint8Array<ArrayBuffer>, {
      headers: {
        'content-type': type,
        'cache-control': BLOB_CACHE_CONTROL,
        'x-content-type-options': 'nosniff',
        // The page reads pixels through a canvas; no other origin gets them.
        'access-control-allow-origin': PAGE_ORIGIN,
      },
    });
  } catch (error) {
    return refuse(error instanceof AppError && error.code === 'engineDown' ? 503 : 404);
  }
}

function refuse(status: number): Response {
  return new Response(null, { status });
}
