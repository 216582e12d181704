import type { Page } from '@playwright/test';
import { text } from '../../src/renderer/text.ts';
import { editScreen } from './pages/edit.ts';
import { endpointsScreen } from './pages/endpoints.ts';
import { runsScreen } from './pages/runs.ts';
import { shell } from './pages/shell.ts';
import { tripletsScreen } from './pages/triplets.ts';
import { expect, quickRecipe, test } from './studio.ts';

/** How far the page reaches over the right edge, and the text-bearing controls that do. */
async function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const out: string[] = [];
    if (document.documentElement.scrollWidth > window.innerWidth + 1) out.push(`page ${document.documentElement.scrollWidth}`);
    for (const card of document.querySelectorAll<HTMLElement>('.nhr-card'))
      if (card.scrollWidth > card.clientWidth + 1) out.push(`card "${card.ariaLabel ?? ''}" ${card.scrollWidth - card.clientWidth} px`);
    for (const element of document.querySelectorAll<HTMLElement>('button, a, input, select, textarea, h1, h2')) {
      const box = element.getBoundingClientRect();
      if (box.width < 2 || box.height < 2 || getComputedStyle(element).visibility === 'hidden') continue;
      // What lies in a part that scrolls by itself can be reached.
      let scrolls = false;
      for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) {
        const { overflowX } = getComputedStyle(up);
        if ((overflowX === 'auto' || overflowX === 'scroll') && up.scrollWidth > up.clientWidth && !up.matches('main')) scrolls = true;
        if (up.matches('[data-mode] .nhr-map, .nhr-pictures')) scrolls = true;
      }
      if (!scrolls && box.right > window.innerWidth + 1)
        out.push(`${element.tagName} "${(element.textContent || element.ariaLabel || '').slice(0, 30)}"`);
    }
    return out;
  });
}

// Catches: controls that cannot be reached when the page is enlarged: 1280 x 800 at 200 % leaves 640 x 400 CSS pixels.
test('at 200 % zoom every screen keeps its controls within reach', async ({ studio }) => {
  const { page } = studio;
  const runs = runsScreen(page);
  const over: Record<string, string[]> = {};
  const look = async (name: string) => {
    await page.setViewportSize({ width: 640, height: 400 });
    await expect(shell(page).anyLoading).toHaveCount(0);
    const list = await overflow(page);
    if (list.length > 0) over[name] = list;
    await page.screenshot({ path: `test-results/screens/web-zoom200-${name}.png`, animations: 'disabled' });
    await page.setViewportSize({ width: 1280, height: 800 });
  };
  await runs.startRun(quickRecipe());
  await expect(runs.ended).toBeVisible({ timeout: 120_000 });
  await look('run');
  await shell(page).runs.click();
  await look('runs');
  await runs.newRun.first().click();
  await expect(runs.start).toBeVisible();
  await look('new-run');
  await shell(page).triplets.click();
  const triplets = tripletsScreen(page);
  await expect(triplets.cells.first()).toBeVisible();
  await look('triplets');
  await triplets.cells.first().click();
  await expect(triplets.divider).toBeVisible();
  await look('compare');
  await page.getByRole('link', { name: text.edit.editThis }).first().click();
  await expect(editScreen(page).lines).toHaveCount(1, { timeout: 30_000 });
  await look('edit-room');
  await shell(page).edit.click();
  await look('edit');
  await shell(page).export.click();
  await look('export');
  await shell(page).endpoints.click();
  await look('endpoints');
  await endpointsScreen(page).add.click();
  await look('endpoints-new');
  expect(over).toEqual({});
});
