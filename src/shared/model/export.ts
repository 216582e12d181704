import { z } from 'zod';
import { TripletFilter } from './triplet.ts';

/** Every layout a set can be written in. The order is that of the screen and of `nhr export --help`. */
export const ExportFormat = z.enum([
  'nhr',
  'hf-parquet',
  'bagel',
  'pairs',
  'manifests',
  'webdataset',
  'preference',
  'chains',
  'ip2p-seeds',
  'ratings',
]);
export type ExportFormat = z.infer<typeof ExportFormat>;

export const SplitName = z.enum(['train', 'validation', 'test']);
export type SplitName = z.infer<typeof SplitName>;

/** Names of the columns of `hf-parquet`: whose training script shall read them. */
export const ColumnPreset = z.enum(['nhr', 'ip2p', 'magicbrush', 'omniedit']);
export type ColumnPreset = z.infer<typeof ColumnPreset>;

/** Names of the fields of `webdataset`. */
export const FieldPreset = z.enum(['nhr', 'x2edit']);
export type FieldPreset = z.infer<typeof FieldPreset>;

/** How pictures are written. `keep` = their own bytes; `png` and `webpLossless` keep every pixel; the others lose some. */
export const PictureFormat = z.enum(['keep', 'png', 'webpLossless', 'jpeg', 'webp']);
export type PictureFormat = z.infer<typeof PictureFormat>;

const Share = z.number().min(0).max(1);
const Splits = z
  .object({ train: Share, validation: Share.default(0), test: Share.default(0) })
  .refine((shares) => Math.abs(shares.train + shares.validation + shares.test - 1) < 1e-6, 'the shares must add up to 1');

/**
 * What goes into an export and how it is written. The one description that contract, command line and screen share; all fields have
 * defaults, and what a format does not know it does not look at.
 */
export const ExportOptions = z.object({
  /** States default to active; without a `decision`, what a reviewer rejected stays out. */
  filter: TripletFilter.default({}),
  /** Named in the card. "other" when nobody chose: a licence is never guessed. */
  license: z.string().trim().min(1).default('other'),
  /** Decides the order, who goes into which split and who stays under a cap. */
  seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
  /** False: in the order of content. */
  shuffle: z.boolean().default(true),
  /** Shares of the rows. Rows that share a picture, directly or over others, always stay together. */
  splits: Splits.default({ train: 1, validation: 0, test: 0 }),
  /** At most so many rows of a category; which ones is drawn from the seed. `categories` wins over `every`. */
  caps: z
    .object({
      every: z.number().int().min(1).optional(),
      categories: z.record(z.string(), z.number().int().min(0)).default({}),
    })
    .default({ categories: {} }),
  /** `row`: the same pictures and instruction twice. `pictures`: the same two pictures twice, whatever the instruction. */
  dedupe: z.enum(['row', 'pictures']).default('row'),
  pictures: z
    .object({
      format: PictureFormat.default('keep'),
      /** Of `jpeg` and `webp`, 1 to 100. */
      quality: z.number().int().min(1).max(100).default(95),
    })
    .default({ format: 'keep', quality: 95 }),
  /** Other wordings of an instruction, where the format has a place for them. */
  paraphrases: z.boolean().default(true),
  /** Scores and low-level numbers, where the format has a place for them. */
  scores: z.boolean().default(true),
  /** Run, prompt, seed, parents and decision, where the format has a place for them. */
  provenance: z.boolean().default(true),
  columns: ColumnPreset.default('nhr'),
  fields: FieldPreset.default('nhr'),
  /** Bytes of a shard, about. */
  shardBytes: z.number().int().min(1_000_000).max(5_000_000_000).default(500_000_000),
  /** Where the dataset will lie when it is trained on, for files that name absolute paths or addresses; empty = where it is written. */
  dataRoot: z.string().default(''),
  preference: z
    .object({
      /** Winner and loser differ at least so much in the geometric mean of their scores. */
      margin: z.number().min(0).max(4).default(0.5),
      /** Pairs of one <source, instruction> at most. */
      perGroup: z.number().int().min(1).max(100).default(3),
      /** Also pairs under the margin, written as ties. */
      ties: z.boolean().default(false),
    })
    .default({ margin: 0.5, perGroup: 3, ties: false }),
});
export type ExportOptions = z.infer<typeof ExportOptions>;

/** What a caller must give: everything in it may be left out. */
export type ExportOptionsInput = z.input<typeof ExportOptions>;

/** Options that only some formats look at; screen and command line show them beside those formats. */
export type SpecialOption = 'columns' | 'fields' | 'shardBytes' | 'dataRoot' | 'preference' | 'paraphrases' | 'scores' | 'provenance';

/** What people are told about a format: its name, whose trainer it is for, and the options that have a meaning in it. */
export const EXPORT_FORMATS: Record<ExportFormat, { title: string; about: string; uses: readonly SpecialOption[] }> = {
  nhr: {
    title: 'NHR layout',
    about: 'Folders of pictures with metadata.jsonl, as the NHR-Edit release has them; loads as an imagefolder.',
    uses: ['paraphrases', 'scores', 'provenance'],
  },
  'hf-parquet': {
    title: 'Hugging Face Parquet',
    about: 'Pictures inside Parquet, for diffusers scripts, streaming and the Hub viewer.',
    uses: ['columns', 'shardBytes', 'paraphrases', 'scores', 'provenance'],
  },
  bagel: {
    title: 'BAGEL kit',
    about: 'Everything to fine-tune BAGEL today: its Parquet, its settings, LoRA numbers and a smoke subset.',
    uses: ['dataRoot', 'paraphrases'],
  },
  pairs: {
    title: 'Pair folders',
    about: 'Target and control folders with captions, for ai-toolkit and musubi-tuner.',
    uses: ['dataRoot'],
  },
  manifests: {
    title: 'Trainer lists',
    about: 'One picture tree with lists for DiffSynth, musubi, OmniGen2, Step1X, UniWorld and DeepGen.',
    uses: ['dataRoot'],
  },
  webdataset: {
    title: 'WebDataset shards',
    about: 'Tar shards for streaming trainers; field names of our own or of X2Edit.',
    uses: ['fields', 'shardBytes', 'paraphrases', 'scores', 'provenance'],
  },
  preference: {
    title: 'Preference pairs',
    about: 'Winner against losers of one edit, for DPO, KTO, EditReward and Pick-a-Pic trainers.',
    uses: ['preference', 'shardBytes'],
  },
  chains: {
    title: 'Multi-turn chains',
    about: 'Composed edits as the turns they are made of, for multi-turn trainers.',
    uses: [],
  },
  'ip2p-seeds': {
    title: 'InstructPix2Pix folders',
    about: 'seeds.json and prompt folders of the original InstructPix2Pix code.',
    uses: ['provenance'],
  },
  ratings: {
    title: 'Validator tuning',
    about: 'Pictures with their scores as Gemini and OpenAI tuning files.',
    uses: ['dataRoot'],
  },
};
