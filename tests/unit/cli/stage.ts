import { runCli } from '../../../src/main/cli/program.ts';
import type { CliWorld, OpenOptions } from '../../../src/main/cli/world.ts';
import type { EngineClient } from '../../../src/shared/contract.ts';
import { AppError } from '../../../src/shared/model/errors.ts';
import type { EngineEvent, JobView, SequencedEvent } from '../../../src/shared/model/events.ts';
import type { RunProgress, RunSummary } from '../../../src/shared/model/run.ts';

export function aRun(change: Partial<RunSummary> = {}): RunSummary {
  return {
    id: 'run-a1',
    name: 'Demo',
    state: 'ended',
    phase: 'done',
    end: 'budget',
    error: null,
    demo: true,
    mask: { threshold: 40, maskRule: 'any' },
    createdAt: 1_700_000_000_000,
    updatedAt: 1_700_000_000_000,
    jobSpace: 5000,
    attemptsDone: 2000,
    triplets: 12,
    usdSettled: 1.5,
    reused: 0,
    ...change,
  };
}

export function someProgress(change: Partial<RunProgress> = {}): RunProgress {
  return {
    runId: 'run-a1',
    phase: 'attempts',
    done: 500,
    total: 2000,
    attemptsClaimed: 508,
    attemptsDone: 500,
    attemptsPlanned: 1500,
    passed: 60,
    rejected: 438,
    failed: 2,
    unknown: 0,
    rate: 12.3,
    etaSeconds: 122,
    funnel: [
      { key: 'generated', label: 'Images generated', count: 400, change: null },
      { key: 'plausible', label: 'After the plausibility gate', count: 176, change: -0.56 },
    ],
    spend: { calls: 900, reused: 0, usdSettled: 1.5, usdReserved: 0.02, usdUnknown: 0, gpuSeconds: 75, apiSeconds: 10, wallSeconds: 41 },
    errors: [{ stage: 'edit', code: 'timeout', count: 2 }],
    retries: 3,
    overWorst: 0,
    otherModels: [],
    lossyEdits: 0,
    fitted: { aligned: 0, resampled: 0 },
    triplets: 12,
    ...change,
  };
}

export function aJob(change: Partial<JobView> = {}): JobView {
  return {
    id: 'job-1',
    kind: 'export',
    title: 'Export',
    state: 'done',
    done: 3,
    total: 3,
    etaSeconds: null,
    target: '/set',
    report: [{ label: 'Rows', value: '3', ok: true }],
    message: '3 triplets written.',
    ...change,
  };
}

/** A command line on a scripted engine: what it prints, what it asks, and what the engine says. */
export function stage(
  script: {
    runs?: RunSummary[];
    jobs?: JobView[];
    calls?: Record<string, (input: never) => unknown>;
    env?: Record<string, string>;
    terminal?: boolean;
    cwd?: string;
    input?: string;
  } = {},
) {
  const printed = { out: '', err: '' };
  const asked: [string, unknown][] = [];
  const opened: OpenOptions[] = [];
  let closed = 0;
  let exits: number[] = [];
  const interrupts = new Set<() => void>();
  const events: SequencedEvent[] = [];
  const wakers = new Set<() => void>();
  let clock = 0;

  const emit = (event: EngineEvent) => {
    events.push({ epoch: 'e', seq: events.length + 1, event });
    for (const wake of [...wakers]) wake();
  };
  async function* follow(since: number, signal: AbortSignal | undefined): AsyncGenerator<SequencedEvent> {
    for (let at = since; !signal?.aborted; ) {
      const next = events[at];
      if (next !== undefined) {
        at += 1;
        yield next;
      } else
        await new Promise<void>((resolve) => {
          wakers.add(resolve);
          signal?.addEventListener('abort', () => resolve());
        });
    }
  }

  const answers: Record<string, (input: never, options?: { signal?: AbortSignal }) => unknown> = {
    'system.snapshot': () => ({ epoch: 'e', seq: events.length, runs: script.runs ?? [], jobs: script.jobs ?? [] }),
    'system.events': (input: { since: number }, options) => follow(input.since, options?.signal),
    'runs.list': () => script.runs ?? [],
    'runs.progress': () => someProgress(),
    'runs.datasetHash': () => ({ hash: 'c0ffee', triplets: 12 }),
    'calibrations.drift': () => null,
    'runs.recipe': () => ({ yaml: 'name: Demo\nbudget:\n  usd: 5\n', budget: { usd: 5 } }),
    'runs.templates': () => [{ id: 'demo', title: 'Demo', about: '', yaml: 'name: Demo\n' }],
    'runs.check': () => ({
      issues: [],
      plan: { name: 'Demo', scenes: 1, sources: 1, jobSpace: 10, attempts: 10, usdBound: 1, demo: true, stages: [], notes: [] },
    }),
    'triplets.count': (input: { kinds: string[] }) => ({ count: input.kinds[0] === 'forward' ? 12 : 0, exact: true }),
    ...script.calls,
  };
  const client = new Proxy(
    {},
    {
      get: (_, area: string) =>
        new Proxy(
          {},
          {
            get: (_target, name: string) => async (input: never, options?: { signal?: AbortSignal }) => {
              const call = answers[`${area}.${name}`];
              if (call === undefined) throw new Error(`the script has no answer to ${area}.${name}`);
              if (area !== 'system') asked.push([`${area}.${name}`, input]);
              return call(input, options);
            },
          },
        ),
    },
  ) as EngineClient;

  const output = (stream: 'out' | 'err') => ({
    write: (text: string) => {
      printed[stream] += text;
    },
    terminal: stream === 'out' && (script.terminal ?? false),
    columns: () => 80,
    rows: () => 24,
    colour: false,
    unicode: false,
  });
  const world: CliWorld = {
    out: output('out'),
    err: output('err'),
    env: script.env ?? {},
    cwd: script.cwd ?? '/nowhere',
    version: '0.1.0',
    now: () => {
      clock += 40;
      return clock;
    },
    async openEngine(options) {
      opened.push(options);
      if (options.workspaceDir.includes('missing'))
        throw new AppError('workspaceMissing', 'There is no workspace here.', { file: options.workspaceDir, hint: 'nhr mine makes one.' });
      return {
        client,
        blobFile: async () => ({ bytes: new Uint8Array(), type: 'image/png' }),
        close: async () => {
          closed += 1;
        },
      };
    },
    serve: async () => ({ url: 'http://127.0.0.1:1/?token=x', close: async () => undefined }),
    onInterrupt(handler) {
      interrupts.add(handler);
      return () => interrupts.delete(handler);
    },
    readInput: async () => script.input ?? '',
    exit: (code) => {
      exits = [...exits, code];
    },
  };
  return {
    run: (...argv: string[]) => runCli(argv, world),
    printed,
    asked,
    opened,
    emit,
    json: () => JSON.parse(printed.out),
    closed: () => closed,
    exits: () => exits,
    interrupt: () => {
      for (const handler of [...interrupts]) handler();
    },
    listening: () => interrupts.size,
  };
}
