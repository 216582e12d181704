import { z } from 'zod';
import { TripletFilter } from '../../../shared/model/triplet.ts';

/** Names of the files beside the pictures. */
export const FILES = { metadata: 'train/metadata.jsonl', card: 'README.md', sums: 'SHA256SUMS', manifest: 'manifest.json' } as const;

const FileFacts = z.object({ path: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.number().int().nonnegative() });

/** manifest.json: written last, so a folder that has one is complete. SHA256SUMS lists the pictures and all files but itself and this. */
export const Manifest = z.object({
  tool: z.literal('nhr-studio'),
  toolVersion: z.string(),
  format: z.literal('nhr'),
  formatVersion: z.literal(1),
  createdAt: z.string(),
  demo: z.boolean(),
  license: z.string(),
  filter: TripletFilter,
  counts: z.object({
    rows: z.number().int().nonnegative(),
    originals: z.number().int().nonnegative(),
    pictures: z.number().int().nonnegative(),
    pictureBytes: z.number().int().nonnegative(),
    byKind: z.record(z.string(), z.number().int()),
    byCategory: z.record(z.string(), z.number().int()),
  }),
  leftOut: z.object({ rejected: z.number().int(), duplicates: z.number().int() }),
  /** The files of FILES but the manifest. */
  files: z.array(FileFacts),
  runs: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      demo: z.boolean(),
      seed: z.number(),
      schedule: z.string(),
      stages: z.array(z.string()),
      growth: z.array(z.string()),
      gates: z.record(z.string(), z.unknown()),
      models: z.record(z.string(), z.string()),
      promptVersions: z.array(z.string()),
    }),
  ),
});
export type Manifest = z.infer<typeof Manifest>;
