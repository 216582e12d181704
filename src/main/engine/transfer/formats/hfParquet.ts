import type { ColumnPreset } from '../../../../shared/model/export.ts';
import { readParquetSamples } from '../check/readParquet.ts';
import { columnNotes } from '../columnNotes.ts';
import { columnsFor, type MetadataRow, metadataRow, sampleId } from '../columns.ts';
import type { ExportFormat, FormatContext } from '../export/format.ts';
import { type ExportItem, wordings } from '../export/items.ts';
import type { ParquetColumn } from '../parquet/writer.ts';
import { splitConfigs } from './configs.ts';
import { freshParquet, wellFormed, writeWith } from './containers.ts';
import { cutShards, provenanceLine, shardCounts } from './shards.ts';

/** A row group is what a reader holds at once: at most 100 rows or 64 MB (the Hub's viewer refuses one over 300 MB in memory). */
export const ROW_GROUP = { rowGroupRows: 100, rowGroupBytes: 64 * 1024 * 1024 };

/** A column of a preset: how it is called, its type, and what stands in it. */
interface PresetColumn {
  name: string;
  type: ParquetColumn['type'];
  meaning: string;
  /** A picture's role, for image columns. */
  role?: 'source' | 'edited';
  value?(item: ExportItem, context: FormatContext): unknown;
}

const text = (name: string, meaning: string, value: PresetColumn['value']): PresetColumn => ({ name, type: 'string', meaning, value });
const picture = (name: string, role: 'source' | 'edited'): PresetColumn => ({
  name,
  type: 'image',
  role,
  meaning: role === 'source' ? 'the picture before the edit' : 'the picture after the edit',
});

/** The columns of metadata.jsonl, with the pictures in the places of their names. */
function nhrColumns(context: FormatContext): PresetColumn[] {
  const columns = columnsFor(context.options);
  const notes = new Map(columnNotes(columns));
  const types = { string: 'string', strings: { list: 'string' }, int: 'int64', float: 'double' } as const;
  // One row for all of its columns.
  let last: { item: ExportItem; cells: MetadataRow } | undefined;
  const cellsOf = (item: ExportItem) => {
    if (last?.item !== item) last = { item, cells: metadataRow(item, '', '', wordings(item.row, context.options)) };
    return last.cells;
  };
  return columns.map(([name, type]) => {
    if (name === 'source_file_name') return picture('source_image', 'source');
    if (name === 'edited_file_name') return picture('edited_image', 'edited');
    const value = (item: ExportItem) => cellsOf(item)[name];
    return { name, type: types[type], meaning: notes.get(name) ?? '', value };
  });
}

/** Our scores of 1 to 5 on a scale of 0 to 10; -1 where there are none. */
const outOfTen = (score: number | undefined) => (score === undefined ? -1 : (score - 1) * 2.5);

const PRESETS: Record<ColumnPreset, (context: FormatContext) => PresetColumn[]> = {
  nhr: nhrColumns,
  ip2p: (context) => [
    picture('input_image', 'source'),
    text('edit_prompt', 'what turns `input_image` into `edited_image`', ({ row }) => row.instruction),
    picture('edited_image', 'edited'),
    text('sample_id', 'stable id of the content', ({ row }) => sampleId(row)),
    text('category', 'operation', ({ row }) => row.category),
    ...scoreColumns(context),
  ],
  magicbrush: () => [
    text('img_id', 'stable id of the original picture: start of its SHA-256', ({ row }) => row.rootHash.slice(0, 16)),
    { name: 'turn_index', type: 'int32', meaning: 'always 1: every row is a single turn', value: () => 1 },
    picture('source_img', 'source'),
    { name: 'mask_img', type: 'image', meaning: 'always null: no masks are kept', value: () => null },
    text('instruction', 'what turns `source_img` into `target_img`', ({ row }) => row.instruction),
    picture('target_img', 'edited'),
  ],
  omniedit: (context) => [
    text('omni_edit_id', 'stable id of the content', ({ row }) => sampleId(row)),
    text('task', 'operation', ({ row }) => row.category),
    picture('src_img', 'source'),
    picture('edited_img', 'edited'),
    {
      name: 'edited_prompt_list',
      type: { list: 'string' },
      meaning: 'wordings of the instruction',
      value: ({ row }) => wordings(row, context.options),
    },
    { name: 'width', type: 'int64', meaning: 'pixels', value: ({ row }) => row.width },
    { name: 'height', type: 'int64', meaning: 'pixels', value: ({ row }) => row.height },
    ...(context.options.scores ? omniScores() : []),
  ],
};

