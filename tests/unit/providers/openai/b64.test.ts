import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeBase64, parseLongJson, pictureUri, writeLongJson } from '../../../../src/main/engine/providers/openai/b64.ts';

/** The value with every cut string put back. */
function restored({ value, text }: ReturnType<typeof parseLongJson>): unknown {
  const walk = (part: unknown): unknown => {
    if (typeof part === 'string') return text(part);
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(value);
}

const long = fc.integer({ min: 4000, max: 9000 }).map((length) => 'iVBORw0KGgo/+'.repeat(Math.ceil(length / 13)).slice(0, length));
const awkward = fc.constantFrom('\\', '"', '\\"', 'a\\\\', '\\u0022', '{"b64_json":"', 'é\u{1f600}', '\n');
const text = fc.oneof(
  long,
  awkward,
  fc.string(),
  fc.tuple(long, awkward, long).map((parts) => parts.join('')),
);
const json = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.jsonValue({ maxDepth: 1 }),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      tie('any'),
      { maxKeys: 4 },
    ),
  ),
})).any;

// Catches: a quote, a backslash or a key that is taken for the end of a long string, and any value that JSON.parse reads otherwise.
it('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(json, fc.constantFrom(0, 1, '\t'), (value, space) => {
      const written = JSON.stringify(value, null, space);
      expect(restored(parseLongJson(Buffer.from(written)))).toEqual(JSON.parse(written));
    }),
    { numRuns: 400 },
  );
});

// Catches: bytes cut in mid string or mid object that are taken for an answer.
it('throws where JSON.parse throws', () => {
  const whole = Buffer.from(JSON.stringify({ created: 1, data: [{ b64_json: 'A'.repeat(20_000) }], usage: { input_tokens: 5 } }));
  for (const at of [0, 1, 10, 40, 5000, 20_040, whole.length - 1]) expect(() => parseLongJson(whole.subarray(0, at))).toThrow(SyntaxError);
});

// Catches: the picture's characters going through the parser after all.
it('keeps long strings out of the parsed value', () => {
  const reply = parseLongJson(Buffer.from(JSON.stringify({ data: [{ b64_json: 'A'.repeat(300_000) }] })));
  expect(JSON.stringify(reply.value).length).toBeLessThan(200);
  expect(reply.text((reply.value as { data: { b64_json: string }[] }).data[0]!.b64_json)).toHaveLength(300_000);
});

// Catches: bytes lost at the edges of the pieces, with padding, a data URI's head, or line breaks in between.
it('decodes what Buffer decodes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 100_000 }),
      fc.constantFrom('', 'data:image/png;base64,'),
      fc.boolean(),
      (length, head, broken) => {
        const bytes = Buffer.from(Array.from({ length }, (_, i) => (i * 31) % 251));
        const text = broken ? bytes.toString('base64').replace(/.{76}/g, '$&\n') : bytes.toString('base64');
        expect(decodeBase64(Buffer.from(head + text)).equals(bytes)).toBe(true);
      },
    ),
    { numRuns: 40 },
  );
});

// Catches: a request that differs from what JSON.stringify would write.
it('writes pictures into JSON', () => {
  const pictures = ['AAAA', 'BBBB'].map((base64) => ({ mime: 'image/png', base64 }));
  const body = (uri: (i: number) => string) => ({ model: 'm', content: [{ url: uri(1) }, { text: 'a "b" é' }, { url: uri(0) }] });
  const plain = JSON.stringify(body((i) => `data:image/png;base64,${pictures[i]!.base64}`));
  expect(Buffer.concat(writeLongJson(body(pictureUri), pictures)).toString()).toBe(plain);
});
