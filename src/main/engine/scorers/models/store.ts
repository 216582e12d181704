import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../../shared/model/errors.ts';
import type { ModelCard, ModelFileState, ScorerSettings } from '../../../../shared/model/scorers.ts';
import { readMachineFile, writeMachineFile } from '../machine.ts';
import { download, hashOf } from './download.ts';
import type { ManifestFile, ManifestModel } from './manifest.ts';

/** What this machine knows about a model: written after every file, so that a stop loses nothing. */
const MachineRecord = z.object({
  acceptedAt: z.number().nullable().default(null),
  /** Which licence that was: another one must be accepted anew. */
  acceptedLicence: z.string().default(''),
  files: z.record(
    z.string(),
    z.object({ bytes: z.number(), sha256: z.string(), pinnedBy: z.enum(['manifest', 'firstUse', 'user']), commit: z.string() }),
  ),
});
type MachineRecord = z.infer<typeof MachineRecord>;

export interface FetchModel {
  id: string;
  /** Files whose hash nobody knows are taken as they come, once; their hash is kept. Without it such a download is refused. */
  trustFirstUse: boolean;
  /** Hashes by file name, from a place the user trusts. */
  sha256?: Record<string, string>;
}

/** Models on this machine. Nothing is fetched unasked, and nothing before its licence was accepted. */
export interface ModelStore {
  list(): Promise<ModelCard[]>;
  card(id: string): Promise<ModelCard>;
  acceptLicence(id: string, licence: string): Promise<ModelCard>;
  fetch(wish: FetchModel, signal: AbortSignal, progress: (done: number, total: number, already: number) => void): Promise<ModelCard>;
  /** Takes a file, or a folder of files, that came another way. */
  import(id: string, path: string, signal: AbortSignal): Promise<ModelCard>;
  remove(id: string): Promise<ModelCard>;
  /** Files of a model by name, all present. Throws AppError recipeInvalid that says how to get them. */
  filesOf(id: string): Promise<{ model: ManifestModel; file(name: string): string }>;
}

export interface ModelStoreOptions {
  dir: string;
  manifest(): Promise<ManifestModel[]>;
  settings(): Promise<ScorerSettings>;
  /** The token a reference stands for. */
  key(ref: string): Promise<string>;
  fetch: typeof globalThis.fetch;
  now(): number;
  retryMs?: number;
  freeBytes?(dir: string): Promise<number>;
}

