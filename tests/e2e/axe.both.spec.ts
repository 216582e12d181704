import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { formatRoute } from '../../src/renderer/app/route.ts';
import { text } from '../../src/renderer/text.ts';
import { createLook } from './look.ts';
import { endpointsScreen } from './pages/endpoints.ts';
import { exportScreen } from './pages/export.ts';
import { type Known, PLACES } from './pages/places.ts';
import { reviewScreens } from './pages/review.ts';
import { runsScreen } from './pages/runs.ts';
import { shell } from './pages/shell.ts';
import { tripletsScreen } from './pages/triplets.ts';
import { expect, quickRecipe, test } from './studio.ts';

// Licences that are accepted here must not get into the folder of whoever runs the tests.
process.env.NHR_SCORERS = mkdtempSync(join(tmpdir(), 'nhr-e2e-scorers-'));

const goTo = (page: Page, hash: string) => page.evaluate((to) => window.location.assign(to), hash);

/** What stands in the address behind a word. */
async function inAddress(page: Page, where: RegExp): Promise<string> {
  await expect.poll(() => page.url()).toMatch(where);
  return decodeURIComponent(where.exec(page.url())?.[1] ?? '');
}

/** Two runs, a session, an audit and an endpoint: something to show on every screen. */
async function somethingOfEach(page: Page): Promise<Known> {
  const runs = runsScreen(page);
  const mined: string[] = [];
  for (const attempts of [60, 20]) {
    await runs.startRun(quickRecipe().replace('attempts: 120', `attempts: ${attempts}`));
    await expect(runs.ended).toBeVisible({ timeout: 120_000 });
    mined.push(await inAddress(page, /#\/runs\/([^/?]+)$/));
  }
  await goTo(page, '#/triplets');
  const triplet = Number(await tripletsScreen(page).cells.first().getAttribute('data-id'));
  await goTo(page, '#/rejects');
  const reject = Number(await reviewScreens(page).candidates.first().getAttribute('data-id'));
  await goTo(page, `#/edit/triplet/${triplet}/source`);
  const session = await inAddress(page, /#\/edit\/((?!triplet)[^/?]+)$/);
  await goTo(page, '#/audits');
  await reviewScreens(page).auditSize.fill('3');
  await page.getByRole('button', { name: text.audit.start }).click();
  const audit = Number(await inAddress(page, /#\/audits\/(\d+)$/));
  const endpoints = endpointsScreen(page);
  await goTo(page, '#/endpoints/new');
  await endpoints.preset('Bagel-NHR-Edit-V2 on vllm-omni').first().click();
  await endpoints.address.fill('http://127.0.0.1:9/v1');
  await endpoints.save.click();
  const endpoint = await inAddress(page, /#\/endpoints\/edit\/([^/?]+)$/);
  return { runs: mined as [string, string], triplet, reject, session, audit, endpoint };
}

// Catches: what axe can see of broken accessibility, on any screen, in any of its forms, in either scheme.
test('axe finds nothing on any screen', async ({ studio, folder }, { project }) => {
  test.setTimeout(900_000);
  const { page } = studio;
  const { check, found } = createLook(studio, project.name);
  const known = await somethingOfEach(page);
  for (const places of Object.values(PLACES))
    for (const route of places(known)) {
      const hash = formatRoute(route);
      await goTo(page, hash);
      await expect(page.getByRole('heading', { level: 1 }).or(page.getByRole('dialog')).first()).toBeVisible();
      await check(hash);
    }

  // What opens over the screens.
  const dialog = page.getByRole('dialog');
  const closed = async () => {
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  };
  await goTo(page, '#/triplets');
  await tripletsScreen(page).cells.first().waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: text.palette.title }).fill('run');
  await check('palette');
  await closed();
  await page.keyboard.press('?');
  await reviewScreens(page).shortcuts.waitFor();
  await check('keys of review');
  await closed();
  await page.getByRole('button', { name: text.reviewing.more }).click();
  await page.getByRole('textbox', { name: text.reviewing.from(text.reviewing.difficulty) }).waitFor();
  await check('more filters');
  await closed();
  await tripletsScreen(page).cells.first().focus();
  await page.keyboard.press('x');
  await page.keyboard.press('t');
  await page.getByRole('dialog', { name: text.reviewing.rejectTitle(1) }).waitFor();
  await check('rejection with reasons');
  await closed();

  await goTo(page, `#/edit/${known.session}`);
  await page.getByRole('main').focus();
  await page.keyboard.press('?');
  await dialog.waitFor();
  await check('keys of the edit room');
  await closed();

  const runs = runsScreen(page);
  await goTo(page, `#/runs/${known.runs[0]}`);
  await page.getByRole('button', { name: text.run.raise }).click();
  await dialog.waitFor();
  await check('budget');
  await closed();
  await goTo(page, '#/runs/new');
  await runs.view('yaml').click();
  await runs.editor.waitFor();
  await check('recipe as YAML');
  await page.getByRole('button', { name: text.figures.template.save }).click();
  await dialog.waitFor();
  await check('template');
  await closed();

  await runs.startRun(quickRecipe().replace('attempts: 120', 'attempts: 5000'));
  await runs.pause.click();
  await runs.resume.waitFor();
  await page.getByRole('button', { name: text.run.cancel }).click();
  await dialog.waitFor();
  await check('cancel of a run');
  await closed();

  await goTo(page, '#/rejects');
  await reviewScreens(page).candidates.first().focus();
  await page.keyboard.press('t');
  await page.getByRole('dialog', { name: text.rejects.rightTitle(1) }).waitFor();
  await check('rejection confirmed with reasons');
  await closed();

  await shell(page).edit.click();
  await page.getByRole('button', { name: text.edit.remove }).first().click();
  await dialog.waitFor();
  await check('removal of a session');
  await closed();

  const exports = exportScreen(page);
  await shell(page).export.click();
  await exports.folder.fill(join(folder, 'set'));
  await exports.go.click();
  await expect(exports.done(1)).toBeVisible({ timeout: 90_000 });
  await check('export with its check');
  await exports.importPath.fill(join(folder, 'set'));
  await exports.lookAtRows.click();
  await exports.previewPictures.first().waitFor();
  await check('import preview');

  await goTo(page, formatRoute({ screen: 'scorers' }));
  const model = page.getByRole('article', { name: 'LPIPS (AlexNet)' });
  await model.getByRole('checkbox', { name: text.scorers.models.accept }).press('Space');
  for (const name of [text.scorers.models.import, text.scorers.models.get]) {
    await model.getByRole('button', { name, exact: true }).click();
    await dialog.waitFor();
    await check(`model: ${name}`);
    await closed();
  }

  const endpoints = endpointsScreen(page);
  await goTo(page, `#/endpoints/edit/${known.endpoint}`);
  await endpoints.address.fill('http://127.0.0.1:10/v1');
  await endpoints.discard.click();
  await dialog.waitFor();
  await check('discard of changes');
  await closed();
  await shell(page).endpoints.click();
  await endpoints.table.waitFor();
  await page
    .getByRole('button', { name: /^More for / })
    .first()
    .click();
  await endpoints.menuItem(text.endpoints.remove).click();
  await dialog.waitFor();
  await check('removal of an endpoint');
  expect(found).toEqual({});
});
