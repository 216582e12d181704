import type { Recipe, StageName } from '../../../shared/model/recipe.ts';
import type { FunnelRow } from '../../../shared/model/run.ts';

/** What an export says about a run its rows came from. */
export interface ExportRun {
  id: string;
  name: string;
  demo: boolean;
  recipe: Pick<Recipe, 'seed' | 'schedule' | 'stages' | 'growth' | 'gates' | 'roles'>;
  funnel: FunnelRow[];
  /** Versions of our prompts behind the verdicts, e.g. "validator: 1". */
  promptVersions: string[];
}

/** What the dataset card is made of. */
export interface CardFacts {
  name: string;
  license: string;
  toolVersion: string;
  rows: number;
  originals: number;
  byKind: Map<string, number>;
  byCategory: Map<string, number>;
  runs: ExportRun[];
}

const SIZES = [
  [1_000, 'n<1K'],
  [10_000, '1K<n<10K'],
  [100_000, '10K<n<100K'],
  [1_000_000, '100K<n<1M'],
  [10_000_000, '1M<n<10M'],
] as const;

const COLUMN_NOTES = [
  ['sample_id', 'stable id: first 16 hex digits of SHA-256 over both pictures and the instruction'],
  ['source, edited', 'the two pictures; `source_file_name` and `edited_file_name` in metadata.jsonl, relative to that file'],
  ['edit_instruction', 'what turns `source` into `edited`'],
  ['augmented_instructions', 'other wordings of the instruction; the first is the instruction itself'],
  ['img_width, img_height', 'pixels, the same for both pictures'],
  ['category, style', 'operation (joined by " and " when there are several) and style; "standard" = none named'],
  ['kind', 'forward, inverse, composed, interactive or imported'],
  ['adherence, aesthetics', "the hard validator's scores, 1.0 to 5.0; -1.0 = not scored"],
  ['geometric_score', 'square root of their product; -1.0 = not scored'],
  ['soft_adherence, soft_aesthetics', "the soft judge's scores, 1.0 to 5.0; -1.0 = not scored"],
  ['low_level_flagged_share', 'share of pixels that changed by more than the threshold; -1.0 = not measured'],
  ['low_level_largest_share', 'share of those in the largest connected component; -1.0 = not measured'],
  ['low_level_components', 'number of connected components; -1 = not measured'],
  ['seed', 'seed of the edit; -1 = none'],
  ['difficulty', 'attempts made until this instruction first succeeded on this picture; -1 = not mined'],
  ['parents', 'sample ids this row was derived from, separated by a space; "" = none'],
  ['decision', '"accept" when a person said so; "" = nobody decided'],
  ['run, t2i_prompt', 'run id and the prompt of the original picture; "" = none'],
  ['source_sha256, edited_sha256', 'SHA-256 of the picture files'],
] as const;

/** README.md of an export: the YAML head that dataset tools read, then what a reader must know. Holds no time and no local path. */
export function datasetCard(facts: CardFacts): string {
  const demo = facts.runs.some((run) => run.demo);
  return [
    ...head(facts, demo),
    '',
    `# ${facts.name}`,
    '',
    ...(demo
      ? ['> **Demo data.** Pictures, instructions and scores were made by the built-in demo studio. Do not train on them.', '']
      : []),
    `${number(facts.rows)} image-editing triplets <original, instruction, edited> over ${number(facts.originals)} original pictures, ` +
      `written by NHR Studio ${facts.toolVersion}.`,
    '',
    '```python',
    'from datasets import load_dataset',
    '',
    'rows = load_dataset("imagefolder", data_dir="PATH/TO/THIS/FOLDER", split="train")',
    'row = rows[0]  # row["source"], row["edit_instruction"], row["edited"]',
    '```',
    '',
    '`source` is the picture before the edit and `edited` the picture after it. Trainers that call the target "image" need them mapped.',
    '',
    ...countTable('Kind', facts.byKind),
    ...countTable('Category', facts.byCategory),
    '## Columns',
    '',
    '| Column | Meaning |',
    '| --- | --- |',
    ...COLUMN_NOTES.map(([name, note]) => `| ${name} | ${note} |`),
    '',
    ...facts.runs.flatMap(runSection),
    '## Files',
    '',
    'Pictures are the bytes that were mined or imported, never encoded again. `image_N_original` is the root of a family of rows;',
    'each other picture of the family is `image_N_edited_K`, stored once however many rows use it. `SHA256SUMS` lists every file',
    '(`sha256sum -c SHA256SUMS`), `manifest.json` the counts and settings; `nhr check-export` reads everything back.',
    '',
    '## Licence',
    '',
    facts.license === 'other'
      ? 'No licence was chosen at export. The terms of the models and of the original pictures apply.'
      : `Chosen at export: ${facts.license}. The terms of the models and of the original pictures apply as well.`,
    '',
  ].join('\n');
}

