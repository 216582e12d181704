import { describe, expect, test } from 'vitest';
import { IDLE, LIMITS, type Supervision, type SupervisionEvent, stateForPage, supervise } from '../../../src/main/desktop/supervision.ts';

const PROTOCOL = 1;
const hello: SupervisionEvent = { type: 'hello', protocol: PROTOCOL };
const start: SupervisionEvent = { type: 'start' };
const timer: SupervisionEvent = { type: 'timer' };
const crash: SupervisionEvent = { type: 'exit', code: null, signal: 'SIGSEGV', lastWords: 'segmentation fault' };

/** Plays events at their times and gives the last state with the actions of the last step. */
function play(events: [at: number, event: SupervisionEvent][], from: Supervision = IDLE) {
  let state = from;
  let actions: unknown[] = [];
  for (const [at, event] of events) {
    const step = supervise(state, event, at, PROTOCOL);
    state = step.next;
    actions = step.actions;
  }
  return { state, actions };
}

describe('the rules of keeping the engine alive', () => {
  test('a start gets ten seconds to say hello; without one it is killed and tried again', () => {
    const started = play([[0, start]]);
    expect(started.actions).toEqual([
      { do: 'spawn', resume: false },
      { do: 'timer', ms: 10_000 },
    ]);
    const late = play([
      [0, start],
      [10_000, timer],
    ]);
    expect(late.state.phase.name).toBe('waiting');
    expect(late.actions).toEqual([{ do: 'kill' }, { do: 'timer', ms: 250 }]);
    expect(late.state.error?.message).toContain('10 seconds');
  });

  test('a crash while working is followed by a start that resumes what was interrupted', () => {
    const crashed = play([
      [0, start],
      [100, hello],
      [5_000, crash],
    ]);
    expect(stateForPage(crashed.state)).toMatchObject({
      state: 'restarting',
      attempt: 2,
      error: { code: 'engineDown', details: { hint: 'segmentation fault' } },
    });
    const again = play([[5_250, timer]], crashed.state);
    expect(again.actions[0]).toEqual({ do: 'spawn', resume: true });
    expect(stateForPage(play([[5_400, hello]], again.state).state)).toEqual({ state: 'ready', attempt: 2, error: null });
  });

  test('waits grow and the third failure within a minute opens the breaker', () => {
    const twice = play([
      [0, start],
      [1, hello],
      [2, crash],
      [300, timer],
      [400, crash],
    ]);
    expect(twice.actions).toEqual([{ do: 'timer', ms: 1_000 }]);
    const third = play(
      [
        [1_400, timer],
        [1_500, crash],
      ],
      twice.state,
    );
    expect(third.state.phase.name).toBe('broken');
    expect(stateForPage(third.state)).toMatchObject({ state: 'broken', attempt: 3 });
  });

  test('failures older than a minute are forgiven', () => {
    let { state } = play([[0, start]]);
    for (let round = 0; round < 10; round += 1) {
      const at = round * (LIMITS.window / 2);
      ({ state } = play(
        [
          [at, hello],
          [at + 1, crash],
          [at + 2_000, timer],
        ],
        state,
      ));
      expect(state.phase.name).toBe('starting');
    }
  });

  test('a clean exit nobody asked for is no crash: it is said and not repeated', () => {
    const { state } = play([
      [0, start],
      [1, hello],
      [2, { type: 'exit', code: 0, signal: null, lastWords: '' }],
    ]);
    expect(state).toMatchObject({ phase: { name: 'broken' }, cleanExits: 1, failures: [] });
    expect(play([[3, start]], state).actions[0]).toEqual({ do: 'spawn', resume: true });
  });

  test('another protocol version is its own failure, without a restart', () => {
    const { state, actions } = play([
      [0, start],
      [1, { type: 'hello', protocol: 99 }],
    ]);
    expect(state.phase.name).toBe('broken');
    expect(state.error?.message).toContain('version 99');
    expect(actions).toContainEqual({ do: 'kill' });
  });

  test('a reason that the engine gives itself is shown at once; only a lock left by a crash is tried again', () => {
    const locked: SupervisionEvent = { type: 'failed', error: { code: 'workspaceLocked', message: 'in use', details: {} } };
    expect(
      play([
        [0, start],
        [1, locked],
      ]).state,
    ).toMatchObject({ phase: { name: 'broken' }, error: { message: 'in use' } });
    const afterCrash = play([
      [0, start],
      [1, hello],
      [2, crash],
      [300, timer],
      [310, locked],
    ]);
    expect(afterCrash.state.phase.name).toBe('waiting');
  });

  test('a stop asks first and kills after five seconds', () => {
    const asked = play([
      [0, start],
      [1, hello],
      [2, { type: 'stop' }],
    ]);
    expect(asked.actions).toEqual([{ do: 'sendStop' }, { do: 'timer', ms: 5_000 }]);
    expect(play([[5_002, timer]], asked.state)).toMatchObject({ state: { phase: { name: 'stopped' } }, actions: [{ do: 'kill' }] });
    expect(play([[10, { type: 'exit', code: 1, signal: null, lastWords: '' }]], asked.state).state.phase.name).toBe('stopped');
  });

  test('a stop during the wait for a restart starts nothing any more', () => {
    const { state } = play([
      [0, start],
      [1, hello],
      [2, crash],
      [3, { type: 'stop' }],
    ]);
    expect(play([[300, timer]], state).actions).toEqual([]);
  });
});
