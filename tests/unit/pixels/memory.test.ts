import { expect, it } from 'vitest';
import { createCanvas } from '../../../src/main/engine/pixels/canvas.ts';

// Catches: an image library call that never frees what it hands out (sharp 0.35's toUint8Array lost 3 MB a picture: a run of
// 2,000 attempts took 22 GB).
it('gives back the memory of the pictures it has decoded, painted and encoded', async () => {
  const canvas = createCanvas();
  const raster = { width: 1024, height: 1024, channels: 3 as const, data: new Uint8Array(1024 * 1024 * 3).fill(120) };
  const bytes = await canvas.encode(raster, { format: 'jpeg', quality: 90 });
  const work = async () => {
    await canvas.decode(bytes);
    await canvas.blur(raster, 1.5);
    await canvas.encode(raster, { format: 'jpeg', quality: 90 });
  };
  for (let i = 0; i < 20; i++) await work();
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 80; i++) await work();
  // Lost memory would be 80 x 6 MB; garbage that waits for its collection is far less.
  expect((process.memoryUsage().rss - before) / 1e6).toBeLessThan(240);
}, 60_000);
