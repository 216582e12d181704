import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { text } from '../../src/renderer/text.ts';
import { type DesktopHost, launchDesktop } from '../helpers/desktop.ts';
import { editScreen } from './pages/edit.ts';
import { runsScreen } from './pages/runs.ts';
import { shell } from './pages/shell.ts';
import { tripletsScreen } from './pages/triplets.ts';
import { expect, killEngine, quickRecipe, test } from './studio.ts';

// Catches: a second window without a line to the engine, windows that do not see each other's work, and one that stays dead after a crash.
test('several windows share one engine and all come back with it', async ({ studio }) => {
  const { app, page } = studio as DesktopHost;
  await expect(runsScreen(page).newRun.first()).toBeVisible();
  const opening = app.waitForEvent('window');
  await app.evaluate(({ Menu }) =>
    Menu.getApplicationMenu()
      ?.items.flatMap(({ submenu }) => submenu?.items ?? [])
      .find(({ label }) => label === 'New window')
      ?.click(),
  );
  const second = await opening;
  await expect(runsScreen(second).newRun.first()).toBeVisible();
  await runsScreen(page).startRun(quickRecipe());
  await expect(runsScreen(second).table.getByRole('row')).toHaveCount(2);
  killEngine(studio);
  await expect(runsScreen(page).ended).toBeVisible({ timeout: 120_000 });
  await expect(shell(second).engineAway).toHaveCount(0);
  await shell(second).triplets.click();
  await expect(second.getByRole('gridcell').first()).toBeVisible();
  // One closed window leaves the other and the engine alone.
  await second.close();
  await shell(page).runs.click();
  await expect(runsScreen(page).table.getByRole('row')).toHaveCount(2);
});

// Catches: a window that forgets where it was and how large.
test('the window opens where it was closed', async ({ folder, workspaceDir }) => {
  const userData = join(folder, 'kept user data');
  const wanted = { x: 140, y: 90, width: 1100, height: 720 };
  const first = await launchDesktop(workspaceDir, userData);
  await first.app.evaluate(({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]?.setBounds(bounds), wanted);
  // The display answers in its own time, and the window remembers what it was told.
  await expect
    .poll(() => first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds().width))
    .toBe(wanted.width);
  await first.page.waitForTimeout(1_000);
  await first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await first.close();
  const second = await launchDesktop(workspaceDir, userData);
  try {
    const bounds = await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());
    expect(Math.abs((bounds?.width ?? 0) - wanted.width)).toBeLessThan(8);
    expect(Math.abs((bounds?.x ?? 0) - wanted.x)).toBeLessThan(40);
  } finally {
    await second.close();
  }
});

// Catches: a drag that hands out the store's own file or another picture, and a save that writes something else than the stored bytes.
test('a picture is dragged out and saved as a copy with a name', async ({ studio }) => {
  const { app, page } = studio as DesktopHost;
  const edit = editScreen(page);
  await shell(page).edit.click();
  const picture = await sharp({ create: { width: 320, height: 256, channels: 3, background: '#3a7' } })
    .png()
    .toBuffer();
  await edit.file.setInputFiles({ name: 'green.png', mimeType: 'image/png', buffer: picture });
  await expect(edit.lines).toHaveCount(1);
  await app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]!.webContents;
    Object.assign(globalThis, { dragged: [] });
    contents.startDrag = (item) => void (globalThis as unknown as { dragged: string[] }).dragged.push(item.file);
  });
  await edit.lines.first().locator('img').dispatchEvent('dragstart');
  const dragged = () => app.evaluate(() => (globalThis as unknown as { dragged: string[] }).dragged);
  await expect.poll(dragged).toHaveLength(1);
  const [file = ''] = await dragged();
  expect(basename(file)).toBe(`${text.edit.root}.png`);
  const shown = await sharp(readFileSync(file)).stats();
  expect(shown.channels.map(({ mean }) => Math.round(mean))).toEqual([0x33, 0xaa, 0x77]);

  const folder = mkdtempSync(join(tmpdir(), 'nhr-save-'));
  const path = join(folder, 'mine.png');
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = (async () => ({ canceled: false, filePath })) as typeof dialog.showSaveDialog;
  }, path);
  await page.keyboard.press('Control+k');
  await page.keyboard.type(text.palette.savePicture);
  await page.keyboard.press('Enter');
  // It is there before all of it is written.
  await expect.poll(() => existsSync(path) && readFileSync(path).equals(readFileSync(file))).toBe(true);
  rmSync(folder, { recursive: true });
});

// Catches: review pictures that cannot leave the window, or a drag of the small copy instead of the stored file.
test('pictures are dragged out of the review grid and saved from the comparison', async ({ studio }) => {
  const { app, page } = studio as DesktopHost;
  await runsScreen(page).startRun(quickRecipe());
  await expect(runsScreen(page).ended).toBeVisible({ timeout: 120_000 });
  await shell(page).triplets.click();
  const triplets = tripletsScreen(page);
  await triplets.cells.first().waitFor();
  await app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]!.webContents;
    Object.assign(globalThis, { dragged: [] });
    contents.startDrag = (item) => void (globalThis as unknown as { dragged: string[] }).dragged.push(item.file);
  });
  const dragged = () => app.evaluate(() => (globalThis as unknown as { dragged: string[] }).dragged);
  const pictures = triplets.cells.first().locator('img');
  await pictures.first().dispatchEvent('dragstart');
  await pictures.nth(1).dispatchEvent('dragstart');
  await expect.poll(dragged).toHaveLength(2);
  const files = await dragged();
  expect(basename(files[0]!)).toMatch(/^\d+ source\.\w+$/);
  expect((await sharp(files[0]!).metadata()).width).toBeGreaterThan(500);

  const folder = mkdtempSync(join(tmpdir(), 'nhr-save-'));
  const path = join(folder, 'edited');
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = (async () => ({ canceled: false, filePath })) as typeof dialog.showSaveDialog;
  }, path);
  await triplets.cells.first().click();
  await page.getByRole('button', { name: text.reviewing.saveCopyOf(text.review.edited) }).click();
  await expect.poll(() => existsSync(path) && readFileSync(path).equals(readFileSync(files[1]!))).toBe(true);
  rmSync(folder, { recursive: true });
});
