/** Thumbnails that stay at hand: some screens of the densest grid, about 15 kB each as they came. */
const MOST = 600;
/** In pixels; larger pictures are not kept. */
const LARGEST = 512 * 512;

const recent = new Map<string, HTMLImageElement>();

/**
 * Keeps a loaded thumbnail in the browser's memory while it is among the newest. A picture that no element shows is dropped at the next
 * garbage collection, and half a hundred of them fetched again from the browser's own cache are what makes a jump in the grid slow.
 */
export function keepRecent({ src, naturalWidth, naturalHeight }: Pick<HTMLImageElement, 'src' | 'naturalWidth' | 'naturalHeight'>): void {
  if (naturalWidth * naturalHeight > LARGEST) return;
  let image = recent.get(src);
  if (image) recent.delete(src);
  else {
    // Not the element itself: it would keep the part of the page it was in.
    image = new Image();
    image.src = src;
  }
  recent.set(src, image);
  const [oldest] = recent.keys();
  if (recent.size > MOST && oldest !== undefined) recent.delete(oldest);
}

/** Addresses that are kept, the oldest first. */
export function recentPictures(): string[] {
  return [...recent.keys()];
}
