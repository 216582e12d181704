import { z } from 'zod';
import { JobView } from '../model/events.ts';
import { TripletFilter } from '../model/triplet.ts';
import { call } from './base.ts';

export const ExportFormat = z.enum(['nhr']);
export type ExportFormat = z.infer<typeof ExportFormat>;

export const transfer = {
  /** Starts an export; it goes on when the page closes. `dir` may be empty: a new folder under the workspace's exports. */
  startExport: call
    .input(
      z.object({
        format: ExportFormat,
        dir: z.string(),
        filter: TripletFilter,
        /** Licence named in the dataset card; "other" when not given. */
        license: z.string().min(1).optional(),
      }),
    )
    .output(JobView),
  /** Reads an exported folder back and reports every fault. */
  startCheck: call.input(z.object({ dir: z.string() })).output(JobView),
  /** Validates existing pairs (JSON Lines) and adds them as triplets of kind imported. */
  startScore: call.input(z.object({ path: z.string() })).output(JobView),
  cancel: call.input(z.object({ jobId: z.string() })).output(JobView),
};
