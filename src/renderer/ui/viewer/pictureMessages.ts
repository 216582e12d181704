import type { FlagRule } from '../../../shared/model/recipe.ts';
import type { DifferenceFacts, Look } from './difference.ts';

/** A decoded picture: itself and copies of half the size each. Whoever shows the bitmaps takes them. */
export interface ShownPicture {
  width: number;
  height: number;
  transparent: boolean;
  levels: ImageBitmap[];
}

export type ShownDifference = DifferenceFacts & { levels: ImageBitmap[] };

/** RGBA of the same box in two pictures; alpha 0 outside a picture. */
export interface PairValues {
  a: Uint8ClampedArray;
  b: Uint8ClampedArray;
}

/** What the page asks of the picture worker; addresses are absolute. */
export type PictureQuestion = { id: number } & (
  | { do: 'load'; src: string }
  | { do: 'difference'; a: string; b: string; look: Look; gain: number; rule: FlagRule }
  | { do: 'values'; a: string; b: string; x: number; y: number; width: number; height: number }
);

export type PictureAnswer =
  | { id: number; picture: ShownPicture }
  | { id: number; difference: ShownDifference }
  | { id: number; values: PairValues }
  | { id: number; error: string };
