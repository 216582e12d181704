import { z } from 'zod';
import { JobView } from '../model/events.ts';
import { ExportFormat, ExportOptions } from '../model/export.ts';
import { TripletFilter } from '../model/triplet.ts';
import { call } from './base.ts';

export const transfer = {
  /** Starts an export; it goes on when the page closes. `dir` may be empty: a new folder under the workspace's exports. */
  startExport: call.input(ExportOptions.extend({ format: ExportFormat, dir: z.string() })).output(JobView),
  /** How large an export of a filter would be: rows, and bytes of pictures as they are stored, both about. */
  estimateExport: call.input(TripletFilter).output(z.object({ rows: z.number().int(), pictureBytes: z.number() })),
  /** Reads an exported folder back and reports every fault. */
  startCheck: call.input(z.object({ dir: z.string() })).output(JobView),
  /** Validates existing pairs (JSON Lines) and adds them as triplets of kind imported. */
  startScore: call.input(z.object({ path: z.string() })).output(JobView),
  cancel: call.input(z.object({ jobId: z.string() })).output(JobView),
};
