import { z } from 'zod';

/** What of a row a column of an imported set can be mapped to. */
export const ImportColumn = z.enum([
  'source',
  'edited',
  'instruction',
  'id',
  'category',
  'style',
  'kind',
  'paraphrases',
  'adherence',
  'aesthetics',
]);

/** Columns (or folders) of a set by what they are. */
export const ImportColumns = z.partialRecord(ImportColumn, z.string().min(1));
export type ImportColumns = z.infer<typeof ImportColumns>;

/** A format that can be read, for help and screen. */
export const ImportFormat = z.object({ format: z.string(), about: z.string() });
