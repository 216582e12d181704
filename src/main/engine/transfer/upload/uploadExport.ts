import { createHash } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { formatCount } from '../../../../shared/count.ts';
import { AppError } from '../../../../shared/model/errors.ts';
import type { JobView } from '../../../../shared/model/events.ts';
import { readManifest } from '../checkExport.ts';
import { megabytes, readLines } from '../files.ts';
import { FILES } from '../manifest.ts';
import { isInside, parseSum } from '../sums.ts';
import type { CommitEntry, Hub } from './hub.ts';

export interface UploadOptions {
  dir: string;
  isPrivate: boolean;
  /** A commit is closed when the next file would take it over this. */
  commitBytes: number;
}

export interface UploadReport {
  files: number;
  /** There already, by checksum. */
  kept: number;
  sent: number;
  sentBytes: number;
  commits: number;
  lines: JobView['report'];
}

/** One file of an export. */
interface Local {
  path: string;
  file: string;
  sha256: string;
  bytes: number;
}

const ASKED_AT_ONCE = 100;
const SENT_AT_ONCE = 4;
/** Small files of one commit; the hub's limit on a commit's body comes sooner than that of bytes. */
const FILES_A_COMMIT = 500;
const SAMPLE_BYTES = 512;
/** What the Hub's own guide names as the most for a repository. */
const MOST_FILES = 100_000;

/**
 * Pushes a finished export to a hub, in commits of about `commitBytes`; the manifest comes last, so a dataset that has one is complete.
 * Nothing is remembered here: started again after a stop, files that the hub has are found by their checksums and not sent again.
 * Only what SHA256SUMS lists is sent. Throws AppError inputInvalid when the folder is no finished export, when a file is missing or is
 * not what its checksum says, or when the hub refuses; rejects with the signal's reason when aborted.
 */
