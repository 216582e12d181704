import { z } from 'zod';
import { CalibrationName, CalibrationSource, CalibrationView, Drift } from '../model/calibration.ts';
import { JobView } from '../model/events.ts';
import { call } from './base.ts';

/** How many examples a source has now, and why it may not be enough. */
const Supply = z.object({
  examples: z.number().int(),
  sources: z.number().int(),
  /** Scored pairs that no local scorer has measured. */
  unmeasured: z.number().int(),
  /** What is missing for a fit, in words; empty = nothing. */
  missing: z.string(),
});

export const calibrations = {
  /** Newest first, and files in the folder that are no calibration. */
  list: call.output(
    z.object({ calibrations: z.array(CalibrationView), broken: z.array(z.object({ file: z.string(), problem: z.string() })) }),
  ),
  supply: call.input(CalibrationSource).output(Supply),
  /** Learns one as a job; its `target` is the id of what was made. */
  fit: call.input(z.object({ name: CalibrationName, source: CalibrationSource })).output(JobView),
  /** Takes over a file from another workspace. */
  take: call.input(z.object({ path: z.string().min(1) })).output(CalibrationView),
  /** How the calibration of a run does against its validator; null for a run without one. */
  drift: call.input(z.object({ runId: z.string() })).output(Drift.nullable()),
};
