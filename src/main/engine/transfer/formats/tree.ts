import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SplitName } from '../../../../shared/model/export.ts';
import type { FormatContext, NoteLine } from '../export/format.ts';
import type { ExportItem } from '../export/items.ts';
import type { WrittenPicture } from '../export/pictures.ts';
import type { Piece } from '../export/pieces.ts';
import { createSpool } from '../export/spool.ts';
import { familyFolder, planFamily } from '../families.ts';
import type { FileFacts } from '../manifest.ts';
import { provenanceLine } from './shards.ts';

/** Pictures in folders, each once however many samples use it: `<split>/images/NN/image_N_original.png`, `..._edited_K.png`. */
export interface Tree {
  pieces: Piece[];
  /** `note` gets a line of provenance for every sample; formats with columns for that give none. */
  write(piece: Piece, note?: NoteLine): Promise<FileFacts[]>;
  /** The samples of a split with their paths, in the order of the export. */
  rows(split: SplitName): Generator<TreeRow>;
  close(): Promise<void>;
}

/** What the pictures of a sample are called, and their SHA-256, in the order of its pictures. */
interface Named {
  paths: string[];
  hashes: string[];
}

/** A sample and the paths of its pictures, in the order of its pictures, from the folder of its split. */
export interface TreeRow {
  item: ExportItem;
  paths: string[];
  position: number;
}

/** Names all pictures of the export; nothing is written but the names, to the work folder. */
export async function planTree({ plan, pictures, work, dir, signal, progress }: FormatContext): Promise<Tree> {
  const spools = new Map<SplitName, Awaited<ReturnType<typeof createSpool<Named>>>>();
  const pieces: Piece[] = [];

  for (const split of plan.splits) {
    const spool = await createSpool<Named>(join(work, `paths-${split.name}.jsonl`));
    spools.set(split.name, spool);
    let family: ExportItem[] = [];
    let index = 0;
    const endFamily = async (rank: number) => {
      if (family.length === 0) return;
      const samples = family.map((item) => ({ rootHash: item.row.rootHash, pictures: item.pictures.map(({ hash }) => hash) }));
      const named = planFamily(samples, index, (hash) => pictures.extensionOf(hash));
      for (const [i, paths] of named.entries()) await spool.add({ paths, hashes: samples[i]!.pictures });
      const id = `${split.name}-images-${familyFolder(index)}`;
      const last = pieces.at(-1);
      if (last?.id === id) last.to = rank;
      else pieces.push({ id, split: split.name, from: rank - family.length, to: rank });
      index += 1;
      family = [];
    };
    for (let rank = 0; rank < split.rows; rank++) {
      const item = plan.item(split.name, rank);
      if (family.length > 0 && family[0]!.row.rootHash !== item.row.rootHash) {
        signal.throwIfAborted();
        await endFamily(rank);
      }
      family.push(item);
    }
    await endFamily(split.rows);
    await spool.seal();
  }

  const named = (split: SplitName, rank: number) => spools.get(split)!.get(rank);
  return {
    pieces,
    async write(piece, note) {
      const placed = new Map<string, WrittenPicture>();
      const files: FileFacts[] = [];
      for (let rank = piece.from; rank < piece.to; rank++) {
        const { paths, hashes } = named(piece.split, rank);
        const listed = paths.map((path) => `${piece.split}/${path}`);
        for (const [i, path] of listed.entries()) {
          if (placed.has(path)) continue;
          if (placed.size === 0) await mkdir(join(dir, dirname(path)), { recursive: true });
          const written = await pictures.place(hashes[i]!, `${dir}/${path}`);
          placed.set(path, written);
          files.push({ path, ...written });
        }
        if (note !== undefined) {
          const written = listed.map((path) => placed.get(path)!);
          const item = plan.item(piece.split, rank);
          await note(provenanceLine(item, { file: listed[1]!, row: 0, split: piece.split }, written, listed));
        }
        signal.throwIfAborted();
        progress(1);
      }
      return files;
    },
    *rows(split) {
      const { rows } = plan.splits.find(({ name }) => name === split)!;
      for (let position = 0; position < rows; position++) {
        const rank = plan.rankAt(split, position);
        yield { item: plan.item(split, rank), paths: named(split, rank).paths, position };
      }
    },
    async close() {
      for (const spool of spools.values()) await spool.close();
    },
  };
}
