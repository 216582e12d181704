import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listening } from '../../helpers/fakes/server.ts';

/** A hub that keeps what it is given, checks it as the real one does, and can be told to fail. */
export interface FakeHub {
  url: string;
  /** Bytes by path, of the commits so far. */
  files: Map<string, Buffer>;
  commits: { summary: string; paths: string[] }[];
  /** Every request as "METHOD path", and whether it carried the token. */
  requests: { what: string; token: boolean }[];
  /** Asked before every request: a status to fail with, or "cut" to end the connection; undefined to answer. */
  fault(what: string): number | 'cut' | undefined;
  close(): Promise<void>;
}

const TOKEN = 'hf_secret';
/** Tables go over LFS, those over PART_BYTES in parts. */
const isLfs = (path: string) => path.endsWith('.parquet');
const PART_BYTES = 1500;

export async function startFakeHub(repo: string): Promise<FakeHub> {
  const objects = new Map<string, Buffer>();
  const parts = new Map<string, Buffer[]>();
  let made = false;
  const hub: FakeHub = { url: '', files: new Map(), commits: [], requests: [], fault: () => undefined, close: async () => undefined };
  const json = (response: ServerResponse, status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const oidOf = (path: string, bytes: Buffer) =>
    isLfs(path) ? sha256(bytes) : createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

  function answer(what: string, body: Buffer, response: ServerResponse): void {
    const data = () => JSON.parse(body.toString('utf8'));
    if (what === `GET /api/datasets/${repo}`) return void json(response, made ? 200 : 404, {});
    if (what === 'POST /api/repos/create') {
      made = true;
      return void json(response, 200, {});
    }
    if (what === `POST /api/datasets/${repo}/preupload/main`) {
      const files = (data().files as { path: string }[]).map(({ path }) => {
        const there = hub.files.get(path);
        return { path, uploadMode: isLfs(path) ? 'lfs' : 'regular', shouldIgnore: false, ...(there ? { oid: oidOf(path, there) } : {}) };
      });
      return void json(response, 200, { files });
    }
    if (what === `POST /datasets/${repo}.git/info/lfs/objects/batch`) {
      const told = (data().objects as { oid: string; size: number }[]).map(({ oid, size }) => {
        if (objects.has(oid)) return { oid, size };
        if (size <= PART_BYTES)
          return { oid, size, actions: { upload: { href: `${hub.url}/store/${oid}`, header: { 'x-signed': 'yes' } } } };
        const numbers = Array.from({ length: Math.ceil(size / PART_BYTES) }, (_, i) => i + 1);
        const header = Object.fromEntries(numbers.map((n) => [String(n).padStart(5, '0'), `${hub.url}/part/${oid}/${n}`]));
        return {
          oid,
          size,
          actions: { upload: { href: `${hub.url}/join/${oid}`, header: { ...header, chunk_size: String(PART_BYTES) } } },
        };
      });
      return void json(response, 200, { objects: told });
    }
    const [, kind, oid, number] = /^(?:PUT|POST) \/(store|part|join)\/([0-9a-f]{64})(?:\/(\d+))?$/.exec(what) ?? [];
    if (kind === 'store' || kind === 'join') {
      const whole = kind === 'store' ? body : Buffer.concat(parts.get(oid!) ?? []);
      if (sha256(whole) !== oid) return void json(response, 400, { error: 'wrong checksum' });
      objects.set(oid, whole);
      return void json(response, 200, {});
    }
    if (kind === 'part') {
      const list = parts.get(oid!) ?? [];
      list[Number(number) - 1] = body;
      parts.set(oid!, list);
      return void response.writeHead(200, { etag: `"${number}"` }).end();
    }
    if (what === `POST /api/datasets/${repo}/commit/main`) {
      const lines = body
        .toString('utf8')
        .split('\n')
        .map((line) => JSON.parse(line));
      for (const { key, value } of lines)
        if (key === 'lfsFile' && objects.get(value.oid)?.length !== value.size)
          return void json(response, 400, { error: `no object for ${value.path}` });
      for (const { key, value } of lines) {
        if (key === 'file') hub.files.set(value.path, Buffer.from(value.content, 'base64'));
        if (key === 'lfsFile') hub.files.set(value.path, objects.get(value.oid)!);
      }
      hub.commits.push({ summary: lines[0].value.summary, paths: lines.slice(1).map(({ value }) => value.path) });
      return void json(response, 200, {});
    }
    json(response, 404, { error: `nobody knows ${what}` });
  }

  const server = createServer(async (request: IncomingMessage, response) => {
    const what = `${request.method} ${request.url}`;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const token = request.headers.authorization === `Bearer ${TOKEN}`;
    hub.requests.push({ what, token });
    const fault = hub.fault(what);
    if (fault === 'cut') return void request.socket.destroy();
    if (fault !== undefined) return void json(response, fault, { error: 'told to fail' });
    if (/^\w+ \/(api|datasets)\//.test(what) && !token) return void json(response, 401, { error: 'Invalid credentials' });
    answer(what, Buffer.concat(chunks), response);
  });
  return Object.assign(hub, await listening(server));
}
