import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCanvas } from '../../../src/main/engine/pixels/canvas.ts';
import { sniffFormat } from '../../../src/main/engine/pixels/formats.ts';
import { createRasterCache } from '../../../src/main/engine/pixels/rasterCache.ts';
import { pixelTasks } from '../../../src/main/engine/pixels/tasks.ts';
import { asymmetric, painted } from './painted.ts';

const tasks = pixelTasks();
const canvas = createCanvas();
let dir = '';

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'nhr-pixels-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function file(name: string, bytes: Uint8Array): string {
  const path = join(dir, name);
  writeFileSync(path, bytes);
  return path;
}

const invalid = (...words: string[]) => ({ code: 'inputInvalid', message: expect.stringMatching(new RegExp(words.join('.*'))) });

describe('resample', () => {
  it('resizes the same aspect once and refuses to stretch', async () => {
    const bytes = await painted(400, 300).jpeg().toBuffer();
    expect(await tasks.resample({ bytes, width: 200, height: 151 })).toMatchObject({
      width: 200,
      height: 151,
      format: 'png',
      changed: true,
    });
    await expect(tasks.resample({ bytes, width: 200, height: 160 })).rejects.toMatchObject(invalid('400 x 300', '200 x 160'));
  });

  it('leaves a picture alone that has the size already', async () => {
    const bytes = await painted(40, 30).jpeg().toBuffer();
    expect(await tasks.resample({ bytes, width: 40, height: 30 })).toMatchObject({ bytes, changed: false, lossy: true });
  });
});

describe('lowLevel', () => {
  const rule = { threshold: 40, maskRule: 'any' as const };

  it('counts an edit exactly: two squares, one twice the other', async () => {
    const source = file('source.png', await painted(100, 80).png().toBuffer());
    const data = asymmetric(100, 80);
    const square = (x0: number, y0: number, side: number) => {
      for (let y = y0; y < y0 + side; y++) for (let x = x0; x < x0 + side; x++) data[3 * (y * 100 + x) + 2] = 200;
    };
    square(10, 10, 20);
    square(60, 40, 10);
    const edited = file(
      'edited.png',
      await sharp(data, { raw: { width: 100, height: 80, channels: 3 } })
        .png()
        .toBuffer(),
    );
    expect(await tasks.lowLevel({ sourceFile: source, editedFile: edited, ...rule })).toEqual({
      width: 100,
      height: 80,
      flagged: 500,
      largest: 400,
      components: 2,
    });
    expect(await tasks.lowLevel({ sourceFile: source, editedFile: source, ...rule })).toMatchObject({
      flagged: 0,
      largest: 0,
      components: 0,
    });
  });

  it('gives the same numbers for many checks at once (catches a mask shared across an await)', async () => {
    const source = file('many.png', await painted(120, 90).png().toBuffer());
    const edits = await Promise.all(
      [0, 1, 2, 3, 4, 5].map(async (i) => {
        const data = asymmetric(120, 90);
        for (let p = 0; p < 100 * (i + 1); p++) data[3 * (p + 1000) + 2] = 255;
        return file(
          `many${i}.png`,
          await sharp(data, { raw: { width: 120, height: 90, channels: 3 } })
            .png()
            .toBuffer(),
        );
      }),
    );
    const counts = await Promise.all(edits.map((editedFile) => tasks.lowLevel({ sourceFile: source, editedFile, ...rule })));
    expect(counts.map((c) => c.flagged)).toEqual([100, 200, 300, 400, 500, 600]);
  });

  it('sees a source that was written again (catches a cache by name alone)', async () => {
    const source = file('again.png', await painted(60, 40).png().toBuffer());
    const edited = file('edit.png', await painted(60, 40).png().toBuffer());
    expect((await tasks.lowLevel({ sourceFile: source, editedFile: edited, ...rule })).flagged).toBe(0);
    file('again.png', await painted(60, 40).negate().png({ compressionLevel: 1 }).toBuffer());
    expect((await tasks.lowLevel({ sourceFile: source, editedFile: edited, ...rule })).flagged).toBeGreaterThan(0);
  });

  it('names both sizes when they differ, also for an original in the cache', async () => {
    const a = file('a.png', await painted(100, 80).png().toBuffer());
    const b = file('b.png', await painted(80, 100).png().toBuffer());
    for (let i = 0; i < 2; i++) {
      await expect(tasks.lowLevel({ sourceFile: a, editedFile: b, ...rule })).rejects.toMatchObject(invalid('100 x 80', '80 x 100'));
      await tasks.lowLevel({ sourceFile: a, editedFile: a, ...rule });
    }
  });

  it('names the file that is damaged, missing, or no picture', async () => {
    const good = file('good.png', await painted(300, 200).png().toBuffer());
    const png = await painted(300, 200).png().toBuffer();
    const cut = file('cut.png', png.subarray(0, png.length - 400));
    const text = file('text.png', Buffer.from('not a picture'));
    for (const bad of [cut, text, join(dir, 'missing.png'), dir]) {
      await expect(tasks.lowLevel({ sourceFile: good, editedFile: bad, ...rule })).rejects.toMatchObject({
        code: 'inputInvalid',
        details: { file: bad },
      });
      await expect(tasks.lowLevel({ sourceFile: bad, editedFile: good, ...rule })).rejects.toMatchObject({
        code: 'inputInvalid',
        details: { file: bad },
      });
    }
    await expect(tasks.decode({ file: cut })).rejects.toMatchObject({ code: 'inputInvalid', details: { file: cut } });
    expect(await tasks.decode({ file: good })).toEqual({ width: 300, height: 200 });
  });
});

