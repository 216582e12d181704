import { AppError } from '../../../../shared/model/errors.ts';
import { bagel } from './bagel.ts';
import { ANY_PRESET, PRESETS } from './columnMap.ts';
import { editReward } from './editReward.ts';
import { pairFolders } from './pairFolders.ts';
import { pico } from './pico.ts';
import { ratings } from './ratings.ts';
import { tableImporter } from './table.ts';
import type { Importer } from './types.ts';
import { webdataset } from './webdataset.ts';

/** Every format that can be read, in the order of help and screen. */
export const IMPORTERS: readonly Importer[] = [
  tableImporter('nhr', 'our own folder, or NHR-Edit as jsonl or Parquet (both spellings)', PRESETS.nhr),
  tableImporter('hf', 'any image folder or Parquet of Hugging Face; --map names its columns', ANY_PRESET),
  tableImporter('ip2p', 'InstructPix2Pix columns (input_image, edit_prompt, edited_image)', PRESETS.ip2p),
  tableImporter('magicbrush', 'MagicBrush (source_img, instruction, target_img); masks are left behind', PRESETS.magicbrush),
  tableImporter('omniedit', 'OmniEdit (src_img, edited_prompt_list, edited_img)', PRESETS.omniedit),
  tableImporter('ultraedit', 'UltraEdit (source_image, edit_prompt, edited_image)', PRESETS.ultraedit),
  tableImporter(
    'hq-edit',
    'HQ-Edit (input_image, edit, output_image); inverse_edit gives a second pair, the other way round',
    PRESETS['hq-edit'],
  ),
  tableImporter('anyedit', 'AnyEdit (image_file, edit_instruction, edited_file)', PRESETS.anyedit),
  pairFolders,
  pico,
  editReward,
  ratings,
  webdataset,
  bagel,
];

/** Throws AppError inputInvalid for a format that nobody reads. */
export function importerOf(format: string): Importer {
  const importer = IMPORTERS.find((one) => one.format === format);
  if (importer === undefined)
    throw new AppError('inputInvalid', `There is no import format ${format}.`, {
      hint: `Formats: ${IMPORTERS.map((one) => one.format).join(', ')}.`,
    });
  return importer;
}
