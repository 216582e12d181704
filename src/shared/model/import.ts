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
  'inverse',
  'adherence',
  'aesthetics',
]);

/** Columns (or folders) of a set by what they are. */
export const ImportColumns = z.partialRecord(ImportColumn, z.string().min(1));
export type ImportColumns = z.infer<typeof ImportColumns>;

/** A format that can be read, for help and screen. */
export const ImportFormat = z.object({ format: z.string(), about: z.string() });

/** One picture of a previewed row. */
const PreviewPicture = z.object({
  /** What the set calls it. */
  name: z.string(),
  /** A small picture as a data address; empty when it cannot be shown. */
  thumbnail: z.string(),
  width: z.number().int(),
  height: z.number().int(),
});

/** The first rows of a set as an import would take them; nothing is stored by looking. */
export const ImportPreview = z.object({
  /** About; 0 when only reading everything would tell. */
  rows: z.number().int(),
  /** Columns of the set; empty for formats whose columns have fixed names. */
  columns: z.array(z.string()),
  /** The column each role is read from. */
  used: ImportColumns,
  sample: z.array(
    z.object({
      line: z.number().int(),
      /** Null for ratings and rows that cannot be read. */
      source: PreviewPicture.nullable(),
      edited: PreviewPicture.nullable(),
      instruction: z.string(),
      category: z.string(),
      /** What is wrong with the row; empty when nothing is. */
      fault: z.string(),
    }),
  ),
});
export type ImportPreview = z.infer<typeof ImportPreview>;
