import type { Locator, Page } from '@playwright/test';
import { text } from '../../../src/renderer/text.ts';
import { expect } from '../studio.ts';
import { shell } from './shell.ts';

/** The review screens beside the grid of triplets: rejected candidates and audits. */
export function reviewScreens(page: Page) {
  const tabs = page.getByRole('navigation', { name: text.rejects.tabs });
  const rejects = page.getByRole('grid', { name: text.rejects.grid });
  return {
    rejectsTab: tabs.getByRole('link', { name: text.rejects.tab }),
    auditsTab: tabs.getByRole('link', { name: text.audit.tab }),
    candidates: rejects.getByRole('gridcell'),
    candidate: page.getByRole('dialog'),
    kept: page.getByRole('link', { name: /^Triplet \d+$/ }),
    looked: page.getByText(/\d+ looked at, \d+ should have been kept/),
    auditSize: page.getByRole('textbox', { name: text.audit.size, exact: true }),
    auditPlace: (n: number, all: number) => page.getByText(text.audit.item(n, all), { exact: true }),
    auditSaved: page.getByText(new RegExp(`${text.audit.saved}$`)),
    auditResult: page.getByRole('heading', { level: 1, name: /^Result of / }),
    auditRow: (name: string) => page.getByRole('row', { name: new RegExp(`^${name} `) }),
    shortcuts: page.getByRole('dialog', { name: text.app.shortcuts }),
  };
}

/** Presses Tab until the place has the focus, as a person without a mouse does. */
export async function tabTo(page: Page, place: Locator, most = 60): Promise<void> {
  await place.waitFor();
  for (let pressed = 0; pressed <= most; pressed += 1) {
    if (await place.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${most} times Tab did not lead to ${place}`);
}

/** The name of the comparison that is open; it changes with the triplet. */
export const nameOf = async (page: Page) => (await page.getByRole('dialog').getAttribute('aria-label')) ?? '';

/** Triplets with a decision, as the screen counts them. */
export async function nowDecided(page: Page, decision: string): Promise<number> {
  await page.evaluate((hash) => window.location.assign(hash), `#/triplets?state=any&decision=${decision}`);
  await expect(shell(page).anyLoading).toHaveCount(0);
  const status = page
    .getByRole('status')
    .filter({ hasText: /triplets?$/ })
    .first();
  const none = page.getByText(text.review.emptyTitle);
  await status.or(none).first().waitFor();
  return Number(((await status.textContent()) ?? '').replaceAll(/\D/g, '') || 0);
}
