import type { Page } from '@playwright/test';
import type { RunningHost } from '../helpers/host.ts';
import { nameOf, nowDecided, reviewScreens } from './pages/review.ts';
import { runsScreen } from './pages/runs.ts';
import { shell } from './pages/shell.ts';
import { tripletsScreen } from './pages/triplets.ts';
import { expect, killEngine, quickRecipe, test } from './studio.ts';

async function mined(page: Page): Promise<void> {
  await runsScreen(page).startRun(quickRecipe());
  await expect(runsScreen(page).ended).toBeVisible({ timeout: 150_000 });
}

/** Three deaths in a row would be a broken engine to its supervisor, so a test kills it twice at most. */
async function killedDuring(studio: RunningHost, act: () => Promise<unknown>): Promise<void> {
  const { engineAway } = shell(studio.page);
  const said = engineAway.first().waitFor();
  await act();
  killEngine(studio);
  await said;
  await expect(engineAway).toBeHidden({ timeout: 30_000 });
}

// Catches: a decision or a bulk action that is lost, doubled or half done when the engine dies under it, and a page that does not say so.
test('an engine killed during a decision and a bulk action loses neither', async ({ studio }) => {
  test.setTimeout(300_000);
  const { page } = studio;
  const triplets = tripletsScreen(page);
  await mined(page);

  await page.evaluate(() => window.location.assign('#/triplets?state=any'));
  await triplets.cells.first().waitFor();
  await triplets.cells.first().focus();
  await page.keyboard.press('Enter');
  await triplets.dialog.waitFor();
  const before = await nameOf(page);
  await killedDuring(studio, () => page.keyboard.press('a'));
  await expect.poll(() => nameOf(page)).not.toBe(before);
  await page.keyboard.press('Escape');
  await page.reload();
  await expect.poll(() => nowDecided(page, 'accept')).toBe(1);

  await page.evaluate(() => window.location.assign('#/triplets?state=any&decision=none'));
  await triplets.cells.first().waitFor();
  await triplets.cells.first().focus();
  for (let n = 0; n < 6; n += 1) {
    await page.keyboard.press('x');
    await page.keyboard.press('ArrowRight');
  }
  // This time the page is gone too before the engine is back: the next page says what this one could not.
  await page.keyboard.press('r');
  killEngine(studio);
  // A browser finds no page either while the host is away.
  await expect(() => page.reload()).toPass({ timeout: 60_000 });
  await expect.poll(() => nowDecided(page, 'reject')).toBe(6);
});

// Catches: an answer of an audit that is lost, or an audit that begins anew.
test('an engine killed during an audit loses no answer, and the audit goes on', async ({ studio }) => {
  test.setTimeout(300_000);
  const { page } = studio;
  const review = reviewScreens(page);
  await mined(page);
  await page.evaluate(() => window.location.assign('#/audits'));
  await review.auditSize.fill('3');
  await review.auditSize.press('Enter');
  await review.auditPlace(1, 3).waitFor();
  await page.keyboard.press('3');
  await killedDuring(studio, () => page.keyboard.press('Enter'));
  await page.reload();
  await review.auditPlace(2, 3).waitFor();
  await page.keyboard.press('ArrowLeft');
  await expect(review.auditSaved).toBeVisible();
});
