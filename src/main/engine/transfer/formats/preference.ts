import { join } from 'node:path';
import { geometricScore } from '../../../../shared/model/attempt.ts';
import type { ExportOptions, SplitName } from '../../../../shared/model/export.ts';
import { checkLines } from '../check/checkLines.ts';
import { checkPreferences } from '../check/checkPreferences.ts';
import { readFiles } from '../check/readFiles.ts';
import { formatFloat, sampleId } from '../columns.ts';
import type { ExportFormat, FormatContext } from '../export/format.ts';
import { contentId, type ExportItem, type ItemsOf } from '../export/items.ts';
import { freshFile } from '../export/pieces.ts';
import { createIdSet } from '../idIndex.ts';
import type { FileFacts } from '../manifest.ts';
import type { ParquetColumn } from '../parquet/writer.ts';
import { imagefolderConfigs } from './configs.ts';
import { freshParquet, writeWith } from './containers.ts';
import { huggingfaceFooter, ROW_GROUP } from './hfParquet.ts';
import { cutShards, shardCounts } from './shards.ts';
import { planTree, type Tree, type TreeRow } from './tree.ts';

/**
 * The pairs of one triplet: its winner against the other candidates of the same picture and instruction. Both must have been scored
 * by the same validator (model and prompt version), and differ by at least the margin; closer ones are ties and only taken when asked
 * for. Of an edit that a person kept, the person's choice counts: it won over every variant that was not kept, whatever the scores
 * say. A row whose winner does not pass its gate is not in the set at all. The worst losers come first when a group is cut.
 */
const preferenceItems: ItemsOf = (row, deps, { preference }: Pick<ExportOptions, 'preference'>) => {
  const contest = deps.contest(row);
  if (contest === null || row.scores === null) return [];
  const won = geometricScore(row.scores);
  const chosen = byPerson(row);
  const compared = contest.losers
    .filter(({ validator, editedHash }) => validator === contest.validator && editedHash !== row.editedHash)
    .map((loser) => ({ loser, score: geometricScore(loser.scores) }))
    .filter(({ score }) => chosen || score <= won)
    .sort((a, b) => a.score - b.score || (a.loser.editedHash < b.loser.editedHash ? -1 : 1));
  return compared
    .map(({ loser, score }) => ({ ...loser, tie: !chosen && won - score < preference.margin }))
    .filter(({ tie }) => preference.ties || !tie)
    .slice(0, preference.perGroup)
    .map((loser) => ({
      id: contentId(row.sourceHash, row.editedHash, loser.editedHash, row.instruction),
      row,
      loser,
      pictures: [
        { role: 'source', hash: row.sourceHash },
        { role: 'edited', hash: row.editedHash },
        { role: 'rejected', hash: loser.editedHash },
      ],
    }));
};

/** Whether a person chose the winner. */
const byPerson = (row: ExportItem['row']) => row.kind === 'interactive';

/** Whether the scores say the same as who won; a list that holds scores for training takes no others. */
function scoresAgree({ row, loser }: ExportItem): boolean {
  return geometricScore(row.scores!) >= geometricScore(loser!.scores);
}

/** Whether the winner is the first picture of an unordered pair: drawn from the content, so that its place says nothing. */
function winnerFirst(item: Pick<ExportItem, 'id'>): boolean {
  return Number.parseInt(item.id.at(-1)!, 16) % 2 === 0;
}

const PICK_SCHEMA: ParquetColumn[] = [
  { name: 'sample_id', type: 'string' },
  { name: 'source_image', type: 'image' },
  { name: 'caption', type: 'string' },
  { name: 'jpg_0', type: 'binary' },
  { name: 'jpg_1', type: 'binary' },
  { name: 'label_0', type: 'double' },
];

