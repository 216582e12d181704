/**
 * The review screens over a million triplets and millions of rejected candidates, in a real Chromium: how soon they stand, whether every row is reached, and how long
 * a reviewer waits. CHROMIUM_PATH names the browser, else the system's. NHR_BENCH_MANY keeps the workspace from run to run.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { appFolder } from '../helpers/host.ts';
import { launchWeb } from '../helpers/web.ts';
import type { BenchLine } from './bench.ts';
import { makeManyTriplets, RARE_OPERATION, RARE_WORDS, TRIPLETS } from './manyTriplets.ts';

const ACTIVE = TRIPLETS * 0.9;
// Enough that the 99th percentile is not the worst one.
const JUMPS = 300;
/** Enough to have made every thumbnail once. */
const COLD = 30;
const DECISIONS = 60;
/** Times each filter is set; the middle one counts. */
const ROUNDS = 3;

const at = (values: number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] as number;

/** Milliseconds, in the page, from now until every picture on screen is drawn; and frames until cells stand where `place` is. */
function afterJump(page: Page, row: number): Promise<{ frames: number; pictures: number }> {
  return page.evaluate(async (wanted) => {
    const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
    const field = document.querySelector<HTMLInputElement>('[data-goto]') as HTMLInputElement;
    const put = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
    put?.call(field, String(wanted));
    field.dispatchEvent(new Event('input', { bubbles: true }));
    await frame();
    const started = performance.now();
    field.form?.requestSubmit();
    const place = String(wanted - 1);
    let frames = 0;
    while (!document.querySelector(`[data-place="${place}"]`) && frames < 600) {
      await frame();
      frames += 1;
    }
    const shown = () => {
      const seen = (document.querySelector('.nhr-grid-scroller') as HTMLElement).getBoundingClientRect();
      const cells = [...document.querySelectorAll<HTMLElement>('.nhr-cell')].filter((cell) => {
        const box = cell.getBoundingClientRect();
        return box.bottom > seen.top && box.top < seen.bottom;
      });
      return (
        cells.length > 0 &&
        cells.every(
          (cell) =>
            cell.dataset.id !== undefined && [...cell.querySelectorAll('img')].every((image) => image.complete && image.naturalWidth > 0),
        )
      );
    };
    while (!shown() && performance.now() - started < 5_000) await frame();
    return { frames, pictures: performance.now() - started };
  }, row);
}