export async function uploadExport(
  hub: Hub,
  options: UploadOptions,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<UploadReport> {
  const root = resolve(options.dir);
  await readManifest(root);
  const files = await filesOf(root);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const counts = { files: files.length, kept: 0, sent: 0, sentBytes: 0, commits: 0 };
  let done = 0;
  onProgress(0, total);
  try {
    await hub.ensureRepo(options.isPrivate, signal);
    for (const group of groups(files, options.commitBytes)) {
      const entries: CommitEntry[] = [];
      for (let from = 0; from < group.length; from += ASKED_AT_ONCE) {
        const asked = group.slice(from, from + ASKED_AT_ONCE);
        entries.push(...(await sendNew(hub, asked, signal)));
        done += asked.reduce((sum, { bytes }) => sum + bytes, 0);
        onProgress(done, total);
      }
      counts.kept += group.length - entries.length;
      if (entries.length === 0) continue;
      counts.commits += 1;
      counts.sent += entries.length;
      const sizes = new Map(group.map(({ path, bytes }) => [path, bytes]));
      counts.sentBytes += entries.reduce((sum, { path }) => sum + sizes.get(path)!, 0);
      const last = group.at(-1)!.path === FILES.manifest;
      await hub.commit(last ? 'The rest and the manifest: complete' : `Part ${counts.commits}`, entries, signal);
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
  return { ...counts, lines: reportLines(counts) };
}

/** What belongs to the export, the manifest last. Sizes come from the disk; the checksums are those it was written with. */
async function filesOf(root: string): Promise<Local[]> {
  const files: Local[] = [];
  for await (const { text, line } of readLines(join(root, FILES.sums))) {
    const sum = parseSum(text);
    if (sum === undefined || !isInside(sum.path))
      throw new AppError('inputInvalid', `${FILES.sums} has a line that is no checksum and path.`, { file: join(root, FILES.sums), line });
    files.push(await local(root, sum.path, sum.sha256));
    if (files.length > MOST_FILES)
      throw new AppError('inputInvalid', `The export has over ${formatCount(MOST_FILES)} files: more than a hub repository takes.`, {
        hint: 'Export it as hf-parquet or webdataset: a few large files.',
      });
  }
  for (const path of [FILES.sums, FILES.manifest]) files.push(await local(root, path, await sha256Of(join(root, path))));
  return files;
}

async function local(root: string, path: string, sha256: string): Promise<Local> {
  const file = join(root, path);
  const facts = await lstat(file).catch(() => undefined);
  if (!facts?.isFile())
    throw new AppError('inputInvalid', `${path} is missing from the export.`, { file, hint: 'nhr check-export says what else is wrong.' });
  return { path, file, sha256, bytes: facts.size };
}

async function sha256Of(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

function* groups(files: readonly Local[], mostBytes: number): Generator<Local[]> {
  let group: Local[] = [];
  let bytes = 0;
  for (const file of files) {
    if (group.length > 0 && (bytes + file.bytes > mostBytes || group.length >= FILES_A_COMMIT)) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(file);
    bytes += file.bytes;
  }
  yield group;
}

/** Sends what the hub does not have; gives what must be committed. */
async function sendNew(hub: Hub, files: readonly Local[], signal: AbortSignal): Promise<CommitEntry[]> {
  const asked = await Promise.all(files.map(async ({ path, file, bytes }) => ({ path, bytes, sample: await sampleOf(file) })));
  const remote = await hub.ask(asked, signal);
  const large = files.filter((file, index) => remote[index]!.mode === 'lfs' && remote[index]!.oid !== file.sha256);
  const entries: CommitEntry[] = [];
  for (const [index, file] of files.entries()) {
    if (remote[index]!.ignored) throw new AppError('inputInvalid', `The repository's .gitignore leaves ${file.path} out.`);
    if (remote[index]!.mode === 'lfs') continue;
    const content = await contentOf(file);
    if (gitOid(content) !== remote[index]!.oid) entries.push({ path: file.path, content });
  }
  if (large.length === 0) return entries;
  const distinct = [...new Map(large.map((file) => [file.sha256, file])).values()];
  const actions = await hub.actions(distinct, signal);
  await inLanes(distinct, SENT_AT_ONCE, async (file) => {
    const action = actions.get(file.sha256);
    if (action === undefined) throw new AppError('inputInvalid', `The hub did not say where to send ${file.path}.`);
    await hub.send(action, file.sha256, await openAsBlob(file.file), signal);
  });
  return [...entries, ...large.map(({ path, sha256, bytes }) => ({ path, lfs: { sha256, bytes } }))];
}

async function sampleOf(file: string): Promise<Uint8Array> {
  const blob = await openAsBlob(file);
  return new Uint8Array(await blob.slice(0, SAMPLE_BYTES).arrayBuffer());
}

async function contentOf({ file, path, sha256 }: Local): Promise<Uint8Array> {
  const content = await readFile(file);
  if (createHash('sha256').update(content).digest('hex') === sha256) return content;
  throw new AppError('inputInvalid', `${path} is not what its checksum says.`, { file, hint: 'nhr check-export says what else is wrong.' });
}

/** How git names a file's content. */
function gitOid(content: Uint8Array): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

/** Works on a few at once; rejects with the first failure when the others have come to rest. */
async function inLanes<T>(items: readonly T[], lanes: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  let failed = false;
  const settled = await Promise.allSettled(
    Array.from({ length: lanes }, async () => {
      for (let item = queue.shift(); item !== undefined && !failed; item = queue.shift())
        await work(item).catch((error: unknown) => {
          failed = true;
          throw error;
        });
    }),
  );
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
}

function reportLines({ files, kept, sent, sentBytes, commits }: Omit<UploadReport, 'lines'>): JobView['report'] {
  return [
    { label: 'Files', value: formatCount(files), ok: true },
    { label: 'There already', value: formatCount(kept), ok: true },
    { label: 'Sent', value: `${formatCount(sent)} (${megabytes(sentBytes)})`, ok: true },
    { label: 'Commits', value: formatCount(commits), ok: true },
  ];
}
