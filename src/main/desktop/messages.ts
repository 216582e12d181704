import type { WireError } from '../../shared/model/errors.ts';
import type { UploadAnswer } from '../../shared/upload.ts';

/** An RPC frame: the port it belongs to and what oRPC wrote; without data, the port was closed. */
export type RpcFrame = [portId: number, data?: unknown];

/** What the desktop's main process tells the engine process. */
export type ToEngine =
  | RpcFrame
  | { type: 'stop' }
  | { type: 'blob'; id: number; hash: string; width?: number | undefined }
  | { type: 'picture'; id: number; name: string; bytes: Uint8Array }
  | { type: 'keys'; id: number; keys: Record<string, string> }
  | { type: 'keys'; id: number; error: string };

/** What the engine process tells the desktop's main process. */
export type FromEngine =
  | RpcFrame
  | { type: 'hello'; protocol: number; version: string; pid: number }
  | { type: 'failed'; error: WireError }
  /** Asks for the keychain's content; with `write`, replaces it first. */
  | { type: 'keys'; id: number; write: Record<string, string> | null }
  | { type: 'picture'; id: number; answer: UploadAnswer }
  | { type: 'blob'; id: number; path: string }
  | { type: 'blob'; id: number; bytes: Uint8Array; mediaType: string }
  | { type: 'blob'; id: number; error: WireError };

/** Exit code of an engine that could not start and has said why in a `failed` message. */
export const EXIT_FAILED_START = 3;
