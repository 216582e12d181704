import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXPORT_FORMATS, ExportFormat } from '../../src/shared/model/export.ts';
import { createLook } from './look.ts';
import { exportScreen } from './pages/export.ts';
import { runsScreen } from './pages/runs.ts';
import { shell } from './pages/shell.ts';
import { expect, quickRecipe, test } from './studio.ts';

// Catches: a layout that the screen offers and cannot write or read back, a cancelled export that leaves something, a set that does
// not come in again, a preview that shows something else than the import takes.
test('a mined set goes out in every layout, is read back, cancelled, looked at and imported', async ({ studio, folder }, { project }) => {
  test.setTimeout(420_000);
  const { page } = studio;
  const look = createLook(studio, project.name);
  const runs = runsScreen(page);
  await runs.startRun(quickRecipe());
  await expect(runs.ended).toBeVisible({ timeout: 180_000 });
  await shell(page).export.click();
  const exports = exportScreen(page);
  await look.shoot('export-ready');

  let articles = 0;
  for (const format of ExportFormat.options) {
    await exports.card(EXPORT_FORMATS[format].title).click();
    // So few tries have hardly two of one picture and instruction that are half a point apart.
    if (format === 'preference') await exports.anyMargin();
    await exports.folder.fill(join(folder, format));
    await exports.go.click();
    articles += 2;
    await expect(exports.jobs.getByRole('article')).toHaveCount(articles, { timeout: 90_000 });
    await expect(exports.done(1)).toBeVisible();
    await expect(exports.done(0)).toBeVisible({ timeout: 90_000 });
    await expect(exports.faults(0)).toHaveCount(0);
    expect(JSON.parse(readFileSync(join(folder, format, 'manifest.json'), 'utf8'))).toMatchObject({ format });
  }
  await look.shoot('export-done');

  // Encoding every picture takes long enough to change one's mind.
  await exports.card(EXPORT_FORMATS.webdataset.title).click();
  await exports.choose('Pictures', 'WebP, lossless');
  await exports.folder.fill(join(folder, 'cancelled'));
  await exports.go.click();
  await exports.cancel.click();
  await expect(exports.job(0).getByText('Cancelled', { exact: true })).toBeVisible();
  expect([existsSync(join(folder, 'cancelled')), existsSync(join(folder, 'cancelled.partial'))]).toEqual([false, false]);

  await exports.importPath.fill(join(folder, 'hf-parquet'));
  await exports.lookAtRows.click();
  await expect(exports.previewPictures.first()).toBeVisible();
  await expect.poll(() => exports.previewPictures.count()).toBe(10);
  await exports.importPath.scrollIntoViewIfNeeded();
  await look.shoot('import-preview');
  await exports.importGo.click();
  // Everything is there already: the same pictures with the same words.
  await expect(exports.done(0)).toBeVisible({ timeout: 60_000 });
  await expect(exports.job(0).getByText(/^0 pairs of \d+ rows imported/)).toBeVisible();

  // Five pairs of the tree under other words are new, and are checked like a set from elsewhere.
  const rows = readFileSync(join(folder, 'nhr/train/metadata.jsonl'), 'utf8').split('\n').slice(0, 5);
  const others = rows.map((row) => JSON.stringify({ ...JSON.parse(row), sample_id: '', edit_instruction: 'Imported from elsewhere' }));
  writeFileSync(join(folder, 'nhr/train/metadata.jsonl'), others.join('\n'));
  rmSync(join(folder, 'nhr/tables'), { recursive: true });
  await exports.chooseImport('nhr');
  await exports.importPath.fill(join(folder, 'nhr'));
  await exports.importGo.click();
  await expect(exports.job(0).getByText(/^5 pairs of 5 rows imported/)).toBeVisible({ timeout: 60_000 });
  await exports.checkImported.scrollIntoViewIfNeeded();
  await exports.checkImported.click();
  await expect(exports.job(0).getByText(/^5 of 5 imported triplets passed/)).toBeVisible({ timeout: 60_000 });
  await expect(exports.connectJudge).toBeVisible();
  await look.shoot('export-imported-checked');
  await exports.importedInSet.click();
  await expect(page.getByRole('status').getByText('5 triplets', { exact: true })).toBeVisible();
  expect(look.found).toEqual({});
});
