import { z } from 'zod';
import { ProviderErrorCode } from './errors.ts';

/** How the queue in front of an endpoint stands: for the endpoint screen and `nhr doctor`. */
export const LaneFacts = z.object({
  endpoint: z.string(),
  /** closed = calls go through; open = nothing is sent for now; half-open = one call tests whether the endpoint is back. */
  state: z.enum(['closed', 'open', 'half-open']),
  /** Calls at once the lane allows now, and the most the endpoint's profile allows. */
  limit: z.number().int(),
  cap: z.number().int(),
  inFlight: z.number().int(),
  waiting: z.number().int(),
  /** Answers over the last minute. */
  callsPerMinute: z.number(),
  /** Milliseconds from sending to answer, over the newest answers; null before the first. */
  latencyP50: z.number().nullable(),
  latencyP95: z.number().nullable(),
  /** Calls sent again since the lane was made. */
  retries: z.number().int(),
  /** Milliseconds for which the endpoint asked to be left alone; 0 = it did not. */
  heldForMs: z.number(),
  /** Calls a minute the lane has slowed down to after refusals; null = it has not. */
  slowedTo: z.number().nullable(),
  lastError: z.object({ code: ProviderErrorCode, message: z.string(), secondsAgo: z.number() }).nullable(),
});
export type LaneFacts = z.infer<typeof LaneFacts>;
