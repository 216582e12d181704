import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { looseJsonValues } from '../../../src/main/engine/domain/looseJson.ts';
import { parseDesign, parseScores, parseSentence, parseYesNo } from '../../../src/main/engine/domain/replies.ts';

const expected = { count: 2, edits: 2, composite: true };
const scene = (prompt: string, instructions = ['Add a cat', 'Remove the cup and add a dog']) => ({
  prompt,
  style: 'watercolour',
  edits: instructions.map((instruction, i) => ({
    instruction,
    category: i === instructions.length - 1 ? 'Remove object and Add object' : 'Add object',
  })),
});
const sound = { scenes: [scene('a harbour'), scene('a kitchen')] };

describe('every parser', () => {
  /** Random text, and random text out of the signs that the parsers look at. */
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc
      .array(
        fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          '"',
          "'",
          ':',
          ',',
          '\\',
          '\\u00',
          'adherence',
          'aesthetics',
          'scenes',
          'prompt',
          'edits',
          '4.7',
          '-',
          '```',
          '\n',
          ' ',
          'yes',
          'no',
          'null',
          '</think>',
          '“',
          '”',
        ),
        { maxLength: 80 },
      )
      .map((parts) => parts.join('')),
    fc.json(),
  );

  it('never throws on any text', () => {
    fc.assert(
      fc.property(text, (t) => {
        looseJsonValues(t);
        const scores = parseScores(t);
        if (scores) for (const s of [scores.adherence, scores.aesthetics]) expect(s >= 1 && s <= 5).toBe(true);
        parseYesNo(t);
        const sentence = parseSentence(t);
        if (sentence !== null) expect(sentence).not.toMatch(/[\r\n]|\b(undo|revert|restore|back)\b/i);
        const { scenes, problems } = parseDesign(t, expected);
        expect(scenes.length).toBeLessThanOrEqual(expected.count);
        if (scenes.length < expected.count) expect(problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 3000 },
    );
  });

  it('stays quick on text made to be slow (catches backtracking and unbounded nesting)', () => {
    const start = performance.now();
    for (const t of [
      '['.repeat(200_000),
      '{"a":'.repeat(50_000),
      `"${'\\'.repeat(200_000)}`,
      ' '.repeat(200_000),
      `yes ${'a '.repeat(100_000)}`,
      '{"'.repeat(100_000),
      '_'.repeat(200_000),
    ]) {
      parseScores(t);
      parseYesNo(t);
      parseSentence(t);
      parseDesign(t, expected);
    }
    expect(performance.now() - start).toBeLessThan(3000);
  });
});

