import { text } from '../../src/renderer/text.ts';
import { createLook } from './look.ts';
import { runsScreen } from './pages/runs.ts';
import { shell } from './pages/shell.ts';
import { expect, quickRecipe, test } from './studio.ts';

/** The quick recipe with stages of its own, nothing grown. */
function recipeWith(stages: string, gates = '{}'): string {
  const plain = quickRecipe().replace(/^(stages|gates):.*\n/gm, '');
  return `${plain}\nstages: [edit, lowLevel, fullReference, ${stages}]\ngrowth: []\ngates: ${gates}\n`;
}

// Catches: a calibration that can be learned only from the command line, or that a run on the screen cannot use.
test('a local validator is learned from a run on the screen and used by the next one', async ({ studio }, { project }) => {
  const { page } = studio;
  const runs = runsScreen(page);
  const { shoot, found } = createLook(studio, project.name);
  const lab = text.lab;

  await shell(page).runs.click();
  await page.getByRole('link', { name: lab.open }).click();
  await expect(page.getByText(lab.emptyTitle)).toBeVisible();
  await shoot('calibration-empty');
  await runs.startRun(recipeWith('validator'));
  await expect(runs.ended).toBeVisible({ timeout: 120_000 });

  await shell(page).runs.click();
  await page.getByRole('link', { name: lab.open }).click();
  await page.getByRole('combobox', { name: lab.fit.from }).click();
  await page.getByRole('option', { name: lab.fit.sources.run }).click();
  const learn = page.getByRole('button', { name: lab.fit.go });
  await expect(learn).toBeEnabled();
  await learn.click();
  await expect(page.getByRole('table', { name: lab.quality.title })).toBeVisible();
  await expect(page).toHaveURL(/#\/calibration\/local-1$/);
  await shoot('calibration');

  await runs.startRun(recipeWith('localValidator, softJudge, softChecks, validator', '{ localValidator: { calibration: local } }'));
  await expect(runs.ended).toBeVisible({ timeout: 120_000 });
  const section = page.getByRole('region', { name: lab.run.title });
  await expect(section.getByRole('link', { name: 'local-1' })).toBeVisible();
  await section.scrollIntoViewIfNeeded();
  await shoot('run-with-calibration');
  expect(found).toEqual({});
});
