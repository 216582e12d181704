/**
 * Pictures of every screen, of a workspace that the demo studio fills: light and dark, 1280 x 800 and 1920 x 1080. Started by
 * `npm run screenshots`; `web` and `desktop` say in which host, `--docs` also writes the ones that the documentation shows.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { text } from '../../src/renderer/text.ts';
import { launchDesktop } from '../helpers/desktop.ts';
import { appFolder, type RunningHost } from '../helpers/host.ts';
import { launchWeb } from '../helpers/web.ts';
import { editScreen } from './pages/edit.ts';
import { endpointsScreen } from './pages/endpoints.ts';
import { exportScreen } from './pages/export.ts';
import { reviewScreens } from './pages/review.ts';
import { runsScreen } from './pages/runs.ts';
import { shell } from './pages/shell.ts';
import { tripletsScreen } from './pages/triplets.ts';
import { viewerOf } from './pages/viewer.ts';

const SIZES = [
  [1280, 800],
  [1920, 1080],
] as const;
const SCHEMES = ['light', 'dark'] as const;

/** What the documentation shows, and in which colours. All at 1280 x 800. */
const IN_DOCS: Record<string, (typeof SCHEMES)[number]> = {
  'new-run': 'light',
  run: 'light',
  triplets: 'light',
  compare: 'dark',
  'compare-difference': 'dark',
  'compare-values': 'dark',
  rejects: 'light',
  'edit-room': 'light',
  export: 'light',
  'endpoints-new': 'light',
  palette: 'dark',
};
/** All pictures of the documentation together, in bytes. */
const DOCS_MOST = 2_000_000;

const WAIT_MS = 180_000;
const out = join(appFolder, 'test-results/screenshots');
const docs = join(appFolder, 'docs/images');

