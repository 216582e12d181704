import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ManifestFile, ManifestModel, readManifest } from '../../../src/main/engine/scorers/models/manifest.ts';
import { createModelStore, type ModelStoreOptions } from '../../../src/main/engine/scorers/models/store.ts';
import { ScorerSettings } from '../../../src/shared/model/scorers.ts';
import { type ModelHub, sha256, startModelHub } from './modelHub.ts';

/** Begins as an ONNX model does. */
const BYTES = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (8 + at * 31 + (at >> 8)) & 255));
const KEY = 'ada/net/onnx/model.onnx';
const never = new AbortController().signal;
let dir = '';
let hub: ModelHub;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'nhr-models-'));
  hub = await startModelHub();
  hub.files.set(KEY, BYTES);
});
afterEach(async () => {
  await hub.close();
  rmSync(dir, { recursive: true, force: true });
});

const pinned: ManifestFile = { path: 'onnx/model.onnx', name: 'model.onnx', about: 300_000, bytes: BYTES.length, sha256: sha256(BYTES) };
const unpinned: ManifestFile = { ...pinned, bytes: null, sha256: null };

function open(files: ManifestFile[] = [pinned], settings: Partial<ScorerSettings> = {}, more: Partial<ModelStoreOptions> = {}) {
  const model = ManifestModel.parse({
    id: 'net',
    title: 'Net',
    role: 'structure',
    about: 'A net.',
    licence: { id: 'MIT', url: 'https://example.org/mit', note: '' },
    repo: 'ada/net',
    revision: 'main',
    files,
    picture: { width: 224, height: 224, fit: 'fill', kernel: 'linear', mean: [0, 0, 0], std: [1, 1, 1] },
    settings: {},
  });
  const store = createModelStore({
    dir,
    manifest: async () => [model],
    settings: async () => ScorerSettings.parse({ hub: hub.url, ...settings }),
    key: async (ref) => (ref === '' ? '' : 'hf_secret'),
    fetch: globalThis.fetch,
    now: () => 1000,
    retryMs: 1,
    ...more,
  });
  const seen: [number, number, number][] = [];
  const get = (wish: { trustFirstUse?: boolean; sha256?: Record<string, string> } = {}, signal = never) =>
    store.fetch({ id: 'net', trustFirstUse: false, ...wish }, signal, (...step) => seen.push(step));
  return { store, get, seen };
}

async function ready(...options: Parameters<typeof open>) {
  const opened = open(...options);
  await opened.store.acceptLicence('net', 'MIT');
  return opened;
}

const folder = () => join(dir, 'models', 'net');
const there = () => readdirSync(folder()).filter((name) => name !== 'record.json');
const downloads = () => hub.requests.filter(({ path }) => path.startsWith('/cdn/'));

describe('the licence', () => {
  // Catches: weights fetched before anybody has seen their terms.
  test('nothing is asked of the hub before it is accepted; another licence later must be accepted anew', async () => {
    const { store, get } = open();
    await expect(get()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('MIT, which was not accepted') });
    await expect(store.import('net', dir, never)).rejects.toMatchObject({ code: 'conflict' });
    await expect(store.acceptLicence('net', 'GPL-3.0')).rejects.toMatchObject({ code: 'inputInvalid' });
    expect(hub.requests).toEqual([]);
    expect(await store.acceptLicence('net', 'MIT')).toMatchObject({ acceptedAt: 1000, state: 'absent' });
    expect(await get()).toMatchObject({ state: 'ready' });
  });
});

