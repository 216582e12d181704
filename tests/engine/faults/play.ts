import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { createEngine } from '../../../src/main/engine/index.ts';
import { inspect } from '../crash/killing.ts';
import { type Behind, behind, type Column, others, recipe } from './columns.ts';
import { type Aim, type FaultyProxy, startProxy } from './proxy.ts';

/** A fault on its way to one server. */
export interface Fault {
  aim: Partial<Aim> & Pick<Aim, 'path' | 'strike'>;
  /** Attempts at once; 2 when left out. */
  concurrency?: number;
  /** Of a call, in seconds; 20 when left out. */
  deadlineSeconds?: number;
  /** The server that comes back is another one that knows nothing of before. */
  restarts?: boolean;
  /** Milliseconds by which the machine's clock is set when the fault strikes. */
  clockJumps?: number[];
}

/** What came of a run of four attempts in which one thing went wrong. */
export interface Outcome {
  /** The closed set's name for it; none = it never became an error. */
  class: string;
  /** Calls sent again by the lane. */
  retries: number;
  /** Calls to the struck server in the ledger: paid with a result, paid for nothing, free, and held as perhaps paid. */
  settled: number;
  paidForNothing: number;
  free: number;
  perhaps: number;
  attempts: { passed: number; rejected: number; failed: number; unknown: number };
  lossy: number;
  /** How the run came to rest, in order. */
  run: string[];
  /** Rows, pictures and answers that were there and are gone; rows left under way; counters that do not add up. */
  lost: number;
  /** Requests for which the server did its work more than once. */
  paidTwice: number;
  /** What the run says when it pauses, and the reasons of attempts that did not pass. */
  said: string[];
}

const ATTEMPTS = 4;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Mines four attempts with a whole engine over real sockets while the fault strikes, cures it when the run pauses, and looks at what is left. */
export async function play(column: Column, fault: Fault): Promise<Outcome> {
  process.env.NHR_TEST_KEY = 'sk-test';
  const dir = mkdtempSync(join(tmpdir(), 'nhr-fault-'));
  const [one, servers] = [await behind(column), await others()];
  const started: Behind[] = [one];
  const proxy = await startProxy(one.url);
  const clock = jumpingClock();
  const workspaceDir = join(dir, 'w');
  const engine = await createEngine({ workspaceDir, create: true, resumeInterrupted: false, log: quiet });
  let closed = false;
  try {
    const { strike } = fault.aim;
    const another = async () => {
      const next = await behind(column);
      started.push(next);
      return next.url;
    };
    proxy.aim({
      ...{ from: 2, times: 1, ...fault.aim },
      strike(struck) {
        clock.jump(fault.clockJumps?.shift() ?? 0);
        const away: FaultyProxy['away'] = (ms, cut) => proxy.away(ms, cut, fault.restarts ? another : undefined);
        return strike({ ...struck, proxy: { ...proxy, away } });
      },
    });
    const run: string[] = [];
    const said: string[] = [];
    const { id } = await engine.client.runs.start({
      yaml: recipe(one, proxy.url, servers, { deadlineSeconds: 20, concurrency: 2, ...fault }),
    });
    for (;;) {
      const found = (await engine.client.runs.list()).find((item) => item.id === id)!;
      if (found.state === 'running') {
        await delay(20);
        continue;
      }
      run.push(found.state === 'ended' ? `ended: ${found.end}` : found.state);
      if (found.error) said.push(found.error.message);
      if (found.state !== 'paused' || run.length > 3) break;
      proxy.cure();
      await engine.client.runs.resume({ runId: id });
    }
    const progress = await engine.client.runs.progress({ runId: id });
    const lane = (await engine.client.endpoints.lanes()).find(({ endpoint }) => endpoint === 'struck');
    await engine.close();
    closed = true;
    const { calls, reasons, open } = booked(workspaceDir);
    const damage = await inspect(workspaceDir, new Map([[id, { attemptsDone: progress.attemptsDone, calls: progress.spend.calls }]]));
    const { passed, rejected, failed, unknown } = progress;
    const count = (state: string, paid?: boolean) =>
      calls.filter((call) => call.state === state && (paid === undefined || call.usd > 0 === paid)).length;
    return {
      class: lane?.lastError?.code ?? reasons[0] ?? 'none',
      retries: progress.retries,
      settled: count('settled'),
      paidForNothing: count('failed', true),
      free: count('failed', false),
      perhaps: count('unknown'),
      attempts: { passed, rejected, failed, unknown },
      lossy: progress.lossyEdits,
      run,
      lost:
        damage.lostAttempts +
        damage.lostCalls +
        damage.rowsWithoutBlob +
        damage.faultyCounters +
        damage.settledTwice +
        open +
        (damage.unknown - damage.unknownListed) +
        (ATTEMPTS - passed - rejected - failed - unknown),
      paidTwice: twice(proxy.done.filter(({ path }) => fault.aim.path.test(path) || WORK.test(path))),
      said: [...said, ...reasons],
    };
  } finally {
    clock.restore();
    if (!closed) await engine.close();
    await proxy.close();
    await Promise.all([...started.map((server) => server.close()), servers.close()]);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Requests that a server does work for. */
const WORK = /chat\/completions|images\/edits|generateContent|queue\/join/;
/** Parts of a request that are drawn anew each time it is sent. */
const NONCES = /nhr-[0-9a-f-]{36}|"session_hash":"\w+"|\/tmp\/gradio\/[0-9a-f-]+/g;

function twice(done: { path: string; body: Buffer }[]): number {
  const names = done
    .filter(({ path }) => WORK.test(path))
    .map(({ body }) => createHash('sha256').update(body.toString('latin1').replace(NONCES, '')).digest('hex'));
  return names.length - new Set(names).size;
}

/** The ledger's rows of the struck endpoint, why attempts did not pass, and what is still marked as under way. */
function booked(workspaceDir: string) {
  const db = new Database(join(workspaceDir, 'nhr.db'), { readonly: true });
  try {
    const calls = db.prepare(`SELECT state, usd FROM call WHERE endpoint = 'struck'`).all() as { state: string; usd: number }[];
    const reasons = db.prepare(`SELECT reason FROM attempt WHERE state <> 'passed'`).pluck().all() as string[];
    const open = db
      .prepare(
        `SELECT (SELECT COUNT(*) FROM call WHERE state = 'sent') + (SELECT COUNT(*) FROM attempt WHERE state IN ('running','queued'))`,
      )
      .pluck()
      .get() as number;
    return { calls, reasons, open };
  } finally {
    db.close();
  }
}

/** The machine's clock, which somebody sets. */
function jumpingClock() {
  const real = Date.now;
  let offset = 0;
  Date.now = () => real() + offset;
  return {
    jump(ms: number) {
      offset += ms;
    },
    restore() {
      Date.now = real;
    },
  };
}
