import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  ColumnPreset,
  EXPORT_FORMATS,
  ExportFormat,
  type ExportOptionsInput,
  FieldPreset,
  PictureFormat,
} from '../../shared/model/export.ts';
import { TripletKind } from '../../shared/model/triplet.ts';
import type { ExportCommand } from './commands/transfer.ts';

/** What commander gives for the options below. */
interface Flags {
  out: string;
  format: ExportFormat;
  run?: string;
  kind?: TripletKind[];
  category?: string;
  minScore?: number;
  accepted: boolean;
  license?: string;
  seed?: number;
  shuffle: boolean;
  split?: { train: number; validation: number; test: number };
  cap?: number;
  dedupe?: 'row' | 'pictures';
  pictures?: PictureFormat;
  quality?: number;
  paraphrases: boolean;
  scores: boolean;
  provenance: boolean;
  columns?: ColumnPreset;
  fields?: FieldPreset;
  shardMb?: number;
  dataRoot?: string;
  margin?: number;
  perGroup?: number;
  ties: boolean;
  capCategory?: Record<string, number>;
  check: boolean;
}

/** The options of `nhr export`. */
export function exportOptions(command: Command): Command {
  return command
    .requiredOption('--out <dir>', 'a new folder, or one of a stopped export of the same kind: it goes on there')
    .addOption(new Option('--format <name>', 'layout').choices(ExportFormat.options).default('nhr'))
    .option('--run <run>', 'only this run')
    .addOption(new Option('--kind <kinds...>', 'only these kinds').choices(TripletKind.options))
    .option('--category <name>', 'only this operation')
    .option('--min-score <score>', 'only geometric scores from this on (1 to 5)', between(1, 5))
    .option('--accepted', 'only what a reviewer accepted', false)
    .option('--license <id>', 'licence named in the dataset card (default: other)')
    .option('--seed <n>', 'decides order, splits and who stays under a cap (default: 0)', between(0, Number.MAX_SAFE_INTEGER))
    .option('--no-shuffle', 'in the order of content')
    .option('--split <shares>', 'train/validation/test, for example 90/5/5; pictures in common never part', splitShares)
    .option('--cap <n>', 'at most so many rows of a category', between(1, Number.MAX_SAFE_INTEGER))
    .option('--cap-category <name=n>', 'at most so many rows of this category; may be given again', categoryCap)
    .addOption(new Option('--dedupe <what>', 'what counts as twice the same').choices(['row', 'pictures']))
    .addOption(
      new Option('--pictures <format>', 'keep = byte for byte; png and webpLossless keep every pixel').choices(PictureFormat.options),
    )
    .option('--quality <n>', 'of jpeg and webp, 1 to 100', between(1, 100))
    .option('--no-paraphrases', 'leave other wordings out')
    .option('--no-scores', 'leave scores out')
    .option('--no-provenance', 'leave run, prompt, seed and parents out')
    .addOption(new Option('--columns <preset>', 'column names of hf-parquet').choices(ColumnPreset.options))
    .addOption(new Option('--fields <preset>', 'field names of webdataset').choices(FieldPreset.options))
    .option('--shard-mb <n>', 'size of a shard, about (default: 500)', between(1, 5000))
    .option('--data-root <path>', 'where the dataset will lie when it is trained on')
    .option('--margin <x>', 'least difference between winner and loser of preference (default: 0.5)', between(0, 4))
    .option('--per-group <n>', 'pairs of one picture and instruction of preference, at most (default: 3)', between(1, 100))
    .option('--ties', 'pairs closer than the margin too, marked as ties', false)
    .option('--no-check', 'do not read everything back when it is written')
    .addHelpText(
      'after',
      `\nLayouts:\n${ExportFormat.options.map((name) => `  ${name.padEnd(12)} ${EXPORT_FORMATS[name].about}`).join('\n')}`,
    );
}

/** Flags as the contract takes them: what was not given is left out, so that its default counts. */
export function exportCommand(flags: Flags): ExportCommand {
  const given = <K extends string, V>(name: K, value: V | undefined) => (value === undefined ? {} : ({ [name]: value } as Record<K, V>));
  const options: ExportOptionsInput = {
    filter: {
      ...given('kinds', flags.kind),
      ...given('category', flags.category),
      ...given('minGeometric', flags.minScore),
      ...(flags.accepted ? { decision: 'accept' as const } : {}),
    },
    ...given('license', flags.license),
    ...given('seed', flags.seed),
    shuffle: flags.shuffle,
    ...given('splits', flags.split),
    ...(flags.cap || flags.capCategory ? { caps: { ...given('every', flags.cap), ...given('categories', flags.capCategory) } } : {}),
    ...given('dedupe', flags.dedupe),
    ...(flags.pictures || flags.quality ? { pictures: { ...given('format', flags.pictures), ...given('quality', flags.quality) } } : {}),
    paraphrases: flags.paraphrases,
    scores: flags.scores,
    provenance: flags.provenance,
    ...given('columns', flags.columns),
    ...given('fields', flags.fields),
    ...given('shardBytes', flags.shardMb === undefined ? undefined : flags.shardMb * 1_000_000),
    ...given('dataRoot', flags.dataRoot),
    preference: { ...given('margin', flags.margin), ...given('perGroup', flags.perGroup), ties: flags.ties },
  };
  return { out: flags.out, format: flags.format, run: flags.run, check: flags.check, options };
}

function between(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= least && value <= most))
      throw new InvalidArgumentError(`a number from ${least} to ${most} is wanted.`);
    return value;
  };
}

/** "Add object=500", gathered over several options. Names may hold =; the last one counts. */
function categoryCap(text: string, before: Record<string, number> = {}): Record<string, number> {
  const at = text.lastIndexOf('=');
  const most = Number(text.slice(at + 1));
  if (at < 1 || text.slice(at + 1).trim() === '' || !Number.isSafeInteger(most) || most < 0)
    throw new InvalidArgumentError('a category and a number are wanted, for example "Add object=500".');
  return { ...before, [text.slice(0, at)]: most };
}

function splitShares(text: string): { train: number; validation: number; test: number } {
  const shares = text.split('/').map(Number);
  const sum = shares.reduce((a, b) => a + b, 0);
  if (shares.length > 3 || shares.some((share) => !(share >= 0)) || Math.abs(sum - 100) > 1e-6)
    throw new InvalidArgumentError('up to three numbers that add up to 100 are wanted, for example 90/5/5.');
  const [train = 0, validation = 0, test = 0] = shares.map((share) => share / 100);
  return { train, validation, test };
}
