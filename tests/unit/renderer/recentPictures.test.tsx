import { expect, it } from 'vitest';
import { keepRecent, recentPictures } from '../../../src/renderer/ui/recentPictures.ts';

const thumbnail = (i: number) => ({ src: `https://studio/blob/${i}?w=320`, naturalWidth: 320, naturalHeight: 240 });

// Catches: memory that grows with every picture ever shown, and one on screen that is let go of before one that is long gone.
it('keeps the newest thumbnails, however many were shown, and no large picture', () => {
  for (let i = 0; i < 2_000; i++) {
    keepRecent(thumbnail(i));
    keepRecent(thumbnail(0));
  }
  keepRecent({ src: 'https://studio/blob/large', naturalWidth: 1024, naturalHeight: 1024 });
  const kept = recentPictures();
  expect(kept).toHaveLength(600);
  expect(kept.slice(-2)).toEqual([thumbnail(1_999).src, thumbnail(0).src]);
  expect(kept[0]).toBe(thumbnail(1_401).src);
});
