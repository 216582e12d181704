import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { text } from '../../src/renderer/text.ts';
import { createLook } from './look.ts';
import { editScreen } from './pages/edit.ts';
import { shell } from './pages/shell.ts';
import { countDraws, viewerOf } from './pages/viewer.ts';
import { expect, test } from './studio.ts';

/** A picture whose red channel says its x and whose green one says its y, divided by four, so that a probe can be checked. */
function ramp(width: number, height: number): Promise<Buffer> {
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      data[i++] = x >> 2;
      data[i++] = y >> 2;
      data[i++] = 200;
    }
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/** A session with a picture and its edits, the first of them shown against the original. */
async function anEditedPicture(page: Page, picture: Buffer): Promise<void> {
  const edit = editScreen(page);
  await shell(page).edit.click();
  await edit.file.setInputFiles({ name: 'ramp.png', mimeType: 'image/png', buffer: picture });
  await expect(edit.lines).toHaveCount(1);
  // The demo's editor sometimes does nothing or the wrong thing: with this seed its first picture is what was asked for.
  await edit.seed.fill('7');
  await page.getByRole('main').focus();
  await edit.ask('Make the photo warmer');
  await expect(edit.pictures).toHaveCount(4, { timeout: 60_000 });
  await expect(page.getByRole('progressbar')).toHaveCount(0, { timeout: 60_000 });
  await page.keyboard.press('1');
  await expect(viewerOf(page).ready).toBeVisible();
}

/** The middle of the stage, as a place of the page. */
async function middle(page: Page): Promise<{ x: number; y: number; width: number }> {
  const box = await viewerOf(page).pictures.boundingBox();
  if (!box) throw new Error('no stage');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2, width: box.width };
}

// Catches: pictures that are drawn or rendered anew while they are moved, in any mode; panes that lose each other.
test('moving and zooming draws nothing, in every mode, and all pictures stay on one place', async ({ studio }) => {
  const { page } = studio;
  const viewer = viewerOf(page);
  await anEditedPicture(page, await ramp(960, 640));
  const drawn = await countDraws(page);
  for (const mode of ['slider', 'side', 'overlay', 'blink', 'difference'] as const) {
    await viewer.mode(mode).click();
    if (mode === 'difference') await expect(viewer.difference.locator('canvas').first()).toBeVisible();
    await page.keyboard.press('f');
    const { x, y, width } = await middle(page);
    await page.mouse.move(x + width / 8, y);
    await page.waitForTimeout(300);
    await drawn();
    for (let step = 0; step < 60; step += 1) await page.mouse.move(x + width / 8 - step, y + step / 2);
    for (let step = 0; step < 5; step += 1) await page.mouse.wheel(0, -120);
    await page.mouse.down();
    for (let step = 0; step < 60; step += 1) await page.mouse.move(x + width / 8 - 60 + step, y + 30 - step / 2);
    await page.mouse.up();
    await page.waitForTimeout(200);
    expect({ mode, drawn: await drawn() }).toEqual({ mode, drawn: {} });
    const transforms = await viewer.transforms();
    expect(transforms.length).toBe(mode === 'difference' ? 3 : 2);
    expect(new Set(transforms).size).toBe(1);
    await expect(viewer.map).toBeVisible();
  }
  // Near enough for the grid: it is drawn with room around what is seen, so that small moves draw nothing either.
  await viewer.mode('slider').click();
  for (let step = 0; step < 12; step += 1) await page.mouse.wheel(0, -120);
  await page.waitForTimeout(400);
  const { x, y } = await middle(page);
  await drawn();
  for (let step = 0; step < 60; step += 1) await page.mouse.move(x + step, y + 40);
  await page.mouse.down();
  for (let step = 0; step < 60; step += 1) await page.mouse.move(x + 60 - step, y + 40 + step / 2);
  await page.mouse.up();
  await page.waitForTimeout(200);
  expect(await drawn()).toEqual({});
});

// Catches: a probe that is a pixel off, a zoom that leaves the point under the pointer, values that are not the file's.
test('the probe reads the true values of both pictures under the pointer, at any scale', async ({ studio }) => {
  const { page } = studio;
  const viewer = viewerOf(page);
  await anEditedPicture(page, await ramp(960, 640));
  for (const mode of ['slider', 'side', 'difference'] as const) {
    await viewer.mode(mode).click();
    await page.keyboard.press('f');
    const { x, y, width } = await middle(page);
    // Whole pixels of the window: a wheel knows no others.
    await page.mouse.move(Math.round(x - width / 8), Math.round(y + 10));
    const near = async () => {
      const probed = await viewer.probed();
      const [px, py] = probed?.at.split(', ').map(Number) ?? [];
      return { probed, truth: `${(px ?? 0) >> 2} ${(py ?? 0) >> 2} 200` };
    };
    await expect.poll(async () => near().then(({ probed, truth }) => probed?.a === truth)).toBe(true);
    const { probed, truth } = await near();
    // Over the pixel, then so near that its values stand in it: the same pixel is under the pointer.
    for (let step = 0; step < 30; step += 1) await page.mouse.wheel(0, -240);
    await expect(viewer.percent).toHaveText(/^1[0-9]{4} %$/);
    await expect.poll(viewer.probed).toMatchObject({ at: probed?.at, a: truth });
    const closer = await viewer.probed();
    const before = truth.split(' ').map(Number);
    const delta = closer?.b.split(' ').map((value, c) => Number(value) - (before[c] ?? 0));
    expect(closer?.d).toBe(delta?.map((value) => (value > 0 ? `+${value}` : String(value))).join(' '));
  }
});

