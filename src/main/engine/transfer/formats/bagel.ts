import { formatCount } from '../../../../shared/count.ts';
import { checkBagel } from '../check/checkBagel.ts';
import { readParquetSamples } from '../check/readParquet.ts';
import type { ExportFormat, FormatContext, NoteLine } from '../export/format.ts';
import { wordings } from '../export/items.ts';
import { type Piece, type PieceRecord, writeText } from '../export/pieces.ts';
import type { FileFacts } from '../manifest.ts';
import type { ParquetColumn } from '../parquet/writer.ts';
import { type BagelSet, bagelFiles } from './bagelFiles.ts';
import { freshParquet, writeWith } from './containers.ts';
import { chunkPieces, provenanceLine } from './shards.ts';

/**
 * BAGEL deals row groups to GPUs and workers, so groups are small: 10 rows, and 10 groups a file (the sizes its maintainers name in
 * their issue 55). A row is one step: two pictures and the wordings of one instruction.
 */
const BAGEL_GROUP_ROWS = 10;
const BAGEL_FILE_ROWS = 100;
/** Files written in one piece. */
const FILES_A_PIECE = 10;
const SMOKE_ROWS = 20;

const SCHEMA: ParquetColumn[] = [
  { name: 'image_list', type: { list: 'binary' } },
  { name: 'instruction_list', type: { list: { list: 'string' } } },
];

/** Names that BAGEL's settings may hold: letters, digits, - and _. */
function bagelKey(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]+/g, '_') || 'dataset';
}

/** The sets of a kit: train goes by the dataset's name, other splits and the smoke subset have theirs added. */
function setsOf({ name, plan }: FormatContext): { all: BagelSet[]; smoke: BagelSet } {
  const key = bagelKey(name);
  const all = plan.splits.map((split) => ({
    key: split.name === 'train' ? key : `${key}_${split.name}`,
    split: split.name,
    rows: split.rows,
  }));
  const first = plan.splits.find(({ rows }) => rows > 0)!;
  return {
    all: all.filter(({ rows }) => rows > 0),
    smoke: { key: `${key}_smoke`, split: first.name, rows: Math.min(SMOKE_ROWS, first.rows) },
  };
}

const chunkPath = (key: string, index: number) => `bagel/${key}/chunk_${index}.parquet`;

/** The fine-tuning kit of BAGEL: Parquet as its loader wants it, and everything a training run needs beside it. */
export const bagel: ExportFormat = {
  id: 'bagel',
  linksPictures: false,
  copiesPictures: () => 1,
  readBack: async function* (context, lines) {
    yield* readParquetSamples(context, lines, {
      rowGroupRows: BAGEL_GROUP_ROWS,
      rowGroupBytes: Number.POSITIVE_INFINITY,
      sample: ({ image_list: images, instruction_list: instructions }, fault) => {
        const pictures = images as Uint8Array[];
        const steps = instructions as string[][];
        if (!Array.isArray(images) || pictures.length !== 2) fault('image_list does not hold two pictures.');
        if (!Array.isArray(instructions) || steps.length !== pictures.length - 1)
          fault('instruction_list must be one shorter than image_list.');
        if (!Array.isArray(steps?.[0]) || steps[0].length === 0) fault('instruction_list[0] is no list of wordings.');
        return {
          instruction: String(steps?.[0]?.[0]),
          pictures: [
            { role: 'source', bytes: pictures[0] },
            { role: 'edited', bytes: pictures[1] },
          ],
        };
      },
    });
    await checkBagel(context);
  },
  async prepare(context) {
    const { plan } = context;
    const { all, smoke } = setsOf(context);
    const pieces = chunkPieces(
      plan,
      BAGEL_FILE_ROWS * FILES_A_PIECE,
      (split, index) => `${split}-chunks-${String(index).padStart(5, '0')}`,
    );
    return {
      pieces,
      write: (piece, note) => writeChunks(context, all.find(({ split }) => split === piece.split)!.key, piece, note),
      async finish(records) {
        const quiet = { ...context, progress: () => undefined };
        const smokePiece: Piece = { id: 'smoke', split: smoke.split, from: 0, to: smoke.rows };
        const smokeFiles = await writeChunks(quiet, smoke.key, smokePiece, async () => undefined);
        const texts = bagelFiles({
          sets: all.map((set) => ({ ...set, files: filesOf(records, set) })),
          smoke: { ...smoke, files: smokeFiles.map((file) => ({ path: file.path, rows: rowsOfChunk(smoke.rows, file.path) })) },
          root: context.options.dataRoot === '' ? context.target : context.options.dataRoot,
        });
        const files: FileFacts[] = [...smokeFiles];
        for (const { path, text } of texts) files.push(await writeText(context.dir, path, text));
        return files;
      },
      card: {
        configs: [],
        info: [],
        usage: [
          'A fine-tuning kit for BAGEL. `bagel/README.md` has the three commands: check the kit, put the entries in, train on the smoke',
          `subset (${smoke.rows} rows). ${formatCount(plan.rows)} rows make ${formatCount(groupsOf(plan.rows))} row groups; GPUs times`,
          'loader workers must not be more than the row groups, or a worker finds nothing and never ends.',
        ],
        columns: [
          ['image_list', 'two encoded pictures, before and after the edit; plain bytes, not an image struct'],
          ['instruction_list', 'one list: the wordings of the instruction; the loader takes one of them at random'],
        ],
        files: ['`bagel/<name>/chunk_K.parquet` holds at most 100 rows in groups of 10. `provenance.jsonl` says what each row is made of.'],
      },
    };
  },
};

