import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { appRoot } from '../../src/main/engine/appRoot.ts';
import { createMeasure } from '../../src/main/engine/domain/pairSignals.ts';
import type { SignalName } from '../../src/shared/model/signals.ts';
import { DAMAGES, rgbOf } from '../helpers/damage.ts';
import { pythonVenv } from '../helpers/python.ts';

const python = await pythonVenv(['numpy==2.2.6', 'opencv-python-headless==4.12.0.88', 'scikit-image==0.25.2', 'scipy==1.15.3']);
const REAL = resolve(appRoot(), '../shared/data/nhr-pairs');
const there = existsSync(join(REAL, 'pairs.jsonl'));
if (!there) console.warn(`skipped: no pairs in ${REAL}`);

/**
 * How far we may be from what others compute of the same quantity. SSIM: scikit-image has 7 x 7 windows only of odd sides, ours are
 * 8 x 8. Shift: theirs is one correlation of the whole picture to a twentieth of a pixel, pulled by the edit. Sharpness: blocks at
 * the border differ. The rest is the same sum. Of values over 1 it is a share.
 */
const TOLERANCE: Partial<Record<SignalName, number>> = {
  changedShare: 1e-9,
  largestPartShare: 1e-9,
  outsideShare: 1e-9,
  psnrOutside: 1e-6,
  colourDriftMedian: 0.01,
  colourDriftP95: 0.01,
  sharpnessRatio: 0.01,
  ssimOutside: 0.02,
  shiftX: 0.2,
  shiftY: 0.2,
};

const dir = mkdtempSync(join(tmpdir(), 'nhr-reference-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe.skipIf(python === null || !there)('signals against OpenCV, scikit-image and scipy', () => {
  it.each(['as it is', 'shift 2 px', 'noise s=10', 'blur s=2', 'red +20', 'JPEG q10'])(
    "on the authors' pairs, %s",
    async (kind) => {
      const pairs = readFileSync(join(REAL, 'pairs.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { id: string; source: string; edited: string });
      const measure = createMeasure();
      const jobs: object[] = [];
      const ours: ReturnType<typeof measure>[] = [];
      for (const [i, pair] of pairs.entries()) {
        const a = await rgbOf(join(REAL, pair.source));
        const b = await (DAMAGES[kind] ?? (async (raster) => raster))(await rgbOf(join(REAL, pair.edited)));
        const files = [`${i}a`, `${i}b`].map((name) => join(dir, name));
        writeFileSync(files[0]!, a.data);
        writeFileSync(files[1]!, b.data);
        jobs.push({ source: files[0], edited: files[1], width: a.width, height: a.height });
        ours.push(measure(a, b, { threshold: 40, maskRule: 'any' }));
      }
      const input = jobs.map((job) => JSON.stringify(job)).join('\n');
      const options = { input, timeout: 240_000, encoding: 'utf8' as const };
      const theirs = execFileSync(python!, [join(import.meta.dirname, 'fullReference.py')], options)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, number | null>);
      const furthest = new Map<string, number>();
      for (const [i, answer] of theirs.entries())
        for (const [name, tolerance] of Object.entries(TOLERANCE)) {
          const [own, other] = [ours[i]![name as SignalName], answer[name]];
          if (own === undefined || other == null) continue;
          furthest.set(name, Math.max(furthest.get(name) ?? 0, Math.abs(own - other)));
          expect
            .soft(Math.abs(own - other), `${pairs[i]!.id} ${name}: ${own} against ${other}`)
            .toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(other)));
        }
      console.info(`${kind}: furthest apart ${[...furthest].map(([name, by]) => `${name} ${by.toPrecision(2)}`).join(', ')}`);
    },
    300_000,
  );
});
