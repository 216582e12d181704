import type { SplitName } from '../../../../shared/model/export.ts';
import { joinInstructions } from '../../domain/growth.ts';
import { checkLines } from '../check/checkLines.ts';
import { readFiles } from '../check/readFiles.ts';
import { sampleId } from '../columns.ts';
import type { ExportFormat } from '../export/format.ts';
import { contentId, type ItemsOf } from '../export/items.ts';
import type { FileFacts } from '../manifest.ts';
import { imagefolderConfigs } from './configs.ts';
import { wellFormed } from './containers.ts';
import { planTree, type TreeRow } from './tree.ts';
import { writeTreeLines } from './treeLines.ts';

/**
 * A composed triplet as the turns it was walked through, or the kept edits of one branch of an edit session: each starts at the
 * picture where the one before ended.
 */
const chainItems: ItemsOf = (row) => {
  const turns = row.chain ?? (row.kind === 'composed' ? row.parents : []);
  if (turns.length < 2) return [];
  const first = row.chain ? turns[0]!.sourceHash : row.sourceHash;
  const joined = turns.every((turn, i) => turn.sourceHash === (i === 0 ? first : turns[i - 1]!.editedHash));
  if (!joined || turns.at(-1)!.editedHash !== row.editedHash) return [];
  const hashes = [first, ...turns.map(({ editedHash }) => editedHash)];
  return [
    {
      id: contentId(...turns.flatMap((turn) => [turn.sourceHash, turn.editedHash, turn.instruction])),
      row,
      turns,
      pictures: hashes.map((hash, i) => ({ role: `turn_${i}`, hash })),
    },
  ];
};

/** Chains of several turns: picture, instruction, picture, instruction, picture. */
export const chains: ExportFormat = {
  id: 'chains',
  items: chainItems,
  linksPictures: true,
  readBack: async function* (context, lines) {
    yield* readFiles(context, lines, async () => ({}));
    await checkLines(context, [
      {
        path: (split) => `${split}/metadata.jsonl`,
        pictures: ({ turn_file_names: turns }, split) => (turns as string[]).map((path) => `${split}/${path}`),
      },
      {
        path: (split) => `pico-multi-turn-${split}.jsonl`,
        pictures: ({ files }) => (files as { url: string }[]).map(({ url }) => url),
      },
    ]);
  },
  async prepare(context) {
    const tree = await planTree(context);
    return {
      pieces: tree.pieces,
      write: (piece, note) => tree.write(piece, note),
      async finish() {
        const files: FileFacts[] = [];
        for (const { name, rows } of context.plan.splits) {
          if (rows === 0) continue;
          files.push(await writeTreeLines(context, tree, name, `${name}/metadata.jsonl`, chainLine));
          files.push(await writeTreeLines(context, tree, name, `pico-multi-turn-${name}.jsonl`, (row) => picoLine(row, name)));
        }
        return files;
      },
      card: {
        configs: imagefolderConfigs(context.plan.splits),
        info: [],
        usage: [
          '```python',
          'from datasets import load_dataset',
          '',
          'rows = load_dataset("imagefolder", data_dir="PATH/TO/THIS/FOLDER", split="train")',
          'row = rows[0]  # row["turn"][0], row["instructions"][0], row["turn"][1], ...',
          '```',
        ],
        columns: [
          ['turn', 'the pictures, in order; one more than instructions'],
          ['instructions', 'instruction k turns picture k into picture k + 1'],
          ['edit_instruction', 'all turns in one sentence: from the first picture to the last'],
          ['turn_sample_ids', 'sample ids of the single turns'],
          ['kind', 'composed: mined edits walked one after the other; interactive: edits that a person kept, turn by turn'],
          ['composed_sample_id', 'the triplet from the first picture to the last; empty for interactive ones'],
        ],
        files: ['`pico-multi-turn-<split>.jsonl` has the fields of Pico-Banana, with paths from this folder in place of addresses.'],
      },
    };
  },
};

function chainLine({ item, paths }: TreeRow): string {
  const { row, turns } = item;
  return JSON.stringify({
    sample_id: item.id,
    turn_file_names: paths,
    instructions: wellFormed(turns!.map(({ instruction }) => instruction)),
    edit_instruction: wellFormed(row.chain ? joinInstructions(turns!.map(({ instruction }) => instruction)) : row.instruction),
    category: wellFormed(row.category),
    turn_sample_ids: turns!.map(sampleId),
    kind: row.kind,
    // The turns of a session were never joined into one triplet.
    composed_sample_id: row.chain ? '' : sampleId(row),
    img_width: row.width,
    img_height: row.height,
  });
}

function picoLine({ item, paths }: TreeRow, split: SplitName): string {
  const last = paths.length - 1;
  const idOf = (i: number) => (i === 0 ? 'original_input_image' : i === last ? 'final_image' : `edit_turn${i}`);
  return JSON.stringify({
    files: paths.map((path, i) => ({ id: idOf(i), url: `${split}/${path}` })),
    metadata_edit_turn_prompts: wellFormed(item.turns!.map(({ instruction }) => instruction)),
  });
}