describe('a download', () => {
  test('comes whole, under its name, with size and hash checked and progress told', async () => {
    const { get, seen, store } = await ready();
    const card = await get();
    expect(card).toMatchObject({ state: 'ready', bytes: BYTES.length, revision: 'c0ffee' });
    expect(card.files).toEqual([{ name: 'model.onnx', bytes: BYTES.length, present: true, sha256: sha256(BYTES), pinnedBy: 'manifest' }]);
    expect(readFileSync(join(folder(), 'model.onnx')).equals(BYTES)).toBe(true);
    expect(there()).toEqual(['model.onnx']);
    expect(seen.at(-1)).toEqual([BYTES.length, BYTES.length, 0]);
    const files = await store.filesOf('net');
    expect(files.file('model.onnx')).toBe(join(folder(), 'model.onnx'));
    await get();
    expect(downloads()).toHaveLength(1);
  });

  // Catches: 350 MB that begin again from nothing because a connection broke at 340.
  test('a cut is taken up where it was, twice; only what is missing is asked for', async () => {
    hub.fault = (path, nth) => (path.startsWith('/cdn/') && nth <= 2 ? { cut: 100_000 } : undefined);
    const { get } = await ready();
    expect(await get()).toMatchObject({ state: 'ready' });
    expect(downloads().map(({ range }) => range)).toEqual(['', 'bytes=100000-', 'bytes=200000-']);
    expect(readFileSync(join(folder(), 'model.onnx')).equals(BYTES)).toBe(true);
  });

  test('cancelled or stopped half way, the next one goes on from there, and its estimate is about the rest', async () => {
    const first = await ready();
    hub.fault = (path) => (path.startsWith('/cdn/') ? { cut: 120_000 } : undefined);
    const stop = new AbortController();
    const running = first.get({}, stop.signal);
    while (first.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    stop.abort(new Error('cancelled'));
    await expect(running).rejects.toThrow('cancelled');
    expect(await first.store.card('net')).toMatchObject({ state: 'partial' });
    await expect(first.store.filesOf('net')).rejects.toMatchObject({
      code: 'recipeInvalid',
      details: { hint: expect.stringContaining('nhr models get net') },
    });
    const kept = statSync(join(folder(), 'model.onnx.partial')).size;
    hub.fault = () => undefined;
    const next = open();
    expect(await next.get()).toMatchObject({ state: 'ready' });
    expect(downloads().at(-1)!.range).toBe(`bytes=${kept}-`);
    expect(next.seen.at(-1)![2]).toBe(kept);
  });

  // Catches: the halves of two different files joined into one.
  test('when the file has changed meanwhile, it comes anew and whole', async () => {
    hub.fault = (path, nth) => (path.startsWith('/cdn/') && nth === 1 ? { cut: 100_000 } : undefined);
    const { get } = await ready([unpinned], {}, { retryMs: 60 });
    const other = Buffer.from(BYTES.map((value, at) => (at === 0 ? value : value ^ 255)));
    const running = get({ trustFirstUse: true });
    while (downloads().length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    hub.files.set(KEY, other);
    expect(await running).toMatchObject({ state: 'ready' });
    expect(readFileSync(join(folder(), 'model.onnx')).equals(other)).toBe(true);
  });

  test('what has come whole but was not yet checked is not asked for again', async () => {
    const { get } = await ready();
    writeFileSync(join(folder(), 'model.onnx.partial'), BYTES);
    writeFileSync(join(folder(), 'model.onnx.partial.etag'), `"${sha256(BYTES).slice(0, 12)}"`);
    expect(await get()).toMatchObject({ state: 'ready' });
    expect(downloads()).toHaveLength(1);
  });
});

describe('what is refused', () => {
  test('a wrong hash: the file is thrown away, both hashes are named', async () => {
    const wrong = 'ab'.repeat(32);
    const { get } = await ready([{ ...pinned, sha256: wrong }]);
    await expect(get()).rejects.toThrow(`has SHA-256 ${sha256(BYTES)}, it must have ${wrong}`);
    expect(there()).toEqual([]);
  });

  test('a file that is not what the hub itself promises', async () => {
    hub.promised = 'cd'.repeat(32);
    const { get } = await ready([unpinned]);
    await expect(get({ trustFirstUse: true })).rejects.toThrow(/the hub promises cdcd/);
    expect(there()).toEqual([]);
  });

  // Catches: gigabytes fetched only to find that it is another file.
  test('a wrong size: not one byte is fetched', async () => {
    const { get, seen } = await ready([{ ...pinned, bytes: BYTES.length + 1 }]);
    await expect(get()).rejects.toThrow(/offers 300000 bytes, the manifest says 300001/);
    expect(seen).toEqual([]);
    expect(there()).toEqual([]);
  });

  test('401 without a token, with a wrong one, and with the right one, which never leaves the hub', async () => {
    hub.token = 'other';
    const without = await ready();
    await expect(without.get()).rejects.toMatchObject({
      message: expect.stringContaining('the hub says 401'),
      details: { hint: expect.stringContaining('Name a token') },
    });
    const wrong = open([pinned], { key: 'stored:hf' });
    await expect(wrong.get()).rejects.toMatchObject({ details: { hint: expect.stringContaining('does not open it') } });
    hub.token = 'hf_secret';
    expect(await wrong.get()).toMatchObject({ state: 'ready' });
  });

  test('a token is not sent over an open wire', async () => {
    const { get } = await ready([pinned], { hub: 'http://models.example.org', key: 'stored:hf' });
    await expect(get()).rejects.toThrow(/not encrypted/);
  });

  test('404: the file and the way by hand are named, and nothing is retried', async () => {
    hub.files.delete(KEY);
    const { get } = await ready();
    await expect(get()).rejects.toMatchObject({
      message: expect.stringContaining('has no onnx/model.onnx in ada/net at main'),
      details: { hint: expect.stringContaining('import') },
    });
    expect(hub.requests).toHaveLength(1);
  });

  test('429 and 503 are waited out; a hub that stays away is an error after five tries that names the way offline', async () => {
    hub.fault = (path, nth) => (path.startsWith('/cdn/') ? undefined : [429, 503][nth - 1]);
    const { get } = await ready();
    expect(await get()).toMatchObject({ state: 'ready' });
    const { url } = hub;
    await hub.close();
    const away = open([{ ...pinned, name: 'other.onnx' }], { hub: url });
    await expect(away.get()).rejects.toMatchObject({
      message: expect.stringContaining('cannot be reached'),
      details: { hint: expect.stringContaining('Without a network, import') },
    });
  });

  test('a disk without room: said before anything is fetched', async () => {
    const { get, seen } = await ready([pinned], {}, { freeBytes: async () => 1_000_000 });
    await expect(get()).rejects.toMatchObject({ code: 'diskFull', message: expect.stringContaining('no room') });
    expect(seen).toEqual([]);
  });

  // Catches: a disk that fills up half way taken for a network error, or what has come thrown away.
  test('a disk that fills up while the file comes in: said, and what has come is kept', async (context) => {
    mkdirSync(folder(), { recursive: true });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', folder()], { stdio: 'ignore', timeout: 10_000 });
    } catch {
      return context.skip('a small file system cannot be mounted here');
    }
    try {
      const { get } = await ready([pinned], {}, { freeBytes: async () => 1e12 });
      await expect(get()).rejects.toMatchObject({ code: 'diskFull' });
      expect(statSync(join(folder(), 'model.onnx.partial')).size).toBeGreaterThan(0);
      expect(existsSync(join(folder(), 'model.onnx'))).toBe(false);
    } finally {
      execFileSync('umount', ['-l', folder()], { timeout: 10_000 });
    }
  });

  test('two downloads of one model at once', async () => {
    const { get } = await ready();
    const first = get();
    await expect(get()).rejects.toMatchObject({ code: 'conflict' });
    await first;
  });
});

describe('a file nobody has vouched for', () => {
  // Catches: hashes that nobody ever checked passed off as a guarantee.
  test('is refused until it is taken on trust; from then on the same file is wanted', async () => {
    const { get, store } = await ready([unpinned]);
    await expect(get()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('no SHA-256 is known') });
    expect(hub.requests).toEqual([]);
    const card = await get({ trustFirstUse: true });
    expect(card.files[0]).toMatchObject({ sha256: sha256(BYTES), pinnedBy: 'firstUse' });
    await store.remove('net');
    expect(await store.card('net')).toMatchObject({ state: 'absent', acceptedAt: 1000 });
    hub.files.set(KEY, Buffer.from('something else'));
    await expect(get()).rejects.toThrow(/it must have/);
    // The commit of the first download is asked for, not the branch.
    expect(hub.requests.at(-2)!.path).toContain('/resolve/c0ffee/');
  });

  // Catches: the page of a proxy, or a picture picked by mistake, trusted for good under the name of a model.
  test('is not taken on trust when it is not even of its kind', async () => {
    hub.files.set(KEY, Buffer.from('<html>Please log in</html>'));
    const { get, store } = await ready([unpinned, { ...unpinned, path: 'config.json', name: 'config.json' }]);
    await expect(get({ trustFirstUse: true })).rejects.toMatchObject({
      message: expect.stringContaining('no ONNX model'),
      details: { hint: expect.stringContaining('proxy') },
    });
    expect(there()).toEqual([]);
    writeFileSync(join(dir, 'config.json'), 'not json');
    await expect(store.import('net', join(dir, 'config.json'), never)).rejects.toThrow(/config\.json cannot be used: it is no JSON/);
    expect(await store.card('net')).toMatchObject({ state: 'absent' });
  });

  test('is held to a hash the user gives', async () => {
    const { get } = await ready([unpinned]);
    await expect(get({ sha256: { 'model.onnx': 'ef'.repeat(32) } })).rejects.toThrow(/must have efef/);
    await expect(get({ sha256: { 'modle.onnx': 'ef'.repeat(32) } })).rejects.toThrow(/has no file modle.onnx/);
    expect((await get({ sha256: { 'model.onnx': sha256(BYTES).toUpperCase() } })).files[0]).toMatchObject({ pinnedBy: 'user' });
  });
});

