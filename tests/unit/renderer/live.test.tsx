import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followEngine } from '../../../src/renderer/app/follow.ts';
import { applyEvent, createLiveStore, EMPTY_LIVE, fromSnapshot } from '../../../src/renderer/app/live.ts';
import type { EngineClient } from '../../../src/shared/contract.ts';
import type { SequencedEvent, Snapshot } from '../../../src/shared/model/events.ts';
import { aJob, aProgress, aRun, aTriplet } from '../../helpers/renderer/data.ts';

const SNAPSHOT: Snapshot = {
  epoch: 'one',
  seq: 10,
  workspace: { dir: '/w', name: 'w', demo: false, version: 1 },
  runs: [aRun()],
  jobs: [],
  triplets: 3,
  unknownCalls: 0,
};

const event = (seq: number, what: SequencedEvent['event'], epoch = 'one'): SequencedEvent => ({ epoch, seq, event: what });
const attempts = (n: number) => ({ type: 'run' as const, run: aRun({ attemptsDone: n }) });

describe('folding events', () => {
  it('takes newer events and changes nothing for older or foreign ones', () => {
    const start = fromSnapshot(SNAPSHOT);
    const next = applyEvent(start, event(11, attempts(500)));
    expect(next.runs['run-1']?.attemptsDone).toBe(500);
    expect(next.seq).toBe(11);
    expect(applyEvent(next, event(11, attempts(1)))).toBe(next);
    expect(applyEvent(next, event(4, attempts(1)))).toBe(next);
    expect(applyEvent(next, event(99, attempts(1), 'two'))).toBe(next);
    expect(applyEvent(EMPTY_LIVE, event(1, attempts(1)))).toBe(EMPTY_LIVE);
  });

  it('gives the same state when a reconnect repeats events', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { maxLength: 30 }), (repeats) => {
        const events = Array.from({ length: 10 }, (_, i) => event(11 + i, attempts(i)));
        const fold = (list: SequencedEvent[]) => list.reduce(applyEvent, fromSnapshot(SNAPSHOT));
        const withRepeats = events.flatMap((e, i) => [e, ...repeats.filter((r) => r <= i).map((r) => events[r] as SequencedEvent)]);
        expect(fold(withRepeats)).toEqual(fold(events));
      }),
    );
  });

  it('keeps each triplet and job once, the triplet that changed last in front', () => {
    const events = [
      event(11, { type: 'triplet', triplet: aTriplet(1) }),
      event(12, { type: 'triplet', triplet: aTriplet(2) }),
      event(13, { type: 'triplet', triplet: aTriplet(1, { decision: 'accept' }) }),
      event(14, { type: 'job', job: aJob({ state: 'running', done: 1 }) }),
      event(15, { type: 'job', job: aJob() }),
      event(16, { type: 'progress', progress: aProgress() }),
    ];
    const state = events.reduce(applyEvent, fromSnapshot(SNAPSHOT));
    expect(state.recent.map((t) => [t.id, t.decision])).toEqual([
      [1, 'accept'],
      [2, null],
    ]);
    expect(state.jobs).toEqual([aJob()]);
    expect(Object.keys(state.progress)).toEqual(['run-1']);
  });
});

/** An engine whose streams are given one after the other; each ends by itself or breaks. */
function scripted(snapshots: Snapshot[], streams: { asked?: unknown; give: SequencedEvent[]; after: 'end' | 'break' | 'stay' }[]) {
  const asked: unknown[] = [];
  const stop = new AbortController();
  const client = {
    system: {
      snapshot: async () => (snapshots.length > 1 ? snapshots.shift() : snapshots[0]),
      events: async (input: unknown) => {
        asked.push(input);
        const stream = streams.shift();
        return (async function* () {
          for (const item of stream?.give ?? []) yield item;
          if (stream?.after === 'break') throw new Error('line cut');
          if (!stream || stream.after === 'stay') stop.abort();
        })();
      },
    },
  } as unknown as EngineClient;
  const live = createLiveStore();
  const lives: boolean[] = [];
  const run = followEngine({ client, live, signal: stop.signal, onSnapshot: (newLife) => lives.push(newLife), pause: async () => {} });
  return { run, live, asked, lives };
}

describe('following the engine', () => {
  it('goes on from the last number after a broken line, without losing what it has', async () => {
    const { run, live, asked, lives } = scripted(
      [SNAPSHOT, { ...SNAPSHOT, seq: 13 }],
      [
        { give: [event(11, attempts(1)), event(12, { type: 'triplet', triplet: aTriplet(9) })], after: 'break' },
        { give: [event(13, attempts(3))], after: 'stay' },
      ],
    );
    await run;
    expect(asked).toEqual([
      { epoch: 'one', since: 10 },
      { epoch: 'one', since: 12 },
    ]);
    expect(live.getState().runs['run-1']?.attemptsDone).toBe(3);
    expect(live.getState().recent).toHaveLength(1);
    expect(lives).toEqual([true]);
  });

  it('starts from a new snapshot when the engine has a new life', async () => {
    const second = { ...SNAPSHOT, epoch: 'two', seq: 2, runs: [aRun({ state: 'interrupted' })] };
    const { run, live, asked, lives } = scripted(
      [SNAPSHOT, second],
      [
        { give: [event(11, attempts(1))], after: 'break' },
        { give: [], after: 'stay' },
      ],
    );
    await run;
    expect(asked[1]).toEqual({ epoch: 'two', since: 2 });
    expect(live.getState().runs['run-1']?.state).toBe('interrupted');
    expect(lives).toEqual([true, true]);
  });

  it('takes a new snapshot when the stream ends by itself, because the log no longer reaches back', async () => {
    const later = { ...SNAPSHOT, seq: 5000, runs: [aRun({ attemptsDone: 720 })] };
    const { run, live, lives } = scripted(
      [SNAPSHOT, later],
      [
        { give: [], after: 'end' },
        { give: [], after: 'stay' },
      ],
    );
    await run;
    expect(live.getState().seq).toBe(5000);
    expect(live.getState().runs['run-1']?.attemptsDone).toBe(720);
    expect(lives).toEqual([true, false]);
  });

  it('does not trust a stream that is silent while the engine goes on', async () => {
    const stop = new AbortController();
    const later = { ...SNAPSHOT, seq: 12, runs: [aRun({ attemptsDone: 600 })] };
    let asked = 0;
    const client = {
      system: {
        snapshot: async () => (asked === 0 ? SNAPSHOT : later),
        events: async (input: { since: number }, { signal }: { signal: AbortSignal }) => {
          asked += 1;
          if (asked === 2) return replay(input.since);
          // Hangs as a line does that died without a word.
          return (async function* () {
            await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
            yield event(11, attempts(0));
          })();
        },
      },
    } as unknown as EngineClient;
    async function* replay(since: number) {
      expect(since).toBe(10);
      yield event(12, attempts(600));
      stop.abort();
    }
    const live = createLiveStore();
    await followEngine({ client, live, signal: stop.signal, onSnapshot: () => {}, pause: async () => {}, quietMs: 5 });
    expect(live.getState().runs['run-1']?.attemptsDone).toBe(600);
  });
});
