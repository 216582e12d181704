import { FULL_REFERENCE_MASK, type MaskRule } from '../../../shared/model/gates.ts';
import type { SignalName, Signals } from '../../../shared/model/signals.ts';
import { createComponentCounter } from './components.ts';
import { createDisplacement } from './displacement.ts';
import { kinship } from './kinship.ts';
import { BLOCK, changedMeans, createBlockPass, outsideBlocks, type PairBlocks } from './pairBlocks.ts';
import { colourDrift } from './pairColour.ts';
import { coarseSsim, meanSsim, psnr, rmsDifference } from './pairStructure.ts';
import { textureRatios } from './pairTexture.ts';
import type { Raster } from './raster.ts';

const RADIUS = FULL_REFERENCE_MASK.dilationRadius / BLOCK;

/** Share of the picture; with less outside the mask, noise is looked for where the means were kept. */
const LITTLE = 0.1;

/** Noise over the threshold marks every part of a picture as changed: measured outside the blocks whose mean changed. */
function noiseAllOver(blocks: PairBlocks, threshold: number): number | null {
  const { columns, rows } = blocks;
  const changed = new Uint8Array(columns * rows);
  const kept = new Uint8Array(columns * rows);
  changedMeans(blocks, threshold, changed);
  const count = outsideBlocks(changed, columns, rows, RADIUS, kept);
  return count < LITTLE * kept.length ? null : textureRatios(blocks, kept).noise;
}

/**
 * Makes the weight-free full-reference stack of one thread: two RGB rasters of one size in, signals out. What cannot be measured
 * (nothing outside the edit, flat pictures, tiny ones) is left out. Its memory is kept between calls. Throws RangeError when sizes
 * or channels differ.
 */
export function createMeasure() {
  const sumBlocks = createBlockPass();
  const largestComponent = createComponentCounter();
  const displacement = createDisplacement();
  let outside = new Uint8Array(0);

  return function measure(source: Raster, edited: Raster, rule: { threshold: number; maskRule: MaskRule }): Signals {
    const { width, height } = source;
    if (edited.width !== width || edited.height !== height) throw new RangeError('measure: the pictures differ in size');
    const blocks = sumBlocks(source.data, edited.data, width, height, rule.threshold, rule.maskRule);
    const { flagged, largest } = largestComponent(blocks.mask, width, height);
    const count = blocks.columns * blocks.rows;
    if (outside.length < count) outside = new Uint8Array(count);
    const outsideCount = outsideBlocks(blocks.flagged, blocks.columns, blocks.rows, RADIUS, outside);
    const drift = colourDrift(blocks, outside);
    const texture = textureRatios(blocks, outside);
    const moved = displacement(blocks, outside);
    const found: Partial<Record<SignalName, number | null>> = {
      changedShare: flagged / (width * height),
      largestPartShare: largest / (width * height),
      outsideShare: count === 0 ? null : outsideCount / count,
      ssimOutside: meanSsim(blocks, outside),
      ssimCoarse: coarseSsim(blocks, outside),
      psnrOutside: psnr(blocks, outside),
      colourDriftMedian: drift?.median ?? null,
      colourDriftP95: drift?.p95 ?? null,
      sharpnessRatio: texture.sharpness,
      detailRatio: texture.detail,
      noiseAdded: outsideCount < LITTLE * count ? noiseAllOver(blocks, rule.threshold) : texture.noise,
      edgeRatio: texture.edges,
      blockinessRatio: texture.blockiness,
      shift: moved && Math.hypot(moved.shiftX, moved.shiftY),
      shiftX: moved?.shiftX ?? null,
      shiftY: moved?.shiftY ?? null,
      shiftPeak: moved?.peak ?? 0,
      zoom: moved && 100 * (Math.abs(moved.zoomX) > Math.abs(moved.zoomY) ? moved.zoomX : moved.zoomY),
      misfit: moved?.misfit ?? null,
      rmsDifference: rmsDifference(blocks),
      kinship: kinship(blocks),
    };
    return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== null && Number.isFinite(value))) as Signals;
  };
}
