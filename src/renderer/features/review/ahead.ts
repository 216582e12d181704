/** Neighbours of the open pair that are read: as many as are fetched ahead and behind. */
export const BEHIND = 3;
export const AHEAD = 7;

/** Which neighbours of a place in a list are fetched before they are wanted, nearest and forward first; those that are there. */
export function neighbours<T>(at: number, count: number, itemAt: (place: number) => T | undefined, ahead = 5, behind = 2): T[] {
  if (at < 0) return [];
  const places = Array.from({ length: Math.max(ahead, behind) }, (_, i) => [i < ahead ? at + i + 1 : -1, i < behind ? at - i - 1 : -1]);
  return places.flat().flatMap((place) => (place >= 0 && place < count ? (itemAt(place) ?? []) : []));
}
