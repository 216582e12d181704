import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SplitName } from '../../../../shared/model/export.ts';
import type { FormatContext, NoteLine } from '../export/format.ts';
import type { ExportItem } from '../export/items.ts';
import { createNumbers } from '../export/numbers.ts';
import type { Placing } from '../export/pictures.ts';
import type { Piece } from '../export/pieces.ts';
import { familyFolder, familyPath, numberFamily, pictureName } from '../families.ts';
import type { FileFacts } from '../manifest.ts';
import { createTurns } from '../turns.ts';
import { provenanceLine } from './shards.ts';

/** Pictures that are placed in one go, and how many goes are under way: the thread that links has the next one at hand. */
const PLACED_AT_ONCE = 64;
const MOST_UNDER_WAY = 8;

/** Pictures in folders, each once however many samples use it: `<split>/images/NN/image_N_original.png`, `..._edited_K.png`. */
export interface Tree {
  pieces: Piece[];
  /** `note` gets a line of provenance for every sample; formats with columns for that give none. */
  write(piece: Piece, note?: NoteLine): Promise<FileFacts[]>;
  /** The samples of a split with their paths, in the order of the export. */
  rows(split: SplitName): Generator<TreeRow>;
}

/** A sample and the paths of its pictures, in the order of its pictures, from the folder of its split. */
export interface TreeRow {
  item: ExportItem;
  paths: string[];
  position: number;
}

/** Names all pictures of the export; nothing is written. */
export async function planTree({ plan, pictures, dir, signal, progress }: FormatContext): Promise<Tree> {
  const names = new Map<SplitName, Names>();
  const pieces: Piece[] = [];
  const turn = createTurns(signal);

  for (const split of plan.splits) {
    const inSplit = createNames();
    names.set(split.name, inSplit);
    let family: ReturnType<typeof plan.pictures>[] = [];
    let index = 0;
    const endFamily = (rank: number) => {
      if (family.length === 0) return;
      const numbers = numberFamily(family);
      for (let i = 0; i < family.length; i += 1) inSplit.add(index, numbers[i]!, family[i]!.pictures.map(pictures.extensionOf));
      const id = `${split.name}-images-${familyFolder(index)}`;
      const last = pieces.at(-1);
      if (last?.id === id) last.to = rank;
      else pieces.push({ id, split: split.name, from: rank - family.length, to: rank });
      index += 1;
      family = [];
    };
    for (let rank = 0; rank < split.rows; rank++) {
      const sample = plan.pictures(split.name, rank);
      if (family.length > 0 && family[0]!.root !== sample.root) {
        await turn();
        endFamily(rank);
      }
      family.push(sample);
    }
    endFamily(split.rows);
  }

  const pathsOf = (split: SplitName, rank: number) => names.get(split)!.pathsOf(rank);

  /** Places the pictures of a piece, each once, and tells of the samples as they are there. */
  async function place({ split, from, to }: Piece): Promise<FileFacts[]> {
    const inSplit = names.get(split)!;
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
      const work = pictures.place(these).then((written) => {
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
        const sample = plan.pictures(split, rank);
        const paths = inSplit.pathsOf(rank);
        for (let i = 0; i < paths.length; i += 1) {
          if (!inSplit.isNew(rank, i)) continue;
          const path = `${split}/${paths[i]}`;
          wanted.push({ picture: sample.pictures[i]!, path, to: `${dir}/${path}` });
        }
        samples += 1;
        if (wanted.length < PLACED_AT_ONCE) continue;
        signal.throwIfAborted();
        start();
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
    async write(piece, note) {
      mkdirSync(join(dir, piece.split, dirname(pathsOf(piece.split, piece.from)[0]!)), { recursive: true });
      const files = await place(piece);
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
