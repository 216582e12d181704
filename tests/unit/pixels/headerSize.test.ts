import sharp, { type Sharp } from 'sharp';
import { expect, it } from 'vitest';
import { headerSize } from '../../../src/main/engine/pixels/headerSize.ts';

const picture = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: '#3366aa' } });

it.each([
  ['png', (s: Sharp) => s.png()],
  ['jpeg', (s: Sharp) => s.jpeg()],
  ['progressive jpeg with EXIF', (s: Sharp) => s.withExif({ IFD0: { Copyright: 'nobody' } }).jpeg({ progressive: true })],
  ['lossy webp', (s: Sharp) => s.webp()],
  ['lossless webp', (s: Sharp) => s.webp({ lossless: true })],
  [
    'extended webp',
    (s: Sharp) =>
      s
        .ensureAlpha(0.5)
        .withExif({ IFD0: { Copyright: 'nobody' } })
        .webp(),
  ],
] as const)('%s', async (_, encode) => {
  for (const [width, height] of [
    [1, 1],
    [1024, 576],
    [333, 4001],
  ] as const)
    expect(headerSize(await encode(picture(width, height)).toBuffer())).toEqual({ width, height });
});

it('broken headers and other formats have no size', async () => {
  const bytes = await picture(20, 10).jpeg().toBuffer();
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  for (let length = 0; length < frame + 9; length++) expect(headerSize(bytes.subarray(0, length))).toBeUndefined();
  expect(headerSize(await picture(20, 10).gif().toBuffer())).toBeUndefined();
  expect(headerSize(Buffer.from('no picture'))).toBeUndefined();
});