/** Preference sets: winner against losers, as a tree with metadata, for EditReward, as KTO rows, and as Pick-a-Pic with the source. */
export const preference: ExportFormat = {
  id: 'preference',
  items: preferenceItems,
  linksPictures: true,
  // The Pick-a-Pic files hold the pictures once more.
  copiesPictures: () => 1,
  readBack: async function* (context, lines) {
    yield* readFiles(context, lines, async () => ({}));
    await checkLines(context, [
      {
        path: (split) => `${split}/metadata.jsonl`,
        pictures: (row, split) => ['source', 'chosen', 'rejected'].map((role) => `${split}/${row[`${role}_file_name`]}`),
      },
    ]);
    await checkPreferences(context);
  },
  async prepare(context) {
    const { plan } = context;
    const tree = await planTree(context);
    const shards = cutShards(
      plan,
      { bytes: context.options.shardBytes },
      (split, index) => `pick-${split}-${String(index).padStart(5, '0')}`,
    );
    const totals = shardCounts(shards);
    return {
      pieces: [...tree.pieces, ...shards],
      write: (piece, note) => (piece.id.startsWith('pick-') ? writePick(context, piece.id, piece, totals) : tree.write(piece, note)),
      async finish() {
        const files: FileFacts[] = [];
        for (const { name, rows } of plan.splits) {
          if (rows === 0) continue;
          for (const list of LISTS) files.push(await writeList(context, tree, name, list));
        }
        return files;
      },
      card: {
        configs: imagefolderConfigs(plan.splits),
        info: [],
        usage: [
          'Pairs of edits of one picture by one instruction: `chosen` won. Both were scored by the same validator; the geometric means of their',
          `scores differ by at least ${context.options.preference.margin}${context.options.preference.ties ? ', or the pair is marked as a tie' : ''}. At most ${context.options.preference.perGroup} pairs a group.`,
          '',
          '```python',
          'from datasets import load_dataset',
          '',
          'rows = load_dataset("imagefolder", data_dir="PATH/TO/THIS/FOLDER", split="train")',
          'row = rows[0]  # row["source"], row["prompt"], row["chosen"], row["rejected"]',
          '```',
        ],
        columns: [
          ['source, chosen, rejected', 'the picture before the edit, the better edit, the worse edit'],
          ['chosen_adherence, rejected_adherence, ..._aesthetics', "the validator's scores, 1.0 to 5.0"],
          ['margin', 'difference of the geometric means; below 0 where a person chose against the scores'],
          ['chosen_by', 'who chose: the validator by its scores, or a person in the edit room'],
          ['tie', 'true when the margin is below the one asked for'],
          ['rejected_stage, rejected_reason', 'where the worse edit was rejected; "" = it passed and was only worse'],
        ],
        files: [
          '`<split>/metadata.jsonl` is the generic form; `editreward-<split>.json` that of EditReward (its scores of 1 to 4 are ours of 1 to 5 as',
          '(s - 1) x 0.75 + 1; path1 is always the better one; pairs where a person chose against the scores are left out of it); `kto-<split>.jsonl` has one row an edit with a label; `pick-a-pic/` holds Parquet',
          'with jpg_0, jpg_1 (bytes as stored, in drawn order), label_0 (1.0 = the first is better, 0.5 = tie) and the source.',
        ],
      },
    };
  },
};

async function writePick(
  { plan, pictures, dir, signal, progress }: FormatContext,
  id: string,
  piece: { split: SplitName; from: number; to: number },
  totals: Map<SplitName, number>,
): Promise<FileFacts[]> {
  const path = `pick-a-pic/${id.slice('pick-'.length)}-of-${String(totals.get(piece.split)).padStart(5, '0')}.parquet`;
  const options = { schema: PICK_SCHEMA, keyValues: huggingfaceFooter(PICK_SCHEMA), ...ROW_GROUP };
  return writeWith(await freshParquet(dir, path, options), async (writer) => {
    for (let position = piece.from; position < piece.to; position++) {
      signal.throwIfAborted();
      const item = plan.item(piece.split, plan.rankAt(piece.split, position));
      const [source, chosen, rejected] = await Promise.all(item.pictures.map(pictures.content));
      const first = winnerFirst(item);
      await writer.write({
        sample_id: item.id,
        source_image: { bytes: source!.content, path: `${item.id}_source.${pictures.extensionOf(item.pictures[0]!)}` },
        caption: item.row.instruction.toWellFormed(),
        jpg_0: (first ? chosen : rejected)!.content,
        jpg_1: (first ? rejected : chosen)!.content,
        label_0: item.loser!.tie ? 0.5 : first ? 1 : 0,
      });
      progress(0);
    }
    const { bytes, sha256 } = await writer.close();
    return [{ path, bytes, sha256 }];
  });
}

interface List {
  path(split: SplitName): string;
  open: string;
  between: string;
  close: string;
  /** `isNew` says whether an id comes for the first time in this file. */
  lines(row: TreeRow, split: SplitName, isNew: (id: string) => boolean): string[];
}

