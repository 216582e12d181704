import type { Signals } from '../../../shared/model/signals.ts';
import { createMeasure } from '../domain/pairSignals.ts';
import type { LowLevelInput } from './lowLevel.ts';
import type { PairReader } from './pairs.ts';

/** Makes the full-reference check of one thread, with its working memory. */
export function createFullReferenceCheck(read: PairReader): (input: LowLevelInput) => Promise<Signals> {
  const measure = createMeasure();

  return async function fullReference({ sourceFile, editedFile, threshold, maskRule }) {
    const { source, edited, sourceFacts, editedFacts } = await read(sourceFile, editedFile);
    // No await from here on: the memory is shared by all checks of the thread.
    return {
      ...measure(source, edited, { threshold, maskRule }),
      sourceLossy: sourceFacts.lossy ? 1 : 0,
      editedLossy: editedFacts.lossy ? 1 : 0,
    };
  };
}