function scoreColumns({ options }: FormatContext): PresetColumn[] {
  if (!options.scores) return [];
  const score = (name: 'adherence' | 'aesthetics'): PresetColumn => ({
    name,
    type: 'double',
    meaning: "the hard validator's score, 1.0 to 5.0; -1.0 = not scored",
    value: ({ row }) => row.scores?.[name] ?? -1,
  });
  return [score('adherence'), score('aesthetics')];
}

function omniScores(): PresetColumn[] {
  const number = (name: string, meaning: string, value: PresetColumn['value']): PresetColumn => ({ name, type: 'double', meaning, value });
  const unknown = '-1.0 = not measured';
  return [
    number('sc_score_1', `our adherence (1 to 5) as (s - 1) x 2.5; ${unknown}`, ({ row }) => outOfTen(row.scores?.adherence)),
    number('sc_score_2', `over-editing; ${unknown}`, () => -1),
    text('sc_reasoning', 'always empty', () => ''),
    number('pq_score', `our aesthetics (1 to 5) as (s - 1) x 2.5; ${unknown}`, ({ row }) => outOfTen(row.scores?.aesthetics)),
    text('pq_reasoning', 'always empty', () => ''),
    number('o_score', `square root of sc_score_1 x pq_score; ${unknown}`, ({ row }) =>
      row.scores ? Math.sqrt(outOfTen(row.scores.adherence) * outOfTen(row.scores.aesthetics)) : -1,
    ),
  ];
}

type Feature = { dtype: string; _type: 'Value' } | { _type: 'Image' } | { feature: Feature; _type: 'List' };
const DTYPES = { string: 'string', int32: 'int32', int64: 'int64', double: 'float64', boolean: 'bool', binary: 'binary' } as const;

function featureOf(type: ParquetColumn['type']): Feature {
  if (type === 'image') return { _type: 'Image' };
  if (typeof type === 'object') return { feature: featureOf(type.list), _type: 'List' };
  return { dtype: DTYPES[type], _type: 'Value' };
}

/**
 * Footer entry that makes `datasets` read image columns as pictures (features.py from_arrow_schema). It holds only while every column
 * is OPTIONAL and a picture is {bytes, path} in this order.
 */
export function huggingfaceFooter(schema: readonly ParquetColumn[]): Record<string, string> {
  const features = Object.fromEntries(schema.map(({ name, type }) => [name, featureOf(type)]));
  return { huggingface: JSON.stringify({ info: { features } }) };
}

/** The same features as YAML of a card's `dataset_info`, for readers that do not look into the footer first. */
function featuresYaml(schema: readonly ParquetColumn[]): string[] {
  const dtype = (type: ParquetColumn['type'], indent: string): string[] => {
    if (type === 'image') return [`${indent}dtype: image`];
    if (typeof type === 'object' && typeof type.list === 'string' && type.list !== 'image') return [`${indent}list: ${DTYPES[type.list]}`];
    if (typeof type === 'object') return [`${indent}list:`, ...dtype(type.list, `${indent}  `)];
    return [`${indent}dtype: ${DTYPES[type]}`];
  };
  return ['  features:', ...schema.flatMap(({ name, type }) => [`  - name: ${name}`, ...dtype(type, '    ')])];
}

