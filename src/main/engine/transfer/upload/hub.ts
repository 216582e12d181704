import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { AppError, ProviderError } from '../../../../shared/model/errors.ts';
import { codeOfStatus, networkError, refuseOpenWire, retryAfterMs, shortRaw } from '../../providers/http.ts';

/** A dataset repository on a hub that speaks the commit API of Hugging Face. */
export interface HubOptions {
  fetch: typeof globalThis.fetch;
  /** https://huggingface.co, or another server of that API. */
  url: string;
  /** owner/name. */
  repo: string;
  branch: string;
  token: string;
  now(): number;
  /** First wait after a failure; doubled each time. */
  retryMs?: number;
}

export interface RemoteFile {
  path: string;
  mode: 'lfs' | 'regular';
  /** What the hub has under this path: SHA-256 for lfs, git's SHA-1 for regular files; empty when nothing. */
  oid: string;
  /** The repository's own rules (.gitignore) leave it out. */
  ignored: boolean;
}

/** Where the bytes of an object go; null when the hub has them already. */
export type UploadAction =
  | { kind: 'whole'; url: string; headers: Record<string, string> }
  | { kind: 'parts'; url: string; partBytes: number; parts: string[] }
  | null;

export type CommitEntry = { path: string; lfs: { sha256: string; bytes: number } } | { path: string; content: Uint8Array };

export interface Hub {
  /** Makes the dataset when it is not there. */
  ensureRepo(isPrivate: boolean, signal: AbortSignal): Promise<'made' | 'there'>;
  /** At most 100 files: how each is to be sent and what is there. `sample` is the first 512 bytes. */
  ask(files: { path: string; bytes: number; sample: Uint8Array }[], signal: AbortSignal): Promise<RemoteFile[]>;
  /** At most 100 objects, by SHA-256. */
  actions(objects: { sha256: string; bytes: number }[], signal: AbortSignal): Promise<Map<string, UploadAction>>;
  /** Sends an object to the storage the hub named. */
  send(action: UploadAction, sha256: string, content: Blob, signal: AbortSignal): Promise<void>;
  commit(summary: string, entries: CommitEntry[], signal: AbortSignal): Promise<void>;
}

const TRIES = 5;
const FIRST_RETRY_MS = 1000;
const LFS_JSON = { accept: 'application/vnd.git-lfs+json', 'content-type': 'application/vnd.git-lfs+json' };

const Preupload = z.object({
  files: z.array(
    z.object({
      path: z.string(),
      uploadMode: z.enum(['lfs', 'regular']),
      shouldIgnore: z.boolean().default(false),
      oid: z.string().nullish(),
    }),
  ),
});
const LfsAction = z.object({ href: z.string(), header: z.record(z.string(), z.string()).default({}) });
const Batch = z.object({
  objects: z.array(
    z.object({
      oid: z.string(),
      actions: z.object({ upload: LfsAction.optional() }).optional(),
      error: z.object({ message: z.string() }).optional(),
    }),
  ),
});

