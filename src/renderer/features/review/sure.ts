import type { TripletView } from '../../../shared/model/triplet.ts';
import { readError } from '../../app/readError.ts';

/** What a decision leaves on a triplet. */
type Decided = Pick<TripletView, 'decision' | 'tags'>;

export const UNDECIDED: Decided = { decision: null, tags: [] };

interface Sending {
  /** One triplet that the decision is about: all of one call change together or not at all. */
  id: number;
  /** How it was when the call was made. */
  before: Decided;
  send(): Promise<TripletView[]>;
  /** Waits for the engine to be back. */
  read(id: number): Promise<TripletView>;
  /** The triplets of the call as they are now. */
  readAll(): Promise<TripletView[]>;
}

/** Times that a decision is sent; an engine that dies at every one of them has another trouble. */
const SENDS = 5;

/**
 * Sends a decision until it stands. When the engine stops before it answers, nobody knows whether it stored the decision: `stored`
 * looks when the engine is back, and only what is not there is sent again. Any other refusal is the caller's.
 */
export async function sendUntilStored<T>({
  send,
  stored,
  readAll,
}: {
  send(): Promise<T>;
  stored(): Promise<boolean>;
  readAll(): Promise<T>;
}): Promise<T> {
  for (let sent = 1; ; sent += 1) {
    try {
      return await send();
    } catch (error) {
      if (readError(error).code !== 'engineDown' || sent === SENDS) throw error;
      if (await stored()) return readAll();
    }
  }
}

/** The same for triplets: one that is still as it was before was not stored. */
export function sendSurely({ id, before, send, read, readAll }: Sending): Promise<TripletView[]> {
  return sendUntilStored({ send, stored: async () => !sameDecision(await read(id), before), readAll });
}

/** Whether nothing was decided between the two. */
export function sameDecision(a: Decided, b: Decided): boolean {
  return a.decision === b.decision && JSON.stringify(a.tags) === JSON.stringify(b.tags);
}
