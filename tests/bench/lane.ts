import { createLane, laneWorld } from '../../src/main/engine/pipeline/lanes.ts';
import { Endpoint } from '../../src/shared/model/provider.ts';
import type { BenchLine } from './bench.ts';

const CALLS = 300_000;
const LIMIT_US = 5;

/** What going through a lane costs a call that nothing holds back: CPU time, less that of the same calls without a lane. */
export async function laneCost(): Promise<BenchLine> {
  const lane = createLane(Endpoint.parse({ id: 'bench', transport: 'demo', concurrency: 256 }), laneWorld);
  const signal = new AbortController().signal;
  const about = { kind: 'edit/model', tokens: 0, took: () => ({ tokens: 0, ms: 1 }), onRetry: () => undefined };
  const call = async () => 1;
  const through = () => lane.through(signal, about, call);
  await timed(through, 20_000);
  const alone = await timed(call, CALLS);
  const us = (await timed(through, CALLS)) - alone;
  return { name: 'CPU of a lane for one call, no limits', value: us, unit: 'us', limit: `<= ${LIMIT_US} us`, ok: us <= LIMIT_US };
}

/** Microseconds of CPU one call takes, one after the other. */
async function timed(call: () => Promise<number>, calls: number): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < calls; i++) await call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}