/** Speaks to the hub. The token goes to the hub alone, never to the storage it names. Throws AppError with the hub's own words. */
export function createHub(options: HubOptions): Hub {
  const { repo, branch, token } = options;
  const base = options.url.replace(/\/+$/, '');
  refuseOpenWire(base);
  const api = `${base}/api/datasets/${repo}`;
  const own = { authorization: `Bearer ${token}` };

  /** Tries again what may pass: network, load, server faults. Every request here may be sent twice without harm. */
  async function request(what: string, url: string, init: RequestInit, allowed: number[] = []): Promise<Response> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await options.fetch(url, init).catch((error: unknown) => {
        init.signal?.throwIfAborted();
        return networkError(error, new URL(url).host);
      });
      if (!(answer instanceof ProviderError)) {
        if (answer.ok || allowed.includes(answer.status)) return answer;
        const code = codeOfStatus(answer.status);
        const again = code === 'rateLimited' || code === 'overloaded' || code === 'serverError' || code === 'timeout';
        if (!again || attempt === TRIES) throw await refusal(what, answer, repo);
        await answer.body?.cancel();
        await pause(retryAfterMs(answer.headers.get('retry-after'), options.now()), attempt, init.signal);
      } else {
        if (attempt === TRIES)
          throw new AppError('inputInvalid', `${what}: ${answer.message}`, { hint: 'Started again, the upload goes on from here.' });
        await pause(undefined, attempt, init.signal);
      }
    }
  }

  const pause = (asked: number | undefined, attempt: number, signal: AbortSignal | null | undefined) =>
    sleep(asked ?? (options.retryMs ?? FIRST_RETRY_MS) * 2 ** (attempt - 1), undefined, signal ? { signal } : {});

  const post = (
    what: string,
    url: string,
    body: unknown,
    signal: AbortSignal,
    headers: Record<string, string> = { 'content-type': 'application/json' },
  ) => request(what, url, { method: 'POST', headers: { ...own, ...headers }, body: JSON.stringify(body), signal });

  return {
    async ensureRepo(isPrivate, signal) {
      const found = await request('Looking for the dataset', api, { headers: own, signal }, [404]);
      await found.body?.cancel();
      if (found.ok) return 'there';
      const [organization, name] = repo.split('/');
      await post('Making the dataset', `${base}/api/repos/create`, { type: 'dataset', organization, name, private: isPrivate }, signal);
      return 'made';
    },

    async ask(files, signal) {
      const body = {
        files: files.map(({ path, bytes, sample }) => ({ path, size: bytes, sample: Buffer.from(sample).toString('base64') })),
      };
      const answer = await post('Asking what is there', `${api}/preupload/${encodeURIComponent(branch)}`, body, signal);
      const told = new Map((await parsed(answer, Preupload)).files.map((file) => [file.path, file]));
      return files.map(({ path }) => {
        const file = told.get(path);
        if (file === undefined) throw new AppError('inputInvalid', `The hub did not say how to send ${path}.`);
        return { path, mode: file.uploadMode, oid: file.oid ?? '', ignored: file.shouldIgnore };
      });
    },

    async actions(objects, signal) {
      const body = {
        operation: 'upload',
        transfers: ['basic', 'multipart'],
        hash_algo: 'sha_256',
        ref: { name: branch },
        objects: objects.map(({ sha256, bytes }) => ({ oid: sha256, size: bytes })),
      };
      const answer = await post('Asking where to send', `${base}/datasets/${repo}.git/info/lfs/objects/batch`, body, signal, LFS_JSON);
      const { objects: told } = await parsed(answer, Batch);
      return new Map(
        told.map(({ oid, actions, error }) => {
          if (error !== undefined) throw new AppError('inputInvalid', `The hub does not take an object: ${shortRaw(error.message)}`);
          return [oid, actionOf(actions?.upload)];
        }),
      );
    },

    async send(action, sha256, content, signal) {
      if (action === null) return;
      if (action.kind === 'whole') {
        await request('Sending', action.url, { method: 'PUT', headers: action.headers, body: content, signal });
        return;
      }
      if (action.parts.length !== Math.ceil(content.size / action.partBytes))
        throw new AppError(
          'inputInvalid',
          `The hub named ${action.parts.length} parts for ${content.size} bytes in parts of ${action.partBytes}.`,
        );
      const parts: { partNumber: number; etag: string }[] = [];
      for (const [index, url] of action.parts.entries()) {
        const body = content.slice(index * action.partBytes, (index + 1) * action.partBytes);
        const answer = await request('Sending a part', url, { method: 'PUT', body, signal });
        parts.push({ partNumber: index + 1, etag: answer.headers.get('etag') ?? '' });
      }
      await request('Joining the parts', action.url, {
        method: 'POST',
        headers: LFS_JSON,
        body: JSON.stringify({ oid: sha256, parts }),
        signal,
      });
    },

    async commit(summary, entries, signal) {
      const lines = [{ key: 'header', value: { summary } }, ...entries.map(commitLine)].map((line) => JSON.stringify(line));
      const headers = { ...own, 'content-type': 'application/x-ndjson' };
      await request('Committing', `${api}/commit/${encodeURIComponent(branch)}`, {
        method: 'POST',
        headers,
        body: lines.join('\n'),
        signal,
      });
    },
  };
}

function actionOf(upload: z.infer<typeof LfsAction> | undefined): UploadAction {
  if (upload === undefined) return null;
  const { chunk_size: partBytes, ...headers } = upload.header;
  if (partBytes === undefined) return { kind: 'whole', url: upload.href, headers };
  // The addresses of the parts stand among the headers, under their numbers.
  const numbers = Object.keys(headers).filter((name) => /^\d+$/.test(name));
  const parts = numbers.sort((a, b) => Number(a) - Number(b)).map((name) => headers[name]!);
  return { kind: 'parts', url: upload.href, partBytes: Number(partBytes), parts };
}

function commitLine(entry: CommitEntry) {
  if ('lfs' in entry) return { key: 'lfsFile', value: { path: entry.path, algo: 'sha256', oid: entry.lfs.sha256, size: entry.lfs.bytes } };
  return { key: 'file', value: { path: entry.path, content: Buffer.from(entry.content).toString('base64'), encoding: 'base64' } };
}

async function parsed<T>(answer: Response, schema: z.ZodType<T>): Promise<T> {
  const result = schema.safeParse(await answer.json().catch(() => undefined));
  if (result.success) return result.data;
  throw new AppError('inputInvalid', `The hub answered something else than its API says: ${result.error.issues[0]?.message ?? ''}`);
}

async function refusal(what: string, answer: Response, repo: string): Promise<AppError> {
  const said = shortRaw(await answer.text().catch(() => ''));
  const hints: Record<number, string> = {
    401: 'The token is not known there. A new one needs the right to write.',
    403: `The token may not write to ${repo}.`,
    404: `There is no dataset ${repo}, or the token may not see it.`,
  };
  return new AppError('inputInvalid', `${what}: the hub says ${answer.status}. ${said}`.trim(), { hint: hints[answer.status] });
}
