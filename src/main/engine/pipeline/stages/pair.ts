import { AppError, ProviderError } from '../../../../shared/model/errors.ts';
import type { Role } from '../../../../shared/model/provider.ts';
import { nextSeed } from '../../domain/seeds.ts';
import type { Answer, ChatTask, ImageAnswer, Models } from '../../ports.ts';
import type { Candidate } from '../context.ts';

/** The two pictures of a candidate that has been edited. */
export function pair(candidate: Candidate): { source: ImageAnswer; edited: ImageAnswer } {
  if (!candidate.edited) throw new AppError('recipeInvalid', 'A judging stage ran before the edit stage.', { field: 'stages' });
  return { source: candidate.source, edited: candidate.edited };
}

/**
 * Asks until the reply can be read: once more when it cannot, then ProviderError badOutput with the raw text.
 * The seed of the second question differs, so that the ledger does not hand out the bad reply again.
 */
export async function askReadable<T>(
  models: Models,
  role: Role,
  task: ChatTask,
  seed: number,
  read: (text: string) => T | null,
  signal: AbortSignal,
): Promise<Answer<string> & { parsed: T }> {
  const first = await models.chat(role, task, seed, signal);
  const parsed = read(first.value);
  if (parsed !== null) return { ...first, parsed };
  const second = await models.chat(role, task, nextSeed(seed), signal);
  const again = read(second.value);
  if (again !== null) return { ...second, usd: first.usd + second.usd, parsed: again };
  throw new ProviderError('badOutput', `The ${role} gave no readable answer twice.`, { raw: second.value });
}
