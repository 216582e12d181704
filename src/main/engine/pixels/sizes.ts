import { AppError } from '../../../shared/model/errors.ts';
import type { SizeRule } from '../ports.ts';

export interface Size {
  width: number;
  height: number;
}

/** What is done to a picture: resized to `scaled` (unless that is its size already), then centre-cropped to `final`. */
export interface SizePlan {
  scaled: Size;
  final: Size;
}

/**
 * The size a source gets. The long side is never above `maxLongSide`; a picture is enlarged only when its short side is
 * below `minShortSide`. Where both cannot hold (the picture is more elongated than the rule) the long side wins, as in
 * BAGEL's own transform, and nothing but the rest of the multiple is cut off. Both sides end as multiples of
 * `multipleOf`. Throws AppError inputInvalid for a rule that no picture can meet, and for a picture so elongated that
 * its short side would be under one multiple.
 */
export function planSize({ width, height }: Size, { maxLongSide, minShortSide, multipleOf }: SizeRule): SizePlan {
  const long = Math.max(width, height);
  const short = Math.min(width, height);
  const most = floorTo(maxLongSide, multipleOf);
  const least = Math.ceil(minShortSide / multipleOf) * multipleOf;
  if (most === 0 || least > most)
    throw new AppError('inputInvalid', `No size is a multiple of ${multipleOf} between ${minShortSide} and ${maxLongSide}.`, {
      field: 'sourceSize',
    });

  let scale = Math.min(1, maxLongSide / long);
  if (short * scale < least) scale = Math.min(least / short, maxLongSide / long);
  const scaled = scale === 1 ? { width, height } : { width: Math.round(width * scale), height: Math.round(height * scale) };
  const final = { width: floorTo(scaled.width, multipleOf), height: floorTo(scaled.height, multipleOf) };
  if (final.width === 0 || final.height === 0)
    throw new AppError(
      'inputInvalid',
      `A picture of ${width} x ${height} is too elongated: ${final.width} x ${final.height} would be left.`,
      {
        hint: 'Crop it, or allow a longer side.',
      },
    );
  return { scaled, final };
}

function floorTo(value: number, multiple: number): number {
  return Math.floor(value / multiple) * multiple;
}
