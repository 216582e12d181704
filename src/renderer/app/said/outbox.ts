import { createStore, type StoreApi } from 'zustand/vanilla';
import type { WireError } from '../../../shared/model/errors.ts';
import { readError } from '../readError.ts';
import type { Word } from './words.ts';

const PREFIX = 'nhr-said:';

interface Kept {
  /** Folder of the workspace that it is about. */
  workspace: string;
  word: Word;
}

/** What the outbox has of the browser; `locks` and `storage` are null where there are none (a plain http address, a blocked site). */
export interface OutboxWorld {
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'> | null;
  locks: Pick<LockManager, 'request'> | null;
  /** Asks the person before the page is left, for as long as `wanted` says so. */
  guard(wanted: () => boolean): void;
  id: string;
}

/** Words of pages that are gone, which the engine refused when they were sent again. */
export interface LateWords {
  refused: { error: WireError; count: number } | null;
}

export interface Outbox {
  late: StoreApi<LateWords>;
  /** Remembers a word until the function it returns is called: when the engine has answered. */
  keep(workspace: string | undefined, word: Word): () => void;
  /** Sends what pages that are gone left unsaid about this workspace, in order; calls `onTold` when that changed anything. */
  adopt(workspace: string, tell: (word: Word) => Promise<void>, onTold: () => void): Promise<void>;
}

/**
 * What a reviewer said and the engine has not answered yet, kept outside the page: closing or loading it anew in between loses
 * nothing. Each page holds a lock with its name; whoever gets that lock knows that the page is gone, and says the rest for it.
 */
export function createOutbox({ storage, locks, guard, id }: OutboxWorld): Outbox {
  const late = createStore<LateWords>(() => ({ refused: null }));
  const own = PREFIX + id;
  let words: Kept[] = [];
  /** Words that only this page knows. */
  let unwritten = 0;
  guard(() => unwritten > 0);
  // Held for as long as the page lives.
  if (locks) void locks.request(own, () => new Promise(() => {})).catch(() => {});

  return {
    late,
    keep(workspace, word) {
      const kept: Kept = { workspace: workspace ?? '', word };
      words = [...words, kept];
      const written = locks !== null && workspace !== undefined && write(storage, own, words);
      if (!written) unwritten += 1;
      return () => {
        if (!words.includes(kept)) return;
        words = words.filter((one) => one !== kept);
        if (!written) unwritten -= 1;
        write(storage, own, words);
      };
    },
    async adopt(workspace, tell, onTold) {
      if (!locks || !storage) return;
      const names = Array.from({ length: storage.length }, (_, i) => storage.key(i)).filter((name) => name?.startsWith(PREFIX));
      await Promise.all(
        names.map(async (name) => {
          if (!name || name === own) return;
          await locks.request(name, async () => {
            const rest = read(storage, name);
            for (const kept of rest.filter((one) => one.workspace === workspace)) {
              try {
                await tell(kept.word);
              } catch (thrown) {
                const error = readError(thrown);
                // The next page tries again.
                if (error.code === 'engineDown') return;
                late.setState(({ refused }) => ({ refused: { error, count: (refused?.count ?? 0) + 1 } }));
              }
              rest.splice(rest.indexOf(kept), 1);
              write(storage, name, rest);
              onTold();
            }
          });
        }),
      );
    },
  };
}

/** The outbox of this page. */
export function pageOutbox(): Outbox {
  return createOutbox({
    storage: storageOf(),
    locks: navigator.locks ?? null,
    guard: (wanted) => window.addEventListener('beforeunload', (event) => wanted() && event.preventDefault()),
    id: Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join(''),
  });
}

function storageOf(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function read(storage: NonNullable<OutboxWorld['storage']>, name: string): Kept[] {
  try {
    const found: unknown = JSON.parse(storage.getItem(name) ?? '[]');
    return Array.isArray(found) ? (found as Kept[]) : [];
  } catch {
    return [];
  }
}

/** Whether it could be written: a storage may be full. */
function write(storage: OutboxWorld['storage'], name: string, words: readonly Kept[]): boolean {
  try {
    if (words.length === 0) storage?.removeItem(name);
    else storage?.setItem(name, JSON.stringify(words));
    return storage !== null;
  } catch {
    return false;
  }
}
