import type { Page } from '@playwright/test';
import { text } from '../../../src/renderer/text.ts';
import { shell } from './shell.ts';

/** The list of runs, the form of a new one, and the page of one run. */
export function runsScreen(page: Page) {
  const heading = page.getByRole('heading', { level: 1 });
  const main = page.getByRole('main');
  const start = page.getByRole('button', { name: text.newRun.start });
  return {
    heading,
    newRun: page.getByRole('link', { name: text.runs.new }).or(page.getByRole('link', { name: text.runs.first })),
    table: page.getByRole('table', { name: text.runs.listLabel }),
    templates: page.getByRole('radio'),
    editor: page.getByRole('textbox', { name: text.newRun.editor }),
    start,
    /** A field of the recipe as a form. */
    name: page.getByRole('textbox', { name: text.figures.form.name, exact: true }),
    view: (name: 'form' | 'yaml') =>
      page.getByRole('radiogroup', { name: text.figures.form.view }).getByText(text.figures.form[name], { exact: true }),
    plan: page.getByRole('region', { name: text.newRun.check }),
    running: main.getByText(text.state.running, { exact: true }),
    /** The run ended by itself: all jobs done, or the budget reached. */
    ended: main
      .getByText(text.end.exhausted, { exact: true })
      .or(main.getByText(text.end.budget, { exact: true }))
      .first(),
    funnel: page.getByRole('table', { name: text.run.funnel }),
    survival: page.getByRole('region', { name: text.run.survival }),
    spend: page.getByRole('region', { name: text.run.spend }),
    pause: page.getByRole('button', { name: text.run.pause }),
    resume: page.getByRole('button', { name: text.run.resume }),
    /** Opens the form, puts a recipe in and starts it; the page of the run is then on screen. */
    async startRun(yaml: string): Promise<void> {
      await shell(page).runs.click();
      await this.newRun.first().click();
      await this.view('yaml').click();
      await this.editor.fill(yaml);
      await start.click();
      await this.funnel.or(page.getByText(text.run.funnelEmpty)).first().waitFor();
    },
    /** The number in a row of the funnel. */
    async funnelCount(label: string | RegExp): Promise<number> {
      const row = this.funnel.getByRole('row').filter({ has: page.getByRole('rowheader', { name: label }) });
      return Number(((await row.getByRole('cell').nth(0).textContent()) ?? '').replaceAll(/\D/g, ''));
    },
  };
}
