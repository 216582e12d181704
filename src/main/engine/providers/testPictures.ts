import { crc32, deflateSync } from 'node:zlib';

type Colour = readonly [red: number, green: number, blue: number];

/** Sides that every editor takes as they are: multiples of 16, at least BAGEL's 512. */
export const TEST_SIDE = 512;

/** What the test picture shows, in words. */
export const TEST_SCENE = 'A flat drawing: blue sky above a green meadow, a yellow sun at the top left, and a big red ball on the meadow.';

/** Sky, meadow, sun, and a red ball that can be left out. */
export function testPicture(withBall: boolean): Uint8Array {
  const disc = (x: number, y: number, centreX: number, centreY: number, radius: number) =>
    (x - centreX) ** 2 + (y - centreY) ** 2 < radius ** 2;
  return png((x, y) => {
    if (withBall && disc(x, y, 330, 340, 90)) return [205, 30, 35];
    if (disc(x, y, 100, 95, 50)) return [250, 215, 60];
    return y < 290 ? [95, 165, 235] : [70, 150, 60];
  });
}

/** A picture that has nothing to do with the other: stripes. */
export function unrelatedPicture(): Uint8Array {
  return png((x, y) => ((x + y) % 64 < 32 ? [30, 20, 45] : [215, 120, 190]));
}

/** An RGB PNG of the test size (RFC 2083), painted pixel by pixel. */
function png(paint: (x: number, y: number) => Colour): Uint8Array {
  const stride = 1 + TEST_SIDE * 3;
  const rows = new Uint8Array(TEST_SIDE * stride);
  for (let y = 0; y < TEST_SIDE; y++) for (let x = 0; x < TEST_SIDE; x++) rows.set(paint(x, y), y * stride + 1 + x * 3);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(TEST_SIDE, 0);
  header.writeUInt32BE(TEST_SIDE, 4);
  // 8 bits, RGB, and the only compression, filter and interlace methods that matter.
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}
