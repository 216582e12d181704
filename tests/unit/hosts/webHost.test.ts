import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { os } from '@orpc/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startWebHost, type WebHost } from '../../../src/main/web/index.ts';
import { AppError } from '../../../src/shared/model/errors.ts';

const HASH = 'cd'.repeat(32);
const TOKEN = 'a-token-long-enough-for-the-host-0123456789';
const folder = mkdtempSync(join(tmpdir(), 'nhr-web-'));
const router = { hello: os.handler(() => 'hello'), echo: os.handler(({ input }) => (input as string).length) };
const engine = {
  router,
  async blobFile(hash: string, width?: number) {
    if (hash !== HASH) throw new AppError('noSuchItem', 'no such picture');
    return width ? { bytes: Buffer.from(`thumb ${width}`), type: 'image/webp' } : { path: join(folder, 'picture.png') };
  },
  async takePicture(bytes: Uint8Array, name: string) {
    if (bytes.length < 4) throw new AppError('inputInvalid', `${name} cannot be used.`, { file: name });
    return { hash: HASH, width: bytes.length, height: 1, format: 'png' };
  },
} as unknown as Parameters<typeof startWebHost>[0];

let host: WebHost;
let port: number;
beforeAll(async () => {
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(folder, 'picture.png'), 'png bytes');
  host = await startWebHost(engine, { host: '127.0.0.1', port: 0, token: TOKEN, rendererDir: folder });
  port = Number(new URL(host.url).port);
});
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true });
});

interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A raw request: fetch would tidy the path and refuse to set Host. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET', body?: Buffer): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers: { host: `127.0.0.1:${port}`, ...headers } }, (answer) => {
      let said = '';
      answer.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: said }));
    });
    sent.on('error', reject).end(body);
  });
}
const cookie = () => ({ cookie: `nhr_${port}=${TOKEN}` });

/** Opens the RPC socket and says how it went: `open`, or the status of the refusal. */
function knock(path: string, headers: Record<string, string>): Promise<{ result: 'open' | number; socket: WebSocket }> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { host: `127.0.0.1:${port}`, ...headers } });
    socket.once('open', () => resolve({ result: 'open', socket }));
    socket.once('unexpected-response', (_request, response) => resolve({ result: response.statusCode ?? 0, socket }));
    socket.on('error', () => undefined);
  });
}

describe('a picture that the page sends', () => {
  const origin = () => ({ ...cookie(), origin: `http://127.0.0.1:${port}` });
  const picture = Buffer.from('bytes of a picture');

  // Catches: a form of another site, or a request without an origin or a cookie, that puts pictures into the workspace.
  test('is taken from the page itself only', async () => {
    const taken = await ask('/picture?name=a.png', origin(), 'POST', picture);
    expect([taken.status, JSON.parse(taken.body)]).toEqual([
      200,
      { picture: { hash: HASH, width: picture.length, height: 1, format: 'png' } },
    ]);
    expect((await ask('/picture?name=a.png', cookie(), 'POST', picture)).status).toBe(403);
    expect((await ask('/picture?name=a.png', { ...cookie(), origin: 'http://evil.example' }, 'POST', picture)).status).toBe(403);
    expect((await ask('/picture?name=a.png', { origin: origin().origin }, 'POST', picture)).status).toBe(401);
    expect((await ask('/other', origin(), 'POST', picture)).status).toBe(405);
  });

  // Catches: a body that fills the memory, and an error that does not say which picture it was.
  test('is refused by name when it is bad or too large', async () => {
    const bad = await ask('/picture?name=b.png', origin(), 'POST', Buffer.from('no'));
    expect([bad.status, JSON.parse(bad.body)]).toEqual([
      400,
      { error: { code: 'inputInvalid', message: 'b.png cannot be used.', details: { file: 'b.png' } } },
    ]);
    const large = await ask('/picture?name=c.png', { ...origin(), 'content-length': String(65 * 1024 * 1024) }, 'POST').catch(() => null);
    expect(large === null || JSON.parse(large.body).error.message.startsWith('c.png is larger')).toBe(true);
  });
});

