import { act, renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { useStageView } from '../../../src/renderer/ui/viewer/useStageView.ts';
import type { FlagRule } from '../../../src/shared/model/recipe.ts';

// Catches: a mask drawn by another rule than the check of the pair's run, or by a threshold that was set by hand for another rule.
it("draws the mask by the pair's own rule; a threshold set by hand holds until a pair of another rule comes", () => {
  const strict: FlagRule = { threshold: 25, maskRule: 'grayOfDifference' };
  const { result, rerender } = renderHook(({ rule }: { rule: FlagRule | undefined }) => useStageView(rule), {
    initialProps: { rule: undefined as FlagRule | undefined },
  });
  expect(result.current.rule).toEqual({ threshold: 40, maskRule: 'any' });
  act(() => result.current.setThreshold(10));
  expect(result.current.rule.threshold).toBe(10);
  rerender({ rule: strict });
  expect(result.current).toMatchObject({ rule: strict, checked: strict });
  act(() => result.current.setThreshold(300));
  rerender({ rule: { ...strict } });
  expect(result.current.rule).toEqual({ threshold: 254, maskRule: 'grayOfDifference' });
});
