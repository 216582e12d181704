import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, ProviderError } from '../../../../shared/model/errors.ts';
import { codeOfStatus, networkError, refuseOpenWire, retryAfterMs } from '../../providers/http.ts';

export interface DownloadOptions {
  fetch: typeof globalThis.fetch;
  /** https://huggingface.co, or a mirror of its layout: HUB/REPO/resolve/REVISION/PATH. */
  hub: string;
  repo: string;
  revision: string;
  path: string;
  /** Where the finished file goes; FILE.partial beside it holds what has come so far. */
  target: string;
  /** Empty = none is sent. */
  token: string;
  /** What the file must be, as far as known. */
  expected: { bytes: number | null; sha256: string | null };
  signal: AbortSignal;
  progress(done: number, total: number, already: number): void;
  now(): number;
  /** First wait after a failure; doubled each time. */
  retryMs?: number;
  /** Free bytes of the disk a folder is on (tests). */
  freeBytes?(dir: string): Promise<number>;
}

export interface Downloaded {
  bytes: number;
  sha256: string;
  /** The commit the hub says the file is of; empty when it does not say. */
  commit: string;
}

interface Offer {
  response: Response;
  commit: string;
  /** SHA-256 the hub itself promises (git LFS); empty when it does not. */
  promised: string;
  etag: string;
}

const TRIES = 5;
const FIRST_RETRY_MS = 1000;
const HOPS = 5;
const DISK_MARGIN = 64 * 1024 ** 2;
const HEX64 = /^[0-9a-f]{64}$/;

/**
 * Fetches a file of a model hub: what has come already is kept and asked for no second time, a connection that breaks is taken up
 * again, and the file gets its name only when size and hash are right. Throws AppError that says what to do.
 */
export async function download(options: DownloadOptions): Promise<Downloaded> {
  const { target, expected, signal, progress } = options;
  if (options.token !== '') refuseOpenWire(options.hub);
  const partial = `${target}.partial`;
  const mark = `${partial}.etag`;
  const url = `${options.hub.replace(/\/+$/, '')}/${options.repo}/resolve/${encodeURIComponent(options.revision)}/${options.path}`;
  const already = await sizeOf(partial);
  let commit = '';
  let promised = '';
  let total = 0;

  for (let failures = 0; ; ) {
    signal.throwIfAborted();
    const have = await sizeOf(partial);
    try {
      const from = have > 0 ? await readFile(mark, 'utf8').catch(() => '') : '';
      const offer = await ask(options, url, from === '' ? 0 : have, from);
      ({ commit, promised } = offer);
      const { response } = offer;
      if (response.status === 416) {
        // All of it is here already, or the file has become another one.
        await response.body?.cancel();
        total = rangeTotal(response);
        if (have === total && total > 0) break;
        await rm(partial, { force: true });
        continue;
      }
      const append = response.status === 206;
      total = append ? rangeTotal(response) : Number(response.headers.get('content-length') ?? 0);
      if (expected.bytes !== null && total > 0 && total !== expected.bytes)
        throw new AppError('inputInvalid', `${options.path}: the hub offers ${total} bytes, the manifest says ${expected.bytes}.`, {
          hint: 'The file is another one than the app was made for; it was not fetched.',
        });
      await requireRoom(options, total - (append ? have : 0), total);
      await writeFile(mark, offer.etag);
      const done = await receive(response, partial, append ? have : 0, (bytes) => progress(bytes, Math.max(total, bytes), already));
      if (total > 0 && done < total) throw new ProviderError('network', `The connection ended after ${done} of ${total} bytes.`);
      total = done;
      break;
    } catch (error) {
      signal.throwIfAborted();
      if (isFull(error)) throw full(dirname(target), total);
      if (!(error instanceof ProviderError)) throw error;
      // Whatever brings something new is no failure in a row.
      failures = (await sizeOf(partial)) > have ? 1 : failures + 1;
      if (failures >= TRIES)
        throw new AppError('inputInvalid', `${options.path} was not fetched: ${error.message}`, {
          hint: 'Started again, the download goes on from here. Without a network, import the file: nhr models import.',
        });
      const wait = error.retryAfterMs ?? (options.retryMs ?? FIRST_RETRY_MS) * 2 ** (failures - 1);
      await sleep(wait, undefined, { signal });
    }
  }

  const bytes = await sizeOf(partial);
  const sha256 = await hashOf(partial, signal);
  const drop = () => Promise.all([rm(partial, { force: true }), rm(mark, { force: true })]);
  if (expected.bytes !== null && bytes !== expected.bytes) {
    await drop();
    throw new AppError('inputInvalid', `${options.path} has ${bytes} bytes instead of ${expected.bytes}. It was thrown away.`);
  }
  for (const [who, hash] of [
    ['it must have', expected.sha256],
    ['the hub promises', promised],
  ] as const)
    if (hash && hash !== sha256) {
      await drop();
      throw new AppError('inputInvalid', `${options.path} has SHA-256 ${sha256}, ${who} ${hash}. It was thrown away.`, {
        hint: 'The file was damaged on the way or is another one. Try again, or another mirror.',
      });
    }
  await rename(partial, target);
  await rm(mark, { force: true });
  return { bytes, sha256, commit };
}

