import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportScreen } from './pages/export.ts';
import { runsScreen } from './pages/runs.ts';
import { shell } from './pages/shell.ts';
import { tripletsScreen } from './pages/triplets.ts';
import { expect, quickRecipe, test } from './studio.ts';

// Catches: any break between a click on the page and the files of a dataset, in either host.
test('a run is started, watched to its end, looked at and exported', async ({ studio, folder }) => {
  const { page } = studio;
  const runs = runsScreen(page);
  await runs.startRun(quickRecipe());
  await expect(runs.funnel).toBeVisible();
  await expect(runs.ended).toBeVisible({ timeout: 120_000 });

  await shell(page).triplets.click();
  const triplets = tripletsScreen(page);
  await expect(triplets.cells.first()).toBeVisible();
  await triplets.cells.first().click();
  await expect(triplets.divider).toBeVisible();
  for (const picture of [triplets.sourcePicture, triplets.editedPicture]) {
    await expect.poll(() => picture.evaluate((layer) => layer.querySelector('canvas')?.width ?? 0)).toBeGreaterThan(0);
  }
  await expect(triplets.verdicts).toBeVisible();
  await triplets.close.click();
  await expect(triplets.dialog).toBeHidden();

  await shell(page).export.click();
  const exports = exportScreen(page);
  const target = join(folder, 'dataset');
  await exports.folder.fill(target);
  await exports.go.click();
  // The export, and then by itself the check of what it wrote.
  await expect(exports.jobs.getByRole('article')).toHaveCount(2, { timeout: 60_000 });
  await expect(exports.done(1)).toBeVisible();
  await expect(exports.done(0)).toBeVisible({ timeout: 60_000 });
  await expect(exports.faults(0)).toHaveCount(0);
  const rows = readFileSync(join(target, 'train/metadata.jsonl'), 'utf8').trimEnd().split('\n');
  expect(rows.length).toBeGreaterThan(0);
  expect(existsSync(join(target, 'train/images'))).toBe(true);

  await exports.checkThis.click();
  await expect(exports.jobs.getByRole('article')).toHaveCount(3);
  await expect(exports.done(0)).toBeVisible({ timeout: 60_000 });
  await expect(exports.faults(0)).toHaveCount(0);
});