describe('thumbnail', () => {
  it('is a WebP of the width asked, upright, and never enlarged', async () => {
    const bytes = await painted(400, 200).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const small = await sharp(await tasks.thumbnail({ file: file('t.jpg', bytes), width: 50 })).metadata();
    expect(small).toMatchObject({ format: 'webp', width: 50, height: 100 });
    expect((await sharp(await tasks.thumbnail({ file: file('t.jpg', bytes), width: 4096 })).metadata()).width).toBe(200);
  });
});

describe('canvas', () => {
  const red = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="5" height="10" fill="#f00"/></svg>`;

  it('draws an SVG at exactly the size asked, transparent where nothing is', async () => {
    const raster = await canvas.renderSvg(red, 64, 32);
    expect(raster).toMatchObject({ width: 64, height: 32, channels: 4 });
    expect([...raster.data.subarray(0, 4)]).toEqual([255, 0, 0, 255]);
    expect(raster.data[4 * 60 + 3]).toBe(0);
  });

  it('encodes and decodes losslessly as PNG, and gives the same bytes every time', async () => {
    const raster = { width: 30, height: 20, channels: 3 as const, data: asymmetric(30, 20) };
    const png = await canvas.encode(raster, { format: 'png', quality: 90 });
    expect((await canvas.decode(png)).data).toEqual(raster.data);
    for (const format of ['jpeg', 'webp', 'png'] as const) {
      const once = await canvas.encode(raster, { format, quality: 80 });
      expect(sniffFormat(once)).toBe(format);
      expect(await canvas.encode(raster, { format, quality: 80 })).toEqual(once);
    }
    const drawn = await canvas.renderSvg(red, 16, 16);
    const back = await canvas.decode(await canvas.encode(drawn, { format: 'png', quality: 90 }));
    expect(back).toEqual(drawn);
    expect((await canvas.decode(await canvas.encode(drawn, { format: 'jpeg', quality: 95 }))).data[3 * 14]).toBeGreaterThan(240);
  });

  it('blurs and resizes without changing channels', async () => {
    for (const channels of [3, 4] as const) {
      const raster = { width: 20, height: 10, channels, data: new Uint8Array(200 * channels).fill(255) };
      expect(await canvas.blur(raster, 2)).toEqual(raster);
      expect(await canvas.resize(raster, 7, 31)).toMatchObject({
        width: 7,
        height: 31,
        channels,
        data: new Uint8Array(7 * 31 * channels).fill(255),
      });
    }
  });
});

describe('the cache of originals', () => {
  const raster = (bytes: number) => ({ width: bytes / 3, height: 1, channels: 3 as const, data: new Uint8Array(bytes) });

  it('stays within number and bytes, and drops what was not used longest', () => {
    const cache = createRasterCache(3, 1000);
    cache.put('a', raster(300));
    cache.put('b', raster(300));
    cache.put('c', raster(300));
    cache.get('a');
    cache.put('d', raster(300));
    expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key) !== undefined)).toEqual([true, false, true, true]);
    cache.put('e', raster(900));
    expect(['a', 'c', 'd', 'e'].map((key) => cache.get(key) !== undefined)).toEqual([false, false, false, true]);
    cache.put('huge', raster(1200));
    expect([cache.get('huge'), cache.get('e')?.data.length]).toEqual([undefined, 900]);
    cache.put('e', raster(600));
    cache.put('f', raster(300));
    expect(cache.get('e')?.data.length).toBe(600);
  });
});
