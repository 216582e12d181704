import type { Column } from './columns.ts';

const NOTES: Record<string, string> = {
  sample_id: 'stable id: first 16 hex digits of SHA-256 over both pictures and the instruction',
  source_file_name: 'path of the picture before the edit, relative to metadata.jsonl; loads as the image column `source`',
  edited_file_name: 'path of the picture after the edit; loads as the image column `edited`',
  edit_instruction: 'what turns `source` into `edited`',
  augmented_instructions: 'wordings of the instruction; the first is the instruction itself',
  img_width: 'pixels, the same for both pictures',
  img_height: 'pixels, the same for both pictures',
  category: 'operation, joined by " and " when there are several',
  style: 'style of the picture; "standard" = none named',
  kind: 'forward, inverse, composed, interactive or imported',
  adherence: "the hard validator's score, 1.0 to 5.0; -1.0 = not scored",
  aesthetics: "the hard validator's score, 1.0 to 5.0; -1.0 = not scored",
  geometric_score: 'square root of their product; -1.0 = not scored',
  soft_adherence: "the soft judge's score, 1.0 to 5.0; -1.0 = not scored",
  soft_aesthetics: "the soft judge's score, 1.0 to 5.0; -1.0 = not scored",
  low_level_flagged_share: 'share of pixels that changed by more than the threshold; -1.0 = not measured',
  low_level_largest_share: 'share of those in the largest connected component; -1.0 = not measured',
  low_level_components: 'number of connected components; -1 = not measured',
  signals: 'what local scorers measured, a JSON object of numbers by name; "" = not measured',
  seed: 'seed of the edit; -1 = none',
  difficulty: 'attempts made until this instruction first succeeded on this picture; -1 = not mined',
  parents: 'sample ids this row was derived from, separated by a space; "" = none',
  decision: '"accept" when a person said so; "" = nobody decided',
  run: 'run id; "" = none',
  t2i_prompt: 'prompt of the original picture; "" = none',
  source_sha256: 'SHA-256 of the picture as it was mined or imported',
  edited_sha256: 'SHA-256 of the picture as it was mined or imported',
};

/** What the columns of an export mean, for its card. */
export function columnNotes(columns: readonly Column[]): [name: string, meaning: string][] {
  return columns.map(([name]) => [name, NOTES[name] ?? '']);
}
