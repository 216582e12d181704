import { FULL_REFERENCE_MASK } from '../../../shared/model/gates.ts';
import type { Signals } from '../../../shared/model/signals.ts';
import { createDisplacement, type Displacement } from './displacement.ts';
import { kinship } from './kinship.ts';
import { BLOCK, createBlockPass, outsideBlocks, type PairBlocks } from './pairBlocks.ts';
import { meanSsim } from './pairStructure.ts';
import { between, corrected, likelyPlacements, lostShare, type Placement, resampleAt } from './placement.ts';
import type { Raster } from './raster.ts';

/** Long side of the pictures that the ways of getting from one size to the other are compared at. */
const COARSE = 512;
/** Corrections at full size, and pixels that the next one would have to move a corner by. */
const CORRECTIONS = 3;
const ENOUGH = 0.03;
const RADIUS = FULL_REFERENCE_MASK.dilationRadius / BLOCK;

interface Size {
  width: number;
  height: number;
}

/** What an edit of another size is to its source. */
export interface Alignment {
  place: Placement;
  /** The edit on the source's grid, resampled once from the picture that came. */
  aligned: Raster;
  /** How far parts of it still lie from where they belong, in pixels of the source: what shift and zoom leave, and the misfit. Null = the two do not fit anywhere. */
  residual: number | null;
  /** Certainty of the fit, 0 to 1. */
  peak: number;
  /** Share of the source that the picture that came does not show. */
  lost: number;
  /** Kinship of the two as they were laid; null when it cannot be measured. */
  kinship: number | null;
}

/**
 * Makes the estimate of one thread. Two RGB pictures of different sizes; finds how the second one lies against the first by what
 * was not edited: the ways that the sizes allow are compared at small size, the best is corrected at full size until nothing moves
 * any more, and each correction resamples the picture that came, never one that was resampled.
 */
export function createAlignment() {
  const sumBlocks = createBlockPass();
  const displacement = createDisplacement();
  let outside = new Uint8Array(0);

  function look(source: Raster, picture: Raster): PairBlocks {
    const { threshold, maskRule } = FULL_REFERENCE_MASK;
    return sumBlocks(source.data, picture.data, source.width, source.height, threshold, maskRule);
  }

  /** Before the fit is near, what differs says nothing about the edit: all of the picture is asked. */
  function movement(blocks: PairBlocks, near: boolean): Displacement | null {
    const count = blocks.columns * blocks.rows;
    if (outside.length < count) outside = new Uint8Array(count);
    if (near) outsideBlocks(blocks.flagged, blocks.columns, blocks.rows, RADIUS, outside);
    else outside.fill(1, 0, count);
    return displacement(blocks, outside);
  }

  /** The likely placement that fits best, each corrected once, at small size. */
  function coarse(source: Raster, edited: Raster): Placement {
    const small = shrunk(source, COARSE);
    // A quarter finer than needed, since it is resampled again.
    const from = shrunk(edited, 1.25 * COARSE);
    const { width, height } = small.picture;
    let best: { place: Placement; fit: number } | undefined;
    const consider = (place: Placement): Displacement | null => {
      const blocks = look(small.picture, resampleAt(from.picture, place, width, height));
      const fit = meanSsim(blocks) ?? -1;
      if (!best || fit > best.fit) best = { place, fit };
      return movement(blocks, false);
    };
    for (const likely of likelyPlacements(source, edited)) {
      const place = between(likely, small, from);
      const moved = consider(place);
      if (moved) consider(corrected(place, small.picture, moved));
    }
    return between(best!.place, { x: 1 / small.x, y: 1 / small.y }, { x: 1 / from.x, y: 1 / from.y });
  }

  return function align(source: Raster, edited: Raster): Alignment {
    let found: Alignment | undefined;
    let place = coarse(source, edited);
    for (let turn = 0; turn <= CORRECTIONS; turn++) {
      const aligned = resampleAt(edited, place, source.width, source.height);
      const blocks = look(source, aligned);
      const moved = movement(blocks, true);
      const residual = moved && reach(moved, source) + moved.misfit;
      if (!found || (residual !== null && (found.residual === null || residual < found.residual)))
        found = { place, aligned, residual, peak: moved?.peak ?? 0, lost: lostShare(place, source, edited), kinship: kinship(blocks) };
      else break;
      if (!moved || reach(moved, source) < ENOUGH) break;
      place = corrected(place, source, moved);
    }
    return found!;
  };
}

/** The picture with a long side of at most `longSide`, and how many of its pixels go into one of those. */
function shrunk(picture: Raster, longSide: number): { picture: Raster; x: number; y: number } {
  const factor = Math.max(picture.width, picture.height) / longSide;
  if (factor <= 1) return { picture, x: 1, y: 1 };
  const [width, height] = [Math.max(1, Math.round(picture.width / factor)), Math.max(1, Math.round(picture.height / factor))];
  const [x, y] = [picture.width / width, picture.height / height];
  return { picture: resampleAt(picture, { scaleX: x, offsetX: 0, scaleY: y, offsetY: 0 }, width, height), x, y };
}

/** How far a movement takes a corner of the picture, at most, in pixels. */
function reach({ shiftX, shiftY, zoomX, zoomY }: Displacement, { width, height }: Size): number {
  return Math.hypot(Math.abs(shiftX) + (Math.abs(zoomX) * width) / 2, Math.abs(shiftY) + (Math.abs(zoomY) * height) / 2);
}

/**
 * What the fit says as signals. A stretch is held against the two ways that sizes explain: each side scaled to the new size, or both
 * sides alike with something cut off or added.
 */
export function alignmentSignals({ place, residual, peak, lost, kinship: kin }: Alignment, source: Size, edited: Size): Signals {
  const { scaleX, offsetX, scaleY, offsetY } = place;
  const stretch = scaleX / scaleY;
  const squeezed = (edited.width * source.height) / (edited.height * source.width);
  return {
    fitScaleX: scaleX,
    fitScaleY: scaleY,
    fitShiftX: (scaleX * (source.width / 2) + offsetX - edited.width / 2) / scaleX,
    fitShiftY: (scaleY * (source.height / 2) + offsetY - edited.height / 2) / scaleY,
    fitCertainty: peak,
    fitStretch: 100 * Math.min(Math.abs(stretch - 1), Math.abs(stretch / squeezed - 1)),
    fitLost: lost,
    ...(residual === null ? {} : { fitResidual: residual }),
    ...(kin === null ? {} : { kinship: kin }),
  };
}
