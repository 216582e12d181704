import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readDraft, valueAt, withField, withFields } from '../../../src/renderer/features/runs/recipeDraft.ts';
import { YAML } from '../../helpers/renderer/data.ts';

describe('the text behind the form', () => {
  // Catches: a form that writes the whole recipe anew and loses comments, order, or fields it does not show.
  it('changes one field and nothing else', () => {
    const text =
      '# My recipe\nversion: 1\nname: A # a name\n\n# amounts\nseedsPerScene: 3\ngates: { validator: { adherence: 4.7, aesthetics: 4.7 } }\nmine: [1, 2]\n';
    expect(withField(text, ['seedsPerScene'], 5)).toBe(text.replace('seedsPerScene: 3', 'seedsPerScene: 5'));
    expect(withField(text, ['name'], 'B')).toBe(text.replace('name: A', 'name: B'));
    expect(withField(text, ['gates', 'validator', 'adherence'], 4.5)).toBe(text.replace('adherence: 4.7', 'adherence: 4.5'));
    expect(withField(text, ['budget', 'usd'], 5)).toBe(`${text}budget:\n  usd: 5\n`);
    expect(withField(`${text}budget:\n  usd: 5\n`, ['budget', 'usd'], undefined)).toBe(text);
    expect(withFields(text, { gates: { softJudge: { adherence: 4, aesthetics: 3 } } })).toBe(
      text.replace('4.7 } }', '4.7 }, softJudge: { adherence: 4, aesthetics: 3 } }'),
    );
    expect(withFields(text, { gates: { validator: { adherence: 4, aesthetics: 3 } } })).toBe(
      text.replace('adherence: 4.7, aesthetics: 4.7', 'adherence: 4, aesthetics: 3'),
    );
  });

  it('leaves text alone that it cannot read', () => {
    expect(withField('name: [', ['name'], 'x')).toBe('name: [');
    expect(readDraft('name: [')).toBeNull();
    expect(readDraft('- 1')).toBeNull();
    expect(valueAt(readDraft('a: { b: 2 }'), ['a', 'b'])).toBe(2);
  });

  // Catches: values that mean something else once written (yes, 1e3, "null", quotes, colons), or fields that move others.
  it('gives back what was set, whatever it is, and every other field as it was', () => {
    const value = fc.oneof(
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
      fc.boolean(),
      fc.array(fc.string(), { minLength: 1 }),
    );
    const path = fc.constantFrom(
      ['name'],
      ['scenes', 'topics'],
      ['gates', 'validator', 'adherence'],
      ['budget', 'usd'],
      ['new', 'deep', 'field'],
    );
    fc.assert(
      fc.property(path, value, (at, given) => {
        const text = withField(YAML, at, given);
        const back = parse(text) as Record<string, unknown>;
        // No field of a recipe knows a second zero, and YAML may or may not write its sign.
        const unsigned = (one: unknown) => (Object.is(one, -0) ? 0 : one);
        expect(unsigned(valueAt(back, at))).toEqual(unsigned(given));
        const original = parse(YAML) as Record<string, unknown>;
        for (const key of Object.keys(original)) if (key !== at[0]) expect(back[key]).toEqual(original[key]);
        expect(text).toContain('# A small run of the demo studio');
      }),
    );
  });
});
