import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listening } from '../../helpers/fakes/server.ts';

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A model hub on loopback: files by "owner/name/path", with the answers of the real one, and told to misbehave. */
export interface ModelHub {
  url: string;
  files: Map<string, Buffer>;
  /** Every request: path, Range and token. */
  requests: { path: string; range: string; token: string }[];
  /** Asked before an answer: a status, or { cut } to break the connection after so many bytes of the body. */
  fault(path: string, nth: number): number | { cut: number } | undefined;
  /** Overrides what the hub promises as SHA-256. */
  promised: string | null;
  commit: string;
  token: string;
  close(): Promise<void>;
}

export async function startModelHub(): Promise<ModelHub> {
  const hub: ModelHub = {
    url: '',
    files: new Map(),
    requests: [],
    fault: () => undefined,
    promised: null,
    commit: 'c0ffee',
    token: '',
    close: async () => undefined,
  };
  const counts = new Map<string, number>();

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', hub.url);
    const { range = '', authorization = '' } = request.headers;
    hub.requests.push({ path: url.pathname, range, token: authorization });
    const nth = (counts.get(url.pathname) ?? 0) + 1;
    counts.set(url.pathname, nth);
    const fault = hub.fault(url.pathname, nth);
    if (typeof fault === 'number') return void response.writeHead(fault, fault === 429 ? { 'retry-after': '0' } : {}).end('no');
    if (url.pathname.startsWith('/cdn/')) {
      send(decodeURIComponent(url.pathname.slice(5)), fault);
      return;
    }
    const [, owner, name, , , ...path] = url.pathname.split('/');
    const key = [owner, name, ...path].join('/');
    const bytes = hub.files.get(key);
    if (!bytes) return void response.writeHead(404).end();
    if (hub.token !== '' && authorization !== `Bearer ${hub.token}`) return void response.writeHead(401).end();
    // As the real hub does for large files: facts in the first answer, bytes from another address.
    const headers = { 'x-repo-commit': hub.commit, 'x-linked-etag': `"${hub.promised ?? sha256(bytes)}"` };
    response.writeHead(302, { ...headers, location: `/cdn/${encodeURIComponent(key)}` }).end();

    function send(file: string, broken: { cut: number } | undefined): void {
      const whole = hub.files.get(file)!;
      const etag = `"${sha256(whole).slice(0, 12)}"`;
      const from = request.headers['if-range'] === etag ? Number(/^bytes=(\d+)-$/.exec(range)?.[1] ?? 0) : 0;
      if (from >= whole.length && from > 0) return void response.writeHead(416, { 'content-range': `bytes */${whole.length}` }).end();
      const body = whole.subarray(from);
      const more = from > 0 ? { 'content-range': `bytes ${from}-${whole.length - 1}/${whole.length}` } : {};
      response.writeHead(from > 0 ? 206 : 200, { etag, 'content-length': body.length, ...more });
      if (broken === undefined) return void response.end(body);
      response.write(body.subarray(0, broken.cut), () => setTimeout(() => response.destroy(), 30));
    }
  }

  const server = createServer(answer);
  return Object.assign(hub, await listening(server));
}
