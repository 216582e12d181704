/**
 * A lane against a simulated endpoint on a virtual clock: a hidden queue in front of ten calls a second, then a limit of five a
 * second (429), then nothing at all, then as at first. `node tests/engine/laneSimulation.ts` writes docs/images/lanes.svg.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLane } from '../../src/main/engine/pipeline/lanes.ts';
import { ProviderError } from '../../src/shared/model/errors.ts';
import { Endpoint } from '../../src/shared/model/provider.ts';
import { plotLanes } from './lanePlot.ts';
import { createVirtualWorld, type VirtualWorld } from './virtualWorld.ts';

/** What happened in one second. */
export interface Second {
  at: number;
  phase: Phase['name'];
  /** Calls that reached the endpoint, and calls it answered. */
  sent: number;
  answered: number;
  refused: number;
  /** Most calls it can answer a second. */
  capacity: number;
  limit: number;
  /** Mean milliseconds from sending to answer; null when nothing was answered. */
  latency: number | null;
}

interface Phase {
  name: 'hidden queue' | 'refusals' | 'dead' | 'back';
  seconds: number;
  capacity: number;
}

const PHASES: Phase[] = [
  { name: 'hidden queue', seconds: 120, capacity: 10 },
  { name: 'refusals', seconds: 120, capacity: 5 },
  { name: 'dead', seconds: 60, capacity: 0 },
  { name: 'back', seconds: 120, capacity: 10 },
];

/** Milliseconds of work a call is, on one of the endpoint's five machines: 10 calls a second in all. */
const WORK_MS = 500;
const MACHINES = 5;
/** Calls under way in the run; far more than the endpoint can use, as people do set it. */
const WORKERS = 64;
const CAP = 48;

/** Work varies by a third around its mean, as pictures and answers do. */
function createEndpoint(world: VirtualWorld, phase: () => Phase) {
  const freeAt = new Array<number>(MACHINES).fill(0);
  let tokens = 0;
  let filledAt = 0;
  const counts = { sent: 0, answered: 0, refused: 0 };

  /** A server's own limit: a bucket of one second. */
  function allowed(rate: number): boolean {
    tokens = Math.min(rate, tokens + ((world.now() - filledAt) * rate) / 1000);
    filledAt = world.now();
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  }

  return {
    counts,
    async call(): Promise<{ ms: number }> {
      const { name, capacity } = phase();
      const begun = world.now();
      counts.sent += 1;
      if (name === 'dead') {
        await world.sleep(20);
        throw new ProviderError('network', 'connection refused', { unsent: true });
      }
      if (name === 'refusals' && !allowed(capacity)) {
        counts.refused += 1;
        await world.sleep(30);
        throw new ProviderError('rateLimited', 'slow down');
      }
      const machine = freeAt.indexOf(Math.min(...freeAt));
      const start = Math.max(world.now(), freeAt[machine] as number);
      freeAt[machine] = start + WORK_MS * (2 / 3 + (2 / 3) * world.chance());
      await world.sleep((freeAt[machine] as number) - world.now());
      if (phase().name === 'dead') throw new ProviderError('network', 'connection reset');
      counts.answered += 1;
      return { ms: world.now() - begun };
    },
  };
}

/** Runs all phases; gives one row a second. `failed` counts calls that were given up. */
export async function simulate(seed = 1): Promise<{ seconds: Second[]; failed: number }> {
  const world = createVirtualWorld(seed);
  const ends = PHASES.map((_, i) => PHASES.slice(0, i + 1).reduce((sum, phase) => sum + phase.seconds * 1000, 0));
  const total = ends.at(-1) as number;
  const phase = () => PHASES[ends.findIndex((end) => world.now() < end)] ?? (PHASES.at(-1) as Phase);
  const endpoint = createEndpoint(world, phase);
  const lane = createLane(Endpoint.parse({ id: 'simulated', transport: 'demo', concurrency: CAP }), world);
  const stop = new AbortController();
  let failed = 0;
  let latencies: number[] = [];

  async function work(): Promise<void> {
    while (!stop.signal.aborted) {
      const about = { kind: 'edit', tokens: 0, onRetry: () => undefined, took: (answer: { ms: number }) => ({ tokens: 0, ms: answer.ms }) };
      try {
        const { ms } = await lane.through(stop.signal, about, endpoint.call);
        latencies.push(ms);
      } catch {
        if (!stop.signal.aborted) failed += 1;
        await world.sleep(1);
      }
    }
  }

  const workers = Array.from({ length: WORKERS }, work);
  const seconds: Second[] = [];
  for (let at = 0; at < total; at += 1000) {
    const { name, capacity } = PHASES[ends.findIndex((end) => at < end)] as Phase;
    const before = { ...endpoint.counts };
    await world.run(at + 1000);
    const { sent, answered, refused } = endpoint.counts;
    const latency = latencies.length === 0 ? null : latencies.reduce((a, b) => a + b) / latencies.length;
    latencies = [];
    seconds.push({
      at: at / 1000,
      phase: name,
      sent: sent - before.sent,
      answered: answered - before.answered,
      refused: refused - before.refused,
      capacity,
      limit: lane.facts().state === 'closed' ? lane.facts().limit : 0,
      latency,
    });
  }
  stop.abort(new Error('over'));
  await world.run();
  await Promise.all(workers);
  return { seconds, failed };
}

/** Figures of one phase after its first `skip` seconds. */
export function summary(seconds: Second[], phase: Phase['name'], skip = 0) {
  const rows = seconds.filter((row) => row.phase === phase).slice(skip);
  const mean = (value: (row: Second) => number) => rows.reduce((sum, row) => sum + value(row), 0) / rows.length;
  const known = rows.map((row) => row.latency).filter((latency) => latency !== null);
  return {
    answered: mean((row) => row.answered),
    sent: mean((row) => row.sent),
    refused: mean((row) => row.refused),
    mostSent: Math.max(...rows.map((row) => row.sent)),
    emptySeconds: rows.filter((row) => row.answered === 0).length,
    latency: known.reduce((sum, latency) => sum + latency, 0) / known.length,
  };
}

if (import.meta.main) {
  const { seconds, failed } = await simulate();
  const file = join(import.meta.dirname, '../../docs/images/lanes.svg');
  writeFileSync(file, plotLanes(seconds));
  for (const { name, capacity } of PHASES) {
    const { answered, sent, refused, latency } = summary(seconds, name);
    const words = `capacity ${capacity}/s: ${answered.toFixed(2)} answered, ${sent.toFixed(2)} sent, ${refused.toFixed(2)} refused a second`;
    console.log(`${name.padEnd(13)} ${words}, latency ${Number.isNaN(latency) ? '-' : `${Math.round(latency)} ms`}`);
  }
  console.log(`${failed} calls given up; ${file}`);
}