const LISTS: readonly List[] = [
  { path: (split) => `${split}/metadata.jsonl`, open: '', between: '\n', close: '\n', lines: (row) => [genericLine(row)] },
  {
    path: (split) => `editreward-${split}.json`,
    open: '[\n',
    between: ',\n',
    close: '\n]\n',
    lines: (row, split) => (scoresAgree(row.item) ? [editRewardLine(row, split)] : []),
  },
  { path: (split) => `kto-${split}.jsonl`, open: '', between: '\n', close: '\n', lines: ktoLines },
];

async function writeList({ dir, signal }: FormatContext, tree: Tree, split: SplitName, list: List): Promise<FileFacts> {
  const path = list.path(split);
  return writeWith(await freshFile(join(dir, path)), async (file) => {
    await file.write(list.open);
    const seen = createIdSet();
    let first = true;
    for (const row of tree.rows(split)) {
      signal.throwIfAborted();
      for (const line of list.lines(row, split, seen.add)) {
        await file.write(`${first ? '' : list.between}${line}`);
        first = false;
      }
    }
    await file.write(list.close);
    return { path, ...(await file.close()) };
  });
}

/** An object as JSON; numbers of `floats` always with a decimal point, for readers that guess types. */
function record(texts: Record<string, string | boolean>, floats: Record<string, number>): string {
  const cells = [
    ...Object.entries(texts).map(
      ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(typeof value === 'string' ? value.toWellFormed() : value)}`,
    ),
    ...Object.entries(floats).map(([name, value]) => `${JSON.stringify(name)}:${formatFloat(value)}`),
  ];
  return `{${cells.join(',')}}`;
}

function genericLine({ item, paths: [source, chosen, rejected] }: TreeRow): string {
  const { row, loser } = item;
  const won = row.scores!;
  return record(
    {
      sample_id: item.id,
      chosen_sample_id: sampleId(row),
      source_file_name: source!,
      chosen_file_name: chosen!,
      rejected_file_name: rejected!,
      prompt: row.instruction,
      category: row.category,
      tie: loser!.tie,
      rejected_stage: loser!.stage,
      rejected_reason: loser!.reason,
      validator: loser!.validator,
      chosen_by: byPerson(row) ? 'person' : 'validator',
    },
    {
      chosen_adherence: won.adherence,
      chosen_aesthetics: won.aesthetics,
      rejected_adherence: loser!.scores.adherence,
      rejected_aesthetics: loser!.scores.aesthetics,
      margin: geometricScore(won) - geometricScore(loser!.scores),
    },
  );
}

/** Scores of 1 to 5 on EditReward's scale of 1 to 4. */
const ofFour = (score: number) => (score - 1) * 0.75 + 1;

function editRewardLine({ item, paths }: TreeRow, split: SplitName): string {
  const { row, loser } = item;
  const path = (i: number) => `${split}/${paths[i]}`;
  const dims = (n: 1 | 2, { adherence, aesthetics }: { adherence: number; aesthetics: number }) => ({
    [`model${n}_dim1_score`]: ofFour(adherence),
    [`model${n}_dim2_score`]: ofFour(aesthetics),
    [`model${n}_overall_score`]: ofFour(adherence) + ofFour(aesthetics),
  });
  const texts = {
    id: item.id,
    prompt: row.instruction,
    path_src: path(0),
    path1: path(1),
    path2: path(2),
    model1: 'winner',
    model2: 'loser',
  };
  const body = record({ ...texts, tie_case: loser!.tie }, { ...dims(1, row.scores!), ...dims(2, loser!.scores), confidence: 1 });
  return `${body.slice(0, -1)},"choice_dist":${loser!.tie ? '[0.5,0.5]' : '[1.0,0.0]'}}`;
}

/**
 * One row an edit, however many pairs it is in: a winner over three losers would else be learnt three times. A tie says nothing about
 * either, so it gives none.
 */
function ktoLines({ item, paths }: TreeRow, split: SplitName, isNew: (id: string) => boolean): string[] {
  const { row, loser } = item;
  if (loser!.tie) return [];
  const line = (path: string, label: boolean, hash: string, { adherence, aesthetics }: { adherence: number; aesthetics: number }) => {
    const id = contentId(row.sourceHash, hash, row.instruction, String(label));
    if (!isNew(id)) return [];
    const texts = { id, image: `${split}/${paths[0]}`, prompt: row.instruction, completion: `${split}/${path}`, label };
    return [record(texts, { adherence, aesthetics })];
  };
  return [...line(paths[1]!, true, row.editedHash, row.scores!), ...line(paths[2]!, false, loser!.editedHash, loser!.scores)];
}
