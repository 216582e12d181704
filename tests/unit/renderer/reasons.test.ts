import { expect, it } from 'vitest';
import { reasonTitle, reasonWords } from '../../../src/renderer/texts/reasons.ts';
import { Reason } from '../../../src/shared/model/reasons.ts';

// Catches: two words for one reason or one for two, and a reason that shows itself in the words of the code.
it('has words of its own for every reason', () => {
  const said = Reason.options.map(reasonWords);
  expect(new Set(said).size).toBe(said.length);
  expect(said.filter((words) => /[“”]|[a-z][A-Z]/.test(words))).toEqual([]);
});

// Catches: a reason of another version that vanishes or passes for words of the app.
it('shows in quotes what it has no words for', () => {
  expect(reasonWords('lowFlavour')).toBe('“lowFlavour”');
  expect(reasonWords('')).toBe('');
});

// Catches: the check in front of a reason, or a sentence that stands for itself, lost.
it('keeps what stands before a reason, and sentences', () => {
  expect(reasonWords('backward consistency: lowBoth')).toBe('backward consistency: both scores under the threshold');
  expect(reasonWords('a later candidate scored higher')).toBe('a later candidate scored higher');
  expect(reasonTitle('lowBoth')).toBe('Both scores under the threshold');
});
