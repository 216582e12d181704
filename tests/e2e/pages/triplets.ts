import type { Page } from '@playwright/test';
import { text } from '../../../src/renderer/text.ts';

/** The grid of triplets and the comparison over it. */
export function tripletsScreen(page: Page) {
  const grid = page.getByRole('grid', { name: text.review.grid });
  const dialog = page.getByRole('dialog');
  return {
    grid,
    cells: grid.getByRole('gridcell'),
    dialog,
    divider: dialog.getByRole('slider', { name: text.compare.divider }),
    sourcePicture: dialog.getByRole('img', { name: text.review.source }).first(),
    editedPicture: dialog.getByRole('img', { name: text.review.edited }).first(),
    verdicts: dialog.getByText(text.compare.verdicts, { exact: true }),
    accept: dialog.getByRole('button', { name: text.decide.accept }),
    next: dialog.getByRole('button', { name: text.compare.next }),
    close: dialog.getByRole('button', { name: text.compare.close }),
  };
}
