import type { Verdict } from '../../../shared/model/attempt.ts';
import type { AlignLimits, GateProfile, SizeMismatch } from '../../../shared/model/gates.ts';
import type { Reason } from '../../../shared/model/reasons.ts';
import { alignLimits, judgeAlignment } from '../domain/alignmentGate.ts';
import type { Blobs, CanonicalImage, ImageAnswer, ImageFacts, Pixels } from '../ports.ts';

/** What bringing an edit to the size of its source takes from the engine. */
export interface FitDeps {
  blobs: Pick<Blobs, 'fileOf' | 'put' | 'read'>;
  pixels: Pick<Pixels, 'align' | 'resample'>;
  addImage(hash: string, facts: ImageFacts, bytes: number): Promise<void>;
  gates: { sizeMismatch: SizeMismatch; profile: GateProfile; align: Partial<AlignLimits> };
}

/** What became of the size. Passed with a reason (aligned, resampled) = the picture in `edited` is a new one; rejected = it is the one that came. */
export interface Fitted {
  verdict: Pick<Verdict, 'passed' | 'raw' | 'signals' | 'checks'> & { reason: Reason | '' };
  edited: ImageAnswer;
}

/** Two sides whose ratios are as near as this have the same shape. */
const SAME_SHAPE = 0.01;

/**
 * Brings an edit to the size of its source, as the recipe says, once, and says so; or says why not. The picture that came stays
 * stored. An edit of the right size is left alone and nothing is said.
 */
export async function fitSize(
  deps: FitDeps,
  source: { hash: string; width: number; height: number },
  edited: ImageAnswer,
  about: { category: string; instruction: string },
): Promise<Fitted> {
  const { gates, pixels, blobs } = deps;
  const { width, height } = source;
  const quiet = { signals: null, checks: [] };
  if (edited.width === width && edited.height === height) return { verdict: { ...quiet, passed: true, reason: '', raw: '' }, edited };
  const raw = `edit ${edited.width}x${edited.height}, source ${width}x${height}`;
  const sameShape = Math.abs((edited.width * height) / (edited.height * width) - 1) <= SAME_SHAPE;

  async function keep(picture: CanonicalImage): Promise<ImageAnswer> {
    const { bytes, format } = picture;
    const hash = await blobs.put(bytes, format);
    // What was lost before it was resampled stays lost.
    const facts = { width: picture.width, height: picture.height, format, lossy: edited.lossy };
    await deps.addImage(hash, facts, bytes.length);
    return { hash, ...facts };
  }
  const resized = async () => keep(await pixels.resample(await blobs.read(edited.hash), width, height));

  if (gates.sizeMismatch === 'align') {
    const { image, signals } = await pixels.align(blobs.fileOf(source.hash), blobs.fileOf(edited.hash));
    const { outcome, reason, checks } = judgeAlignment(signals, alignLimits(gates), { ...about, sameShape });
    if (outcome === 'rejected') return { verdict: { passed: false, reason, raw, signals, checks }, edited };
    const fitted = outcome === 'aligned' ? await keep(image) : await resized();
    return { verdict: { passed: true, reason: outcome, raw, signals, checks }, edited: fitted };
  }
  if (gates.sizeMismatch === 'reject' || !sameShape) return { verdict: { ...quiet, passed: false, reason: 'sizeDiffers', raw }, edited };
  return { verdict: { ...quiet, passed: true, reason: 'resampled', raw }, edited: await resized() };
}
