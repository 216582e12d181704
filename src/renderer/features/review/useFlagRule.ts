import type { FlagRule } from '../../../shared/model/recipe.ts';
import { useLive } from '../../app/studio.tsx';

/** How the low-level check of a run flags pixels; undefined for what was not mined here, and while the pair is not known. */
export function useFlagRule(runId: string | null | undefined): FlagRule | undefined {
  return useLive((s) => (runId ? s.runs[runId]?.mask : undefined));
}
