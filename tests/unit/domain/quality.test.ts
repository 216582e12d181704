import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pictureQuality } from '../../../src/main/engine/domain/quality.ts';
import { OPERATIONS, operationOf } from '../../../src/shared/model/operations.ts';

function raster(width: number, height: number, at: (x: number, y: number) => [number, number, number]) {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(at(x, y), (y * width + x) * 3);
  return { width, height, channels: 3 as const, data };
}

// Catches: a flat picture that counts as sharp, or a grey one as colourful; pictures too small to have an inside.
it('finds nothing in a flat grey picture of any size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 255 }), (width, height, grey) => {
      const { sharpness, colour } = pictureQuality(raster(width, height, () => [grey, grey, grey]));
      expect(sharpness).toBeCloseTo(0, 3);
      expect(colour).toBeCloseTo(0, 6);
    }),
  );
});

// Values worked out by hand: a white pixel in black is a Laplacian of 4 x 255 in the middle and of -255 beside it.
it('agrees with hand-worked values', () => {
  const dot = pictureQuality(raster(3, 3, (x, y) => (x === 1 && y === 1 ? [255, 255, 255] : [0, 0, 0])));
  expect(dot.sharpness).toBeCloseTo(1020, 3);
  // All red: rg = 255 and yb = 127.5 everywhere, so there is no spread and 0.3 of the mean's length is left.
  expect(pictureQuality(raster(4, 4, () => [255, 0, 0])).colour).toBeCloseTo(0.3 * Math.hypot(255, 127.5), 6);
});

// Catches: an operation whose own example is called by another name.
it('names its own examples', () => {
  for (const { category, example } of OPERATIONS) expect([example, operationOf(example)]).toEqual([example, category]);
  expect(operationOf('Do something nice')).toBe('Other');
});
