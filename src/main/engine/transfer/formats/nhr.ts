import { join } from 'node:path';
import type { SplitName } from '../../../../shared/model/export.ts';
import { readTree } from '../check/readTree.ts';
import { columnNotes } from '../columnNotes.ts';
import { COLUMNS, type Column, columnsFor, type MetadataRow, metadataLine, metadataRow } from '../columns.ts';
import { croissant } from '../croissant.ts';
import type { ExportFormat, FormatContext } from '../export/format.ts';
import { wordings } from '../export/items.ts';
import { freshFile, writeText } from '../export/pieces.ts';
import type { FileFacts } from '../manifest.ts';
import type { ParquetColumn } from '../parquet/writer.ts';
import { createTurns } from '../turns.ts';
import { imagefolderConfigs } from './configs.ts';
import { freshParquet, writeWith } from './containers.ts';
import { planTree, type Tree, type TreeRow } from './tree.ts';

/** A row group of the table waits in memory as values: megabytes, no pictures. */
const TABLE_GROUP = { rowGroupRows: 2_000, rowGroupBytes: 64 * 1024 * 1024 };

/**
 * The NHR-Edit layout: an image tree with metadata.jsonl, which loads as an imagefolder. The same rows are in
 * `tables/<split>.parquet`: a metadata.parquet beside metadata.jsonl would make readers refuse both (one extension a dataset).
 */
export const nhr: ExportFormat = {
  id: 'nhr',
  linksPictures: true,
  ownProvenance: true,
  readBack: readTree,
  async prepare(context) {
    const tree = await planTree(context);
    const columns = columnsFor(context.options);
    const rowsDone = Promise.withResolvers<void>();
    return {
      pieces: tree.pieces,
      write: (piece) => tree.write(piece, undefined, rowsDone.promise),
      async beside() {
        const files: FileFacts[] = [];
        for (const { name, rows } of context.plan.splits) if (rows > 0) files.push(...(await writeRows(context, tree, name, columns)));
        rowsDone.resolve();
        return files;
      },
      finish: async () => [await writeText(context.dir, 'croissant.json', croissant(context, columns))],
      card: {
        configs: imagefolderConfigs(context.plan.splits),
        info: [],
        usage: [
          '```python',
          'from datasets import load_dataset',
          '',
          'rows = load_dataset("imagefolder", data_dir="PATH/TO/THIS/FOLDER", split="train")',
          'row = rows[0]  # row["source"], row["edit_instruction"], row["edited"]',
          '```',
          '',
          '`source` is the picture before the edit and `edited` the picture after it. Trainers that call the target "image" need them mapped.',
        ],
        columns: columnNotes(columns),
        files: [
          '`image_N_original` is the root of a family of rows; each other picture of the family is `image_N_edited_K`, stored once however',
          'many rows use it. `tables/` holds the rows of metadata.jsonl once more as Parquet, without pictures.',
        ],
      },
    };
  },
};

/** The metadata row of a sample of a tree. */
function rowOf(context: FormatContext, { item, paths: [source, edited] }: TreeRow): MetadataRow {
  return metadataRow(item, source!, edited!, wordings(item.row, context.options));
}

const TABLE_TYPES = { string: 'string', strings: { list: 'string' }, int: 'int64', float: 'double' } as const;

/** metadata.jsonl and the table of a split, in one pass over its samples. */
async function writeRows(context: FormatContext, tree: Tree, split: SplitName, columns: readonly Column[]): Promise<FileFacts[]> {
  const paths = { metadata: `${split}/metadata.jsonl`, table: `tables/${split}.parquet` };
  const schema: ParquetColumn[] = columns.map(([name, type]) => ({ name, type: TABLE_TYPES[type] }));
  return writeWith(await freshFile(join(context.dir, paths.metadata)), async (lines) =>
    writeWith(await freshParquet(context.dir, paths.table, { schema, ...TABLE_GROUP }), async (table) => {
      const turn = createTurns(context.signal);
      for (const sample of tree.rows(split)) {
        const pause = turn();
        if (pause) await pause;
        const row = rowOf(context, sample);
        const toFile = lines.write(`${metadataLine(row, columns)}\n`);
        if (toFile) await toFile;
        await table.write(columns.length === COLUMNS.length ? row : onlyThose(row, columns));
      }
      const [{ bytes, sha256 }, metadata] = await Promise.all([table.close(), lines.close()]);
      return [
        { path: paths.metadata, ...metadata },
        { path: paths.table, bytes, sha256 },
      ];
    }),
  );
}

/** The cells of a row that a table has columns for. */
function onlyThose(row: MetadataRow, columns: readonly Column[]): Partial<MetadataRow> {
  return Object.fromEntries(columns.map(([name]) => [name, row[name]]));
}