// Catches: a viewer that can only be used with a mouse, forgets how it was set, or looks broken in a mode.
test('every mode by keys, kept over a reload, and good to look at', async ({ studio }, { project }) => {
  const { page } = studio;
  const viewer = viewerOf(page);
  const { shoot, found } = createLook(studio, project.name);
  await anEditedPicture(page, await ramp(960, 640));
  await viewer.pictures.focus();
  await page.keyboard.press('v');
  await expect(viewer.chosen('side')).toBeChecked();
  await shoot('viewer-side');
  await page.keyboard.press('v');
  await expect(viewer.opacity).toHaveAttribute('aria-valuenow', '0.5');
  await page.keyboard.press(']');
  await expect(viewer.opacity).toHaveAttribute('aria-valuenow', '0.6');
  await page.keyboard.press('v');
  await expect(viewer.difference.locator('canvas').first()).toBeVisible();
  await page.keyboard.press(']');
  await expect(viewer.gain).toHaveAttribute('aria-valuenow', '8');
  await shoot('viewer-difference');
  await page.keyboard.press('\\');
  await expect(viewer.look).toHaveValue('heat');
  await shoot('viewer-heat');
  await viewer.look.selectOption('mask');
  await expect(viewer.threshold).toHaveAttribute('aria-valuenow', '40');
  await viewer.pictures.focus();
  await page.keyboard.press('[');
  await page.keyboard.press('[');
  await page.keyboard.press('[');
  await page.keyboard.press('[');
  await expect(viewer.threshold).toHaveAttribute('aria-valuenow', '20');
  await shoot('viewer-mask');
  await viewer.look.selectOption('zone');
  await shoot('viewer-zone');
  await viewer.pictures.focus();
  await page.keyboard.press('0');
  for (let step = 0; step < 20; step += 1) await page.keyboard.press('+');
  const before = await viewer.transforms();
  await page.keyboard.press('Shift+ArrowRight');
  await expect.poll(viewer.transforms).not.toEqual(before);
  await expect(page.getByRole('status').getByText(/\d+, \d+/)).toHaveCount(1);
  await viewer.mode('side').click();
  await viewer.pictures.focus();
  await page.keyboard.press('ArrowLeft');
  await shoot('viewer-values');
  await page.keyboard.press('v');
  await page.reload();
  await expect(editScreen(page).pictures).toHaveCount(4);
  await page.keyboard.press('1');
  await expect(viewer.chosen('overlay')).toBeChecked();
  await expect(viewer.opacity).toHaveAttribute('aria-valuenow', '0.6');
  expect(found).toEqual({});
});

// Catches: a blink that shows an empty stage for a frame, or turns before both pictures are there.
test('in blink no frame is empty', async ({ studio }) => {
  const { page } = studio;
  const viewer = viewerOf(page);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await anEditedPicture(page, await ramp(960, 640));
  await viewer.mode('blink').click();
  await expect(page.getByRole('checkbox', { name: text.viewer.timed })).toBeChecked();
  const { x, y } = await middle(page);
  await page.mouse.move(Math.round(x), Math.round(y));
  await expect.poll(viewer.probed).not.toBeNull();
  const probed = await viewer.probed();
  const [a, b] = [probed?.a, probed?.b].map((values) => values?.split(' ').map(Number) ?? []);
  const far = (one: number[] | undefined, other: number[]) => Math.max(...other.map((value, c) => Math.abs(value - (one?.[c] ?? -999))));
  expect(far(a, b ?? [])).toBeGreaterThan(12);
  // Out of the way: a mark stands at the pointer. Every frame is one of the two pictures, and both have their turn.
  await page.mouse.move(5, 5);
  const seen = new Set<string>();
  const odd: number[][] = [];
  const shot = async (): Promise<number> => {
    const png = await page.screenshot({ clip: { x: Math.round(x) - 2, y: Math.round(y) - 2, width: 4, height: 4 } });
    const { channels } = await sharp(png).stats();
    const mean = channels.slice(0, 3).map((channel) => channel.mean);
    if (far(a, mean) <= 5) seen.add('a');
    else if (far(b, mean) <= 5) seen.add('b');
    else odd.push(mean);
    return seen.size;
  };
  for (let count = 0; count < 25; count += 1) {
    await shot();
    await page.waitForTimeout(37);
  }
  // A slow machine's shots may all have met one picture.
  await expect.poll(shot, { timeout: 30_000, intervals: [137] }).toBe(2);
  expect(odd).toEqual([]);
});
