import { isUtf8 } from 'node:buffer';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { AppError } from '../../../../shared/model/errors.ts';
import { named } from './table.ts';
import { badRow, type ImportContext, type Importer, type ImportItem } from './types.ts';

const SOURCE_FOLDERS = ['control', 'control_1', 'controls', 'source', 'sources', 'input', 'before', 'conditioning'];
const EDITED_FOLDERS = ['target', 'targets', 'edited', 'output', 'after', 'images', 'image'];
const PICTURE = /\.(jpe?g|png|webp|avif|tiff?|gif)$/i;

/** Two folders with pictures of the same base names, and a caption file beside each target (ai-toolkit, musubi-tuner). */
export const pairFolders: Importer = {
  format: 'pairs',
  about:
    'two folders with equal base names, captions as .txt beside the targets (ai-toolkit, musubi-tuner); --map source=FOLDER,edited=FOLDER',
  async *rows(context) {
    for (const { source, edited } of await foldersOf(context)) {
      const sources = await picturesIn(source);
      const targets = await picturesIn(edited);
      let line = 0;
      for (const { file, stem, first } of [...sources.twice, ...targets.twice]) {
        line += 1;
        yield badRow({ file, line }, stem, 'duplicateId', `${first} has the same base name; which of the two is meant cannot be told.`);
      }
      for (const [stem, name] of targets.byStem) {
        context.signal.throwIfAborted();
        line += 1;
        yield await pairOf({ stem, line, source, edited, target: name, control: sources.byStem.get(stem) });
      }
      for (const [stem, name] of sources.byStem) {
        if (targets.byStem.has(stem)) continue;
        line += 1;
        yield badRow({ file: join(source, name), line }, stem, 'fileMissing', `There is no target named ${stem}.`);
      }
    }
  },
  async count(context) {
    let pairs = 0;
    for (const { edited } of await foldersOf(context)) pairs += (await picturesIn(edited)).byStem.size;
    return pairs;
  },
};

interface Folders {
  source: string;
  edited: string;
}

/** The two folders, in the folder that was given or in each of its own (train, validation, ...). */
async function foldersOf({ path, map }: ImportContext): Promise<Folders[]> {
  const names = { source: named(map, 'source', SOURCE_FOLDERS), edited: named(map, 'edited', EDITED_FOLDERS) };
  const entries = await readdir(path, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new AppError('inputInvalid', `${path} cannot be read (${error.code}).`, { file: path });
  });
  const below = entries.filter((entry) => entry.isDirectory()).map((entry) => join(path, entry.name));
  const found: Folders[] = [];
  for (const root of [path, ...below.sort()]) {
    const [source, edited] = [await firstFolder(root, names.source), await firstFolder(root, names.edited)];
    if (source !== undefined && edited !== undefined) found.push({ source, edited });
  }
  if (found.length > 0) return found;
  throw new AppError('inputInvalid', `${path} has no two folders of pictures before and after the edit.`, {
    file: path,
    hint: `They should be called ${names.source[0]} and ${names.edited[0]}; or name them: source=FOLDER,edited=FOLDER.`,
  });
}

async function firstFolder(root: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const folder = join(root, name);
    if ((await stat(folder).catch(() => undefined))?.isDirectory()) return folder;
  }
  return undefined;
}

interface FolderPictures {
  /** File names by base name, in order. */
  byStem: Map<string, string>;
  /** Pictures whose base name another one had before. */
  twice: { file: string; stem: string; first: string }[];
}

async function picturesIn(folder: string): Promise<FolderPictures> {
  const found: FolderPictures = { byStem: new Map(), twice: [] };
  for (const name of (await readdir(folder)).filter((one) => PICTURE.test(one)).sort()) {
    const stem = parse(name).name;
    const first = found.byStem.get(stem);
    if (first === undefined) found.byStem.set(stem, name);
    else found.twice.push({ file: join(folder, name), stem, first });
  }
  return found;
}

async function pairOf(pair: {
  stem: string;
  line: number;
  source: string;
  edited: string;
  target: string;
  control: string | undefined;
}): Promise<ImportItem> {
  const { stem, line, target, control } = pair;
  const place = { file: join(pair.edited, target), line };
  if (control === undefined)
    return badRow(place, stem, 'fileMissing', `There is no picture before the edit named ${stem} in ${pair.source}.`);
  const caption = join(pair.edited, `${stem}.txt`);
  const bytes = await readFile(caption).catch(() => undefined);
  if (bytes === undefined) return badRow(place, stem, 'fileMissing', `The caption ${stem}.txt is not there.`);
  if (!isUtf8(bytes)) return badRow(place, stem, 'encoding', `The caption ${stem}.txt is not UTF-8.`);
  // At the start of a text file this is a byte order mark, not part of the text.
  const instruction = bytes.toString('utf8').replace(/^\ufeff/, '');
  if (instruction.trim() === '') return badRow(place, stem, 'fieldMissing', `The caption ${stem}.txt is empty.`);
  return {
    type: 'pair',
    ...place,
    id: stem,
    source: { name: control, file: join(pair.source, control) },
    edited: { name: target, file: join(pair.edited, target) },
    instruction,
    category: '',
    style: '',
    kind: '',
    paraphrases: [],
    scores: null,
    facts: {},
    hashes: null,
    dropped: '',
  };
}
