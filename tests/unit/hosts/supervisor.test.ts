import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { spawnEngine } from '../../../src/main/desktop/engineProcess.ts';
import { createSupervisor, type EngineProcess, type Supervisor } from '../../../src/main/desktop/supervisor.ts';
import type { EngineState } from '../../../src/shared/host.ts';

const standIn = join(import.meta.dirname, 'fixtures/engineStandIn.mjs');
const running: Supervisor[] = [];
afterEach(async () => {
  for (const supervisor of running.splice(0)) await supervisor.stop();
});

/** A supervisor over real child processes; `modes` says how each start behaves. Waits are cut to a tenth. */
function supervised(modes: string[], timeScale = 0.1) {
  const states: EngineState[] = [];
  const messages: unknown[] = [];
  const waiting: (() => void)[] = [];
  const wake = () => {
    for (const check of waiting.splice(0)) check();
  };
  let gone = 0;
  const supervisor = createSupervisor({
    spawn(resume): EngineProcess {
      const args = [standIn, modes.length > 1 ? (modes.shift() as string) : (modes[0] as string), ...(resume ? ['--resume'] : [])];
      return spawnEngine({ command: process.execPath, args, env: process.env });
    },
    clock: {
      now: Date.now,
      setTimer(run, ms) {
        const handle = setTimeout(run, ms * timeScale);
        return () => clearTimeout(handle);
      },
    },
    protocol: 1,
    onState: (state) => {
      states.push(state);
      wake();
    },
    onMessage: (message) => {
      messages.push(message);
      wake();
    },
    onGone: () => {
      gone += 1;
    },
  });
  running.push(supervisor);
  const until = async (met: () => boolean): Promise<void> => {
    while (!met()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const reach = (name: EngineState['state']) => until(() => states.at(-1)?.state === name);
  return { supervisor, states, messages, until, reach, gone: () => gone };
}

describe('the supervisor over real processes', () => {
  test('a killed engine is started again, told to resume, and answers on the same line', async () => {
    const run = supervised(['work']);
    run.supervisor.start();
    await run.reach('ready');
    run.supervisor.send([1, 'crash']);
    await run.reach('restarting');
    expect(run.gone()).toBe(1);
    await run.reach('ready');
    run.supervisor.send([2, 'hi']);
    await run.until(() => run.messages.length > 0);
    expect(run.messages).toEqual([[2, 'echo hi true']]);
    expect(run.states.map(({ state }) => state)).toEqual(['ready', 'restarting', 'ready']);
  });

  test('an engine that never says hello is killed; three of them open the breaker', async () => {
    const run = supervised(['silent'], 0.03);
    run.supervisor.start();
    await run.reach('broken');
    expect(run.states.at(-1)).toMatchObject({ attempt: 3, error: { code: 'engineDown' } });
    expect(run.supervisor.send([1, 'x'])).toBe(false);
  });

  test('the reason of an engine that cannot start reaches the page before its exit does', async () => {
    const run = supervised(['refuse', 'work']);
    run.supervisor.start();
    await run.reach('broken');
    expect(run.states.at(-1)?.error).toEqual({ code: 'workspaceNewer', message: 'made by a newer version', details: {} });
    run.supervisor.start();
    await run.reach('ready');
  });

  test('an engine of another version is not used', async () => {
    const run = supervised(['old']);
    run.supervisor.start();
    await run.reach('broken');
    expect(run.states.at(-1)?.error?.message).toContain('protocol');
  });

  test('an engine deaf to stop is killed when its time is over', async () => {
    const run = supervised(['deaf'], 0.05);
    run.supervisor.start();
    await run.reach('ready');
    await run.supervisor.stop();
    expect(run.gone()).toBe(1);
  });

  test('a program that does not exist is a failure with its reason, not an exception', async () => {
    const states: EngineState[] = [];
    await new Promise<void>((resolve) => {
      const supervisor = createSupervisor({
        spawn: () => spawnEngine({ command: '/nowhere/node', args: [], env: {} }),
        clock: {
          now: Date.now,
          setTimer(run, ms) {
            setTimeout(run, ms / 50);
            return () => undefined;
          },
        },
        protocol: 1,
        onMessage: () => undefined,
        onGone: () => undefined,
        onState: (state) => {
          states.push(state);
          if (state.state === 'broken') resolve();
        },
      });
      supervisor.start();
    });
    expect(states.at(-1)?.error?.details.hint).toContain('ENOENT');
  });
});
