import type { Page } from '@playwright/test';
import { createLook } from './look.ts';
import { endpointsScreen } from './pages/endpoints.ts';
import { exportScreen } from './pages/export.ts';
import { runsScreen } from './pages/runs.ts';
import { shell } from './pages/shell.ts';
import { tripletsScreen } from './pages/triplets.ts';
import { expect, quickRecipe, test } from './studio.ts';

// Catches: a screen that does not come up in a size or a scheme, and what axe can see of broken accessibility.
test('every screen in both sizes and both schemes', async ({ studio }, { project }) => {
  const { page } = studio;
  const runs = runsScreen(page);
  const triplets = tripletsScreen(page);
  const { shoot, found } = createLook(studio, project.name);

  await expect(runs.newRun.first()).toBeVisible();
  await shoot('runs-empty');
  await shell(page).triplets.click();
  await shoot('triplets-empty');
  await shell(page).runs.click();
  await runs.newRun.first().click();
  await expect(runs.start).toBeEnabled();
  await shoot('new-run');
  await runs.startRun(quickRecipe());
  await expect(runs.ended).toBeVisible({ timeout: 120_000 });
  await shoot('run');
  await shell(page).runs.click();
  await shoot('runs');
  await shell(page).triplets.click();
  await expect(triplets.cells.first()).toBeVisible();
  await shoot('triplets');
  await triplets.cells.first().click();
  await expect(triplets.divider).toBeVisible();
  await shoot('compare');
  await triplets.close.click();
  await shell(page).export.click();
  await exportScreen(page).go.click();
  await expect(exportScreen(page).done(0)).toBeVisible({ timeout: 60_000 });
  await shoot('export');
  await endpointScreens(page, shoot);
  expect(found).toEqual({});
});

/** The way through the Endpoints screen: nothing yet, presets, a form with a probe that reaches nothing, YAML, the list. */
async function endpointScreens(page: Page, shoot: (name: string) => Promise<void>): Promise<void> {
  const endpoints = endpointsScreen(page);
  await shell(page).endpoints.click();
  await expect(endpoints.add).toBeVisible();
  await shoot('endpoints-empty');
  await endpoints.add.click();
  await expect(endpoints.preset('Bagel-NHR-Edit-V2 on vllm-omni').first()).toBeVisible();
  await shoot('endpoints-new');
  await endpoints.preset('Bagel-NHR-Edit-V2 on vllm-omni').first().click();
  await endpoints.address.fill('http://127.0.0.1:9/v1');
  await endpoints.save.click();
  await endpoints.probe.click();
  await expect(endpoints.probeFailure).toBeVisible();
  await shoot('endpoint');
  await endpoints.role('imageEditor').scrollIntoViewIfNeeded();
  await endpoints.bagel.scrollIntoViewIfNeeded();
  await shoot('endpoint-bagel');
  await endpoints.prices.scrollIntoViewIfNeeded();
  await shoot('endpoint-prices');
  await endpoints.view('yaml').click();
  await expect(endpoints.yaml).toBeVisible();
  await shoot('endpoint-yaml');
  await shell(page).endpoints.click();
  await expect(endpoints.table).toBeVisible();
  await shoot('endpoints');
}
