/** Which neighbours of a place in a list are fetched before they are wanted: places, nearest and forward first. */
export function neighbours(at: number, count: number, ahead = 5, behind = 2): number[] {
  if (at < 0) return [];
  const places = Array.from({ length: Math.max(ahead, behind) }, (_, i) => [i < ahead ? at + i + 1 : -1, i < behind ? at - i - 1 : -1]);
  return places.flat().filter((place) => place >= 0 && place < count);
}
