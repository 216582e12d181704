import { findFiles } from './findTables.ts';
import { tableRows } from './records.ts';
import { total } from './table.ts';
import { badRow, type Importer, type ImportItem, type Place } from './types.ts';

const SMOKE = /(^|[\\/_])[^\\/]*_smoke[\\/]/;

/** BAGEL's Parquet: `image_list` of k + 1 pictures, `instruction_list` of k lists of wordings. Each step is a pair. */
export const bagel: Importer = {
  format: 'bagel',
  about: "BAGEL's fine-tuning Parquet (image_list, instruction_list); the smoke subset of our kits is left out",
  async *rows({ path, signal }) {
    for (const file of await shards(path))
      for await (const row of tableRows(file)) {
        signal.throwIfAborted();
        if ('fault' in row) yield row;
        else yield* steps(row.cells, row);
      }
  },
  count: async ({ path }) => total(await shards(path)),
};

async function shards(path: string): Promise<string[]> {
  const files = await findFiles(path, /\.parquet$/i, 'parquet file');
  return files.filter((file) => file === path || !SMOKE.test(file.slice(path.length)));
}

function* steps(
  { image_list: images, instruction_list: instructions }: Record<string, unknown>,
  { file, line }: Place,
): Generator<ImportItem> {
  const place = { file, line };
  if (!Array.isArray(images) || !Array.isArray(instructions) || images.some((image) => !(image instanceof Uint8Array))) {
    yield badRow(place, '', 'fieldInvalid', 'image_list must hold pictures as bytes and instruction_list lists of texts.');
    return;
  }
  if (instructions.length !== images.length - 1) {
    yield badRow(
      place,
      '',
      'fieldInvalid',
      `${images.length} pictures need ${images.length - 1} instructions; there are ${instructions.length}.`,
    );
    return;
  }
  for (const [step, wordings] of instructions.entries()) {
    // A plain text here would give BAGEL's loader one letter of it.
    if (!Array.isArray(wordings) || typeof wordings[0] !== 'string' || wordings.some((wording) => typeof wording !== 'string'))
      yield badRow(place, '', 'fieldInvalid', `instruction_list[${step}] must be a list of wordings.`);
    else
      yield {
        type: 'pair',
        ...place,
        id: '',
        source: { name: `image_list[${step}]`, bytes: images[step] as Uint8Array },
        edited: { name: `image_list[${step + 1}]`, bytes: images[step + 1] as Uint8Array },
        instruction: wordings[0],
        category: '',
        style: '',
        kind: '',
        paraphrases: (wordings as string[]).filter((wording) => wording !== wordings[0]),
        scores: null,
        facts: instructions.length > 1 ? { turn: step + 1, turns: instructions.length } : {},
        hashes: null,
        dropped: '',
      };
  }
}
