import type { SplitName } from '../../../../shared/model/export.ts';
import { sampleId } from '../columns.ts';
import type { ExportItem } from '../export/items.ts';
import type { WrittenPicture } from '../export/pictures.ts';
import type { Piece } from '../export/pieces.ts';
import type { Plan } from '../export/plan.ts';

/** What a sample's text takes in a container, about: only shard sizes depend on it. */
const TEXT_BYTES = 1024;

/** Cuts every split into shards of about so many bytes (as the pictures are stored) and at most so many rows, in the order of the export. */
export function cutShards(plan: Plan, most: { bytes: number; rows?: number }, idOf: (split: SplitName, index: number) => string): Piece[] {
  const pieces: Piece[] = [];
  for (const { name, rows } of plan.splits) {
    let from = 0;
    let bytes = 0;
    let index = 0;
    const end = (to: number) => {
      if (to > from) pieces.push({ id: idOf(name, index++), split: name, from, to });
      from = to;
      bytes = 0;
    };
    for (let position = 0; position < rows; position++) {
      const size = plan.bytesOf(name, plan.rankAt(name, position)) + TEXT_BYTES;
      if (bytes + size > most.bytes || position - from >= (most.rows ?? Number.POSITIVE_INFINITY)) end(position);
      bytes += size;
    }
    end(rows);
  }
  return pieces;
}

/** Cuts every split into pieces of so many rows, in the order of the export. */
export function chunkPieces(plan: Plan, rowsAPiece: number, idOf: (split: SplitName, index: number) => string): Piece[] {
  return plan.splits.flatMap(({ name, rows }) =>
    Array.from({ length: Math.ceil(rows / rowsAPiece) }, (_, i) => ({
      id: idOf(name, i),
      split: name,
      from: i * rowsAPiece,
      to: Math.min(rows, (i + 1) * rowsAPiece),
    })),
  );
}

/** Number of shards by split. */
export function shardCounts(pieces: readonly Piece[]): Map<SplitName, number> {
  const counts = new Map<SplitName, number>();
  for (const { split } of pieces) counts.set(split, (counts.get(split) ?? 0) + 1);
  return counts;
}

/**
 * A line of provenance.jsonl: where a sample is, what it is made of, and the SHA-256 of each of its pictures, as stored in the
 * workspace and as written. With it the check can tell a swapped or mixed-up picture in any container.
 */
export interface ProvenanceLine {
  file: string;
  /** Place in the file, from 0. */
  row: number;
  split: SplitName;
  id: string;
  sample_id: string;
  kind: string;
  category: string;
  run: string;
  parents: string[];
  width: number;
  height: number;
  instruction: string;
  /** `path` where the picture is a file of its own. */
  pictures: { role: string; stored: string; written: string; path?: string }[];
}

export function provenanceLine(
  item: ExportItem,
  place: { file: string; row: number; split: SplitName },
  written: readonly WrittenPicture[],
  paths?: readonly string[],
): ProvenanceLine {
  const { row } = item;
  return {
    ...place,
    id: item.id,
    sample_id: sampleId(row),
    kind: row.kind,
    category: row.category,
    run: row.runId ?? '',
    parents: row.parents.map(sampleId),
    width: row.width,
    height: row.height,
    instruction: row.instruction,
    pictures: item.pictures.map(({ role, hash }, i) => ({
      role,
      stored: hash,
      written: written[i]!.sha256,
      ...(paths === undefined ? {} : { path: paths[i]! }),
    })),
  };
}