/** Hugging Face Parquet with the pictures in it: `data/<split>-00000-of-00037.parquet`. */
export const hfParquet: ExportFormat = {
  id: 'hf-parquet',
  linksPictures: false,
  copiesPictures: () => 1,
  readBack: (context, lines) => {
    const columns = PRESET_READ[context.manifest.options.columns];
    return readParquetSamples(context, lines, {
      ...ROW_GROUP,
      sample: (row) => ({
        instruction: columns.instruction(row),
        pictures: [
          { role: 'source', bytes: bytesOf(row[columns.source]) },
          { role: 'edited', bytes: bytesOf(row[columns.edited]) },
        ],
      }),
    });
  },
  async prepare(context) {
    const { plan, pictures, options, dir, signal, progress } = context;
    const columns = PRESETS[options.columns](context);
    const schema: ParquetColumn[] = columns.map(({ name, type }) => ({ name, type }));
    const pieces = cutShards(plan, { bytes: options.shardBytes }, (split, index) => `${split}-${String(index).padStart(5, '0')}`);
    const totals = shardCounts(pieces);
    return {
      pieces,
      async write(piece, note) {
        const path = `data/${piece.id}-of-${String(totals.get(piece.split)).padStart(5, '0')}.parquet`;
        const writer = await freshParquet(dir, path, { schema, keyValues: huggingfaceFooter(schema), ...ROW_GROUP });
        return writeWith(writer, async () => {
          for (let position = piece.from; position < piece.to; position++) {
            signal.throwIfAborted();
            const item = plan.item(piece.split, plan.rankAt(piece.split, position));
            const written = [];
            const row: Record<string, unknown> = {};
            for (const picture of item.pictures) written.push(await pictures.content(picture));
            for (const column of columns) {
              const index = item.pictures.findIndex(({ role }) => role === column.role);
              row[column.name] =
                index < 0
                  ? wellFormed(column.value?.(item, context))
                  : {
                      bytes: written[index]!.content,
                      path: `${item.id}_${column.role}.${pictures.extensionOf(item.pictures[index]!)}`,
                    };
            }
            await writer.write(row);
            await note(provenanceLine(item, { file: path, row: position - piece.from, split: piece.split }, written));
            progress(1);
          }
          const { bytes, sha256 } = await writer.close();
          return [{ path, bytes, sha256 }];
        });
      },
      finish: async () => [],
      card: {
        configs: splitConfigs(plan.splits, (split) => `data/${split}-*`),
        info: featuresYaml(schema),
        usage: [
          '```python',
          'from datasets import load_dataset',
          '',
          'rows = load_dataset("PATH/TO/THIS/FOLDER", split="train", streaming=True)',
          `row = next(iter(rows))  # row["${columns.find(({ role }) => role === 'source')?.name}"], row["${columns.find(({ role }) => role === 'edited')?.name}"]`,
          '```',
          ...(options.columns === 'ip2p' ? ['', 'The columns are the defaults of the diffusers script train_instruct_pix2pix.py.'] : []),
        ],
        columns: columns.map(({ name, meaning }) => [name, meaning] as const),
        files: ['Pictures are inside the Parquet files. A row group holds at most 100 rows or 64 MB.'],
      },
    };
  },
};

/** Where the check finds the pictures and the instruction again. */
const PRESET_READ: Record<ColumnPreset, { source: string; edited: string; instruction(row: Record<string, unknown>): string }> = {
  nhr: { source: 'source_image', edited: 'edited_image', instruction: (row) => String(row.edit_instruction) },
  ip2p: { source: 'input_image', edited: 'edited_image', instruction: (row) => String(row.edit_prompt) },
  magicbrush: { source: 'source_img', edited: 'target_img', instruction: (row) => String(row.instruction) },
  omniedit: { source: 'src_img', edited: 'edited_img', instruction: (row) => String((row.edited_prompt_list as string[])[0]) },
};

/** The bytes of a picture as a reader gives it. */
function bytesOf(value: unknown): Uint8Array | undefined {
  const bytes = (value as { bytes?: unknown } | null | undefined)?.bytes;
  return bytes instanceof Uint8Array ? bytes : undefined;
}
