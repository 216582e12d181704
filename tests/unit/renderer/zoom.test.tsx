import fc from 'fast-check';
import { expect, it } from 'vitest';
import { moveInGrid } from '../../../src/renderer/features/review/keys.ts';
import { fitCamera, panBy, zoomAt } from '../../../src/renderer/ui/viewer/camera.ts';
import { createZoom } from '../../../src/renderer/ui/viewer/zoom.ts';

const size = fc.record({ width: fc.integer({ min: 64, max: 4000 }), height: fc.integer({ min: 64, max: 4000 }) });

it('fits the whole picture into the pane', () => {
  fc.assert(
    fc.property(size, size, (picture, pane) => {
      const { scale } = fitCamera(picture, pane);
      expect(picture.width * scale).toBeLessThanOrEqual(pane.width + 1e-6);
      expect(picture.height * scale).toBeLessThanOrEqual(pane.height + 1e-6);
    }),
  );
});

it('keeps the point under the pointer in its place while zooming in', () => {
  fc.assert(
    fc.property(
      size,
      size,
      fc.double({ min: 1, max: 4, noNaN: true }),
      fc.double({ min: -0.3, max: 0.3, noNaN: true }),
      (picture, pane, factor, at) => {
        const before = fitCamera(picture, pane);
        const px = at * picture.width * before.scale;
        const after = zoomAt(before, factor, px, 0, picture, pane);
        expect(after.cx + px / after.scale).toBeCloseTo(before.cx + px / before.scale, 4);
      },
    ),
  );
});

it('never loses the picture: the middle of the pane stays on it', () => {
  fc.assert(
    fc.property(size, size, fc.integer({ min: -9999, max: 9999 }), fc.integer({ min: -9999, max: 9999 }), (picture, pane, dx, dy) => {
      const { cx, cy } = panBy(fitCamera(picture, pane), dx, dy, picture);
      expect(cx >= 0 && cx <= picture.width && cy >= 0 && cy <= picture.height).toBe(true);
    }),
  );
});

it('moves to an existing cell for every arrow, and reaches a short last row from above it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 80 }), fc.nat(), (columns, count, start) => {
      const from = start % count;
      for (const action of ['left', 'right', 'up', 'down', 'first', 'last'] as const) {
        const to = moveInGrid(action, from, columns, count);
        expect(to >= 0 && to < count).toBe(true);
      }
    }),
  );
  expect(moveInGrid('down', 3, 4, 6)).toBe(5);
  expect(moveInGrid('down', 5, 4, 6)).toBe(5);
  expect(moveInGrid('up', 1, 4, 6)).toBe(1);
});

// Catches: a place that is lost, or a fitted picture that is suddenly cut, when the next pair has another size.
it('keeps the place and the scale from one pair to the next, and stays fitted when it was', () => {
  fc.assert(
    fc.property(size, size, size, (first, second, pane) => {
      const zoom = createZoom();
      zoom.setPane(pane);
      zoom.setPicture(first);
      zoom.setPicture(second);
      expect(zoom.state().fitted).toBe(true);
      expect(zoom.state().camera).toEqual(fitCamera(second, pane));
      zoom.setPicture(first);
      zoom.full();
      zoom.showAt(first.width / 4, first.height / 2);
      zoom.setPicture(second);
      const { camera } = zoom.state();
      expect(camera.scale).toBeCloseTo(1, 9);
      expect(camera.cx / second.width).toBeCloseTo(0.25, 9);
      expect(camera.cy / second.height).toBeCloseTo(0.5, 9);
    }),
  );
});
