import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { appFolder, type RunningHost } from '../helpers/host.ts';
import { exportScreen } from './pages/export.ts';
import { runsScreen } from './pages/runs.ts';
import { shell } from './pages/shell.ts';
import { tripletsScreen } from './pages/triplets.ts';
import { expect, quickRecipe, test } from './studio.ts';

const SIZES = [
  [1280, 800],
  [1920, 1080],
] as const;
const SCHEMES = ['light', 'dark'] as const;

/** Pictures of what is on screen in both sizes and both schemes, for people to look at. */
async function picture(studio: RunningHost, host: string, name: string): Promise<void> {
  const { page } = studio;
  for (const [width, height] of SIZES) {
    await studio.resize(width, height);
    await expect.poll(() => page.evaluate(() => window.innerWidth)).toBe(width);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme);
      await expect(shell(page).anyLoading).toHaveCount(0);
      await allPictures(page);
      await page.screenshot({
        path: join(appFolder, 'test-results/screens', `${host}-${name}-${width}x${height}-${colorScheme}.png`),
        animations: 'disabled',
      });
    }
  }
}

/** Waits until no picture in the window is still on its way. */
async function allPictures(page: Page): Promise<void> {
  await expect(page.locator('img[data-state="loading"]')).toHaveCount(0);
  await expect.poll(() => page.evaluate(() => [...document.images].every((image) => image.complete))).toBe(true);
}

/** What breaks WCAG 2 A and AA on screen, as one line a rule. */
async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(' | ')}`);
}

// Catches: a screen that does not come up in a size or a scheme, and what axe can see of broken accessibility.
test('every screen in both sizes and both schemes', async ({ studio }, { project }) => {
  const { page } = studio;
  const runs = runsScreen(page);
  const triplets = tripletsScreen(page);
  const found: Record<string, string[]> = {};
  const shoot = async (name: string) => {
    await picture(studio, project.name, name);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const list = await faults(page);
      if (list.length > 0) found[`${name} ${colorScheme}`] = list;
    }
  };

  await expect(runs.newRun.first()).toBeVisible();
  await shoot('runs-empty');
  await shell(page).triplets.click();
  await shoot('triplets-empty');
  await shell(page).runs.click();
  await runs.newRun.first().click();
  await expect(runs.start).toBeEnabled();
  await shoot('new-run');
  await runs.startRun(quickRecipe());
  await expect(runs.ended).toBeVisible({ timeout: 120_000 });
  await shoot('run');
  await shell(page).runs.click();
  await shoot('runs');
  await shell(page).triplets.click();
  await expect(triplets.cells.first()).toBeVisible();
  await shoot('triplets');
  await triplets.cells.first().click();
  await expect(triplets.divider).toBeVisible();
  await shoot('compare');
  await triplets.close.click();
  await shell(page).export.click();
  await exportScreen(page).go.click();
  await expect(exportScreen(page).done(0)).toBeVisible({ timeout: 60_000 });
  await shoot('export');
  expect(found).toEqual({});
});
