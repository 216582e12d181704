import { createHash, type Hash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { type Linked, linkFiles, unpackLinks } from './links.ts';

/** What the thread is asked: more bytes of a file, or its checksum (`id` is the file's), or links (`packLinks`). */
export type ThreadRequest = { id: number; pieces: readonly Uint8Array[] } | { id: number; end: true } | { links: string };
/** An answer to every request, in order: `sha256` (hex) to the last one of a file, `linked` to links, `error` to what failed otherwise. */
export interface ThreadReply {
  sha256?: string;
  linked?: Linked;
  error?: Error;
}

/** SHA-256 of files that are being written, and hard links. Bytes in shared memory are hashed where they are. */
function serve(port: NonNullable<typeof parentPort>): void {
  const open = new Map<number, Hash>();
  const answer = (request: ThreadRequest): ThreadReply => {
    if ('links' in request) return { linked: linkFiles(unpackLinks(request.links)) };
    const { id } = request;
    const hash = open.get(id) ?? createHash('sha256');
    open.set(id, hash);
    if ('end' in request) {
      open.delete(id);
      return { sha256: hash.digest('hex') };
    }
    for (const piece of request.pieces) hash.update(piece);
    return {};
  };
  port.on('message', (request: ThreadRequest) => {
    try {
      port.postMessage(answer(request));
    } catch (error) {
      port.postMessage({ error: error as Error } satisfies ThreadReply);
    }
  });
}

if (parentPort) serve(parentPort);
