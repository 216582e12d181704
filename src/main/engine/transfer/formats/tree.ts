import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SplitName } from '../../../../shared/model/export.ts';
import type { FormatContext, NoteLine } from '../export/format.ts';
import type { ExportItem } from '../export/items.ts';
import { createNumbers } from '../export/numbers.ts';
import type { Placing } from '../export/pictures.ts';
import type { Piece } from '../export/pieces.ts';
import type { Plan } from '../export/plan.ts';
import { familyFolder, familyPath, numberFamily, pictureName } from '../families.ts';
import type { FileFacts } from '../manifest.ts';
import { createTurns } from '../turns.ts';
import { provenanceLine } from './shards.ts';

/** Pictures that are placed in one go, and how many goes are under way: the thread that links has the next one at hand. */
const PLACED_AT_ONCE = 64;
const MOST_UNDER_WAY = 8;
/** A folder takes one link at a time; the thread and this one fill two of them side by side. */
const FOLDERS_A_PIECE = 2;

/** Pictures in folders, each once however many samples use it: `<split>/images/NN/image_N_original.png`, `..._edited_K.png`. */
export interface Tree {
  pieces: Piece[];
  /**
   * `note` gets a line of provenance for every sample; formats with columns for that give none. Until `idle` this thread has other work
   * to do, such as the rows, and leaves the links to the other one.
   */
  write(piece: Piece, note?: NoteLine, idle?: Promise<void>): Promise<FileFacts[]>;
  /** The samples of a split with their paths, in the order of the export. */
  rows(split: SplitName): Generator<TreeRow>;
}

/** A sample and the paths of its pictures, in the order of its pictures, from the folder of its split. */
export interface TreeRow {
  item: ExportItem;
  paths: string[];
  position: number;
}

/** Samples `from` (included) to `to` (excluded), in the order of content, whose pictures are in one folder. */
interface Folder {
  name: string;
  from: number;
  to: number;
}

/** What a tree takes of a format's context. */
export interface TreeContext extends Pick<FormatContext, 'pictures' | 'dir' | 'signal' | 'progress'> {
  plan: Pick<Plan, 'splits' | 'item' | 'rankAt'>;
}

