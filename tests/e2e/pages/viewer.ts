import type { Page } from '@playwright/test';
import { text } from '../../../src/renderer/text.ts';

const t = text.viewer;

/** The pictures that are compared, in the edit room or over the grid. */
export function viewerOf(page: Page) {
  const pictures = page.getByRole('region', { name: t.stage });
  const way = (name: string) => page.getByRole('radio', { name, exact: true });
  return {
    pictures,
    /** Both are decoded and drawn. */
    ready: page.locator('.nhr-pictures[data-ready]'),
    mode: (name: keyof typeof text.compare.modes) => page.getByRole('radiogroup').getByText(text.compare.modes[name], { exact: true }),
    chosen: (name: keyof typeof text.compare.modes) => way(text.compare.modes[name]),
    look: page.getByRole('combobox', { name: t.look }),
    gain: page.getByRole('slider', { name: text.compare.gain }),
    threshold: page.getByRole('slider', { name: t.threshold }),
    opacity: page.getByRole('slider', { name: t.opacity }),
    difference: page.getByRole('img', { name: /^Difference of/ }),
    /** What the probe says, read in one go and once two more frames have not changed it: null while it still moves. */
    probed: () =>
      pictures.evaluate(async (element) => {
        const read = () => ['at', 'a', 'b', 'd'].map((part) => element.querySelector(`[data-probe="${part}"]`)?.textContent ?? '');
        const before = read().join('|');
        for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
        const [at, a, b, d] = read() as [string, string, string, string];
        return [at, a, b, d].join('|') === before && /^\d+, \d+$/.test(at) ? { at, a, b, d } : null;
      }),
    percent: page.locator('.nhr-zoom'),
    map: pictures.locator('.nhr-map'),
    /** Reads the transforms of all pictures on screen. */
    transforms: () =>
      pictures.evaluate((element) => [...element.querySelectorAll<HTMLElement>('[data-layer]')].map((layer) => layer.style.transform)),
  };
}

/** What was drawn since the last call, by kind; 2D, WebGL and bitmap canvases, and elements that came or went in the stage. */
export async function countDraws(page: Page): Promise<() => Promise<Record<string, number>>> {
  await page.evaluate(() => {
    const counts: Record<string, number> = {};
    Object.assign(window, { drawCounts: counts });
    const watch = (prototype: object, names: string[]) => {
      for (const name of names) {
        const original = (prototype as Record<string, (...list: unknown[]) => unknown>)[name]!;
        Object.defineProperty(prototype, name, {
          configurable: true,
          value(this: unknown, ...list: unknown[]) {
            counts[name] = (counts[name] ?? 0) + 1;
            return original.apply(this, list);
          },
        });
      }
    };
    watch(CanvasRenderingContext2D.prototype, ['drawImage', 'putImageData', 'fillRect', 'fillText']);
    watch(ImageBitmapRenderingContext.prototype, ['transferFromImageBitmap']);
    watch(WebGL2RenderingContext.prototype, ['drawArrays', 'drawElements', 'texImage2D']);
    watch(WebGLRenderingContext.prototype, ['drawArrays', 'drawElements', 'texImage2D']);
    const stage = document.querySelector('.nhr-pictures');
    if (!stage) throw new Error('no stage');
    new MutationObserver((changes) => {
      const nodes = changes.filter(({ type, target }) => type === 'childList' && !(target as Element).closest('.nhr-pixel-line'));
      if (nodes.length > 0) counts.elements = (counts.elements ?? 0) + nodes.length;
    }).observe(stage, { childList: true, subtree: true });
  });
  return () =>
    page.evaluate(() => {
      const { drawCounts } = window as unknown as { drawCounts: Record<string, number> };
      const now = { ...drawCounts };
      for (const name of Object.keys(drawCounts)) delete drawCounts[name];
      return now;
    });
}
