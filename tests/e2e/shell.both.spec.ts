import { text } from '../../src/renderer/text.ts';
import { createLook } from './look.ts';
import { endpointsScreen } from './pages/endpoints.ts';
import { runsScreen } from './pages/runs.ts';
import { expect, test } from './studio.ts';

// Catches: a palette that does not come up over fields and dialogs, or that axe finds fault with.
test('the command palette leads everywhere by keys alone', async ({ studio }, { project }) => {
  const { page } = studio;
  const { shoot, found } = createLook(studio, project.name);
  const palette = page.getByRole('combobox', { name: text.palette.title });
  const goBy = async (typed: string) => {
    await page.keyboard.press('Control+k');
    await expect(palette).toBeFocused();
    await page.keyboard.type(typed);
    await page.keyboard.press('Enter');
  };
  await expect(runsScreen(page).newRun.first()).toBeVisible();
  await goBy('new run');
  await expect(runsScreen(page).name).toBeVisible();
  await runsScreen(page).name.focus();
  await goBy('endpoints');
  await expect(endpointsScreen(page).add).toBeVisible();
  await page.keyboard.press('Control+k');
  await expect(palette).toBeFocused();
  await page.keyboard.type('en');
  await shoot('palette');
  await page.keyboard.press('Escape');
  await expect(palette).toBeHidden();
  await goBy('colour scheme: dark');
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await goBy('colour scheme: follow');
  expect(found).toEqual({});
});
