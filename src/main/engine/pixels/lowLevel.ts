import type { LowLevelNumbers } from '../../../shared/model/attempt.ts';
import type { MaskRule } from '../../../shared/model/gates.ts';
import { createComponentCounter, differenceMask } from '../domain/components.ts';
import type { PairReader } from './pairs.ts';

export interface LowLevelInput {
  sourceFile: string;
  editedFile: string;
  threshold: number;
  maskRule: MaskRule;
}

/** Makes the low-level check of one thread, with its mask and its counter. */
export function createLowLevelCheck(read: PairReader): (input: LowLevelInput) => Promise<LowLevelNumbers> {
  const largestComponent = createComponentCounter();
  let mask = new Uint8Array(0);

  return async function lowLevel({ sourceFile, editedFile, threshold, maskRule }) {
    const { source, edited } = await read(sourceFile, editedFile);
    // No await from here on: the mask is shared by all checks of the thread.
    const { width, height } = source;
    if (mask.length < width * height) mask = new Uint8Array(width * height);
    differenceMask(source.data, edited.data, 3, threshold, maskRule, mask);
    return { width, height, ...largestComponent(mask, width, height) };
  };
}
