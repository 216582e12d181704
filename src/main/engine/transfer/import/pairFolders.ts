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
    const { source, edited } = await foldersOf(context);
    const sources = await picturesIn(source);
    const targets = await picturesIn(edited);
    let line = 0;
    for (const [stem, name] of targets) {
      context.signal.throwIfAborted();
      line += 1;
      yield await pairOf({ stem, line, source, edited, target: name, control: sources.get(stem) });
    }
    for (const [stem, name] of sources)
      if (!targets.has(stem))
        yield badRow({ file: join(source, name), line: ++line }, stem, 'fileMissing', `There is no target named ${stem}.`);
  },
  async count(context) {
    return (await picturesIn((await foldersOf(context)).edited)).size;
  },
};

async function foldersOf({ path, map }: ImportContext): Promise<{ source: string; edited: string }> {
  return {
    source: await firstFolder(path, named(map, 'source', SOURCE_FOLDERS), 'the pictures before the edit'),
    edited: await firstFolder(path, named(map, 'edited', EDITED_FOLDERS), 'the pictures after the edit'),
  };
}

async function firstFolder(root: string, names: readonly string[], what: string): Promise<string> {
  for (const name of names) {
    const folder = join(root, name);
    if ((await stat(folder).catch(() => undefined))?.isDirectory()) return folder;
  }
  throw new AppError('inputInvalid', `${root} has no folder with ${what}.`, {
    file: root,
    hint: `It should be called ${names.join(', ')}; or name it with --map source=FOLDER,edited=FOLDER.`,
  });
}

/** File names of pictures by base name, in order. */
async function picturesIn(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder)).filter((name) => PICTURE.test(name)).sort();
  return new Map(names.map((name) => [parse(name).name, name]));
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
