import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scores } from '../../../../shared/model/attempt.ts';
import type { SplitName } from '../../../../shared/model/export.ts';
import { promptFor } from '../../domain/prompts.ts';
import { checkLines } from '../check/checkLines.ts';
import { readFiles } from '../check/readFiles.ts';
import { type ExportRow, formatFloat } from '../columns.ts';
import type { ExportFormat, FormatContext } from '../export/format.ts';
import { type ItemsOf, tripletItems } from '../export/items.ts';
import type { FileFacts } from '../manifest.ts';
import { planTree, type TreeRow } from './tree.ts';
import { writeTreeLines } from './treeLines.ts';

/** The scores to learn: what people gave where they did, else what the validator gave. */
function scoresOf({ human, scores }: ExportRow): Scores | null {
  return human ?? scores;
}

/** Rows that nobody scored teach a validator nothing. */
const ratedItems: ItemsOf = (row, deps, options) => (scoresOf(row) === null ? [] : tripletItems(row, deps, options));

const MIME: Record<string, string> = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp', gif: 'image/gif', avif: 'image/avif' };

/** A corpus for tuning a validator: our own question, both pictures, and the scores as the answer. */
export const ratings: ExportFormat = {
  id: 'ratings',
  items: ratedItems,
  linksPictures: true,
  // As text in the OpenAI file, four letters for three bytes, unless pictures have addresses.
  copiesPictures: ({ dataRoot }) => (hasAddresses(dataRoot) ? 0 : 4 / 3),
  // What both tuning services take.
  takes: ['jpeg', 'png', 'webp'],
  readBack: async function* (context, lines) {
    yield* readFiles(context, lines, async () => ({}));
    await checkLines(context, [
      { path: (split) => `corpus-${split}.jsonl`, pictures: ({ source, edited }) => [String(source), String(edited)] },
      { path: (split) => `gemini-${split}.jsonl`, pictures: () => [] },
      { path: (split) => `openai-${split}.jsonl`, pictures: () => [] },
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
          files.push(await writeTreeLines(context, tree, name, `gemini-${name}.jsonl`, (row) => geminiLine(context, row, name)));
          files.push(await writeTreeLines(context, tree, name, `openai-${name}.jsonl`, (row) => openaiLine(context, row, name)));
          files.push(await writeTreeLines(context, tree, name, `corpus-${name}.jsonl`, (row) => corpusLine(row, name)));
        }
        return files;
      },
      card: {
        configs: [],
        info: [],
        usage: [
          'Supervised tuning of a validator. `gemini-<split>.jsonl` names pictures by address: give the bucket (gs://...) at export, or replace the',
          'start of the addresses after the upload. `openai-<split>.jsonl` holds the pictures as data URLs, or as addresses when the place given at',
          `export begins with https://. The question is our validator prompt, ${promptFor(questionOf('')).version}.`,
        ],
        columns: [],
        files: [
          "The scores are the mean of what people gave, or the validator's where nobody rated the row: `corpus-<split>.jsonl` says which.",
        ],
      },
    };
  },
};

function hasAddresses(dataRoot: string): boolean {
  return dataRoot.startsWith('https://');
}

function questionOf(instruction: string) {
  return { kind: 'scores', instruction, source: '', edited: '' } as const;
}

function answerOf({ item }: TreeRow): string {
  const { adherence, aesthetics } = scoresOf(item.row)!;
  return `{"adherence": ${formatFloat(adherence)}, "aesthetics": ${formatFloat(aesthetics)}}`;
}

function mimeOf(path: string): string {
  return MIME[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
}

function addressOf({ options }: FormatContext, path: string): string {
  return options.dataRoot === '' ? path : `${options.dataRoot.replace(/\/+$/, '')}/${path}`;
}

/** The same rows without a vendor's form: who gave the scores, and how many people they were. */
function corpusLine({ item, paths }: TreeRow, split: SplitName): string {
  const { row } = item;
  const { adherence, aesthetics } = scoresOf(row)!;
  const texts = {
    sample_id: item.id,
    instruction: row.instruction.toWellFormed(),
    category: row.category.toWellFormed(),
    source: `${split}/${paths[0]}`,
    edited: `${split}/${paths[1]}`,
    rated_by: row.human === null ? 'validator' : 'people',
    raters: row.human?.raters ?? 0,
  };
  return `${JSON.stringify(texts).slice(0, -1)},"adherence":${formatFloat(adherence)},"aesthetics":${formatFloat(aesthetics)}}`;
}

function geminiLine(context: FormatContext, row: TreeRow, split: SplitName): string {
  const pictures = row.paths.map((path) => ({ fileData: { mimeType: mimeOf(path), fileUri: addressOf(context, `${split}/${path}`) } }));
  return JSON.stringify({
    contents: [
      { role: 'user', parts: [{ text: promptFor(questionOf(row.item.row.instruction.toWellFormed())).text }, ...pictures] },
      { role: 'model', parts: [{ text: answerOf(row) }] },
    ],
  });
}

async function openaiLine(context: FormatContext, row: TreeRow, split: SplitName): Promise<string> {
  const byAddress = hasAddresses(context.options.dataRoot);
  const urls = await Promise.all(
    row.paths.map(async (path) => {
      if (byAddress) return addressOf(context, `${split}/${path}`);
      return `data:${mimeOf(path)};base64,${(await readFile(join(context.dir, split, path))).toString('base64')}`;
    }),
  );
  return JSON.stringify({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: promptFor(questionOf(row.item.row.instruction.toWellFormed())).text },
          ...urls.map((url) => ({ type: 'image_url', image_url: { url } })),
        ],
      },
      { role: 'assistant', content: answerOf(row) },
    ],
  });
}
