import { render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { VerdictWords } from '../../../src/renderer/features/review/VerdictWords.tsx';
import { Verdict } from '../../../src/shared/model/attempt.ts';

const verdict = (stage: Verdict['stage'], raw: string) =>
  Verdict.parse({ stage, passed: true, reason: '', scores: null, lowLevel: null, model: '', promptVersion: '', raw });
const show = (stage: Verdict['stage'], raw: string) => render(<VerdictWords verdict={verdict(stage, raw)} />).container.textContent;

// Catches: a person shown JSON where the reader's words would say why a text edit was refused.
it('says what the reader was asked for and what it read; other words stand as they came', () => {
  const raw = {
    wanted: ['CLOSED'],
    gone: ['OPEN'],
    source: [{ text: 'OPEN', confidence: 0.99 }],
    edited: [{ text: 'CLOSFD', confidence: 0.914, box: [] }],
  };
  show('textCheck', JSON.stringify(raw));
  expect(screen.getByText('CLOSFD (91 %)')).toBeTruthy();
  expect(screen.getByText('OPEN (99 %)')).toBeTruthy();
  expect(show('textCheck', JSON.stringify({ ...raw, gone: [], edited: [] }))).toMatch(
    /^Text asked forCLOSEDRead in the sourceOPEN \(99 %\)Read in the editnothing$/,
  );
  expect(show('textCheck', '{"skipped":"the instruction asks for no text"}')).toBe('The instruction asks for no text.');
  expect(show('textCheck', 'no JSON')).toBe('no JSON');
  expect(show('softJudge', '{"wanted":[]}')).toBe('{"wanted":[]}');
  expect(show('softJudge', '')).toBe('');
});
