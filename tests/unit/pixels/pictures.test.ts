import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCanvas } from '../../../src/main/engine/pixels/canvas.ts';
import { sniffFormat } from '../../../src/main/engine/pixels/formats.ts';
import { planSize } from '../../../src/main/engine/pixels/sizes.ts';
import { pixelTasks } from '../../../src/main/engine/pixels/tasks.ts';
import { asymmetric, painted } from './painted.ts';

const tasks = pixelTasks();
const canvas = createCanvas();
const ANY_SIZE = { maxLongSide: 8192, minShortSide: 1, multipleOf: 1 };
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

const pixelsOf = async (bytes: Uint8Array) => new Uint8Array(await sharp(bytes).raw().toBuffer());
const invalid = (...words: string[]) => ({ code: 'inputInvalid', message: expect.stringMatching(new RegExp(words.join('.*'))) });

describe('inspect', () => {
  it('tells format, size and loss from the bytes', async () => {
    const p = () => painted(40, 24);
    const expected: [string, boolean, Buffer][] = [
      ['jpeg', true, await p().jpeg().toBuffer()],
      ['png', false, await p().png().toBuffer()],
      ['webp', true, await p().webp().toBuffer()],
      ['webp', false, await p().webp({ lossless: true }).toBuffer()],
      // With metadata a WebP starts with an extended header, and the picture's chunk comes later.
      [
        'webp',
        true,
        await p()
          .withExif({ IFD0: { Copyright: 'us' } })
          .webp()
          .toBuffer(),
      ],
      [
        'webp',
        false,
        await p()
          .withExif({ IFD0: { Copyright: 'us' } })
          .webp({ lossless: true })
          .toBuffer(),
      ],
      ['webp', true, await p().ensureAlpha(0.5).webp().toBuffer()],
      ['avif', true, await p().avif({ effort: 0 }).toBuffer()],
      ['tiff', false, await p().tiff({ compression: 'lzw' }).toBuffer()],
      ['tiff', true, await p().tiff({ compression: 'jpeg' }).toBuffer()],
      ['gif', false, await p().gif().toBuffer()],
    ];
    for (const [format, lossy, bytes] of expected) expect(await tasks.inspect({ bytes })).toEqual({ width: 40, height: 24, format, lossy });
  });

  it('sees the first frame of an animation only', async () => {
    const frames = await sharp([await painted(20, 12).png().toBuffer(), await painted(20, 12).negate().png().toBuffer()], {
      join: { animated: true },
    })
      .webp({ lossless: true })
      .toBuffer();
    expect(await tasks.inspect({ bytes: frames })).toEqual({ width: 20, height: 12, format: 'webp', lossy: false });
    expect((await canvas.decode(frames)).height).toBe(12);
    const lossyFrames = await sharp(frames, { animated: true }).webp({ quality: 50 }).toBuffer();
    expect((await tasks.inspect({ bytes: lossyFrames })).lossy).toBe(true);
  });

  it('refuses what is no picture of ours: empty, text, SVG, and formats only libvips knows', async () => {
    for (const bytes of [
      new Uint8Array(0),
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      Buffer.from('P3 1 1 255 0 0 0'),
    ])
      await expect(tasks.inspect({ bytes })).rejects.toMatchObject(invalid('JPEG, PNG'));
  });

  it('refuses too many pixels by the header, before anything is decoded', async () => {
    // A PNG that says 30000 x 30000 and holds no data at all.
    const png = await painted(4, 4).png().toBuffer();
    png.writeUInt32BE(30_000, 16);
    png.writeUInt32BE(30_000, 20);
    const crc = crcOf(png.subarray(12, 29));
    png.writeUInt32BE(crc, 29);
    await expect(tasks.inspect({ bytes: png })).rejects.toMatchObject(invalid('30000 x 30000', '900.0 million', '50.0 million'));
    await expect(pixelTasks(100).inspect({ bytes: await painted(11, 10).png().toBuffer() })).rejects.toMatchObject(invalid('11 x 10'));
    expect(await pixelTasks(110).inspect({ bytes: await painted(11, 10).png().toBuffer() })).toMatchObject({ width: 11 });
  });

  it('finds data that is cut off, in every format (catches a check of the header alone)', async () => {
    const p = () => painted(300, 200);
    for (const bytes of [
      await p().jpeg().toBuffer(),
      await p().png().toBuffer(),
      await p().webp().toBuffer(),
      await p().webp({ lossless: true }).toBuffer(),
      await p().avif({ effort: 0 }).toBuffer(),
      await p().tiff({ compression: 'lzw' }).toBuffer(),
      await p().gif().toBuffer(),
    ])
      await expect(tasks.inspect({ bytes: bytes.subarray(0, Math.floor(bytes.length * 0.6)) }), sniffFormat(bytes)).rejects.toMatchObject({
        code: 'inputInvalid',
      });
  });

  it('survives any bytes at all', { timeout: 60_000 }, async () => {
    const starts = [
      await painted(30, 20).jpeg().toBuffer(),
      await painted(30, 20).png().toBuffer(),
      await painted(30, 20).webp().toBuffer(),
      await painted(30, 20).tiff().toBuffer(),
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...starts),
        fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { maxLength: 20 }),
        fc.nat(2000),
        async (start, changes, length) => {
          const bytes = new Uint8Array(start.subarray(0, length));
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          const result = await tasks.inspect({ bytes }).catch((error: unknown) => error);
          expect(result instanceof Error ? (result as { code?: string }).code : 'inputInvalid').toBe('inputInvalid');
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('canonicalise', () => {
  it('gives back the same bytes when there is nothing to do', async () => {
    for (const bytes of [
      await painted(64, 48).jpeg().toBuffer(),
      await painted(64, 48).png().toBuffer(),
      await painted(64, 48).webp().toBuffer(),
    ]) {
      const out = await tasks.canonicalise({ bytes, rule: { maxLongSide: 64, minShortSide: 48, multipleOf: 16 } });
      expect(out.changed).toBe(false);
      expect(out.bytes).toEqual(bytes);
    }
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns EXIF orientation %i upright', async (orientation) => {
    const [w, h] = [20, 12];
    const stored = asymmetric(w, h);
    const turned = orientation >= 5;
    const [dw, dh] = turned ? [h, w] : [w, h];
    // Where each pixel as seen lies in the file, from the EXIF definition.
    const from = (x: number, y: number): [number, number] =>
      (
        [
          [x, y],
          [w - 1 - x, y],
          [w - 1 - x, h - 1 - y],
          [x, h - 1 - y],
          [y, x],
          [y, h - 1 - x],
          [w - 1 - y, h - 1 - x],
          [w - 1 - y, x],
        ] as [number, number][]
      )[orientation - 1]!;
    const seen = new Uint8Array(dw * dh * 3);
    for (let y = 0; y < dh; y++)
      for (let x = 0; x < dw; x++) {
        const [sx, sy] = from(x, y);
        seen.set(stored.subarray(3 * (sy * w + sx), 3 * (sy * w + sx) + 3), 3 * (y * dw + x));
      }
    const bytes = await painted(w, h).withMetadata({ orientation }).png().toBuffer();
    expect(await tasks.inspect({ bytes })).toMatchObject({ width: dw, height: dh });
    const out = await tasks.canonicalise({ bytes, rule: ANY_SIZE });
    expect(out).toMatchObject({ width: dw, height: dh, changed: true });
    expect(await pixelsOf(out.bytes)).toEqual(seen);
    expect((await sharp(out.bytes).metadata()).exif).toBeUndefined();
    // The low-level check must see it the same way: against its own canonical form nothing differs.
    const a = file(`o${orientation}.png`, bytes);
    const b = file(`c${orientation}.png`, out.bytes);
    expect(await tasks.lowLevel({ sourceFile: a, editedFile: b, threshold: 0, maskRule: 'any' })).toMatchObject({
      flagged: 0,
      width: dw,
      height: dh,
    });
  });

  it('drops metadata of a JPEG without touching its pixels (catches a needless second loss)', async () => {
    const bytes = await painted(64, 48)
      .withExif({ IFD0: { Copyright: 'someone', Artist: 'x' } })
      .jpeg()
      .toBuffer();
    const out = await tasks.canonicalise({ bytes, rule: ANY_SIZE });
    expect(out).toMatchObject({ format: 'jpeg', lossy: true, changed: true });
    const meta = await sharp(out.bytes).metadata();
    expect([meta.exif, meta.xmp, meta.iptc]).toEqual([undefined, undefined, undefined]);
    expect(await pixelsOf(out.bytes)).toEqual(await pixelsOf(bytes));
    expect((await tasks.canonicalise({ bytes: out.bytes, rule: ANY_SIZE })).changed).toBe(false);
  });

  it('makes RGB of 8 bits of everything else: grey, CMYK, 16 bits, palette, alpha, profile', async () => {
    const p = () => painted(40, 24);
    const inputs: [string, Buffer][] = [
      ['grey', await p().toColourspace('b-w').jpeg().toBuffer()],
      ['grey png', await p().toColourspace('b-w').png().toBuffer()],
      ['cmyk', await p().toColourspace('cmyk').jpeg().toBuffer()],
      ['16 bit', await p().toColourspace('rgb16').png().toBuffer()],
      ['palette', await p().png({ palette: true, colours: 8 }).toBuffer()],
      ['alpha', await p().ensureAlpha(0.5).png().toBuffer()],
      ['alpha webp', await p().ensureAlpha(0.5).webp().toBuffer()],
      ['profile', await p().withIccProfile('p3').png().toBuffer()],
      ['gif', await p().gif().toBuffer()],
      ['tiff', await p().tiff().toBuffer()],
      ['avif', await p().avif({ effort: 0 }).toBuffer()],
      [
        'png text',
        await p()
          .withExif({ IFD0: { Copyright: 'x' } })
          .png()
          .toBuffer(),
      ],
    ];
    for (const [name, bytes] of inputs) {
      const out = await tasks.canonicalise({ bytes, rule: ANY_SIZE });
      expect(out, name).toMatchObject({ width: 40, height: 24, format: 'png', lossy: false, changed: true });
      const meta = await sharp(out.bytes).metadata();
      expect(meta, name).toMatchObject({
        channels: 3,
        depth: 'uchar',
        space: 'srgb',
        hasAlpha: false,
        hasProfile: false,
        isPalette: false,
      });
      expect(meta.exif, name).toBeUndefined();
      const again = await tasks.canonicalise({ bytes: out.bytes, rule: ANY_SIZE });
      expect(again.changed, name).toBe(false);
    }
  });

  it('lays transparency on white', async () => {
    const bytes = await sharp({ create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
      .png()
      .toBuffer();
    const out = await tasks.canonicalise({ bytes, rule: ANY_SIZE });
    expect(await pixelsOf(out.bytes)).toEqual(new Uint8Array(192).fill(255));
  });

  it('crops the centre to the multiple and resamples nothing when only that is needed', async () => {
    const bytes = await painted(37, 26).png().toBuffer();
    const out = await tasks.canonicalise({ bytes, rule: { maxLongSide: 64, minShortSide: 16, multipleOf: 8 } });
    expect(out).toMatchObject({ width: 32, height: 24 });
    const expected = await sharp(bytes).extract({ left: 2, top: 1, width: 32, height: 24 }).raw().toBuffer();
    expect(await pixelsOf(out.bytes)).toEqual(new Uint8Array(expected));
  });

  it('shrinks a large one and enlarges a small one to exactly the plan', async () => {
    const rule = { maxLongSide: 128, minShortSide: 64, multipleOf: 16 };
    for (const [w, h] of [
      [300, 200],
      [50, 40],
      [97, 301],
      [500, 64],
    ] as const) {
      const out = await tasks.canonicalise({ bytes: await painted(w, h).jpeg().toBuffer(), rule });
      const { final } = planSize({ width: w, height: h }, rule);
      expect({ width: out.width, height: out.height }).toEqual(final);
      expect(await sharp(out.bytes).metadata()).toMatchObject(final);
    }
  });

  it('finds damage even where the bytes would be passed on', async () => {
    const bytes = await painted(300, 200).jpeg().toBuffer();
    await expect(tasks.canonicalise({ bytes: bytes.subarray(0, bytes.length - 300), rule: ANY_SIZE })).rejects.toMatchObject(
      invalid('does not decode'),
    );
  });
});

/** CRC-32 of PNG chunks. */
function crcOf(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
