import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSize } from '../../../src/main/engine/pixels/sizes.ts';

describe('planSize', () => {
  const sizes = fc.record({ width: fc.integer({ min: 1, max: 9000 }), height: fc.integer({ min: 1, max: 9000 }) });
  const rules = fc
    .record({
      maxLongSide: fc.integer({ min: 64, max: 8192 }),
      minShortSide: fc.integer({ min: 16, max: 4096 }),
      multipleOf: fc.integer({ min: 1, max: 128 }),
    })
    .filter((r) => Math.ceil(r.minShortSide / r.multipleOf) <= Math.floor(r.maxLongSide / r.multipleOf));

  it('keeps every bound, or says why it cannot', () => {
    fc.assert(
      fc.property(sizes, rules, (size, rule) => {
        const long = Math.max(size.width, size.height);
        const short = Math.min(size.width, size.height);
        let plan: ReturnType<typeof planSize>;
        try {
          plan = planSize(size, rule);
        } catch (error) {
          expect((error as { code: string }).code).toBe('inputInvalid');
          expect((short * rule.maxLongSide) / long).toBeLessThan(Math.max(rule.multipleOf, rule.minShortSide + rule.multipleOf));
          return;
        }
        const { scaled, final } = plan;
        expect(final.width % rule.multipleOf).toBe(0);
        expect(final.height % rule.multipleOf).toBe(0);
        expect(Math.max(final.width, final.height)).toBeLessThanOrEqual(rule.maxLongSide);
        // Less than one multiple is cut off.
        expect(scaled.width - final.width).toBeLessThan(rule.multipleOf);
        expect(scaled.height - final.height).toBeLessThan(rule.multipleOf);
        // Enlarged only when the short side is too short.
        const least = Math.ceil(rule.minShortSide / rule.multipleOf) * rule.multipleOf;
        if (scaled.width > size.width || scaled.height > size.height) expect(short).toBeLessThan(least);
        // The short side holds whenever the aspect ratio lets it.
        if (long * least <= short * rule.maxLongSide) expect(Math.min(final.width, final.height)).toBeGreaterThanOrEqual(rule.minShortSide);
        // Nothing is stretched by more than the rounding to whole pixels.
        expect(Math.abs(scaled.width * size.height - scaled.height * size.width)).toBeLessThanOrEqual(
          0.5 * (size.width + size.height) + 1e-6,
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses a rule that nothing can meet', () => {
    expect(() => planSize({ width: 100, height: 100 }, { maxLongSide: 64, minShortSide: 100, multipleOf: 16 })).toThrow(
      /between 100 and 64/,
    );
    expect(() => planSize({ width: 9000, height: 3 }, { maxLongSide: 1024, minShortSide: 16, multipleOf: 16 })).toThrow(/too elongated/);
  });
});
