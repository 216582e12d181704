import { isMarkedAsUntransferable } from 'node:worker_threads';
import { AppError, ProviderError, type ProviderErrorCode, toWireError, type WireError } from '../../../shared/model/errors.ts';

/** What goes to a worker and comes back. */
export interface TaskRequest {
  id: number;
  name: string;
  input: unknown;
}
export type TaskReply = { id: number; output: unknown } | { id: number; error: SentError };
/** `ready` is the first message of a thread: its modules are loaded. */
export type WorkerMessage = 'ready' | TaskReply;

/** An error as data: ours keep their class and code. */
export type SentError = { type: 'app'; error: WireError } | { type: 'provider'; code: ProviderErrorCode; message: string };

export function packError(error: unknown): SentError {
  if (error instanceof ProviderError) return { type: 'provider', code: error.code, message: error.message };
  return { type: 'app', error: toWireError(error) };
}

export function unpackError(sent: SentError): AppError | ProviderError {
  if (sent.type === 'provider') return new ProviderError(sent.code, sent.message);
  return new AppError(sent.error.code, sent.error.message, sent.error.details);
}

/**
 * Makes a value ready to be moved to another thread: byte arrays inside plain objects and arrays are replaced by ones
 * that own all of their memory, and that memory is listed for the transfer. With `copy` every byte array is copied
 * first, so that the caller keeps its own (cloning by the message channel would copy twice, and whole buffers).
 */
export function movable(value: unknown, copy: boolean): { value: unknown; transfer: ArrayBuffer[] } {
  const transfer = new Set<ArrayBuffer>();
  function own(bytes: Uint8Array): Uint8Array {
    const whole = bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength;
    const moved = copy || !whole || isMarkedAsUntransferable(bytes.buffer) ? new Uint8Array(bytes) : bytes;
    transfer.add(moved.buffer as ArrayBuffer);
    return moved;
  }
  function walk(part: unknown): unknown {
    if (part instanceof Uint8Array) return own(part);
    if (Array.isArray(part)) return part.map(walk);
    if (part !== null && typeof part === 'object' && Object.getPrototypeOf(part) === Object.prototype)
      return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, walk(inner)]));
    return part;
  }
  return { value: walk(value), transfer: [...transfer] };
}