/** Names all pictures of the export; nothing is written. */
export async function planTree({ plan, pictures, dir, signal, progress }: TreeContext): Promise<Tree> {
  const names = new Map<SplitName, Names>();
  const pieces: Piece[] = [];
  const foldersOf = new Map<Piece, Folder[]>();
  const turn = createTurns(signal);

  for (const split of plan.splits) {
    const inSplit = createNames();
    names.set(split.name, inSplit);
    let family: { root: string; pictures: ExportItem['pictures'] }[] = [];
    let index = 0;
    const folders: Folder[] = [];
    const endFamily = (rank: number) => {
      if (family.length === 0) return;
      const numbers = numberFamily(family);
      for (let i = 0; i < family.length; i += 1) inSplit.add(index, numbers[i]!, family[i]!.pictures.map(pictures.extensionOf));
      const name = familyFolder(index);
      if (folders.at(-1)?.name !== name) folders.push({ name, from: rank - family.length, to: rank });
      folders.at(-1)!.to = rank;
      index += 1;
      family = [];
    };
    for (let rank = 0; rank < split.rows; rank++) {
      const { row, pictures: own } = plan.item(split.name, rank);
      const sample = { root: row.rootHash, pictures: own };
      if (family.length > 0 && family[0]!.root !== sample.root) {
        const pause = turn();
        if (pause) await pause;
        endFamily(rank);
      }
      family.push(sample);
    }
    endFamily(split.rows);
    for (let first = 0; first < folders.length; first += FOLDERS_A_PIECE) {
      const own = folders.slice(first, first + FOLDERS_A_PIECE);
      const piece = { id: `${split.name}-images-${own[0]!.name}`, split: split.name, from: own[0]!.from, to: own.at(-1)!.to };
      pieces.push(piece);
      foldersOf.set(piece, own);
    }
  }

  const pathsOf = (split: SplitName, rank: number) => names.get(split)!.pathsOf(rank);

  /** Places the pictures of a folder, each once, and tells of the samples as they are there. */
  async function place(split: SplitName, { from, to }: Folder, where: 'thread' | 'here'): Promise<FileFacts[]> {
    mkdirSync(join(dir, split, dirname(pathsOf(split, from)[0]!)), { recursive: true });
    const inSplit = names.get(split)!;
    const turn = createTurns(signal);
    const files: FileFacts[] = [];
    const underWay: Promise<void>[] = [];
    let wanted: (Placing & { path: string })[] = [];
    let named = 0;
    let samples = 0;
    const start = () => {
      const [these, first, count] = [wanted, named, samples];
      named += these.length;
      wanted = [];
      samples = 0;
      const work = pictures.place(these, where).then((written) => {
        for (let i = 0; i < these.length; i += 1) {
          const { bytes, sha256 } = written[i]!;
          files[first + i] = { path: these[i]!.path, bytes, sha256 };
        }
        progress(count);
      });
      work.catch(() => undefined);
      underWay.push(work);
    };
    try {
      for (let rank = from; rank < to; rank++) {
        const sample = plan.item(split, rank);
        const paths = inSplit.pathsOf(rank);
        for (let i = 0; i < paths.length; i += 1) {
          if (!inSplit.isNew(rank, i)) continue;
          const path = `${split}/${paths[i]}`;
          wanted.push({ picture: sample.pictures[i]!, path, to: `${dir}/${path}` });
        }
        samples += 1;
        if (wanted.length < PLACED_AT_ONCE) continue;
        start();
        const pause = turn();
        if (pause) await pause;
        if (underWay.length >= MOST_UNDER_WAY) await underWay.shift();
      }
      start();
      await Promise.all(underWay);
      return files;
    } finally {
      await Promise.allSettled(underWay);
    }
  }

  return {
    pieces,
    async write(piece, note, idle = Promise.resolve()) {
      const folders = foldersOf.get(piece)!;
      const byFolder: FileFacts[][] = [];
      let next = 0;
      const fill = async (where: 'thread' | 'here') => {
        for (let folder = next++; folder < folders.length; folder = next++)
          byFolder[folder] = await place(piece.split, folders[folder]!, where);
      };
      const byThread = fill('thread');
      const byThis = Promise.race([idle, byThread]).then(() => fill('here'));
      for (const one of await Promise.allSettled([byThread, byThis])) if (one.status === 'rejected') throw one.reason;
      const files = byFolder.flat();
      if (note === undefined) return files;
      const written = new Map(files.map((facts) => [facts.path, facts]));
      for (let rank = piece.from; rank < piece.to; rank++) {
        const paths = pathsOf(piece.split, rank).map((path) => `${piece.split}/${path}`);
        const place = { file: paths[1]!, row: 0, split: piece.split };
        await note(
          provenanceLine(
            plan.item(piece.split, rank),
            place,
            paths.map((path) => written.get(path)!),
            paths,
          ),
        );
      }
      return files;
    },
    *rows(split) {
      const { rows } = plan.splits.find(({ name }) => name === split)!;
      for (let position = 0; position < rows; position++) {
        const rank = plan.rankAt(split, position);
        yield { item: plan.item(split, rank), paths: pathsOf(split, rank), position };
      }
    },
  };
}

/** What the pictures of a split's samples are called. */
interface Names {
  /** The next sample: number of its family, the numbers of its pictures in it, and their extensions. Families come one after the other. */
  add(family: number, numbers: readonly number[], extensions: readonly string[]): void;
  /** The paths of a sample's pictures, in the order of its pictures, from the folder of its split. */
  pathsOf(rank: number): string[];
  /** Whether no sample before it, and no picture of it before this one, is the same picture. */
  isNew(rank: number, picture: number): boolean;
}

/** More encodings than there are, for the numbers of pictures and extensions in one. */
const MOST_EXTENSIONS = 16;

/** No names yet. As numbers they take 8 bytes a sample and 5 a picture. */
function createNames(): Names {
  const families = createNumbers(Uint32Array);
  const starts = createNumbers(Uint32Array);
  const codes = createNumbers(Uint32Array);
  const areNew = createNumbers(Uint8Array);
  const known: string[] = [];
  /** Numbers of the family that is being added. */
  const seen = new Set<number>();
  return {
    add(family, numbers, extensions) {
      if (families.length() > 0 && families.at(families.length() - 1) !== family) seen.clear();
      families.push(family);
      starts.push(codes.length());
      for (let i = 0; i < numbers.length; i += 1) {
        const [number, extension] = [numbers[i]!, extensions[i]!];
        if (!known.includes(extension)) known.push(extension);
        codes.push(number * MOST_EXTENSIONS + known.indexOf(extension));
        areNew.push(seen.has(number) ? 0 : 1);
        seen.add(number);
      }
    },
    pathsOf(rank) {
      const end = rank + 1 < starts.length() ? starts.at(rank + 1) : codes.length();
      const family = familyPath(families.at(rank));
      const paths: string[] = [];
      for (let i = starts.at(rank); i < end; i++) {
        const code = codes.at(i);
        paths.push(family + pictureName(Math.floor(code / MOST_EXTENSIONS), known[code % MOST_EXTENSIONS]!));
      }
      return paths;
    },
    isNew: (rank, picture) => areNew.at(starts.at(rank) + picture) === 1,
  };
}