export function createModelStore(options: ModelStoreOptions): ModelStore {
  const { dir, now } = options;
  const busy = new Set<string>();
  const folderOf = (id: string) => join(dir, 'models', id);

  async function modelOf(id: string): Promise<ManifestModel> {
    const models = await options.manifest();
    const model = models.find((item) => item.id === id);
    if (model) return model;
    throw new AppError('noSuchItem', `There is no model ${id}. There are ${models.map((item) => item.id).join(', ')}.`);
  }

  async function recordOf(id: string): Promise<MachineRecord> {
    return MachineRecord.safeParse(await readMachineFile(folderOf(id), 'record.json')).data ?? MachineRecord.parse({ files: {} });
  }

  const save = (id: string, record: MachineRecord) => writeMachineFile(folderOf(id), 'record.json', record);

  async function cardOf(model: ManifestModel): Promise<ModelCard> {
    const record = await recordOf(model.id);
    const folder = folderOf(model.id);
    const files = await Promise.all(model.files.map((file) => stateOf(file, record, folder)));
    const ready = files.every((file) => file.present);
    const begun = files.some((file) => file.present) || (await readdir(folder).catch(() => [])).some((name) => name.endsWith('.partial'));
    return {
      id: model.id,
      title: model.title,
      role: model.role,
      about: model.about,
      licence: model.licence,
      acceptedAt: accepted(model, record) ? record.acceptedAt : null,
      source: model.repo,
      revision: Object.values(record.files).find((file) => file.commit !== '')?.commit ?? model.revision,
      state: ready ? 'ready' : begun ? 'partial' : 'absent',
      files,
      bytes: model.files.reduce((sum, file, at) => sum + (files[at]!.bytes ?? file.about), 0),
      folder,
    };
  }

  /** One piece of work on a model at a time: two would write the same files. */
  async function alone<T>(id: string, work: () => Promise<T>): Promise<T> {
    if (busy.has(id)) throw new AppError('conflict', `The model ${id} is being fetched or changed already.`);
    busy.add(id);
    try {
      await mkdir(folderOf(id), { recursive: true });
      return await work();
    } finally {
      busy.delete(id);
    }
  }

  function requireLicence(model: ManifestModel, record: MachineRecord): void {
    if (accepted(model, record)) return;
    const { id, url, note } = model.licence;
    throw new AppError('conflict', `${model.title} is under ${id}, which was not accepted here. ${note}`.trim(), {
      hint: `Read it at ${url}, then: nhr models licence ${model.id} --accept`,
    });
  }

  async function fetchModel(
    wish: FetchModel,
    signal: AbortSignal,
    progress: (done: number, total: number, already: number) => void,
  ): Promise<ModelCard> {
    const model = await modelOf(wish.id);
    const record = await recordOf(model.id);
    requireLicence(model, record);
    const unknown = Object.keys(wish.sha256 ?? {}).find((name) => !model.files.some((file) => file.name === name));
    if (unknown !== undefined)
      throw new AppError(
        'inputInvalid',
        `${model.title} has no file ${unknown}: its files are ${model.files.map((file) => file.name).join(', ')}.`,
      );
    const folder = folderOf(model.id);
    const todo = [];
    for (const file of model.files) if (!(await stateOf(file, record, folder)).present) todo.push(file);
    const unpinned = todo.filter((file) => pinOf(file, record, wish) === null);
    if (unpinned.length > 0 && !wish.trustFirstUse)
      throw new AppError(
        'conflict',
        `Nobody has vouched for ${unpinned.map((file) => file.name).join(', ')} of ${model.title}: no SHA-256 is known here.`,
        {
          hint: 'Give it (--sha256 NAME=HASH), or take the first download on trust (--trust): its hash is kept, and any other file is refused from then on.',
        },
      );
    const { hub, key } = await options.settings();
    const token = await options.key(key);
    const sizes = new Map(todo.map((file) => [file.name, file.bytes ?? file.about]));
    const all = () => [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
    let before = 0;
    let already = 0;
    for (const file of todo) {
      const pin = pinOf(file, record, wish);
      const got = await download({
        fetch: options.fetch,
        hub,
        repo: file.repo ?? model.repo,
        // A commit of another repository of the same model means nothing there.
        revision: file.repo === undefined ? commitOf(record, model) : model.revision,
        path: file.path,
        target: join(folder, file.name),
        token,
        expected: { bytes: file.bytes, sha256: pin?.sha256 ?? null },
        signal,
        progress(done, total, kept) {
          sizes.set(file.name, total);
          progress(before + done, all(), already + kept);
        },
        now,
        ...(options.retryMs === undefined ? {} : { retryMs: options.retryMs }),
        ...(options.freeBytes === undefined ? {} : { freeBytes: options.freeBytes }),
      });
      // A page of a proxy or a login comes with status 200 too: it must not be what is trusted from now on.
      if (pin === null) await requireForm(join(folder, file.name), file.name, true);
      sizes.set(file.name, got.bytes);
      before += got.bytes;
      already = Math.min(already, before);
      record.files[file.name] = {
        bytes: got.bytes,
        sha256: got.sha256,
        pinnedBy: pin?.by ?? 'firstUse',
        commit: file.repo === undefined ? got.commit : '',
      };
      await save(model.id, record);
    }
    return cardOf(model);
  }

  async function importFiles(id: string, path: string, signal: AbortSignal): Promise<ModelCard> {
    const model = await modelOf(id);
    const record = await recordOf(id);
    requireLicence(model, record);
    const info = await stat(path).catch(() => undefined);
    if (!info) throw new AppError('inputInvalid', `There is no file or folder ${path}.`, { file: path });
    const names = info.isDirectory() ? await readdir(path, { recursive: true }) : [basename(path)];
    const found = model.files.flatMap((file) => {
      // Under our name or its own; one file alone, for a model of one file, may have any.
      const name = names.find((item) => basename(item) === file.name) ?? names.find((item) => basename(item) === basename(file.path));
      const only = !info.isDirectory() && model.files.length === 1 ? names[0] : undefined;
      const taken = name ?? only;
      return taken === undefined ? [] : [{ file, from: info.isDirectory() ? join(path, taken) : path }];
    });
    if (found.length === 0)
      throw new AppError(
        'inputInvalid',
        `${path} holds none of the files of ${model.title}: ${model.files.map((file) => file.name).join(', ')}.`,
        { file: path },
      );
    const folder = folderOf(id);
    for (const { file, from } of found) {
      const [{ size }, sha256] = [await stat(from), await hashOf(from, signal)];
      if (file.bytes !== null && size !== file.bytes)
        throw new AppError('inputInvalid', `${from} has ${size} bytes; ${file.name} has ${file.bytes}.`, { file: from });
      const pin = pinOf(file, record, { id, trustFirstUse: true });
      if (pin && pin.sha256 !== sha256)
        throw new AppError('inputInvalid', `${from} has SHA-256 ${sha256}; ${file.name} must have ${pin.sha256}.`, { file: from });
      await requireForm(from, file.name, false);
      const partial = join(folder, `${file.name}.importing`);
      await copyFile(from, partial);
      await rename(partial, join(folder, file.name));
      record.files[file.name] = { bytes: size, sha256, pinnedBy: pin?.by ?? 'user', commit: '' };
      await save(id, record);
    }
    return cardOf(model);
  }

  return {
    list: async () => Promise.all((await options.manifest()).map(cardOf)),
    card: async (id) => cardOf(await modelOf(id)),
    async acceptLicence(id, licence) {
      const model = await modelOf(id);
      if (licence !== model.licence.id) throw new AppError('inputInvalid', `${model.title} is under ${model.licence.id}, not ${licence}.`);
      return alone(id, async () => {
        await save(id, { ...(await recordOf(id)), acceptedAt: now(), acceptedLicence: licence });
        return cardOf(model);
      });
    },
    fetch: (wish, signal, progress) => alone(wish.id, () => fetchModel(wish, signal, progress)),
    import: (id, path, signal) => alone(id, () => importFiles(id, path, signal)),
    async remove(id) {
      const model = await modelOf(id);
      return alone(id, async () => {
        const record = await recordOf(id);
        await rm(folderOf(id), { recursive: true, force: true });
        // Hashes and the licence stay: the next download is held to the same files.
        await save(id, record);
        return cardOf(model);
      });
    },
    async filesOf(id) {
      const model = await modelOf(id);
      const card = await cardOf(model);
      const missing = card.files.filter((file) => !file.present);
      if (missing.length > 0)
        throw new AppError(
          'recipeInvalid',
          `The model ${model.title} is not on this machine (${missing.map((file) => file.name).join(', ')}).`,
          {
            hint: `Fetch it on the screen Endpoints, Local scorers, or with: nhr models get ${id}`,
          },
        );
      return { model, file: (name) => join(card.folder, name) };
    },
  };
}

const accepted = (model: ManifestModel, record: MachineRecord) => record.acceptedAt !== null && record.acceptedLicence === model.licence.id;

/** The hash a file is held to, and who said so. */
function pinOf(
  file: ManifestFile,
  record: MachineRecord,
  wish: FetchModel,
): { sha256: string; by: 'manifest' | 'firstUse' | 'user' } | null {
  if (file.sha256 !== null) return { sha256: file.sha256, by: 'manifest' };
  const given = wish.sha256?.[file.name];
  if (given !== undefined) return { sha256: given.toLowerCase(), by: 'user' };
  const known = record.files[file.name];
  return known ? { sha256: known.sha256, by: known.pinnedBy } : null;
}

/** The commit of the first download, so that all files of a model are of one state of its repository. */
function commitOf(record: MachineRecord, model: ManifestModel): string {
  return Object.values(record.files).find((file) => file.commit !== '')?.commit ?? model.revision;
}

async function stateOf(file: ManifestFile, record: MachineRecord, folder: string): Promise<ModelFileState> {
  const known = record.files[file.name];
  const size = (await stat(join(folder, file.name)).catch(() => undefined))?.size;
  const sha256 = file.sha256 ?? known?.sha256 ?? '';
  return {
    name: file.name,
    bytes: known?.bytes ?? file.bytes,
    present: known !== undefined && size === known.bytes,
    sha256,
    pinnedBy: file.sha256 !== null ? 'manifest' : (known?.pinnedBy ?? 'nobody'),
  };
}

/** The first field of an ONNX model is the version of its format. */
const ONNX_BEGINS = 0x08;

/** Looks whether a file nobody has vouched for is at least of its kind: an ONNX model, or JSON. Throws AppError inputInvalid; a bad download is removed. */
async function requireForm(file: string, name: string, fetched: boolean): Promise<void> {
  const fault = name.endsWith('.json') ? await jsonFault(file) : (await firstByte(file)) === ONNX_BEGINS ? '' : 'it is no ONNX model';
  if (fault === '') return;
  if (fetched) await rm(file, { force: true });
  throw new AppError('inputInvalid', `${fetched ? `What came as ${name}` : file} cannot be used: ${fault}.`, {
    file,
    hint: fetched ? 'A proxy or a login page may have answered in its place. It was thrown away.' : `${name} is wanted.`,
  });
}

async function firstByte(path: string): Promise<number> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, 0);
    return bytesRead === 1 ? buffer[0]! : -1;
  } finally {
    await file.close();
  }
}

async function jsonFault(path: string): Promise<string> {
  try {
    JSON.parse(await readFile(path, 'utf8'));
    return '';
  } catch {
    return 'it is no JSON';
  }
}
