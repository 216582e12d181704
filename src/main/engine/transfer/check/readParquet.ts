import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import type { ProvenanceLine } from '../formats/shards.ts';
import { besideProvenance, type CheckContext, type FoundPicture, type FoundSample } from './readBack.ts';

type Row = Record<string, unknown>;

/** How a format's Parquet is read back: the limits of its row groups, and what a row holds. */
export interface ParquetShape {
  rowGroupRows: number;
  rowGroupBytes: number;
  sample(row: Row, fault: (message: string) => void): { instruction?: string; pictures: FoundPicture[] };
}

/** The samples of Parquet files, a row group at a time, by a reader that is not our writer's other half. */
export function readParquetSamples(
  context: CheckContext,
  provenance: AsyncIterable<ProvenanceLine>,
  shape: ParquetShape,
): AsyncGenerator<FoundSample> {
  return besideProvenance(
    context,
    provenance,
    (file) => readRows(context, file, shape),
    (claim, row) => shape.sample(row, (message) => context.add('row', claim.file, claim.row + 1, message)),
  );
}

/** Rows of one file. Row groups over the limits are a fault; one row may be larger than the bytes of a group. */
export async function* readRows(context: CheckContext, file: string, limits: Omit<ParquetShape, 'sample'>): AsyncGenerator<Row> {
  // What is not as it was written has its fault already, and no reader has to make sense of it.
  if (context.files.find(file)?.whole !== true) return;
  const handle = await open(join(context.root, file), 'r');
  try {
    const buffer = await bufferOf(handle);
    const metadata: FileMetaData = await parquetMetadataAsync(buffer);
    let rowStart = 0;
    for (const [index, group] of metadata.row_groups.entries()) {
      context.signal.throwIfAborted();
      const rows = Number(group.num_rows);
      if (rows > limits.rowGroupRows) context.add('rowGroups', file, null, `Row group ${index} has ${rows} rows.`);
      if (rows > 1 && Number(group.total_byte_size) > limits.rowGroupBytes * 1.01)
        context.add('rowGroups', file, null, `Row group ${index} has ${group.total_byte_size} bytes.`);
      yield* await parquetReadObjects({ file: buffer, metadata, rowStart, rowEnd: rowStart + rows, utf8: false });
      rowStart += rows;
    }
  } finally {
    await handle.close();
  }
}

/** Row groups and rows of a file, from its footer. */
export async function parquetCounts(path: string): Promise<{ groups: number; rows: number }> {
  const handle = await open(path, 'r');
  try {
    const metadata = await parquetMetadataAsync(await bufferOf(handle));
    return { groups: metadata.row_groups.length, rows: Number(metadata.num_rows) };
  } finally {
    await handle.close();
  }
}

async function bufferOf(handle: FileHandle): Promise<AsyncBuffer> {
  const { size } = await handle.stat();
  return {
    byteLength: size,
    async slice(start, end = size) {
      const bytes = new Uint8Array(end - start);
      await handle.read(bytes, 0, bytes.length, start);
      return bytes.buffer;
    },
  };
}
