import type { Signals } from '../../../shared/model/signals.ts';
import { createComponentCounter, differenceMask } from '../domain/components.ts';
import type { LowLevelInput } from './lowLevel.ts';
import type { PairReader } from './pairs.ts';

/** Makes the full-reference check of one thread, with its working memory. */
export function createFullReferenceCheck(read: PairReader): (input: LowLevelInput) => Promise<Signals> {
  const largestComponent = createComponentCounter();
  let mask = new Uint8Array(0);

  return async function fullReference({ sourceFile, editedFile, threshold, maskRule }) {
    const { source, edited, sourceFacts, editedFacts } = await read(sourceFile, editedFile);
    // No await from here on: the memory is shared by all checks of the thread.
    const { width, height } = source;
    const pixels = width * height;
    if (mask.length < pixels) mask = new Uint8Array(pixels);
    const flagged = differenceMask(source.data, edited.data, 3, threshold, maskRule, mask);
    const { largest } = largestComponent(mask, width, height);
    return {
      changedShare: flagged / pixels,
      largestPartShare: largest / pixels,
      sourceLossy: sourceFacts.lossy ? 1 : 0,
      editedLossy: editedFacts.lossy ? 1 : 0,
    };
  };
}
