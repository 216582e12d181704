import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOutbox, type OutboxWorld } from '../../../src/renderer/app/said/outbox.ts';
import { type OnTriplets, tellTriplets, type Word } from '../../../src/renderer/app/said/words.ts';
import type { EngineClient } from '../../../src/shared/contract.ts';
import { AppError } from '../../../src/shared/model/errors.ts';
import type { TripletView } from '../../../src/shared/model/triplet.ts';
import { aTriplet } from '../../helpers/renderer/data.ts';

const word = (decision: OnTriplets['decision'], before: TripletView): OnTriplets => ({
  on: 'triplets',
  ids: [before.id],
  decision,
  tags: [],
  before: [before],
});

/** An engine with one triplet, which keeps a stack of words as the real one does; `dies` says of each change whether it is before or after storing it. */
function engine(dies: ('before' | 'after' | null)[]) {
  const stack: ('accept' | 'reject')[] = [];
  let sent = 0;
  const now = () => aTriplet(1, { decision: stack.at(-1) ?? null, tags: [] });
  const down = () => new AppError('engineDown', 'gone');
  const client = {
    triplets: {
      get: async () => now(),
      decide: async ({ decision }: { decision: OnTriplets['decision'] }) => {
        const death = dies[sent++] ?? null;
        if (death === 'before') throw down();
        if (decision === 'clear') stack.pop();
        else stack.push(decision);
        if (death === 'after') throw down();
        return now();
      },
    },
  } as unknown as EngineClient;
  return { client, stack, now, sent: () => sent };
}

describe('a decision and an engine that dies', () => {
  // Catches: a decision that is stored twice, so that one undo does not take it back, or is lost with the engine.
  it('is stored exactly once, wherever the engine dies', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('before' as const, 'after' as const), { maxLength: 4 }), async (dies) => {
        const { client, stack, now } = engine(dies);
        expect(await tellTriplets(client, word('accept', now()))).toEqual([aTriplet(1, { decision: 'accept', tags: [] })]);
        expect(stack).toEqual(['accept']);
        await tellTriplets(client, word('clear', now()));
        expect(stack).toEqual([]);
      }),
    );
  });

  // Catches: a word of a page that is gone which was stored already and is stored again.
  it('is looked for first when a page that is gone may have sent it', async () => {
    const { client, stack, sent } = engine([]);
    const undecided = aTriplet(1, { decision: null, tags: [] });
    await tellTriplets(client, word('accept', undecided), true);
    await tellTriplets(client, word('accept', undecided), true);
    expect([stack, sent()]).toEqual([['accept'], 1]);
  });

  // Catches: a full disk that is asked for ever.
  it('passes on any other refusal at once', async () => {
    const decide = () => Promise.reject(new AppError('diskFull', 'full'));
    const client = { triplets: { decide } } as unknown as EngineClient;
    await expect(tellTriplets(client, word('accept', aTriplet(1)))).rejects.toThrow('full');
  });
});

/** One browser: its storage, and locks that pages hold until they die. */
function browser() {
  const items = new Map<string, string>();
  const storage: OutboxWorld['storage'] = {
    getItem: (name) => items.get(name) ?? null,
    setItem: (name, value) => void items.set(name, value),
    removeItem: (name) => void items.delete(name),
    key: (at) => [...items.keys()][at] ?? null,
    get length() {
      return items.size;
    },
  };
  const holders = new Map<string, Promise<unknown>>();
  return {
    items,
    /** A page, and the way it dies. */
    page(id: string) {
      const death = Promise.withResolvers<void>();
      let guarded = () => false;
      const locks = {
        request: (name: string, work: () => Promise<unknown>) => {
          const before = holders.get(name) ?? Promise.resolve();
          const done = before.then(() => Promise.race([work(), death.promise]));
          holders.set(name, done);
          return done;
        },
      } as unknown as LockManager;
      const outbox = createOutbox({ storage, locks, id, guard: (wanted) => (guarded = wanted) });
      return { outbox, die: death.resolve, guarded: () => guarded() };
    },
  };
}

describe('the outbox', () => {
  const said = (id: number): Word => ({ on: 'instruction', id, instruction: `number ${id}` });

  // Catches: decisions that were on screen and in no store, lost because the page was loaded anew or closed too soon.
  it('what a page leaves unanswered is said once by the next, in order, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 12 }), async (answered) => {
        const { page, items } = browser();
        const first = page('first');
        for (const [id, release] of answered.map((_, id) => [id, first.outbox.keep('/work', said(id))] as const))
          if (answered[id]) release();
        const told: number[] = [];
        const second = page('second');
        const third = page('third');
        const tell = async (word: Word) => void told.push((word as { id: number }).id);
        const adopted = [second, third].map(({ outbox }) => outbox.adopt('/work', tell, () => {}));
        await Promise.resolve();
        expect(told).toEqual([]);
        first.die();
        await Promise.all(adopted);
        expect(told).toEqual(answered.flatMap((yes, id) => (yes ? [] : [id])));
        expect(items.size).toBe(0);
      }),
    );
  });

  // Catches: words for one workspace said to another, or thrown away because that one is not open.
  it('words of another workspace wait for it', async () => {
    const { page } = browser();
    const first = page('first');
    first.outbox.keep('/other', said(1));
    first.die();
    const told: Word[] = [];
    const tell = async (word: Word) => void told.push(word);
    const second = page('second');
    await second.outbox.adopt('/work', tell, () => {});
    expect(told).toEqual([]);
    await second.outbox.adopt('/other', tell, () => {});
    expect(told).toEqual([said(1)]);
  });

  // Catches: a refusal that nobody sees, and an engine that is away taken for one.
  it('a refusal is told and over; an engine that is away leaves the word for later', async () => {
    const { page } = browser();
    const first = page('first');
    first.outbox.keep('/work', said(1));
    first.outbox.keep('/work', said(2));
    first.die();
    const second = page('second');
    const codes = ['noSuchItem', 'engineDown'] as const;
    let at = 0;
    await second.outbox.adopt(
      '/work',
      () => Promise.reject(new AppError(codes[at++] ?? 'internal', 'no')),
      () => {},
    );
    expect(second.outbox.late.getState().refused).toMatchObject({ count: 1, error: { code: 'noSuchItem' } });
    const told: Word[] = [];
    await second.outbox.adopt(
      '/work',
      async (word) => void told.push(word),
      () => {},
    );
    expect(told).toEqual([said(2)]);
  });

  // Catches: a browser without a storage in which a decision is lost without a question.
  it('without a storage the page asks before it is left', () => {
    let guarded = () => false;
    const outbox = createOutbox({ storage: null, locks: null, id: 'one', guard: (wanted) => (guarded = wanted) });
    const release = outbox.keep('/work', said(1));
    expect(guarded()).toBe(true);
    release();
    release();
    expect(guarded()).toBe(false);
  });
});
