import { z } from 'zod';
import { EditNode, EditSessionView } from './edit.ts';
import { RunProgress, RunSummary } from './run.ts';
import { TripletView } from './triplet.ts';

/** A long job that is not a run: an export, an import, a scoring of existing pairs, a model or provider that is fetched. */
export const JobView = z.object({
  id: z.string(),
  kind: z.enum(['export', 'score', 'check', 'import', 'upload', 'install', 'model', 'calibrate']),
  title: z.string(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  done: z.number().int(),
  total: z.number().int(),
  etaSeconds: z.number().nullable(),
  /** The folder or file it makes; empty when none. */
  target: z.string(),
  /** Lines for the result screen, in the order to show. `place`: the label is a file and a line, and the value what is wrong there. */
  report: z.array(z.object({ label: z.string(), value: z.string(), ok: z.boolean(), place: z.boolean().optional() })),
  message: z.string(),
});
export type JobView = z.infer<typeof JobView>;

export const EngineEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run'), run: RunSummary }),
  z.object({ type: z.literal('progress'), progress: RunProgress }),
  z.object({ type: z.literal('triplet'), triplet: TripletView }),
  z.object({ type: z.literal('job'), job: JobView }),
  z.object({ type: z.literal('editNode'), node: EditNode }),
  z.object({ type: z.literal('editSession'), session: EditSessionView }),
]);
export type EngineEvent = z.infer<typeof EngineEvent>;

/** `epoch` changes with every engine start, so a page knows when its numbers are from another life. */
export const SequencedEvent = z.object({ epoch: z.string(), seq: z.number().int(), event: EngineEvent });
export type SequencedEvent = z.infer<typeof SequencedEvent>;

/** Everything a page needs to start; events with a higher seq of the same epoch follow on it. */
export const Snapshot = z.object({
  epoch: z.string(),
  seq: z.number().int(),
  workspace: z.object({ dir: z.string(), name: z.string(), demo: z.boolean(), version: z.number().int() }),
  runs: z.array(RunSummary),
  jobs: z.array(JobView),
  triplets: z.number().int(),
  unknownCalls: z.number().int(),
});
export type Snapshot = z.infer<typeof Snapshot>;
