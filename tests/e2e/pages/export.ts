import type { Page } from '@playwright/test';
import { text } from '../../../src/renderer/text.ts';

/** The export form and what became of each job. */
export function exportScreen(page: Page) {
  const jobs = page.getByRole('region', { name: text.export.jobs });
  const job = (index: number) => jobs.getByRole('article').nth(index);
  return {
    folder: page.getByRole('textbox', { name: text.export.folder }),
    go: page.getByRole('form', { name: text.export.title }).getByRole('button', { name: text.export.go, exact: true }),
    jobs,
    /** Newest first. */
    job,
    done: (index: number) => job(index).getByText(text.export.jobState.done, { exact: true }),
    faults: (index: number) => job(index).getByRole('img', { name: text.export.notOk }),
    checkThis: jobs.getByRole('button', { name: text.export.check }),
  };
}
