import { Worker } from 'node:worker_threads';
import { ownProgram } from '../appRoot.ts';
import type { ThreadReply, ThreadRequest } from './exportThread.ts';
import { type Link, type Linked, packLinks } from './links.ts';

/** SHA-256 of one file, worked out by a thread while the file is written. */
export interface ThreadHash {
  /** Resolves when the bytes are no longer needed. Bytes outside of shared memory are copied. */
  update(pieces: readonly Uint8Array[]): Promise<void>;
  /** Hex. Nothing may follow. */
  digest(): Promise<string>;
}

interface Waiting {
  resolve(reply: ThreadReply): void;
  reject(error: Error): void;
}

/** One thread a process: a disk does not take more than one core can hash. It ends with the process and does not keep it alive. */
let thread: { worker: Worker; waiting: Waiting[] } | undefined;
let nextId = 1;

export function createThreadHash(): ThreadHash {
  const id = nextId++;
  return {
    async update(pieces) {
      await ask({ id, pieces: pieces.map(alone) });
    },
    digest: async () => (await ask({ id, end: true })).sha256!,
  };
}

/** Starts the thread before there is work, where it takes time that somebody will wait for. */
export function wakeThread(): void {
  thread ??= startThread();
}

/** `linkFiles`, made by the thread. */
export async function linkInThread(links: readonly Link[]): Promise<Linked> {
  return (await ask({ links: packLinks(links) })).linked!;
}

/** A small view of a large buffer would be sent with all of the buffer. */
function alone(piece: Uint8Array): Uint8Array {
  return piece.buffer instanceof SharedArrayBuffer || piece.byteLength === piece.buffer.byteLength ? piece : piece.slice();
}

function ask(request: ThreadRequest): Promise<ThreadReply> {
  thread ??= startThread();
  const { worker, waiting } = thread;
  return new Promise((resolve, reject) => {
    if (waiting.length === 0) worker.ref();
    waiting.push({ resolve, reject });
    worker.postMessage(request);
  });
}

function startThread(): NonNullable<typeof thread> {
  const worker = new Worker(ownProgram(import.meta.url, './exportThread.ts', 'export.js'), { execArgv: [] });
  const waiting: Waiting[] = [];
  // Answers come in the order of the questions.
  worker.on('message', (reply: ThreadReply) => {
    const { resolve, reject } = waiting.shift()!;
    if (reply.error === undefined) resolve(reply);
    else reject(reply.error);
    if (waiting.length === 0) worker.unref();
  });
  const lost = (error: Error) => {
    thread = undefined;
    for (const { reject } of waiting.splice(0)) reject(error);
  };
  worker.on('error', lost);
  worker.on('exit', (code) => lost(new Error(`the thread that hashes and links ended with ${code}`)));
  // After the listeners: one for messages keeps the process alive again.
  worker.unref();
  return { worker, waiting };
}
