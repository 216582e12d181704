import { z } from 'zod';
import { ExportFormat, ExportOptions, SplitName } from '../../../shared/model/export.ts';

/** Names of the files that every export has. */
export const FILES = { card: 'README.md', sums: 'SHA256SUMS', provenance: 'provenance.jsonl', manifest: 'manifest.json' } as const;

const Count = z.number().int().nonnegative();
const FileFacts = z.object({ path: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: Count });
export type FileFacts = z.infer<typeof FileFacts>;

/** manifest.json: written last, so a folder that has one is complete. SHA256SUMS lists all files but itself and this. */
export const Manifest = z.object({
  tool: z.literal('nhr-studio'),
  toolVersion: z.string(),
  format: ExportFormat,
  formatVersion: z.literal(2),
  createdAt: z.string(),
  demo: z.boolean(),
  license: z.string(),
  options: ExportOptions,
  counts: z.object({
    rows: Count,
    originals: Count,
    /** Pictures written; one that is embedded in several rows counts each time. */
    pictures: Count,
    /** Of those, pictures that were written in another encoding than they are stored in. */
    encoded: Count,
    bytes: Count,
    byKind: z.record(z.string(), Count),
    byCategory: z.record(z.string(), Count),
    bySplit: z.partialRecord(SplitName, Count),
  }),
  leftOut: z.object({ rejected: Count, duplicates: Count, capped: Count, notForFormat: Count }),
  /** The list of checksums, for which this file vouches; the list vouches for the rest. */
  sums: FileFacts,
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
