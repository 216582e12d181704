import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from '../../src/renderer/text.ts';
import { createLook } from './look.ts';
import { exportScreen } from './pages/export.ts';
import { runsScreen } from './pages/runs.ts';
import { shell } from './pages/shell.ts';
import { expect, killEngine, quickRecipe, test } from './studio.ts';

const t = text.figures;

// Catches: a form that cannot be used without a mouse or does not reach the run, a mistake that is not shown at its line, a run page or
// comparison that breaks on real figures, a dead engine that takes a recipe or a run with it.
test('from the form to a run and its figures, by keyboard, with a killed engine on the way', async ({ studio, folder }, { project }) => {
  test.setTimeout(400_000);
  const { page } = studio;
  const runs = runsScreen(page);
  const { shoot, found } = createLook(studio, project.name);
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };

  await runs.newRun.first().focus();
  await press('Enter');
  await runs.name.focus();
  await press('Control+A');
  await page.keyboard.type('By keyboard');
  await page.getByRole('textbox', { name: t.form.seed, exact: true }).focus();
  await press('Control+A');
  await page.keyboard.type('11');
  await page.getByRole('checkbox', { name: text.stage.validator }).focus();
  await press('Alt+ArrowUp', 'Alt+ArrowDown');
  await expect(runs.start).toBeEnabled();
  await shoot('runs-form');

  // The same in YAML: a mistake stands at its line, and is gone when it is corrected.
  await page.getByRole('radio', { name: t.form.yaml }).focus();
  await press('Space');
  await expect(runs.editor).toHaveValue(/name: By keyboard/);
  await expect(runs.editor).toHaveValue(/# Two pictures a scene/);
  const good = await runs.editor.inputValue();
  await runs.editor.fill(good.replace('seedsPerScene: 2', 'seedsPerScene: none'));
  const line = good.split('\n').findIndex((one) => one.startsWith('seedsPerScene')) + 1;
  await expect(runs.plan.getByRole('button', { name: text.app.goToLine(line) })).toBeVisible();
  await shoot('runs-yaml-mistake');
  await expect(runs.start).toBeDisabled();
  await runs.editor.fill(good);
  await expect(runs.start).toBeEnabled();
  await runs.start.focus();
  await press('Enter');
  await expect(runs.running).toBeVisible();

  killEngine(studio);
  await expect(shell(page).engineAway).toBeVisible();
  await expect(shell(page).engineAway).toBeHidden({ timeout: 60_000 });
  const resumed = runs.resume.or(runs.running).or(runs.ended);
  await expect(resumed.first()).toBeVisible({ timeout: 60_000 });
  if (await runs.resume.isVisible()) {
    await runs.resume.focus();
    await press('Enter');
  }
  await expect(runs.ended).toBeVisible({ timeout: 120_000 });
  await expect(page.getByRole('region', { name: t.whatIf.title }).getByRole('slider').first()).toBeVisible();
  await shoot('run-figures');
  await page.getByRole('region', { name: t.whatIf.title }).scrollIntoViewIfNeeded();
  await shoot('run-what-if');

  // A stricter gate, put into a new recipe and run; its estimate is made of the first run.
  const slider = page.getByRole('slider', { name: t.whatIf.softAdherence });
  await slider.focus();
  await press('ArrowRight', 'ArrowRight');
  await page.getByRole('link', { name: t.whatIf.apply }).focus();
  await press('Enter');
  await expect(page.getByText(t.estimate.runs('By keyboard'))).toBeVisible();
  await shoot('runs-estimate');
  await runs.start.focus();
  await press('Enter');
  await expect(runs.ended).toBeVisible({ timeout: 120_000 });

  await shell(page).runs.focus();
  await press('Enter');
  await page.getByRole('main').getByRole('link', { name: t.compare.open }).focus();
  await press('Enter');
  const differs = page.getByRole('table', { name: t.compare.recipe });
  await expect(differs.getByText('gates.softJudge.adherence')).toBeVisible();
  await shoot('runs-compare');

  await shell(page).export.focus();
  await press('Enter');
  const exports = exportScreen(page);
  await exports.folder.fill(join(folder, 'set'));
  await exports.go.focus();
  await press('Enter');
  await expect(exports.done(0)).toBeVisible({ timeout: 60_000 });
  expect(existsSync(join(folder, 'set', 'train/metadata.jsonl'))).toBe(true);
  expect(quickRecipe()).not.toContain('By keyboard');
  expect(found).toEqual({});
});
