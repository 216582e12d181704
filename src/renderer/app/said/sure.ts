import { readError } from '../readError.ts';

/** Times that a decision is sent; an engine that dies at every one of them has another trouble. */
const SENDS = 5;

/**
 * Sends a decision until it stands. When the engine stops before it answers, nobody knows whether it stored the decision: `stored`
 * looks when the engine is back, and only what is not there is sent again. Any other refusal is the caller's. `doubtful`: a page that
 * is gone may have sent it, so that it is looked for before the first time too.
 */
export async function sendUntilStored<T>(
  {
    send,
    stored,
    readAll,
  }: {
    send(): Promise<T>;
    stored(): Promise<boolean>;
    readAll(): Promise<T>;
  },
  doubtful: boolean,
): Promise<T> {
  if (doubtful && (await stored())) return readAll();
  for (let sent = 1; ; sent += 1) {
    try {
      return await send();
    } catch (error) {
      if (readError(error).code !== 'engineDown' || sent === SENDS) throw error;
      if (await stored()) return readAll();
    }
  }
}