const hosts = process.argv.slice(2).filter((word) => word === 'web' || word === 'desktop');
const forDocs = process.argv.includes('--docs');
mkdirSync(out, { recursive: true });
for (const host of hosts) {
  const folder = mkdtempSync(join(tmpdir(), 'nhr-screenshots-'));
  try {
    const workspace = join(folder, 'demo');
    const studio = host === 'web' ? await launchWeb(workspace) : await launchDesktop(workspace, join(folder, 'user data'));
    try {
      await walk(studio, host, forDocs && host === hosts[0]);
    } finally {
      await studio.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** The way through the app, with a picture at every stop. */
async function walk(studio: RunningHost, host: string, writeDocs: boolean): Promise<void> {
  const { page } = studio;
  page.setDefaultTimeout(30_000);
  const take = (name: string) => shoot(studio, host, name, writeDocs);
  const runs = runsScreen(page);
  const triplets = tripletsScreen(page);
  const viewer = viewerOf(page);

  await runs.newRun.first().waitFor();
  await take('runs-empty');
  await runs.newRun.first().click();
  await runs.plan.waitFor();
  await runs.name.waitFor();
  await take('new-run');
  await runs.startRun(readFileSync(join(appFolder, 'resources/recipes/demo-quick.yaml'), 'utf8'));
  await runs.ended.waitFor({ timeout: WAIT_MS });
  await take('run');
  await shell(page).runs.click();
  await runs.table.waitFor();
  await take('runs');

  await goTo(page, '#/triplets?kind=forward&sort=best');
  await triplets.cells.first().waitFor();
  await take('triplets');
  await triplets.cells
    .filter({ hasText: /Replace|Swap|Change the color/ })
    .first()
    .click();
  await viewer.ready.waitFor();
  await take('compare');
  for (const [mode, name] of [
    ['side', 'compare-side'],
    ['overlay', 'compare-overlay'],
  ] as const) {
    await viewer.mode(mode).click();
    await take(name);
  }
  await viewer.mode('difference').click();
  await viewer.look.selectOption('mask');
  await viewer.difference.locator('canvas').first().waitFor();
  await take('compare-difference');
  await page.getByRole('button', { name: text.viewer.toLargest }).click();
  await viewer.mode('side').click();
  // As near as values can be read.
  while (Number.parseInt((await viewer.percent.textContent()) ?? '', 10) < 6000) await page.keyboard.press('+');
  await page.keyboard.press('Shift+ArrowLeft');
  await take('compare-values');
  await page.keyboard.press('f');
  await viewer.mode('slider').click();
  const id = /triplets\/(\d+)/.exec(page.url())?.[1];
  await triplets.close.click();

  await goTo(page, '#/rejects?sort=score');
  const review = reviewScreens(page);
  await review.candidates.first().waitFor();
  await take('rejects');
  await review.candidates.first().click();
  await viewer.ready.waitFor();
  await take('reject-compare');
  await goTo(page, '#/audits');
  await review.auditSize.waitFor();
  await take('audits');

  await goTo(page, `#/edit/triplet/${id}/source`);
  await editSession(page);
  await take('edit-room');
  await shell(page).edit.click();
  await page.getByText(text.edit.sessionAbout(9, 2)).waitFor();
  await take('edit-sessions');

  await shell(page).export.click();
  await exportScreen(page).go.click();
  await exportScreen(page).done(0).waitFor({ timeout: WAIT_MS });
  await take('export');
  await shell(page).endpoints.click();
  await endpointsScreen(page).add.waitFor();
  await take('endpoints-empty');
  await endpointsScreen(page).add.click();
  await endpointsScreen(page).preset('Bagel-NHR-Edit-V2 on vllm-omni').first().waitFor();
  await take('endpoints-new');
  await endpointsScreen(page).preset('Bagel-NHR-Edit-V2 on vllm-omni').first().click();
  await endpointsScreen(page).address.waitFor();
  await take('endpoint');
  await goTo(page, '#/triplets?kind=forward&sort=best');
  await triplets.cells.first().waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: text.palette.title }).fill('run');
  await take('palette');
}

/** Two generations of edits, one of each kept. */
async function editSession(page: Page): Promise<void> {
  const edit = editScreen(page);
  await edit.lines.first().waitFor();
  for (const [i, instruction] of ['Make the photo warmer', 'Blur the background'].entries()) {
    await edit.ask(instruction);
    await edit.lines.nth(4 + i * 4).waitFor({ timeout: WAIT_MS });
    await waitUntil(page, () => document.querySelectorAll('.nhr-room [role="progressbar"]').length === 0);
    await page.keyboard.press('2');
    await page.keyboard.press('k');
    await edit.toTriplet.waitFor();
    if (i === 0) await page.keyboard.press('e');
  }
}

async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => {
    window.location.hash = to;
  }, hash);
}

async function waitUntil(page: Page, is: () => boolean): Promise<void> {
  await page.waitForFunction(is, undefined, { timeout: WAIT_MS });
}

/** One screen in all sizes and colours. */
async function shoot(studio: RunningHost, host: string, name: string, writeDocs: boolean): Promise<void> {
  const { page } = studio;
  for (const [width, height] of SIZES) {
    await studio.resize(width, height);
    await page.waitForFunction((w) => window.innerWidth === w, width);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await waitUntil(
        page,
        () => document.querySelector('img[data-state="loading"]') === null && [...document.images].every((i) => i.complete),
      );
      // What follows a new size (grids, the viewer) has its frame.
      await page.waitForTimeout(250);
      const picture = await page.screenshot({ animations: 'disabled' });
      await sharp(picture)
        .png({ compressionLevel: 9, palette: false })
        .toFile(join(out, `${host}-${name}-${width}x${height}-${colorScheme}.png`));
      if (writeDocs && width === SIZES[0][0] && IN_DOCS[name] === colorScheme)
        await sharp(picture)
          .webp({ quality: 82, effort: 6, smartSubsample: true })
          .toFile(join(docs, `${name}.webp`));
    }
  }
  process.stdout.write(`${host}: ${name}\n`);
}

if (forDocs) {
  const total = Object.keys(IN_DOCS).reduce((sum, name) => sum + statSync(join(docs, `${name}.webp`)).size, 0);
  process.stdout.write(`${Object.keys(IN_DOCS).length} pictures for the documentation, ${Math.round(total / 1000)} kB\n`);
  if (total > DOCS_MOST) throw new Error(`The pictures of the documentation are larger than ${DOCS_MOST / 1000} kB together.`);
}