describe('the door of the browser host', () => {
  test('the printed address is exchanged for a cookie that scripts and other sites cannot use, and leaves the address bar', async () => {
    expect(host.url).toBe(`http://127.0.0.1:${port}/?token=${TOKEN}`);
    const { status, headers } = await ask(`/?token=${TOKEN}`);
    expect([status, headers.location]).toEqual([303, '/']);
    expect(headers['set-cookie']).toEqual([`nhr_${port}=${TOKEN}; HttpOnly; SameSite=Strict; Path=/`]);
    expect((await ask('/', cookie())).body).toContain('<title>page</title>');
  });

  test.each(['/', '/index.html', `/blob/${HASH}`, '/nothing', '/?token=wrong', `/?token=${TOKEN}x`])(
    '%s without the right secret is refused and tells nothing',
    async (path) => {
      expect((await ask(path)).status).toBe(401);
      expect((await ask(path, { cookie: `nhr_${port}=${'x'.repeat(TOKEN.length)}` })).status).toBe(401);
    },
  );

  test('a foreign Host (DNS rebinding) or Origin is refused, whatever the secret', async () => {
    expect((await ask('/', { ...cookie(), host: 'evil.example' })).status).toBe(403);
    expect((await ask('/', { ...cookie(), host: `evil.example:${port}` })).status).toBe(403);
    expect((await ask('/', { ...cookie(), origin: 'https://evil.example' })).status).toBe(403);
    expect((await ask('/', { ...cookie(), origin: 'null' })).status).toBe(403);
    expect((await ask('/', { ...cookie(), host: `localhost:${port}`, origin: `http://localhost:${port}` })).status).toBe(200);
  });

  test.each(['/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json', '/%00', '//etc/passwd', '/.git'])(
    'the path %s does not leave the page folder',
    async (path) => {
      expect((await ask(path, cookie())).status).not.toBe(200);
    },
  );

  test('folders are not listed, and only reading is possible', async () => {
    expect((await ask('/blob/', cookie())).status).toBe(400);
    expect((await ask('/nothing.js', cookie())).status).toBe(404);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect((await ask('/', cookie(), method)).status).toBe(405);
    expect(await ask('/', cookie(), 'HEAD')).toMatchObject({ status: 200, body: '' });
  });

  test('the page carries the policy; pictures are kept for ever and named by hash only', async () => {
    const page = await ask('/', cookie());
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.headers['x-content-type-options']).toBe('nosniff');
    const whole = await ask(`/blob/${HASH}`, cookie());
    expect([whole.body, whole.headers['content-type']]).toEqual(['png bytes', 'image/png']);
    expect(whole.headers['cache-control']).toContain('immutable');
    expect((await ask(`/blob/${HASH}?w=256`, cookie())).body).toBe('thumb 256');
    expect((await ask(`/blob/${HASH}?w=9999`, cookie())).status).toBe(400);
    expect((await ask('/blob/../index.html', cookie())).status).not.toBe(500);
    expect((await ask(`/blob/${'0'.repeat(64)}`, cookie())).status).toBe(404);
  });
});

describe('the RPC socket', () => {
  const origin = () => `http://127.0.0.1:${port}`;

  test('opens with cookie or token, and only with a known origin and host', async () => {
    const results = await Promise.all([
      knock('/rpc', { ...cookie(), origin: origin() }),
      knock(`/rpc?token=${TOKEN}`, { origin: origin() }),
      knock('/rpc', { origin: origin() }),
      knock('/rpc?token=wrong', { origin: origin() }),
      knock('/rpc', { ...cookie(), origin: 'https://evil.example' }),
      knock('/rpc', cookie()),
      knock('/rpc', { ...cookie(), origin: origin(), host: 'evil.example' }),
      knock('/other', { ...cookie(), origin: origin() }),
    ]);
    expect(results.map(({ result }) => result)).toEqual(['open', 'open', 401, 401, 403, 403, 403, 404]);
    for (const { socket } of results) socket.terminate();
  });

  test('carries calls of the contract and hangs up on a message beyond the limit', async () => {
    const { socket } = await knock('/rpc', { ...cookie(), origin: origin() });
    const client = createORPCClient<{ hello(): Promise<string>; echo(text: string): Promise<number> }>(
      new RPCLink({ websocket: socket as never }),
    );
    expect(await client.hello()).toBe('hello');
    expect(await client.echo('x'.repeat(1_000_000))).toBe(1_000_000);
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    await Promise.all([expect(client.echo('x'.repeat(5_000_000))).rejects.toThrow(), closed]);
    expect(await closed).toBe(1009);
  });
});

describe('starting', () => {
  test('a taken port, a short token and a bad public origin each have their own error', async () => {
    const options = { host: '127.0.0.1', rendererDir: folder };
    await expect(startWebHost(engine, { ...options, port })).rejects.toMatchObject({ code: 'conflict' });
    await expect(startWebHost(engine, { ...options, port: 0, token: 'short' })).rejects.toMatchObject({
      code: 'inputInvalid',
      details: { field: 'token' },
    });
    await expect(startWebHost(engine, { ...options, port: 0, publicOrigin: 'gpu' })).rejects.toMatchObject({
      details: { field: 'publicOrigin' },
    });
  });

  test("a public origin is answered to and printed; without a token of one's own each start has a new one", async () => {
    const start = () => startWebHost(engine, { host: '127.0.0.1', port: 0, rendererDir: folder, publicOrigin: 'https://gpu.lan:8443' });
    const [one, two] = [await start(), await start()];
    expect(one.url).toMatch(/^https:\/\/gpu\.lan:8443\/\?token=[\w-]{43}$/);
    expect(one.url).not.toBe(two.url);
    await Promise.all([one.close(), two.close()]);
  });
});
