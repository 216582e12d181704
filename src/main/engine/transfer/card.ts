import { formatCount } from '../../../shared/count.ts';
import type { ExportFormat, ExportOptions } from '../../../shared/model/export.ts';
import type { StageName } from '../../../shared/model/recipe.ts';
import type { ExportRun } from './export/deps.ts';
import type { CardPart } from './export/format.ts';
import type { Plan } from './export/plan.ts';

/** What the dataset card is made of. */
export interface CardFacts {
  name: string;
  format: ExportFormat;
  license: string;
  toolVersion: string;
  plan: Pick<Plan, 'rows' | 'originals' | 'byKind' | 'byCategory' | 'splits' | 'leftOut' | 'demoEdits'>;
  options: ExportOptions;
  runs: ExportRun[];
  part: CardPart;
  /** Pictures that were written in another encoding than they are stored in. */
  encoded: number;
}

const SIZES = [
  [1_000, 'n<1K'],
  [10_000, '1K<n<10K'],
  [100_000, '10K<n<100K'],
  [1_000_000, '100K<n<1M'],
  [10_000_000, '1M<n<10M'],
] as const;

/** README.md of an export: the YAML head that dataset tools read, then what a reader must know. Holds no time and no local path. */
export function datasetCard(facts: CardFacts): string {
  const { plan, part } = facts;
  const demo = plan.demoEdits || facts.runs.some((run) => run.demo);
  return [
    ...head(facts, demo),
    '',
    `# ${facts.name}`,
    '',
    ...(demo
      ? ['> **Demo data.** Pictures, instructions and scores were made by the built-in demo studio. Do not train on them.', '']
      : []),
    `${formatCount(plan.rows)} samples made of image-editing triplets <original, instruction, edited> over ${formatCount(plan.originals)} original ` +
      `pictures, written by NHR Studio ${facts.toolVersion}.`,
    '',
    ...part.usage,
    '',
    ...(plan.splits.length > 1 ? countTable('Split', new Map(plan.splits.map((split) => [split.name, split.rows]))) : []),
    ...(plan.splits.length > 1 ? ['Samples that share a picture, directly or over others, are in one split.', ''] : []),
    ...countTable('Kind', plan.byKind),
    ...countTable('Category', plan.byCategory),
    '![Rows by category](plots/categories.svg)',
    '',
    ...(part.columns.length > 0
      ? [
          '## Columns',
          '',
          '| Column | Meaning |',
          '| --- | --- |',
          ...part.columns.map(([name, note]) => `| ${plain(name)} | ${note} |`),
          '',
        ]
      : []),
    ...facts.runs.flatMap(runSection),
    '## Files',
    '',
    ...part.files,
    '',
    picturesLine(facts),
    'what each sample is made of is in `provenance.jsonl`, or in the columns where there is none.',
    '`SHA256SUMS` lists every file (`sha256sum -c SHA256SUMS`), `manifest.json` the counts and settings; `nhr check-export` reads',
    'everything back.',
    '',
    ...leftOutLines(facts),
    '## Licence',
    '',
    facts.license === 'other'
      ? 'No licence was chosen at export. The terms of the models and of the original pictures apply.'
      : `Chosen at export: ${plain(facts.license)}. The terms of the models and of the original pictures apply as well.`,
    '',
  ].join('\n');
}

function picturesLine({ encoded, options }: CardFacts): string {
  if (encoded === 0) return 'Pictures are the bytes that were mined or imported, never encoded again;';
  const quality = options.pictures.format === 'jpeg' || options.pictures.format === 'webp' ? `, quality ${options.pictures.quality}` : '';
  const as = options.pictures.format === 'keep' ? 'PNG, which keeps every pixel' : `${options.pictures.format}${quality}`;
  return `${formatCount(encoded)} pictures were encoded anew (${as}); all others are the bytes that were mined or imported;`;
}

function leftOutLines({ plan, options }: CardFacts): string[] {
  const { rejected, duplicates, capped, notForFormat } = plan.leftOut;
  const parts = [
    rejected > 0 ? `${formatCount(rejected)} rejected in review` : '',
    duplicates > 0 ? `${formatCount(duplicates)} there already` : '',
    capped > 0 ? `${formatCount(capped)} over the cap of their category` : '',
    notForFormat > 0 ? `${formatCount(notForFormat)} with nothing that this format holds` : '',
  ].filter((part) => part !== '');
  const order = options.shuffle ? `Shuffled by seed ${options.seed}.` : 'In the order of content.';
  return [`${order}${parts.length > 0 ? ` Left out: ${parts.join(', ')}.` : ''}`, ''];
}

function head({ license, name, plan, part }: CardFacts, demo: boolean): string[] {
  return [
    '---',
    `license: ${JSON.stringify(license)}`,
    'language:',
    '- en',
    `pretty_name: ${JSON.stringify(name)}`,
    'task_categories:',
    '- image-to-image',
    'size_categories:',
    `- ${SIZES.find(([limit]) => plan.rows < limit)?.[1] ?? 'n>10M'}`,
    'tags:',
    '- image-editing',
    '- triplet-mining',
    ...(demo ? ['- demo-data'] : []),
    ...(part.configs.length > 0 ? ['configs:', ...part.configs] : []),
    ...(part.info.length > 0 ? ['dataset_info:', ...part.info] : []),
    '---',
  ];
}

function countTable(title: string, counts: Map<string, number>): string[] {
  const rows = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return [
    `| ${title} | Rows |`,
    '| --- | ---: |',
    ...rows.map(([key, count]) => `| ${plain(key) || '(none)'} | ${formatCount(count)} |`),
    '',
  ];
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
    ...run.funnel.map((row) => `| ${plain(row.label)} | ${formatCount(row.count)} | ${row.change === null ? '' : percent(row.change)} |`),
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

function percent(change: number): string {
  return `${change > 0 ? '+' : ''}${(change * 100).toFixed(2)} %`;
}
