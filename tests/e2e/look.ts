import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { appFolder, type RunningHost } from '../helpers/host.ts';
import { shell } from './pages/shell.ts';
import { expect } from './studio.ts';

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

/** Takes pictures of screens under a name, and remembers what axe finds on them in both schemes. */
export function createLook(studio: RunningHost, host: string) {
  const found: Record<string, string[]> = {};
  async function check(name: string): Promise<void> {
    for (const colorScheme of SCHEMES) {
      await studio.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await expect(studio.page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme);
      await expect(shell(studio.page).anyLoading).toHaveCount(0);
      const list = await faults(studio.page);
      if (list.length > 0) found[`${name} ${colorScheme}`] = list;
    }
  }
  return {
    /** What axe found, by screen and scheme; empty when all is well. */
    found,
    async shoot(name: string): Promise<void> {
      await picture(studio, host, name);
      await check(name);
    },
    /** The same without pictures. */
    check,
  };
}
