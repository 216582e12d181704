import type { Locator, Page } from '@playwright/test';
import { text } from '../../../src/renderer/text.ts';

/** The frame around every screen. */
export function shell(page: Page) {
  const nav = page.getByRole('navigation', { name: text.app.nav });
  const said = (sentence: string): Locator => page.getByRole('status').getByText(sentence);
  return {
    runs: nav.getByRole('link', { name: text.app.runs }),
    triplets: nav.getByRole('link', { name: text.app.triplets }),
    edit: nav.getByRole('link', { name: text.app.edit }),
    export: nav.getByRole('link', { name: text.app.export }),
    endpoints: nav.getByRole('link', { name: text.app.endpoints }),
    /** What the frame says while the engine is away: one sentence on the desktop, another in a browser. */
    engineAway: said(text.engine.restarting).or(said(text.engine.away)),
    anyLoading: page.getByRole('status', { name: text.app.loading }),
  };
}
