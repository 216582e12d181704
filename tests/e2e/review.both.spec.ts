import type { Page } from '@playwright/test';
import { text } from '../../src/renderer/text.ts';
import { createLook } from './look.ts';
import { nameOf, nowDecided, reviewScreens, tabTo } from './pages/review.ts';
import { runsScreen } from './pages/runs.ts';
import { tripletsScreen } from './pages/triplets.ts';
import { expect, quickRecipe, test } from './studio.ts';

const DECISIONS = 50;
/** A set of more than fifty triplets. */
const recipe = () => quickRecipe().replace('attempts: 120', 'attempts: 180');

async function mined(page: Page): Promise<void> {
  await runsScreen(page).startRun(recipe());
  await expect(runsScreen(page).ended).toBeVisible({ timeout: 150_000 });
}

// Catches: anything in a review that needs a mouse, and a decision that is shown but not kept.
test('a whole review session by keyboard alone', async ({ studio }, { project }) => {
  test.setTimeout(420_000);
  const { page } = studio;
  const triplets = tripletsScreen(page);
  const review = reviewScreens(page);
  const { shoot, found } = createLook(studio, project.name);
  await mined(page);

  await page.evaluate(() => window.location.assign('#/triplets?state=any'));
  await triplets.cells.first().waitFor();
  await tabTo(page, triplets.cells.first());
  await page.keyboard.press('Enter');
  await triplets.dialog.waitFor();
  for (let n = 0; n < DECISIONS; n += 1) {
    const before = await nameOf(page);
    if (n % 10 === 9) {
      await page.keyboard.press('t');
      await page.getByRole('dialog', { name: text.reviewing.rejectTitle(1) }).waitFor();
      await page.keyboard.press('3');
      await page.keyboard.press('Enter');
    } else await page.keyboard.press(n % 2 ? 'r' : 'a');
    await expect.poll(() => nameOf(page)).not.toBe(before);
  }
  // The last two are taken back, and the first of those is done again.
  await page.keyboard.press('z');
  await page.keyboard.press('z');
  await page.keyboard.press('y');
  await page.keyboard.press('Escape');
  await expect(triplets.dialog).toBeHidden();
  await page.reload();
  // Said by the page that is gone, or by this one for it.
  await expect.poll(async () => (await nowDecided(page, 'accept')) + (await nowDecided(page, 'reject'))).toBe(DECISIONS - 1);

  // Search and filter.
  await page.evaluate(() => window.location.assign('#/triplets?state=any&tag=residuals'));
  await expect(triplets.cells).toHaveCount(4);
  await page.keyboard.press('/');
  await page.keyboard.type('no such words');
  await expect(page.getByText(text.review.emptyTitle)).toBeVisible();
  await tabTo(page, page.getByRole('button', { name: text.filters.reset }).last());
  await page.keyboard.press('Enter');
  await triplets.cells.first().waitFor();
  await page.keyboard.press('?');
  await review.shortcuts.waitFor();
  await shoot('review-keys');
  await page.keyboard.press('Escape');

  // What was thrown away.
  await tabTo(page, review.rejectsTab);
  await page.keyboard.press('Enter');
  await tabTo(page, review.candidates.first());
  await shoot('review-rejected');
  await page.keyboard.press('r');
  await expect(review.looked).toContainText('1 looked at, 0 should');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await review.candidate.waitFor();
  const first = await nameOf(page);
  await page.keyboard.press('a');
  await expect.poll(() => nameOf(page)).not.toBe(first);
  await page.keyboard.press('ArrowLeft');
  await expect(review.kept).toBeVisible();
  await shoot('review-candidate');
  await page.keyboard.press('Escape');
  await expect(review.looked).toContainText('2 looked at, 1 should');

  // A blinded audit.
  await tabTo(page, review.auditsTab);
  await page.keyboard.press('Enter');
  await tabTo(page, review.auditSize);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('4');
  await page.keyboard.press('Enter');
  await review.auditPlace(1, 4).waitFor();
  await page.keyboard.press('3');
  await shoot('review-audit');
  for (let n = 1; n <= 4; n += 1) {
    await review.auditPlace(n, 4).waitFor();
    await page.keyboard.press('Enter');
  }
  await expect(review.auditResult).toBeVisible();
  await expect(review.auditRow(text.audit.anyIssue)).toContainText('25.0 %');
  await shoot('review-result');
  await tabTo(page, page.getByRole('link', { name: text.audit.toAudits }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('link', { name: /^Result: / })).toBeVisible();
  await shoot('review-audits');
  expect(found).toEqual({});
});
