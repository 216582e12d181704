import { randomUUID } from 'node:crypto';
import type { EngineEvent, SequencedEvent } from '../../shared/model/events.ts';

/** Events kept for a page that was away for a moment; with a longer gap it takes a new snapshot. */
const KEPT = 2000;

export interface EventHub {
  readonly epoch: string;
  /** Number of the newest event. */
  seq(): number;
  emit(event: EngineEvent): void;
  /** Events after `since` of this epoch, then live ones until the signal is aborted. Ends at once when `since` is too old. */
  follow(from: { epoch?: string; since?: number }, signal: AbortSignal | undefined): AsyncGenerator<SequencedEvent>;
  close(): void;
}

/** The one stream of news: numbered, kept for a while, the same for every screen and terminal. */
export function createEventHub(): EventHub {
  const epoch = randomUUID();
  const kept: SequencedEvent[] = [];
  const wakers = new Set<() => void>();
  let seq = 0;
  let closed = false;

  const wake = () => {
    for (const waker of [...wakers]) waker();
  };

  async function* follow(from: { epoch?: string; since?: number }, signal: AbortSignal | undefined): AsyncGenerator<SequencedEvent> {
    let last = from.epoch === epoch && from.since !== undefined ? from.since : seq;
    while (!closed && !signal?.aborted) {
      const oldest = kept[0]?.seq ?? seq + 1;
      if (last + 1 < oldest && last < seq) return;
      const start = last + 1 - oldest;
      const fresh = kept.slice(Math.max(0, start));
      for (const item of fresh) {
        last = item.seq;
        yield item;
      }
      if (fresh.length === 0) await nextNews(signal);
    }
  }

  function nextNews(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        wakers.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      wakers.add(done);
      signal?.addEventListener('abort', done, { once: true });
      if (closed || signal?.aborted) done();
    });
  }

  return {
    epoch,
    seq: () => seq,
    emit(event) {
      seq += 1;
      kept.push({ epoch, seq, event });
      if (kept.length > KEPT) kept.splice(0, kept.length - KEPT);
      wake();
    },
    follow,
    close() {
      closed = true;
      wake();
    },
  };
}
