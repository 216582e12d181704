import { AppError } from '../../../../shared/model/errors.ts';
import { ImportColumn, type ImportColumns } from '../../../../shared/model/import.ts';

export const ROLES = ImportColumn.options;
export type Role = (typeof ROLES)[number];

/** Columns by role, as the user gave them. */
export type ColumnMap = ImportColumns;

/** Columns by role; the first that a row has counts. */
export type Preset = Record<Role, readonly string[]>;

const NONE: Preset = {
  source: [],
  edited: [],
  instruction: [],
  id: [],
  category: [],
  style: [],
  kind: [],
  paraphrases: [],
  inverse: [],
  adherence: [],
  aesthetics: [],
};

/** Names of columns in published sets (formats-and-benchmarks.md sections 1 and 3). `nhr` knows both spellings of NHR-Edit and our own. */
export const PRESETS = {
  nhr: {
    source: ['source_image', 'source', 'source_file_name', 'source_image_file_name'],
    edited: ['edited_image', 'edited', 'edited_file_name', 'edited_image_file_name'],
    instruction: ['edit_instruction', 'instruction'],
    id: ['sample_id'],
    category: ['category'],
    style: ['style'],
    kind: ['kind'],
    paraphrases: ['augmented_instructions'],
    inverse: [],
    adherence: ['adherence'],
    aesthetics: ['aesthetics'],
  },
  ip2p: {
    ...NONE,
    source: ['input_image', 'original_image', 'input_image_file_name'],
    edited: ['edited_image', 'output_image', 'edited_image_file_name'],
    instruction: ['edit_prompt'],
    id: ['sample_id'],
    category: ['category'],
    adherence: ['adherence'],
    aesthetics: ['aesthetics'],
  },
  magicbrush: { ...NONE, source: ['source_img'], edited: ['target_img'], instruction: ['instruction'] },
  omniedit: {
    ...NONE,
    source: ['src_img'],
    edited: ['edited_img'],
    instruction: ['edited_prompt_list'],
    paraphrases: ['edited_prompt_list'],
    id: ['omni_edit_id'],
    category: ['task'],
  },
  ultraedit: { ...NONE, source: ['source_image'], edited: ['edited_image'], instruction: ['edit_prompt'], id: ['idx'] },
  'hq-edit': { ...NONE, source: ['input_image'], edited: ['output_image'], instruction: ['edit'], inverse: ['inverse_edit'] },
  anyedit: {
    ...NONE,
    source: ['image_file', 'image'],
    edited: ['edited_file', 'edited'],
    instruction: ['edit_instruction', 'edit'],
    id: ['image_id'],
    category: ['edit_type'],
  },
} as const satisfies Record<string, Preset>;

/** Every spelling of a role in any preset, for sets that none was named for. */
export const ANY_PRESET: Preset = byRole((role) => {
  const known = Object.values<Preset>(PRESETS).flatMap((preset) => preset[role]);
  return [...new Set(role === 'id' ? [...known, 'id'] : known)];
});

/** A preset with the user's own columns before its own. */
export function withMap(preset: Preset, map: ColumnMap): Preset {
  return byRole((role) => (map[role] === undefined ? preset[role] : [map[role]]));
}

function byRole(columns: (role: Role) => readonly string[]): Preset {
  return Object.fromEntries(ROLES.map((role) => [role, columns(role)])) as unknown as Preset;
}

const TARGET_WORDS = /(edited|target|output|after|result|tgt)/i;
const SOURCE_WORDS = /(source|src|input|original|before|control)/i;

/** Whether two names say the opposite of what they are used for. Trainers learn from a swapped pair without a complaint. */
export function looksSwapped(source: string, edited: string): boolean {
  const onlyTarget = (name: string) => TARGET_WORDS.test(name) && !SOURCE_WORDS.test(name);
  const onlySource = (name: string) => SOURCE_WORDS.test(name) && !TARGET_WORDS.test(name);
  return onlyTarget(source) && onlySource(edited);
}

/** Throws AppError inputInvalid for a mapping that takes the pictures the wrong way round. */
export function refuseSwapped({ source, edited }: ColumnMap): void {
  if (source === undefined || edited === undefined || !looksSwapped(source, edited)) return;
  throw new AppError('inputInvalid', `The mapping looks swapped: source=${source}, edited=${edited}.`, {
    hint: 'source is the picture before the edit, edited the one after it. Rename the columns if this is meant.',
  });
}