function head(facts: CardFacts, demo: boolean): string[] {
  return [
    '---',
    `license: ${JSON.stringify(facts.license)}`,
    'language:',
    '- en',
    `pretty_name: ${JSON.stringify(facts.name)}`,
    'task_categories:',
    '- image-to-image',
    'size_categories:',
    `- ${SIZES.find(([limit]) => facts.rows < limit)?.[1] ?? 'n>10M'}`,
    'tags:',
    '- image-editing',
    '- triplet-mining',
    ...(demo ? ['- demo-data'] : []),
    'configs:',
    '- config_name: default',
    '  default: true',
    '  drop_labels: true',
    '  data_files:',
    '  - split: train',
    '    path: train/**',
    '---',
  ];
}

function countTable(title: string, counts: Map<string, number>): string[] {
  const rows = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return [`| ${title} | Rows |`, '| --- | ---: |', ...rows.map(([key, count]) => `| ${plain(key) || '(none)'} | ${number(count)} |`), ''];
}

function runSection(run: ExportRun): string[] {
  const { gates, roles, stages, growth, schedule, seed } = run.recipe;
  const pair = (scores: { adherence: number; aesthetics: number }) => `adherence ${scores.adherence}, aesthetics ${scores.aesthetics}`;
  const gateLines: Partial<Record<StageName, string>> = {
    lowLevel:
      `low-level check: difference over ${gates.lowLevel.threshold} (mask rule "${gates.lowLevel.maskRule}"), 4-connected, ` +
      `largest component at least ${gates.lowLevel.minLargestShare * 100} % of the flagged pixels`,
    softJudge: `soft judge: at least ${pair(gates.softJudge)}`,
    softChecks: 'soft checks: no unwanted change, pleasing overall',
    validator: `hard validator: at least ${pair(gates.validator)}`,
    backwardConsistency: `backward consistency: at least ${pair(gates.backward)}`,
  };
  return [
    `## Run ${plain(run.name)}`,
    '',
    `Run ${run.id}, seed ${seed}, schedule ${schedule}${run.demo ? ', demo studio' : ''}.`,
    '',
    '| Stage | Count | Change |',
    '| --- | ---: | ---: |',
    ...run.funnel.map((row) => `| ${plain(row.label)} | ${number(row.count)} | ${row.change === null ? '' : percent(row.change)} |`),
    '',
    'Gates, in the order they ran:',
    '',
    ...[...stages, ...growth].flatMap((stage) => (gateLines[stage] === undefined ? [] : [`- ${gateLines[stage]}`])),
    '',
    'Models:',
    '',
    ...Object.entries(roles).map(([role, binding]) => `- ${role}: ${plain(binding?.model ?? '')} (${plain(binding?.endpoint ?? '')})`),
    '',
    ...(run.promptVersions.length > 0 ? [`Prompt versions: ${run.promptVersions.map(plain).join(', ')}.`, ''] : []),
  ];
}

/** Model and recipe names are free text: nothing in them may break a table or start markup. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[|<>`[\]]/g, '\\$&');
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function percent(change: number): string {
  return `${change > 0 ? '+' : ''}${(change * 100).toFixed(2)} %`;
}
