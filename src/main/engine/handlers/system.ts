import { withEventMeta } from '@orpc/server';
import { PROTOCOL_VERSION } from '../../../shared/contract/system.ts';
import type { EngineParts } from '../compose.ts';
import { inspectHealth } from '../doctor.ts';
import { answer, api } from './answer.ts';

/** Hello, snapshot, the stream of events, and the doctor. */
export function systemHandlers(parts: EngineParts) {
  const { events, workspace, runs, jobs, version } = parts;
  return {
    hello: api.system.hello.handler(() => ({ protocol: PROTOCOL_VERSION, version, pid: process.pid, node: process.version })),
    snapshot: api.system.snapshot.handler((ctx) =>
      answer(ctx, () => {
        const { epoch } = events;
        const seq = events.seq();
        const list = runs.list();
        const totals = workspace.screens.totals();
        const { dir } = workspace;
        const demo = list.length > 0 && list.every((run) => run.demo);
        return {
          epoch,
          seq,
          workspace: { dir, name: dir.split(/[\\/]/).filter(Boolean).at(-1) ?? dir, demo, version: totals.schemaVersion },
          runs: list,
          jobs: jobs.list(),
          triplets: totals.triplets,
          unknownCalls: totals.unknownCalls,
        };
      }),
    ),
    events: api.system.events.handler(async function* (ctx) {
      for await (const item of events.follow(ctx.input, ctx.signal)) yield withEventMeta(item, { id: String(item.seq) });
    }),
    doctor: api.system.doctor.handler((ctx) => answer(ctx, () => inspectHealth(parts))),
  };
}
