import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createComponentCounter, differenceMask } from '../../../src/main/engine/domain/components.ts';
import { differencePicture, dilate, markLargest, maskOf, type Pixels, USUAL_RULE } from '../../../src/renderer/ui/viewer/difference.ts';

/** Small pictures with few values, so that connected parts of all shapes come up. */
const pair = fc
  .integer({ min: 1, max: 12 })
  .chain((width) =>
    fc
      .integer({ min: 1, max: 12 })
      .chain((height) =>
        fc
          .tuple(
            fc.array(fc.constantFrom(0, 40, 41, 255), { minLength: width * height * 4, maxLength: width * height * 4 }),
            fc.array(fc.constantFrom(0, 40, 41, 255), { minLength: width * height * 4, maxLength: width * height * 4 }),
          )
          .map(([a, b]) => [picture(width, height, a), picture(width, height, b)] as const),
      ),
  );

function picture(width: number, height: number, values: number[]): Pixels {
  return { width, height, data: Uint8ClampedArray.from(values) };
}

describe('the mask of the viewer', () => {
  // Catches: a viewer that marks other pixels, or another largest part, than the check that rejected the triplet.
  it('is the mask of the low-level check, with the same parts', () => {
    fc.assert(
      fc.property(pair, fc.integer({ min: 0, max: 254 }), fc.constantFrom('any', 'grayOfDifference'), ([a, b], threshold, maskRule) => {
        const theirs = new Uint8Array(a.width * a.height);
        differenceMask(new Uint8Array(a.data), new Uint8Array(b.data), 4, threshold, maskRule, theirs);
        const mask = maskOf(a, b, { threshold, maskRule });
        expect(mask).toEqual(theirs);
        const counts = createComponentCounter()(theirs, a.width, a.height);
        const facts = markLargest(mask, a);
        expect(facts.components).toBe(counts.components);
        expect(facts.flaggedShare * theirs.length).toBeCloseTo(counts.flagged, 6);
        expect(mask.filter((value) => value === 2)).toHaveLength(counts.largest);
        expect(facts.largestBox === null).toBe(counts.flagged === 0);
      }),
    );
  });

  it('has the rule that recipes have', () => expect(USUAL_RULE).toEqual({ threshold: 40, maskRule: 'any' }));
});

// Catches: a zone that is one pixel off, or that wraps around the edge of a row.
it('grows a mask by the margin on every side and no further', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 14 }),
      fc.integer({ min: 1, max: 14 }),
      fc.integer({ min: 0, max: 5 }),
      fc.array(fc.nat(195), { maxLength: 5 }),
      (width, height, margin, places) => {
        const mask = new Uint8Array(width * height);
        for (const place of places) mask[place % mask.length] = 1;
        const near = (p: number) =>
          mask.some(
            (on, q) =>
              on > 0 && Math.abs((p % width) - (q % width)) <= margin && Math.abs(Math.floor(p / width) - Math.floor(q / width)) <= margin,
          );
        const grown = dilate(mask, { width, height }, margin);
        for (let p = 0; p < mask.length; p++) expect(grown[p] === 1).toBe(near(p));
      },
    ),
  );
});

describe('the picture of a difference', () => {
  const a = picture(2, 1, [10, 20, 30, 255, 0, 0, 0, 255]);
  const b = picture(3, 1, [12, 10, 30, 255, 200, 0, 0, 255, 9, 9, 9, 255]);
  const draw = (look: Parameters<typeof differencePicture>[2]['look'], gain: number) =>
    [...differencePicture(a, b, { look, gain, rule: USUAL_RULE }).pixels.data].map(Number);

  // Catches: a picture of another size that is stretched or read with the wrong row length.
  it('covers what both have, with the gain on every channel', () => {
    expect(draw('colours', 4)).toEqual([8, 40, 0, 255, 255, 0, 0, 255]);
    expect(draw('green', 3)).toEqual([30, 30, 30, 255, 0, 0, 0, 255]);
    // Rounded, as the checks round: 18 and 13, not 18 and 12.
    expect(draw('luma', 1)).toEqual([5, 5, 5, 255, 60, 60, 60, 255]);
  });

  it('shows the mask without gain and leaves the zone out of what lies outside it', () => {
    expect(draw('mask', 32)).toEqual(draw('mask', 1));
    expect(draw('mask', 32).slice(0, 3)).toEqual([3, 3, 3]);
    expect(draw('mask', 32).slice(4, 7)).toEqual([255, 176, 32]);
    expect(draw('zone', 32).slice(0, 3)).toEqual(draw('zone', 1).slice(0, 3));
  });
});
