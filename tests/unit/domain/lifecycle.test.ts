import { describe, expect, it } from 'vitest';
import { canTransition, nextState, type RunEvent, runActions, statesBefore } from '../../../src/shared/model/lifecycle.ts';
import { RunState } from '../../../src/shared/model/run.ts';

const events: RunEvent[] = ['start', 'pause', 'resume', 'cancel', 'finish', 'crash'];

describe('the life of a run', () => {
  it('is this table', () => {
    const table = Object.fromEntries(
      [null, ...RunState.options].map((state) => [String(state), events.map((event) => nextState(state, event))]),
    );
    expect(table).toEqual({
      //            start      pause     resume     cancel   finish   crash
      null: ['running', null, null, null, null, null],
      running: [null, 'paused', null, 'ended', 'ended', 'interrupted'],
      paused: [null, null, 'running', 'ended', null, null],
      interrupted: [null, null, 'running', 'ended', null, null],
      ended: [null, null, 'running', null, null, null],
    });
  });

  it('names the states for a guarded update (catches two cancels that both count)', () => {
    expect(statesBefore('cancel')).toEqual(['running', 'paused', 'interrupted']);
    expect(statesBefore('start')).toEqual([]);
    for (const event of events) for (const state of statesBefore(event)) expect(canTransition(state, event)).toBe(true);
  });

  it.each([
    ['running', null, 'pause cancel'],
    ['paused', null, 'resume cancel'],
    ['interrupted', null, 'resume cancel'],
    ['ended', 'exhausted', ''],
    ['ended', 'budget', 'raise'],
    ['ended', 'cancelled', 'resume'],
    ['ended', 'failed', 'resume'],
  ] as const)('%s (%s) shows: %s', (state, end, shown) => {
    const actions = Object.entries(runActions(state, end)).filter(([, visible]) => visible);
    expect(actions.map(([name]) => name).join(' ')).toBe(shown);
  });
});
