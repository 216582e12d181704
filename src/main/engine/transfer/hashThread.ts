import { createHash, type Hash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';

/** What the thread is asked: more bytes of a file, or its checksum. `id` is the file's. */
export type HashRequest = { id: number; pieces: readonly Uint8Array[] } | { id: number; end: true };
/** An answer to every request, in order; `sha256` (hex) to the last one of a file. */
export interface HashReply {
  id: number;
  sha256?: string;
}

/** SHA-256 of files that are being written. Bytes in shared memory are hashed where they are. */
function serve(port: NonNullable<typeof parentPort>): void {
  const open = new Map<number, Hash>();
  port.on('message', (request: HashRequest) => {
    const { id } = request;
    const hash = open.get(id) ?? createHash('sha256');
    open.set(id, hash);
    if ('end' in request) {
      open.delete(id);
      port.postMessage({ id, sha256: hash.digest('hex') } satisfies HashReply);
      return;
    }
    for (const piece of request.pieces) hash.update(piece);
    port.postMessage({ id } satisfies HashReply);
  });
}

if (parentPort) serve(parentPort);
