import { AppError, type WireError } from '../../shared/model/errors.ts';
import type { TakenPicture } from '../../shared/upload.ts';
import type { Keychain } from './keychain.ts';
import type { FromEngine, ToEngine } from './messages.ts';

/** A message port as both Electron's MessagePortMain and Node's own have it. */
export interface HostPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  postMessage(data: unknown): void;
  start(): void;
  close(): void;
}

export type FoundBlob = { path: string } | { bytes: Uint8Array; mediaType: string };

interface Asked<T> {
  resolve(value: T): void;
  reject(error: AppError): void;
}

export interface EngineLink {
  /** Pipes a page's port to the engine until either end closes. */
  attach(port: HostPort): void;
  /** Where the bytes of a picture are, or a thumbnail's bytes. Rejects with the engine's AppError, or engineDown. */
  blob(hash: string, width: number | undefined): Promise<FoundBlob>;
  /** Stores a picture from outside. Rejects with the engine's AppError, or engineDown. */
  picture(bytes: Uint8Array, name: string): Promise<TakenPicture>;
  receive(message: FromEngine): void;
  /** The engine is gone: closes every port and fails every open request. */
  drop(): void;
}

/** The host's side of the pipe to one engine after another; ids are never used twice, so late frames of a dead engine match nothing. */
export function createEngineLink(send: (message: ToEngine) => boolean, keychain: Keychain): EngineLink {
  const ports = new Map<number, HostPort>();
  const asked = new Map<number, Asked<FoundBlob>>();
  const sent = new Map<number, Asked<TakenPicture>>();
  let lastId = 0;

  /** Puts a question to the engine; whoever waits is kept in `waiting` under the question's id. */
  function question<T>(waiting: Map<number, Asked<T>>, message: (id: number) => ToEngine): Promise<T> {
    lastId += 1;
    const id = lastId;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      if (send(message(id))) return;
      waiting.delete(id);
      reject(engineDown());
    });
  }

  function answerKeys(id: number, write: Record<string, string> | null): void {
    try {
      if (write) keychain.write(write);
      send({ type: 'keys', id, keys: keychain.read() });
    } catch (error) {
      send({ type: 'keys', id, error: error instanceof Error ? error.message : String(error) });
    }
  }

  return {
    attach(port) {
      lastId += 1;
      const id = lastId;
      ports.set(id, port);
      port.on('message', (event) => {
        if (ports.has(id)) send([id, event.data]);
      });
      port.on('close', () => {
        if (ports.delete(id)) send([id]);
      });
      port.start();
    },
    blob: (hash, width) => question(asked, (id) => ({ type: 'blob', id, hash, width })),
    picture: (bytes, name) => question(sent, (id) => ({ type: 'picture', id, name, bytes })),
    receive(message) {
      if (Array.isArray(message)) {
        ports.get(message[0])?.postMessage(message[1]);
        return;
      }
      if (message.type === 'keys') {
        answerKeys(message.id, message.write);
        return;
      }
      if (message.type === 'picture') {
        const { id, answer } = message;
        if ('picture' in answer) sent.get(id)?.resolve(answer.picture);
        else sent.get(id)?.reject(asAppError(answer.error));
        sent.delete(id);
        return;
      }
      if (message.type !== 'blob') return;
      const request = asked.get(message.id);
      asked.delete(message.id);
      if ('error' in message) request?.reject(asAppError(message.error));
      else if ('path' in message) request?.resolve({ path: message.path });
      else request?.resolve({ bytes: message.bytes, mediaType: message.mediaType });
    },
    drop() {
      const open = [...ports.values()];
      ports.clear();
      for (const port of open) port.close();
      const waiting = [...asked.values(), ...sent.values()];
      asked.clear();
      sent.clear();
      for (const request of waiting) request.reject(engineDown());
    },
  };
}

function asAppError({ code, message, details }: WireError): AppError {
  return new AppError(code, message, details);
}

function engineDown(): AppError {
  return new AppError('engineDown', 'The engine is not running.', { hint: 'It restarts by itself; wait a moment.' });
}