test('a mirror is asked instead of the hub, in the same layout', async () => {
  const mirror = await startModelHub();
  try {
    mirror.files.set(KEY, BYTES);
    const { get } = await ready([pinned], { hub: `${mirror.url}/` });
    expect(await get()).toMatchObject({ state: 'ready' });
    expect(hub.requests).toEqual([]);
    expect(mirror.requests[0]!.path).toBe('/ada/net/resolve/main/onnx/model.onnx');
  } finally {
    await mirror.close();
  }
});

test('a file that came another way is imported: from a folder, under its own name; a wrong one is refused and nothing changes', async () => {
  const { store } = await ready([pinned, { ...unpinned, path: 'tokenizer.json', name: 'tokenizer.json' }]);
  const from = join(dir, 'usb', 'onnx');
  mkdirSync(from, { recursive: true });
  writeFileSync(join(from, 'model.onnx'), 'wrong');
  await expect(store.import('net', join(dir, 'usb'), never)).rejects.toThrow(/has 5 bytes; model.onnx has 300000/);
  writeFileSync(
    join(from, 'model.onnx'),
    BYTES.map((value) => value ^ 1),
  );
  await expect(store.import('net', join(dir, 'usb'), never)).rejects.toThrow(/must have/);
  expect(there()).toEqual([]);
  writeFileSync(join(from, 'model.onnx'), BYTES);
  expect(await store.import('net', join(dir, 'usb'), never)).toMatchObject({ state: 'partial' });
  writeFileSync(join(dir, 'tokenizer.json'), '{}');
  const card = await store.import('net', join(dir, 'tokenizer.json'), never);
  expect(card).toMatchObject({ state: 'ready' });
  expect(card.files.map(({ pinnedBy }) => pinnedBy)).toEqual(['manifest', 'user']);
  await expect(store.import('net', join(dir, 'nothing'), never)).rejects.toThrow(/no file or folder/);
  expect(hub.requests).toEqual([]);
});

test('the manifest that comes with the app is readable, names a licence and a source for every model, and invents no hash', async () => {
  const models = await readManifest();
  expect(models.map(({ role }) => role).sort()).toEqual(['aesthetics', 'imageText', 'imageText', 'nsfw', 'perceptual', 'structure']);
  expect(new Set(models.map(({ id }) => id)).size).toBe(models.length);
  for (const { files } of models) {
    expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
    for (const file of files) expect(file.sha256 === null || file.bytes !== null).toBe(true);
  }
});
