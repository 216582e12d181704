import { appendFileSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHub } from '../../../src/main/engine/transfer/upload/hub.ts';
import { uploadExport } from '../../../src/main/engine/transfer/upload/uploadExport.ts';
import { type FakeHub, startFakeHub } from './fakeHub.ts';
import { exportDeps, exportTo, type PictureWorld, pictureWorld, richRows } from './world.ts';

let world: PictureWorld;
let hub: FakeHub;
let dir: string;
beforeEach(async () => {
  world = pictureWorld();
  hub = await startFakeHub('ann/edits');
  dir = join(world.dir, 'set');
  await exportTo(exportDeps(world, await richRows(world)), dir, 'hf-parquet', {});
});
afterEach(async () => {
  await hub.close();
  world.remove();
});

const never = new AbortController().signal;
function upload({
  token = 'hf_secret',
  commitBytes = 1e9,
  signal = never,
  onProgress = (_done: number, _total: number): void => undefined,
} = {}) {
  const client = createHub({ fetch, url: hub.url, repo: 'ann/edits', branch: 'main', token, now: Date.now, retryMs: 1 });
  return uploadExport(client, { dir, isPrivate: true, commitBytes }, onProgress, signal);
}

/** Every file of the export by its path. */
function local(): Map<string, Buffer> {
  const paths = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((path) => statSync(join(dir, path)).isFile());
  return new Map(paths.sort().map((path) => [path, readFileSync(join(dir, path))]));
}
const remote = () => new Map([...hub.files].sort(([a], [b]) => (a < b ? -1 : 1)));

// Catches: files missing or changed on the hub, the manifest not last, a token sent to the storage, commits larger than asked.
test('an export arrives byte for byte, in commits of the size asked for, the manifest last', async () => {
  const progress: [number, number][] = [];
  const report = await upload({ commitBytes: 4000, onProgress: (...at) => progress.push(at) });
  expect(remote()).toEqual(local());
  expect(report).toMatchObject({ files: local().size, kept: 0, sent: local().size, commits: hub.commits.length });
  expect(hub.commits.length).toBeGreaterThan(1);
  expect(hub.commits.at(-1)?.paths.at(-1)).toBe('manifest.json');
  expect(hub.requests.filter(({ what, token }) => token !== /^\w+ \/(api|datasets)\//.test(what))).toEqual([]);
  expect(hub.requests.some(({ what }) => what.includes('/part/'))).toBe(true);
  const total = [...local().values()].reduce((sum, bytes) => sum + bytes.length, 0);
  expect(progress.at(-1)).toEqual([total, total]);
  // Once more: everything is there, nothing is sent and nothing committed.
  const commits = hub.commits.length;
  expect(await upload()).toMatchObject({ sent: 0, kept: local().size, commits: 0 });
  expect(hub.commits).toHaveLength(commits);
});

// Catches: a stop that begins anew, an object sent twice, a half upload that looks whole.
test('stopped anywhere and started again, it sends what is missing and ends the same', async () => {
  for (let stop = 3; ; stop += 2) {
    const abort = new AbortController();
    let requests = 0;
    hub.fault = () => {
      requests += 1;
      if (requests === stop) abort.abort(new Error('stopped'));
      return undefined;
    };
    const ended = await upload({ commitBytes: 4000, signal: abort.signal }).then(
      () => true,
      (error: Error) => {
        expect(error.message).toBe('stopped');
        return false;
      },
    );
    if (ended) break;
    if (hub.files.has('manifest.json')) expect(remote()).toEqual(local());
  }
  expect(remote()).toEqual(local());
  const sent = hub.requests.filter(({ what }) => what.includes('/join/') || what.includes('/store/')).map(({ what }) => what);
  // The request that was under way when it stopped may come twice, none oftener.
  for (const what of new Set(sent)) expect(sent.filter((one) => one === what).length).toBeLessThanOrEqual(2);
});

// Catches: a passing fault that ends an upload, one that never passes tried for ever.
test('what passes is tried again; what does not is said in words', async () => {
  const failed = new Set<string>();
  hub.fault = (what) => {
    if (failed.has(what)) return undefined;
    failed.add(what);
    return failed.size % 2 === 0 ? 503 : 'cut';
  };
  await upload();
  expect(remote()).toEqual(local());
  hub.fault = () => 500;
  await expect(upload()).rejects.toMatchObject({ code: 'inputInvalid', message: expect.stringContaining('500') });
  hub.fault = () => undefined;
  const refused = await upload({ token: 'wrong' }).catch((error: Error) => error);
  expect(refused).toMatchObject({ code: 'inputInvalid', message: expect.stringContaining('401') });
  expect(String(refused)).not.toContain('wrong');
});

// Catches: a broken export that is published, a token that goes over an open wire.
test('an export that is not whole is refused before or while it is sent', async () => {
  appendFileSync(join(dir, 'README.md'), ' ');
  await expect(upload()).rejects.toThrow('README.md is not what its checksum says');
  rmSync(join(dir, 'README.md'));
  await expect(upload()).rejects.toThrow('README.md is missing');
  rmSync(join(dir, 'manifest.json'));
  await expect(upload()).rejects.toMatchObject({ code: 'inputInvalid' });
  expect(hub.files.has('manifest.json')).toBe(false);
  const open = { fetch, url: 'http://hub.example', repo: 'a/b', branch: 'main', token: 't', now: Date.now };
  expect(() => createHub(open)).toThrow('not encrypted');
});