describe('looseJsonValues', () => {
  it('reads whatever JSON writes (property: the same value as JSON.parse)', () => {
    const value = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()));
    fc.assert(
      fc.property(value, (v) => {
        const written = JSON.stringify(v);
        expect(JSON.stringify(looseJsonValues(`Here it is: ${written} Done.`))).toBe(JSON.stringify([JSON.parse(written)]));
      }),
    );
  });

  it('gives objects no prototype to reach', () => {
    const [value] = looseJsonValues('{"__proto__": {"polluted": 1}}') as [Record<string, unknown>];
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('parseScores', () => {
  it.each([
    '{"adherence": 4.7, "aesthetics": 4}',
    '```json\n{"adherence": 4.7, "aesthetics": 4.0}\n```',
    'Sure! {"aesthetics": 4, "adherence": 4.7,}. I hope this helps.',
    "{'Adherence': '4.7', 'aesthetics': 4}",
    '<think>maybe {"adherence": 1, "aesthetics": 1}</think>{"adherence": 4.7, "aesthetics": 4}',
    'First {"adherence": 2, "aesthetics": 2}, no: {"adherence": 4.7, "aesthetics": 4}',
    '{adherence: 4.7, aesthetics: 4}',
    '{"adherence": 4.7, "aesthetics": 4, "note": "it\'s {fine}"}',
  ])('reads %s', (text) => {
    expect(parseScores(text)).toEqual({ adherence: 4.7, aesthetics: 4 });
  });

  it.each([
    '',
    'I cannot judge this.',
    '{"adherence": 4.7}',
    '{"adherence": 0.9, "aesthetics": 4}',
    '{"adherence": 5.1, "aesthetics": 4}',
    '{"adherence": null, "aesthetics": 4}',
    '{"adherence": "high", "aesthetics": 4}',
    '{"adherence": true, "aesthetics": 4}',
    '{"adherence": 4.7, "aesthetics":',
    '4.7 4',
  ])('gives null for %s', (text) => {
    expect(parseScores(text)).toBeNull();
  });
});

describe('parseYesNo', () => {
  it.each([
    ['yes', true],
    ['No.', false],
    ['**Yes**', true],
    ['"no"', false],
    ['Answer: yes', true],
    ['Yes, there is no unwanted change.', true],
    ['No - the cat is gone too.', false],
    ['The picture is fine. Yes.', true],
    ['{"answer": "no"}', false],
    ['<think>no no no</think>\nYES', true],
    ['```\nyes\n```', true],
  ])('%j is %s', (text, answer) => {
    expect(parseYesNo(text)).toBe(answer);
  });

  it.each([
    '',
    'maybe',
    'No unwanted changes are visible',
    'There is no unwanted change in it',
    'Yes. But then again: no',
    'yesterday',
    'I know',
  ])('%j is no answer (catches a "no" that belongs to a phrase)', (text) => {
    expect(parseYesNo(text)).toBeNull();
  });
});

describe('parseSentence', () => {
  it.each([
    ['Add a brown moustache above the lip.', 'Add a brown moustache above the lip.'],
    ['"Add a red cup."', 'Add a red cup.'],
    ['"Add a red cup".', 'Add a red cup.'],
    ['Inverse instruction: Add a red cup', 'Add a red cup'],
    ['Sure!\n\n**Add a red cup to the background**', 'Add a red cup to the background'],
    ['Here is the sentence:\n- Add a red cup', 'Add a red cup'],
    ['```\nAdd a red cup\n```', 'Add a red cup'],
    ['{"instruction": "Add a red cup"}', 'Add a red cup'],
    ['Change the sign to "OPEN"', 'Change the sign to "OPEN"'],
  ])('%j gives %j', (text, sentence) => {
    expect(parseSentence(text)).toBe(sentence);
  });

  it.each([
    '',
    '...',
    'Undo the edit',
    'Restore the moustache',
    'Put the cup back',
    'Reverting the colour',
    'Add a cup. Then add a plate.',
    'Add a cup\nAdd a plate',
    `Add ${'a very '.repeat(80)}long cup`,
  ])('gives null for %j', (text) => {
    expect(parseSentence(text)).toBeNull();
  });
});

describe('parseDesign', () => {
  it('reads a sound reply, fenced or bare, as an object or a list', () => {
    const whole = { scenes: sound.scenes, problems: [] };
    expect(parseDesign(JSON.stringify(sound), expected)).toEqual(whole);
    expect(parseDesign(`Of course!\n\`\`\`json\n${JSON.stringify(sound, null, 2)}\n\`\`\``, expected)).toEqual(whole);
    expect(parseDesign(JSON.stringify(sound.scenes), expected)).toEqual(whole);
  });

  it('keeps the whole scenes of a reply that was cut short, and says how many are missing', () => {
    const text = JSON.stringify(sound);
    const { scenes, problems } = parseDesign(text.slice(0, -40), expected);
    expect(scenes).toEqual([sound.scenes[0]]);
    expect(problems).toEqual(['2 scenes were asked for, 1 can be used.']);
  });

  it.each([
    ['too few edits', [scene('a'), scene('b', ['Remove x and add y'])], /Scene 2: it has 1 edits instead of 2/],
    ['the same prompt twice', [scene('A harbour.'), scene('a  harbour')], /Scene 2: its prompt was used before/],
    ['the same edit twice', [scene('a'), scene('b', ['Add a cat', 'add a cat!'])], /Scene 2: two edits are the same/],
    ['an edit without words', [scene('a'), scene('b', ['', 'Remove x and add y'])], /Scene 2: an edit has no instruction/],
    ['no prompt', [scene('a'), scene('')], /Scene 2: it has no prompt/],
    ['an item that is no scene', [scene('a'), 7], /Scene 2: it has no prompt/],
  ])('names %s and leaves that scene out', (_, scenes, problem) => {
    const parsed = parseDesign(JSON.stringify({ scenes }), expected);
    expect(parsed.scenes).toHaveLength(1);
    expect(parsed.problems.join('\n')).toMatch(problem);
  });

  it('wants the last edit to be composite only when the recipe does', () => {
    const plain = {
      ...scene('a'),
      edits: [
        { instruction: 'Add a cat', category: 'Add object' },
        { instruction: 'Remove the cup', category: 'Remove object' },
      ],
    };
    expect(parseDesign(JSON.stringify([plain]), { count: 1, edits: 2, composite: true }).problems[0]).toMatch(/last edit must join/);
    expect(parseDesign(JSON.stringify([plain]), { count: 1, edits: 2, composite: false }).problems).toEqual([]);
  });

  it('gives no more than were asked for, and says so; a missing style is the standard one', () => {
    const extra = { scenes: [{ ...scene('a'), style: undefined }, scene('b'), scene('c')] };
    const { scenes, problems } = parseDesign(JSON.stringify(extra), expected);
    expect(scenes.map((s) => [s.prompt, s.style])).toEqual([
      ['a', 'standard'],
      ['b', 'watercolour'],
    ]);
    expect(problems).toEqual(['2 scenes were asked for, 3 came.']);
  });
});
