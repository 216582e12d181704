import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bestMatch, fold, judgeText, likeness, textAsked } from '../../../src/main/engine/domain/textAsked.ts';

describe('what an instruction asks for', () => {
  // Catches: the old text taken for the new one, quotes in instructions that are not about text, apostrophes taken for quotes.
  test.each([
    ['Change the text on the sign from "OPEN" to "CLOSED"', ['CLOSED'], ['OPEN']],
    ['Replace "Happy" with "Merry" on the banner', ['Merry'], ['Happy']],
    ['Change the word "SALE" on the sign to "SOLD OUT"', ['SOLD OUT'], ['SALE']],
    ['Change the sign to "CLOSED"', ['CLOSED'], []],
    ['Make the sign say “Bon appétit”', ['Bon appétit'], []],
    ['Add the text "Hello" above the door', ['Hello'], []],
    ['Remove the text "DRAFT" from the page', [], ['DRAFT']],
    ["Write 'Joe's Diner' on the billboard", ["Joe's Diner"], []],
    ['The sign should read „Ausgang“ instead of „Eingang“', ['Ausgang'], ['Eingang']],
    ['Change the sign to read OPEN', ['OPEN'], []],
    ['A sign that says Fresh Bread.', ['Fresh Bread'], []],
    ['Add a banner reading "A" and a poster reading "B"', ['A', 'B'], []],
  ])('%s', (instruction, wanted, gone) => {
    expect(textAsked(instruction, 'Other')).toEqual({ wanted, gone });
  });

  test.each([
    'Give it a "vintage" look',
    "Don't change the dog's collar",
    'Make the sign blue',
    'Remove the sign',
    'Add a red apple',
    'Add text',
  ])('nothing: %s', (instruction) => {
    expect(textAsked(instruction, 'Other')).toBeNull();
  });

  test('the category decides where the wording does not', () => {
    expect(textAsked('Change it to "7"', 'Change text')).toEqual({ wanted: ['7'], gone: [] });
    expect(textAsked('Change it to "7"', 'Other')).toBeNull();
  });

  test('any text in quotation marks is found as it stands', () => {
    const letters = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 .&-]{0,30}$/).filter((text) => fold(text) !== '');
    fc.assert(
      fc.property(letters, letters, (from, to) => {
        expect(textAsked(`Change the text from "${from}" to "${to}"`, '')).toEqual({ wanted: [to.trim()], gone: [from.trim()] });
      }),
    );
  });
});

describe('likeness', () => {
  test('confusable letters, case, spaces and marks do not count; a wrong letter does', () => {
    expect(likeness('REMOVAL', 'Rem0val')).toBe(1);
    expect(likeness('Fresh Bread!', 'FRESHBREAD')).toBe(1);
    expect(likeness('CLOSED', 'CLOSFD')).toBeCloseTo(5 / 6);
    expect(likeness('', '')).toBe(0);
  });

  test('it is between 0 and 1, the same both ways, and 1 only for equal folds', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), (a, b) => {
        const like = likeness(a, b);
        expect(like).toBe(likeness(b, a));
        expect(like >= 0 && like <= 1).toBe(true);
        expect(like === 1).toBe(fold(a) === fold(b) && fold(a) !== '');
      }),
    );
  });
});

const line = (text: string, confidence = 0.95) => ({ text, confidence });
const GATE = { minMatch: 0.9, minConfidence: 0.5 };

// Catches: a text over two lines, or among other words, that is not found.
test('the best match is any run of neighbouring words; its certainty is that of the least certain', () => {
  expect(bestMatch('GRAND OPENING', [line('the grand', 0.9), line('OPENING today', 0.7)])).toEqual({
    likeness: 1,
    confidence: 0.7,
    read: 'grand OPENING',
  });
  expect(bestMatch('OPEN', [])).toEqual({ likeness: 0, confidence: 0, read: '' });
});

describe('the judgement', () => {
  const closed = { wanted: ['CLOSED'], gone: ['OPEN'] };
  test.each([
    ['as asked', closed, ['OPEN'], ['CLOSED'], ''],
    ['nothing done', closed, ['OPEN'], ['OPEN'], 'oldTextStays'],
    ['another word', closed, ['OPEN'], ['MUSIC'], 'textMissing'],
    ['misspelled', closed, ['OPEN'], ['CLOSFD'], 'textWrong'],
    ['the new one beside the old one', closed, ['OPEN'], ['OPEN', 'CLOSED'], 'oldTextStays'],
    ['one of two signs', closed, ['OPEN', 'OPEN'], ['OPEN', 'CLOSED'], ''],
    ['no letters left', closed, ['OPEN'], [], 'textMissing'],
    ['removed', { wanted: [], gone: ['DRAFT'] }, ['DRAFT', 'Page'], ['Page'], ''],
    ['not removed', { wanted: [], gone: ['DRAFT'] }, ['DRAFT'], ['DRAFT'], 'oldTextStays'],
    ['the old inside the new', { wanted: ['REOPENED'], gone: ['OPEN'] }, ['OPEN'], ['REOPENED'], ''],
    ['one of two wanted', { wanted: ['A1B', 'XYZ'], gone: [] }, [], ['XYZ'], 'textMissing'],
  ])('%s', (_name, asked, before, after, reason) => {
    const judged = judgeText(
      asked,
      before.map((text) => line(text)),
      after.map((text) => line(text)),
      GATE,
    );
    expect(judged).toMatchObject({ reason, passed: reason === '', blind: false });
  });

  // Catches: rejecting edits of signs that the reader cannot read at all.
  test('old text that cannot be read in the source says that the reader is blind here: passed, and said', () => {
    expect(judgeText(closed, [], [], GATE)).toMatchObject({ passed: true, reason: '', blind: true });
    expect(judgeText({ wanted: ['CLOSED'], gone: [] }, [], [], GATE)).toMatchObject({ passed: false, reason: 'textMissing' });
  });

  test('right letters that are read without certainty are not good enough', () => {
    expect(judgeText(closed, [line('OPEN')], [line('CLOSED', 0.4)], GATE)).toMatchObject({
      passed: false,
      reason: 'textWrong',
      confidence: 0.4,
    });
  });
});
