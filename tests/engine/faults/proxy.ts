import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';

/** What a server said, whole. */
interface Said {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** A request that a fault strikes. */
export interface Struck {
  path: string;
  body: Buffer;
  response: ServerResponse;
  /** Has the server behind do its work; what it said. */
  forward(): Promise<Said>;
  proxy: FaultyProxy;
}

/** What happens instead of the answer. */
export type Strike = (struck: Struck) => Promise<unknown> | unknown;

/** Which requests a fault strikes. */
export interface Aim {
  /** Of the path, after the origin. */
  path: RegExp;
  strike: Strike;
  /** The first one to be struck of those that match, counted from 1. */
  from: number;
  /** How many are struck; Infinity until `cure`. */
  times: number;
}

/** A server in front of a server, in which things go wrong on purpose. */
export interface FaultyProxy {
  url: string;
  /** Bodies for which the server behind did its work and said yes, in order. */
  done: { path: string; body: Buffer }[];
  aim(aim: Aim): void;
  /** No more faults. */
  cure(): void;
  /** Stops listening; with `cut` what is under way is cut as well. Comes back after `ms`, perhaps in front of another server. */
  away(ms: number, cut: boolean, next?: () => Promise<string>): void;
  close(): Promise<void>;
}

export async function startProxy(target: string): Promise<FaultyProxy> {
  let upstream = target;
  let aimed: Aim | undefined;
  let seen = 0;
  let timer: NodeJS.Timeout | undefined;
  const done: FaultyProxy['done'] = [];

  async function ask(method: string, path: string, headers: IncomingHttpHeaders, body: Buffer) {
    const { host: _host, connection: _connection, 'content-length': _length, 'transfer-encoding': _encoding, ...kept } = headers;
    const reply = await request(`${upstream}${path}`, { method: method as 'POST', headers: kept, body: body.length > 0 ? body : null });
    if (reply.statusCode < 300) done.push({ path, body });
    const flat = Object.fromEntries(Object.entries(reply.headers).map(([name, value]) => [name, String(value)]));
    return { reply, status: reply.statusCode, headers: withoutLength(flat) };
  }

  async function answer(method: string, path: string, headers: IncomingHttpHeaders, body: Buffer, response: ServerResponse) {
    if (aimed?.path.test(path)) {
      seen += 1;
      if (seen >= aimed.from && seen < aimed.from + aimed.times) {
        const forward = async (): Promise<Said> => {
          const said = await ask(method, path, headers, body);
          return { status: said.status, headers: said.headers, body: Buffer.from(await said.reply.body.arrayBuffer()) };
        };
        await aimed.strike({ path, body, response, forward, proxy });
        return;
      }
    }
    const said = await ask(method, path, headers, body);
    response.writeHead(said.status, said.headers);
    said.reply.body.on('error', () => response.destroy()).pipe(response);
  }

  const server: Server = createServer((asked, response) => {
    const chunks: Buffer[] = [];
    asked.on('data', (chunk: Buffer) => chunks.push(chunk));
    asked.on('end', () => {
      answer(asked.method!, asked.url!, asked.headers, Buffer.concat(chunks), response).catch(() => response.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const proxy: FaultyProxy = {
    url: `http://127.0.0.1:${port}`,
    done,
    aim(aim) {
      aimed = aim;
      seen = 0;
    },
    cure() {
      aimed = undefined;
    },
    away(ms, cut, next) {
      server.close();
      if (cut) server.closeAllConnections();
      else server.closeIdleConnections();
      timer = setTimeout(async () => {
        if (next) upstream = await next();
        server.listen(port, '127.0.0.1');
      }, ms);
    },
    async close() {
      clearTimeout(timer);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

function withoutLength({
  'content-length': _length,
  'transfer-encoding': _encoding,
  connection: _connection,
  ...kept
}: Record<string, string>) {
  return kept;
}
