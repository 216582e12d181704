import type { Page } from '@playwright/test';
import { text } from '../../../src/renderer/text.ts';

/** The export form and what became of each job. */
export function exportScreen(page: Page) {
  const jobs = page.getByRole('region', { name: text.export.jobs });
  const job = (index: number) => jobs.getByRole('article').nth(index);
  return {
    folder: page.getByRole('textbox', { name: text.export.folder }),
    go: page.getByRole('form', { name: text.export.title }).getByRole('button', { name: text.export.go, exact: true }),
    card: (title: string) => page.getByRole('radio', { name: title, exact: true }),
    async choose(field: string, option: string) {
      await page.getByRole('combobox', { name: field, exact: true }).click();
      await page.getByRole('option', { name: option, exact: true }).click();
    },
    /** Pairs of preference however close they are. */
    async anyMargin() {
      await page.getByLabel(text.export.margin).fill('0');
      await page.getByRole('checkbox', { name: text.export.ties }).check();
    },
    async chooseImport(format: string) {
      await page.getByRole('combobox', { name: text.export.importFormat }).click();
      await page.getByRole('option', { name: new RegExp(`^${format}: `) }).click();
    },
    importPath: page.getByRole('textbox', { name: text.export.importPath }),
    lookAtRows: page.getByRole('button', { name: text.export.previewGo }),
    importGo: page.getByRole('button', { name: text.export.importGo, exact: true }),
    previewPictures: page.getByRole('table').getByRole('img'),
    checkImported: page.getByRole('button', { name: text.export.cleanGo, exact: true }),
    connectJudge: page.getByRole('link', { name: text.export.ownJudge }),
    importedInSet: page.getByRole('link', { name: text.export.cleanStayed }),
    cancel: jobs.getByRole('button', { name: text.export.cancel }),
    jobs,
    /** Newest first. */
    job,
    done: (index: number) => job(index).getByText(text.export.jobState.done, { exact: true }),
    faults: (index: number) => job(index).getByRole('img', { name: text.export.notOk }),
    checkThis: jobs.getByRole('button', { name: text.export.check }),
  };
}