/** The bench. Limits are those of the issue the screens were built for. */
export async function run(): Promise<BenchLine[]> {
  process.env.CHROMIUM_PATH ??= ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
  if (spawnSync(process.execPath, [join(appFolder, 'scripts/build.mjs')], { stdio: 'inherit', timeout: 120_000 }).status !== 0)
    throw new Error('the app could not be built');
  const kept = process.env.NHR_BENCH_MANY;
  const dir = kept ?? mkdtempSync(join(tmpdir(), 'nhr-bench-many-'));
  const lines: BenchLine[] = [];
  const line = (name: string, value: number, unit: string, limit: number) =>
    lines.push({ name, value, unit, limit: `<= ${limit} ${unit}`, ok: value <= limit });
  try {
    if (!existsSync(join(dir, 'nhr.db'))) await makeManyTriplets(dir);
    const studio = await launchWeb(dir);
    const { page } = studio;
    try {
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.waitForSelector('.nhr-main');
      // From the click on Triplets to the first page of cards.
      const first = await page.evaluate(async () => {
        const started = performance.now();
        window.location.hash = '#/triplets';
        while (!document.querySelector('.nhr-cell[data-id]')) await new Promise(requestAnimationFrame);
        return performance.now() - started;
      });
      line('first page after opening', first, 'ms', 1000);
      await page.waitForFunction(
        (count) => document.querySelector('[role=grid]')?.getAttribute('aria-rowcount') === String(Math.ceil(count / 4)),
        ACTIVE,
        { timeout: 20_000 },
      );

      // Thumbnails are made once and kept; how long the first ones take is told, and not part of the jump.
      const cold: number[] = [];
      for (let i = 0; i < COLD; i++) cold.push((await afterJump(page, 1 + ((i * 1_234_567) % ACTIVE))).pictures);
      lines.push({ name: 'jump where thumbnails have yet to be made, p50', value: at(cold, 0.5), unit: 'ms', limit: '', ok: true });

      const frames: number[] = [];
      const pictures: number[] = [];
      for (let i = 0; i < JUMPS; i++) {
        const row = 1 + ((i * 7_654_321) % ACTIVE);
        const found = await afterJump(page, row);
        frames.push(found.frames);
        pictures.push(found.pictures);
      }
      line('jump to any row: frames until its cell stands, p99', at(frames, 0.99), 'frames', 2);
      line('jump to any row: all pictures on screen, p50', at(pictures, 0.5), 'ms', 200);
      line('jump to any row: all pictures on screen, p99', at(pictures, 0.99), 'ms', 200);

      // The bar itself: its end is the last row, its middle the middle.
      const reached = await page.evaluate(async () => {
        const scroller = document.querySelector<HTMLElement>('.nhr-grid-scroller') as HTMLElement;
        const seen: number[] = [];
        for (const share of [0, 0.25, 0.5, 0.75, 1]) {
          scroller.scrollTop = share * (scroller.scrollHeight - scroller.clientHeight);
          await new Promise((resolve) => setTimeout(resolve, 400));
          seen.push(Math.max(...[...document.querySelectorAll<HTMLElement>('.nhr-cell')].map((cell) => Number(cell.dataset.place))));
        }
        return seen;
      });
      const missed = [0, 0.25, 0.5, 0.75, 1].filter(
        (share, i) => Math.abs((reached[i] as number) - share * (ACTIVE - 1)) > ACTIVE * 0.002 + 40,
      ).length;
      line('places of the scroll bar that show other rows than theirs', missed, '', 0);
      line('rows between the last one shown at the end and the last', ACTIVE - 1 - (reached[4] as number), 'rows', 0);

      /** From an unfiltered grid to the first page of a filter, or to the words that nothing fits. */
      const filtered = async (address: string) =>
        page.evaluate(async (hash) => {
          const frame = () => new Promise(requestAnimationFrame);
          const shows = async (where: string, what: string) => {
            const before = document.querySelector('[role=grid]');
            const started = performance.now();
            window.location.hash = where;
            const there = () =>
              (document.querySelector('[role=grid]') !== before && document.querySelector('.nhr-cell[data-id]')) ||
              document.querySelector(what);
            while (!there() && performance.now() - started < 10_000) await frame();
            return performance.now() - started;
          };
          const all = hash.split('?')[0] as string;
          if (window.location.hash !== all) await shows(all, 'none');
          // Somebody looks at it first; its pictures come.
          await new Promise((resolve) => setTimeout(resolve, 400));
          return shows(hash, '.nhr-empty');
        }, address);
      const filters = [
        'category=Change%20season',
        `q=${RARE_WORDS}`,
        'q=bicycle',
        'minAdherence=4.9',
        'kind=composed&sort=aesthetics',
        'decision=accept',
        'minAesthetics=4.8&category=Change%20text&sort=best',
        'minDifficulty=3',
        'minDifficulty=2&maxDifficulty=2&sort=best',
        'sort=difficulty',
      ];
      const ofRejects = [
        'stage=softJudge',
        'stage=validator&reason=lowScores&sort=score',
        'category=Change%20season',
        'category=Change%20season&sort=score',
        `category=${encodeURIComponent(RARE_OPERATION)}`,
        'stage=lowLevel&category=Remove%20object',
        'q=bicycle',
        `q=${RARE_WORDS}&sort=score`,
        'q=nowhere',
        'stage=softJudge&category=Change%20text&q=no%20such%20words&sort=score',
        'decision=none&sort=score',
        'tag=residuals',
        'tag=residuals&stage=lowLevel&sort=score',
      ];
      for (const [screen, queries] of [
        ['triplets', filters],
        ['rejects', ofRejects],
      ] as const) {
        const times = queries.map((): number[] => []);
        for (let round = 0; round < ROUNDS; round++) {
          // What a page has asked for once it would show again at once.
          await page.reload();
          await page.waitForSelector('.nhr-main');
          for (const [i, query] of queries.entries()) times[i]?.push(await filtered(`#/${screen}?${query}`));
        }
        const typical = times.map((those) => at(those, 0.5));
        for (const [i, query] of queries.entries())
          lines.push({ name: `  ${screen}: ${decodeURIComponent(query)}`, value: typical[i] as number, unit: 'ms', limit: '', ok: true });
        line(`${screen}: first page of a filter, the slowest of ${queries.length}`, Math.max(...typical), 'ms', 200);
        // A part of the file that nobody read lately comes from the disk.
        lines.push({ name: `${screen}: the slowest single time`, value: Math.max(...times.flat()), unit: 'ms', limit: '', ok: true });
      }

      // Decisions in the comparison: from the key to the next triplet's pictures.
      await filtered('#/triplets?sort=best');
      const waits = await page.evaluate(async (count) => {
        const frame = () => new Promise(requestAnimationFrame);
        document.querySelector<HTMLElement>('.nhr-cell[data-id]')?.click();
        const body = async () => {
          while (!document.querySelector('.nhr-compare-body')) await frame();
          return document.querySelector('.nhr-compare-body') as HTMLElement;
        };
        await body();
        await new Promise((resolve) => setTimeout(resolve, 1500));
        const found: number[] = [];
        for (let i = 0; i < count; i++) {
          const before = window.location.hash;
          const started = performance.now();
          ((await body()) as HTMLElement).dispatchEvent(
            new KeyboardEvent('keydown', { key: i % 2 === 0 ? 'a' : 'r', bubbles: true, cancelable: true }),
          );
          const painted = () =>
            window.location.hash !== before &&
            [...document.querySelectorAll<HTMLImageElement>('.nhr-compare-body img')].every(
              (image) => image.complete && image.naturalWidth > 0,
            );
          while (!painted() && performance.now() - started < 5_000) await frame();
          found.push(performance.now() - started);
          await new Promise((resolve) => setTimeout(resolve, 120));
        }
        return found;
      }, DECISIONS);
      line('decision to the next triplet painted, p50', at(waits, 0.5), 'ms', 50);
      line('decision to the next triplet painted, p95', at(waits, 0.95), 'ms', 50);

      const session = await page.context().newCDPSession(page);
      await session.send('HeapProfiler.collectGarbage');
      const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { usedSize: number };
      line('memory of the page: JavaScript heap', usedSize / 1e6, 'MB', 400);
    } finally {
      await studio.close();
    }
    return lines;
  } finally {
    if (!kept) rmSync(dir, { recursive: true, force: true });
  }
}
