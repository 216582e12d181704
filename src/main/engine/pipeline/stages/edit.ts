import type { AttemptStageRun } from '../context.ts';
import { verdict } from '../context.ts';

/** Asks the editor for one candidate. An edit of another size is rejected or resampled once, as the recipe says. */
export const edit: AttemptStageRun = async (candidate, { recipe, models, pixels, blobs, work, signal }) => {
  const { source, instruction, seed } = candidate;
  const answer = await models.edit({ image: source.hash, instruction, seed }, signal);
  const edited = answer.value;
  const base = { stage: 'edit' as const, model: answer.model };
  if (edited.width === source.width && edited.height === source.height) {
    return { verdict: verdict({ ...base, passed: true, reason: '' }), edited, usd: answer.usd };
  }
  const sizes = `edit ${edited.width}x${edited.height}, source ${source.width}x${source.height}`;
  const sameShape = Math.abs((edited.width * source.height) / (edited.height * source.width) - 1) <= 0.01;
  if (recipe.gates.sizeMismatch === 'reject' || !sameShape) {
    return { verdict: verdict({ ...base, passed: false, reason: 'sizeDiffers', raw: sizes }), edited, usd: answer.usd };
  }
  const fitted = await pixels.resample(await blobs.read(edited.hash), source.width, source.height);
  const hash = await blobs.put(fitted.bytes, fitted.format);
  const facts = { width: fitted.width, height: fitted.height, format: fitted.format, lossy: edited.lossy };
  await work.addImage(hash, facts, fitted.bytes.length);
  return { verdict: verdict({ ...base, passed: true, reason: 'resampled', raw: sizes }), edited: { hash, ...facts }, usd: answer.usd };
};
