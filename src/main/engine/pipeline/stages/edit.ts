import type { AttemptStageRun } from '../context.ts';
import { verdict } from '../context.ts';
import { fitSize } from '../fitSize.ts';

/** Asks the editor for one candidate. An edit of another size is rejected, resized or aligned, as the recipe says. */
export const edit: AttemptStageRun = async (candidate, { recipe, models, pixels, blobs, work, signal }) => {
  const { source, instruction, seed } = candidate;
  const answer = await models.edit({ image: source.hash, instruction, seed }, signal);
  const fitted = await fitSize({ blobs, pixels, addImage: work.addImage, gates: recipe.gates }, source, answer.value, candidate);
  return { verdict: verdict({ stage: 'edit', model: answer.model, ...fitted.verdict }), edited: fitted.edited, usd: answer.usd };
};
