import { z } from 'zod';
import { ProviderErrorCode } from './errors.ts';

/**
 * Why a gate turns something away, or what else its verdict is about: short and stable, they are counted and stored. A gate can
 * give no other (`pipeline/context.ts`), and the page has words for each (`renderer/texts/reasons.ts`).
 */
export const Reason = z.enum([
  // A call that gave no picture or no verdict.
  ...ProviderErrorCode.options,
  'callUnknown',
  'scorerFailed',
  'unreadable',
  // Scenes and sources.
  'badReply',
  'implausible',
  // Edit.
  'sizeDiffers',
  'resampled',
  'aligned',
  'fitUnknown',
  'fitOff',
  'aspectDiffers',
  'cropped',
  'undecodable',
  // Low-level check.
  'noChange',
  'speckle',
  // Full-reference check.
  'tooLittle',
  'unrelated',
  'altered',
  'colourDrift',
  'softer',
  'noisier',
  'blocky',
  'shifted',
  'zoomed',
  'misaligned',
  // Check of text.
  'textMissing',
  'textWrong',
  'oldTextStays',
  // Learned scorers and the local validator.
  'structureChanged',
  'looksDifferent',
  'targetMissing',
  'otherDirection',
  'nsfw',
  'littleChance',
  // Judges.
  'lowAdherence',
  'lowAesthetics',
  'lowBoth',
  'unwantedChange',
  'notPleasing',
  // A person.
  'takenBack',
]);
export type Reason = z.infer<typeof Reason>;
