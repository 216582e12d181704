import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { text } from '../../src/renderer/text.ts';
import { editScreen } from './pages/edit.ts';
import { runsScreen } from './pages/runs.ts';
import { shell } from './pages/shell.ts';
import { tripletsScreen } from './pages/triplets.ts';
import { countDraws, viewerOf } from './pages/viewer.ts';
import { expect, quickRecipe, test } from './studio.ts';

/** One colour. */
function flat(width: number, height: number, background: string): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 4, background } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}

/** A session whose stored pictures are replaced on their way to the page: the first asked for by `a`, all others by `b`. */
async function withPictures(page: Page, a: Buffer, b: Buffer): Promise<void> {
  const edit = editScreen(page);
  await shell(page).edit.click();
  await edit.file.setInputFiles({ name: 'plain.png', mimeType: 'image/png', buffer: await flat(640, 480, '#468') });
  await expect(edit.lines).toHaveCount(1);
  await edit.ask('Make the photo warmer');
  await expect(edit.pictures).toHaveCount(4, { timeout: 60_000 });
  await expect(page.getByRole('progressbar')).toHaveCount(0, { timeout: 60_000 });
  const root = await edit.lines.first().locator('img').getAttribute('src');
  const hash = /[0-9a-f]{64}/.exec(root ?? '')?.[0] ?? '';
  await page
    .context()
    .route(/\/blob\/[0-9a-f]{64}$/, (route) =>
      route.fulfill({ contentType: 'image/png', body: route.request().url().includes(hash) ? a : b }),
    );
  await page.reload();
  await expect(edit.pictures).toHaveCount(4);
  await page.keyboard.press('1');
  await expect(viewerOf(page).ready).toBeVisible({ timeout: 30_000 });
}

// Catches: a picture of another size that is stretched over its original without a word.
test('pictures of different sizes are shown at one true scale, and it is said', async ({ studio }) => {
  const { page } = studio;
  const viewer = viewerOf(page);
  await withPictures(page, await flat(640, 480, '#a33'), await flat(500, 400, '#33a'));
  await expect(page.getByText(/^Sizes differ: .* 640 × 480, .* 500 × 400$/)).toBeVisible();
  await viewer.mode('side').click();
  const sizes = await viewer.pictures.evaluate((stage) =>
    [...stage.querySelectorAll<HTMLElement>('[data-layer]')].map(({ style }) => [style.width, style.height, style.transform]),
  );
  expect(sizes[0]?.slice(0, 2)).toEqual(['640px', '480px']);
  expect(sizes[1]?.slice(0, 2)).toEqual(['500px', '400px']);
  expect(sizes[0]?.[2]).toBe(sizes[1]?.[2]);
  await viewer.mode('difference').click();
  await expect(viewer.difference).toHaveCSS('width', '500px');
});

// Catches: a see-through picture that looks as if it had the colour of the page.
test('see-through parts show a chequered ground', async ({ studio }) => {
  const { page } = studio;
  await withPictures(page, await flat(640, 480, 'rgba(200, 0, 0, 0)'), await flat(640, 480, '#33a'));
  await expect(viewerOf(page).pictures.locator('[data-layer][data-alpha]')).toHaveCount(1);
});

// Catches: large pictures that block the page when they come, or stutter when they are moved.
test('pictures of 4096 x 4096 pixels are moved without a stall and drawn once', async ({ studio }) => {
  const { page } = studio;
  const viewer = viewerOf(page);
  await withPictures(page, await flat(4096, 4096, '#a33'), await flat(4096, 4096, '#33a'));
  const drawn = await countDraws(page);
  const box = await viewer.pictures.boundingBox();
  const [x, y] = [Math.round(box!.x + box!.width / 2), Math.round(box!.y + box!.height / 2)];
  await page.mouse.move(x, y);
  const tasks = page.evaluate(
    () =>
      new Promise<{ longest: number; frames: number }>((resolve) => {
        let longest = 0;
        let frames = 0;
        new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
        }).observe({ entryTypes: ['longtask'] });
        const until = performance.now() + 2_500;
        const step = (now: number) => {
          frames += 1;
          if (now < until) requestAnimationFrame(step);
          else resolve({ longest, frames });
        };
        requestAnimationFrame(step);
      }),
  );
  for (let step = 0; step < 10; step += 1) await page.mouse.wheel(0, -120);
  await page.mouse.down();
  for (let step = 0; step < 40; step += 1) await page.mouse.move(x - step * 3, y - step * 2);
  await page.mouse.up();
  for (let step = 0; step < 10; step += 1) await page.mouse.wheel(0, 120);
  const { longest, frames } = await tasks;
  process.stdout.write(`4096 x 4096: longest task ${Math.round(longest)} ms, ${frames} frames in 2.5 s\n`);
  expect(longest).toBeLessThan(200);
  expect(await drawn()).toEqual({});
});

// Catches: a reviewer who has to set mode and place anew for every triplet, and pictures that come late after a step.
test('mode and place stay from triplet to triplet, and the next one is on screen at once', async ({ studio }) => {
  const { page } = studio;
  const viewer = viewerOf(page);
  const triplets = tripletsScreen(page);
  await runsScreen(page).startRun(quickRecipe());
  await expect(runsScreen(page).ended).toBeVisible({ timeout: 120_000 });
  await shell(page).triplets.click();
  await triplets.cells.first().click();
  await expect(viewer.ready).toBeVisible();
  await viewer.mode('side').click();
  await page.keyboard.press('o');
  await page.keyboard.press('Shift+ArrowRight');
  const percent = await viewer.percent.textContent();
  const waits: number[] = [];
  for (let step = 0; step < 12; step += 1) {
    await page.waitForTimeout(250);
    const title = await triplets.dialog.first().getAttribute('aria-label');
    waits.push(
      await page.evaluate(async (old) => {
        const before = performance.now();
        window.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
        // Ready after the frame in which both pictures of the next pair are drawn.
        const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
        const next = () => document.querySelector('[role="dialog"]')?.getAttribute('aria-label') !== old;
        do await frame();
        while (!next() || !document.querySelector('.nhr-pictures[data-ready]'));
        return performance.now() - before;
      }, title),
    );
    await expect(triplets.dialog.first()).not.toHaveAttribute('aria-label', title ?? '');
    await expect(viewer.chosen('side')).toBeChecked();
    expect(await viewer.percent.textContent()).toBe(percent);
  }
  waits.sort((a, b) => a - b);
  process.stdout.write(`next triplet painted after ${waits.map((ms) => Math.round(ms)).join(', ')} ms\n`);
  expect(waits[Math.floor(waits.length * 0.75)]).toBeLessThan(150);
  await expect(page.getByText(text.compare.modes.side, { exact: true })).toBeVisible();
});