/** Asks for the file, or for what is missing of it; follows redirects by hand, with the token for the hub alone. */
async function ask(options: DownloadOptions, url: string, from: number, etag: string): Promise<Offer> {
  const { fetch, token, signal, now } = options;
  let at = new URL(url);
  const home = at.origin;
  let commit = '';
  let linked = '';
  for (let hop = 0; hop <= HOPS; hop++) {
    const headers: Record<string, string> = { 'accept-encoding': 'identity' };
    if (token !== '' && at.origin === home) headers.authorization = `Bearer ${token}`;
    if (from > 0) Object.assign(headers, { range: `bytes=${from}-`, 'if-range': etag });
    const response = await fetch(at, { headers, redirect: 'manual', signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw networkError(error, at.host);
    });
    commit ||= response.headers.get('x-repo-commit') ?? '';
    linked ||= bare(response.headers.get('x-linked-etag'));
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel();
      at = new URL(location, at);
      continue;
    }
    if (!response.ok && response.status !== 416) throw await refusal(options, response, now());
    const own = response.headers.get('etag') ?? '';
    // A weak tag cannot vouch for bytes, so such a file is not taken up again.
    return { response, commit, promised: HEX64.test(linked) ? linked : '', etag: own.startsWith('W/') ? '' : own };
  }
  throw new AppError('inputInvalid', `${new URL(url).host} sends from address to address without end.`);
}

async function refusal(options: DownloadOptions, response: Response, now: number): Promise<Error> {
  await response.body?.cancel();
  const { path, repo, revision, hub } = options;
  const { status } = response;
  const code = codeOfStatus(status);
  if (code === 'rateLimited' || code === 'overloaded' || code === 'serverError' || code === 'timeout')
    return new ProviderError(code, `${new URL(hub).host} answered ${status}.`, {
      retryAfterMs: retryAfterMs(response.headers.get('retry-after'), now),
    });
  if (status === 401 || status === 403)
    return new AppError('inputInvalid', `${repo} is not open to everybody: the hub says ${status}.`, {
      hint:
        options.token === ''
          ? 'Name a token of the hub in the settings of local models.'
          : 'The token does not open it: accept its terms on the hub first.',
    });
  if (status === 404)
    return new AppError('inputInvalid', `${new URL(hub).host} has no ${path} in ${repo} at ${revision}.`, {
      hint: 'Is the mirror complete? A file you have can be imported: nhr models import.',
    });
  return new AppError('inputInvalid', `${new URL(hub).host} answered ${status} for ${path}.`);
}

/** Writes what comes behind the first `from` bytes; returns the size then. What has come is kept when the stream breaks. */
async function receive(response: Response, partial: string, from: number, progress: (bytes: number) => void): Promise<number> {
  const file = await open(partial, from > 0 ? 'r+' : 'w');
  let at = from;
  try {
    const reader = response.body?.getReader();
    for (;;) {
      const piece = await reader?.read().catch((error: unknown) => {
        throw networkError(error, 'The hub');
      });
      if (!piece || piece.done) break;
      for (let sent = 0; sent < piece.value.length; )
        sent += (await file.write(piece.value, sent, piece.value.length - sent, at + sent)).bytesWritten;
      at += piece.value.length;
      progress(at);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return at;
}

async function requireRoom({ target, freeBytes = freeOn }: DownloadOptions, missing: number, total: number): Promise<void> {
  if ((await freeBytes(dirname(target))) < missing + DISK_MARGIN) throw full(dirname(target), total);
}

function full(dir: string, total: number): AppError {
  return new AppError('diskFull', `There is no room for ${(total / 1e6).toFixed(0)} MB in ${dir}.`, {
    file: dir,
    hint: 'Make room, or put the models elsewhere with NHR_SCORERS. What has come is kept.',
  });
}

async function freeOn(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
}

const isFull = (error: unknown) => ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException | undefined)?.code ?? '');
const bare = (etag: string | null) => (etag ?? '').replace(/^W\//, '').replace(/"/g, '');
const rangeTotal = (response: Response) => Number(/\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1] ?? 0);

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

/** SHA-256 of a file, read in pieces. */
export async function hashOf(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file, { signal })) hash.update(piece as Buffer);
  return hash.digest('hex');
}
