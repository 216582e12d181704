import { runsScreen } from './pages/runs.ts';
import { shell } from './pages/shell.ts';
import { expect, killEngine, quickRecipe, test } from './studio.ts';

// Catches: a page that stays dead after its engine died, and a run that does not go on by itself.
test('an engine killed in the middle of a run is said on the page, comes back, and the run ends as if nothing was', async ({ studio }) => {
  const { page } = studio;
  const runs = runsScreen(page);
  await runs.startRun(quickRecipe());
  await expect(runs.funnel).toBeVisible();
  await expect(runs.running).toBeVisible();
  const before = studio.enginePid();

  const said = shell(page).engineAway.first().waitFor();
  killEngine(studio);
  await said;
  await expect(shell(page).engineAway).toBeHidden({ timeout: 30_000 });
  expect(studio.enginePid()).not.toBe(before);

  await expect(runs.ended).toBeVisible({ timeout: 120_000 });
  await shell(page).runs.click();
  await expect(runs.table.getByRole('row')).toHaveCount(2);
});

// Catches: a second crash treated differently from the first, and a page that only survives one.
test('a page outlives two engines in a row', async ({ studio }) => {
  const { page } = studio;
  await expect(runsScreen(page).newRun.first()).toBeVisible();
  for (let life = 0; life < 2; life += 1) {
    const said = shell(page).engineAway.first().waitFor();
    killEngine(studio);
    await said;
    await expect(shell(page).engineAway).toBeHidden({ timeout: 30_000 });
  }
  await runsScreen(page).newRun.first().click();
  await expect(runsScreen(page).start).toBeVisible();
});
