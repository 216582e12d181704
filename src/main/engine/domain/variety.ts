import type { TripletKind, TripletView } from '../../../shared/model/triplet.ts';

/** Kinds a run mines, in the order in which a few places are given to them. */
export const LATEST_KINDS: readonly TripletKind[] = ['forward', 'inverse', 'composed'];

/**
 * A few triplets that show what a run is like: new ones of every list in turn, each with a picture that was not shown yet while
 * there are such, then the rest. Growth makes many near copies of one source; this keeps them from filling the strip.
 */
export function varied(lists: readonly (readonly TripletView[])[], limit: number): TripletView[] {
  const turns = Math.max(0, ...lists.map((list) => list.length));
  const inTurn = Array.from({ length: turns }, (_, i) => lists.flatMap((list) => list[i] ?? [])).flat();
  const seen = new Set<string>();
  const fresh: TripletView[] = [];
  const rest: TripletView[] = [];
  for (const triplet of inTurn) {
    // An inverse has its parent's pictures the other way round: the pair is what was seen.
    const pictures = [triplet.sourceHash, triplet.editedHash];
    const known = pictures.some((hash) => seen.has(hash));
    (known ? rest : fresh).push(triplet);
    for (const hash of pictures) seen.add(hash);
  }
  return [...fresh, ...rest].slice(0, limit);
}
