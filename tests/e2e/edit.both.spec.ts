import sharp from 'sharp';
import { text } from '../../src/renderer/text.ts';
import { createLook } from './look.ts';
import { editScreen } from './pages/edit.ts';
import { shell } from './pages/shell.ts';
import { tripletsScreen } from './pages/triplets.ts';
import { expect, killEngine, test } from './studio.ts';

/** A small landscape, as a JPEG. */
function landscape(): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="960" height="640">
    <defs><linearGradient id="s" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#5aa9e6"/><stop offset="1" stop-color="#fbe8c8"/></linearGradient></defs>
    <rect width="960" height="400" fill="url(#s)"/><circle cx="740" cy="130" r="52" fill="#ffd75e"/>
    <path d="M0 400 L180 210 L330 360 L520 170 L760 390 L960 280 V640 H0 Z" fill="#53705a"/>
    <rect y="430" width="960" height="210" fill="#2f7fa3"/><path d="M300 470 h150 l-28 40 h-94 z" fill="#b3402e"/><path d="M370 380 v88 h60 z" fill="#f5f0e6"/>
  </svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 92 }).toBuffer();
}

// Catches: an edit session that cannot be worked by keys, loses branches, keeps the wrong thing, or breaks accessibility on the way.
test('an edit session with branches kept as triplets', async ({ studio }, { project }) => {
  const { page } = studio;
  const edit = editScreen(page);
  const { shoot, found } = createLook(studio, project.name);
  await shell(page).edit.click();
  await expect(page.getByText(text.edit.sessionsEmpty)).toBeVisible();
  await shoot('edit-empty');

  await edit.file.setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') });
  await expect(page.getByText(/notes\.txt cannot be used/)).toBeVisible();
  await edit.file.setInputFiles({ name: 'lake.jpg', mimeType: 'image/jpeg', buffer: await landscape() });
  await expect(edit.lines).toHaveCount(1);
  await shoot('edit-room-empty');

  await edit.ask('Make the photo warmer');
  await expect(edit.pictures).toHaveCount(4, { timeout: 60_000 });
  await expect(page.getByRole('progressbar')).toHaveCount(0, { timeout: 60_000 });
  await page.keyboard.press('2');
  await page.keyboard.press('k');
  await expect(edit.toTriplet).toBeVisible();
  await page.keyboard.press('e');
  await expect(edit.current).toHaveAccessibleName(/Make the photo warmer Variant 2/);
  await edit.ask('Blur the background');
  await expect(edit.lines).toHaveCount(9, { timeout: 60_000 });
  await expect(page.getByRole('progressbar')).toHaveCount(0, { timeout: 60_000 });
  await page.keyboard.press('1');
  await page.keyboard.press('k');
  await expect(edit.toTriplet).toBeVisible();
  await expect(edit.decay).toBeVisible();
  await shoot('edit-room');
  // Back to the original and along another branch.
  await page.keyboard.press('Control+z');
  await expect(edit.current).toHaveAccessibleName(new RegExp(`^${text.edit.root}`));
  await edit.ask('Flip the photo');
  await expect(edit.lines).toHaveCount(13, { timeout: 60_000 });
  await expect(page.getByRole('progressbar')).toHaveCount(0, { timeout: 60_000 });
  await page.keyboard.press('3');
  await page.keyboard.press('k');
  await expect(edit.toTriplet).toBeVisible();
  await page.keyboard.press('v');
  await shoot('edit-side');

  await edit.toTriplet.click();
  const triplets = tripletsScreen(page);
  await expect(triplets.dialog).toBeVisible();
  await expect(triplets.dialog.getByText('Flip the photo').first()).toBeVisible();
  await triplets.close.click();
  await expect(triplets.cells).toHaveCount(3);
  await shell(page).edit.click();
  await expect(page.getByText(text.edit.sessionAbout(13, 3))).toBeVisible();
  await shoot('edit-sessions');
  expect(found).toEqual({});
});

// Catches: pictures, scores or spend that a crash takes away, and variants that stay open for ever after it.
test('a session survives the engine being killed', async ({ studio }) => {
  const { page } = studio;
  const edit = editScreen(page);
  await shell(page).edit.click();
  await edit.file.setInputFiles({ name: 'lake.jpg', mimeType: 'image/jpeg', buffer: await landscape() });
  await expect(edit.lines).toHaveCount(1);
  await edit.ask('Make the photo warmer');
  await expect(edit.pictures.first()).toBeVisible({ timeout: 60_000 });
  const said = shell(page).engineAway.first().waitFor();
  killEngine(studio);
  await said;
  await expect(shell(page).engineAway).toHaveCount(0, { timeout: 60_000 });
  // The supervisor's engine goes on by itself; a served one waits to be told.
  await expect(edit.pictures.or(edit.goOn).first()).toBeVisible({ timeout: 60_000 });
  if (await edit.goOn.isVisible()) await edit.goOn.click();
  await expect(edit.pictures).toHaveCount(4, { timeout: 60_000 });
  await expect(page.getByRole('progressbar')).toHaveCount(0, { timeout: 60_000 });
  await expect(edit.goOn).toHaveCount(0);
});
