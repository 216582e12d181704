/** The browser host: the page, the pictures and the engine's RPC on one port, behind one token. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { RPCHandler } from '@orpc/server/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { PROTOCOL_VERSION } from '../../shared/contract/system.ts';
import { AppError } from '../../shared/model/errors.ts';
import type { Engine } from '../engine/index.ts';
import { addressOf, createDoor, type Door, judge } from './guards.ts';
import { answerRequest } from './pages.ts';

/** A recipe with its scenes is the largest thing a page sends. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
const MAX_SOCKETS = 64;
const PING_EVERY_MS = 30_000;
const MIN_TOKEN_LENGTH = 32;

export interface WebHostOptions {
  /** Address to listen on; 127.0.0.1 keeps it on this machine. */
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Secret of the page, at least 32 characters; a random one when not given. */
  token?: string | undefined;
  /** The built page: the folder of index.html. */
  rendererDir: string;
  /** The origin people type when it is not the address itself (another name, a TLS proxy). */
  publicOrigin?: string | undefined;
}

export interface WebHost {
  /** The whole address to open, with the token. */
  url: string;
  close(): Promise<void>;
}

/**
 * Serves an engine to browsers. Rejects with AppError conflict when the port is taken and inputInvalid for a short token or a
 * public origin that is no address. A parent process that supervises this one (IPC channel) is told hello with the address.
 */
export async function startWebHost(engine: Pick<Engine, 'router' | 'blobFile' | 'takePicture'>, options: WebHostOptions): Promise<WebHost> {
  const token = options.token ?? randomBytes(32).toString('base64url');
  if (token.length < MIN_TOKEN_LENGTH) {
    throw new AppError('inputInvalid', `The token is shorter than ${MIN_TOKEN_LENGTH} characters.`, { field: 'token' });
  }
  if (options.publicOrigin !== undefined && !URL.canParse(options.publicOrigin)) {
    throw new AppError('inputInvalid', `${options.publicOrigin} is no address.`, {
      field: 'publicOrigin',
      hint: 'For example https://gpu.lan:8443',
    });
  }
  // The port is part of the door, so the door comes after listening; requests cannot arrive before that.
  let door: Door | undefined;
  const server = createServer({ requestTimeout: 15_000, headersTimeout: 10_000, maxHeaderSize: 16_384 }, (request, response) => {
    const { blobFile, takePicture } = engine;
    if (door) void answerRequest({ door, rendererDir: options.rendererDir, blobFile, takePicture }, request, response);
    else response.destroy();
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  const handler = new RPCHandler(engine.router);
  server.on('upgrade', (request, socket, head) => {
    const refusal = refuseUpgrade(door, request, sockets.clients.size);
    if (refusal) return hangUp(socket, refusal);
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => client.terminate());
      sockets.emit('connection', client, request);
      void handler.upgrade(client);
    });
  });
  const stopPinging = dropSilentClients(sockets);

  const port = await listen(server, options);
  door = createDoor({ host: options.host, port, token, publicOrigin: options.publicOrigin });
  const anywhere = options.host === '0.0.0.0' || options.host === '::';
  const shown = anywhere ? '127.0.0.1' : options.host.includes(':') ? `[${options.host}]` : options.host;
  const origin = options.publicOrigin ? new URL(options.publicOrigin).origin : `http://${shown}:${port}`;
  const url = `${origin}/?token=${token}`;
  process.send?.({ type: 'hello', protocol: PROTOCOL_VERSION, version: '', pid: process.pid, url });

  return {
    url,
    async close() {
      stopPinging();
      for (const client of sockets.clients) client.terminate();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function refuseUpgrade(door: Door | undefined, request: IncomingMessage, open: number): string | undefined {
  if (!door || open >= MAX_SOCKETS) return '503 Service Unavailable';
  const verdict = judge(door, request, 'socket');
  if (verdict === 'stranger') return '401 Unauthorized';
  if (verdict !== 'welcome') return '403 Forbidden';
  return addressOf(request).pathname === '/rpc' ? undefined : '404 Not Found';
}

function hangUp(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** A laptop that went to sleep never says goodbye; its streams would be kept for ever. */
function dropSilentClients(sockets: WebSocketServer): () => void {
  const heard = new WeakSet<WebSocket>();
  sockets.on('connection', (client: WebSocket) => heard.add(client));
  const timer = setInterval(() => {
    for (const client of sockets.clients) {
      if (!heard.delete(client)) client.terminate();
      else client.once('pong', () => heard.add(client)).ping();
    }
  }, PING_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function listen(server: Server, { host, port }: WebHostOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error);
      reject(
        new AppError('conflict', `Port ${port} on ${host} is already in use.`, {
          field: '--port',
          hint: 'Choose another one, or 0 for any.',
        }),
      );
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}
