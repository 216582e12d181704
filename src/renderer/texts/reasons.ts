import { Reason } from '../../shared/model/reasons.ts';

/** Why something was turned away, in words that go on a sentence. A reason without words does not compile. */
const words = {
  auth: 'the key was not accepted',
  notFound: 'the model was not found',
  badRequest: 'the request was not accepted',
  refused: 'the model refused',
  rateLimited: 'too many calls',
  quotaExhausted: 'the account is empty',
  overloaded: 'the server was busy',
  timeout: 'no answer in time',
  aborted: 'stopped',
  network: 'the server was out of reach',
  serverError: 'the server failed',
  badOutput: 'the answer could not be used',
  callUnknown: 'nobody knows whether the call was answered',
  scorerFailed: 'a local model could not be run',
  unreadable: 'the picture could not be read',
  badReply: 'the reply broke the rules',
  implausible: 'the source is not plausible',
  sizeDiffers: 'another size than its original',
  resampled: 'brought to the size of its original',
  aligned: 'found again in its original and laid on it',
  fitUnknown: 'another size, and not found again in its original',
  fitOff: 'another size, and parts lie somewhere else',
  aspectDiffers: 'another size, and stretched',
  cropped: 'another size, and a part of the original is missing',
  undecodable: 'the picture could not be decoded',
  noChange: 'nothing changed',
  speckle: 'only scattered specks changed',
  tooLittle: 'hardly anything changed',
  unrelated: 'shows another picture',
  altered: 'the rest changed too',
  colourDrift: 'colours of the rest changed',
  softer: 'the rest lost sharpness',
  noisier: 'noise was added to the rest',
  blocky: 'blocks of compression in the rest',
  shifted: 'the picture moved',
  zoomed: 'things became larger or smaller',
  misaligned: 'parts lie somewhere else',
  textMissing: 'the text asked for is not there',
  textWrong: 'the text is misspelled or hard to read',
  oldTextStays: 'the old text is still there',
  structureChanged: 'what was to stay has another structure',
  looksDifferent: 'what was to stay looks different',
  targetMissing: 'what was asked for is not there',
  otherDirection: 'the change goes another way than its words',
  nsfw: 'not safe for work',
  littleChance: 'the validator would hardly accept it',
  lowAdherence: 'adherence under the threshold',
  lowAesthetics: 'aesthetics under the threshold',
  lowBoth: 'both scores under the threshold',
  unwantedChange: 'changed more than was asked',
  notPleasing: 'not pleasing',
  takenBack: 'taken back by a reviewer',
} satisfies Record<Reason, string>;

/** How a stored reason that stands behind the name of its check is parted from it. */
const PARTS = ': ';

/**
 * A stored reason in words. Whole sentences stand as they are; a name that is not in the table, of another version, is shown in
 * quotes, so that nobody takes it for words of this app.
 */
export function reasonWords(reason: string): string {
  if (reason === '') return '';
  const known = Reason.safeParse(reason);
  if (known.success) return words[known.data];
  const parts = reason.split(PARTS);
  const last = Reason.safeParse(parts.at(-1));
  if (last.success) return [...parts.slice(0, -1), words[last.data]].join(PARTS);
  return reason.includes(' ') ? reason : `“${reason}”`;
}

/** The same at the beginning of a line. */
export function reasonTitle(reason: string): string {
  const said = reasonWords(reason);
  return said.charAt(0).toUpperCase() + said.slice(1);
}