function groupsOf(rows: number): number {
  return Math.ceil(rows / BAGEL_GROUP_ROWS);
}

/** Rows of a chunk by its number in the file name. */
function rowsOfChunk(rows: number, path: string): number {
  const index = Number(/chunk_(\d+)\.parquet$/.exec(path)?.[1]);
  return Math.min(BAGEL_FILE_ROWS, rows - index * BAGEL_FILE_ROWS);
}

function filesOf(records: readonly { piece: Piece; record: PieceRecord }[], set: BagelSet): { path: string; rows: number }[] {
  const own = records.filter(({ piece }) => piece.split === set.split);
  return own.flatMap(({ record }) => record.files.map(({ path }) => ({ path, rows: rowsOfChunk(set.rows, path) })));
}

async function writeChunks(context: FormatContext, key: string, piece: Piece, note: NoteLine): Promise<FileFacts[]> {
  const files: FileFacts[] = [];
  for (let from = piece.from; from < piece.to; from += BAGEL_FILE_ROWS) {
    const path = chunkPath(key, from / BAGEL_FILE_ROWS);
    files.push(await writeChunk(context, path, { ...piece, from, to: Math.min(piece.to, from + BAGEL_FILE_ROWS) }, note));
  }
  return files;
}

async function writeChunk(context: FormatContext, path: string, piece: Piece, note: NoteLine): Promise<FileFacts> {
  const { plan, pictures, options, dir, signal, progress } = context;
  const limits = { rowGroupRows: BAGEL_GROUP_ROWS, rowGroupBytes: Number.POSITIVE_INFINITY };
  return writeWith(await freshParquet(dir, path, { schema: SCHEMA, ...limits }), async (writer) => {
    for (let position = piece.from; position < piece.to; position++) {
      signal.throwIfAborted();
      const item = plan.item(piece.split, plan.rankAt(piece.split, position));
      const written = [];
      for (const picture of item.pictures) written.push(await pictures.content(picture));
      await writer.write({
        image_list: written.map(({ content }) => content),
        instruction_list: [wordings(item.row, options).map((text) => text.toWellFormed())],
      });
      await note(provenanceLine(item, { file: path, row: position - piece.from, split: piece.split }, written));
      progress(1);
    }
    const { bytes, sha256 } = await writer.close();
    return { path, bytes, sha256 };
  });
}
