/**
 * `node tests/bench/store.ts`: writing candidates against bare SQL, and a workspace of 3,072,385 attempts.
 * NHR_BENCH_WORKSPACE=DIR keeps that workspace and takes it again.
 */
import type { BenchLine } from './bench.ts';
import { measureInserts } from './storeInserts.ts';
import { measureWorkspace } from './storeWorkspace.ts';

export async function run(): Promise<BenchLine[]> {
  return [...(await measureInserts()), ...(await measureWorkspace())];
}

if (import.meta.main) {
  const lines = await run();
  for (const line of lines)
    console.log(`${line.ok ? 'ok  ' : 'BAD '} ${line.name.padEnd(72)} ${Number(line.value.toPrecision(3))} ${line.unit}   ${line.limit}`);
  process.exit(lines.every((line) => line.ok) ? 0 : 1);
}
