import sharp from 'sharp';

/** A picture without any symmetry: a gradient with one corner marked. */
export function asymmetric(width: number, height: number): Uint8Array {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      data.set([Math.floor((255 * x) / width), Math.floor((255 * y) / height), x < 4 && y < 3 ? 255 : 0], 3 * (y * width + x));
  return data;
}

/** The same as a pipeline, to be encoded. */
export const painted = (width: number, height: number) => sharp(asymmetric(width, height), { raw: { width, height, channels: 3 } });
