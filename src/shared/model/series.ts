import { z } from 'zod';

/** One endpoint over a stretch of time. Latency is of answered calls, in milliseconds; null without any. */
export const EndpointPoint = z.object({
  at: z.number(),
  calls: z.number().int(),
  failed: z.number().int(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
});
export type EndpointPoint = z.infer<typeof EndpointPoint>;

/** How one endpoint served a run. */
export const EndpointSeries = z.object({
  endpoint: z.string(),
  roles: z.array(z.string()),
  calls: z.number().int(),
  failed: z.number().int(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  usd: z.number(),
  gpuSeconds: z.number(),
  errors: z.array(z.object({ code: z.string(), count: z.number().int() })),
  points: z.array(EndpointPoint),
});
export type EndpointSeries = z.infer<typeof EndpointSeries>;

/** A run over time, in stretches of `widthMs`; those in which nothing ended are left out. Times are milliseconds since 1970. */
export const RunSeries = z.object({
  from: z.number(),
  to: z.number(),
  widthMs: z.number(),
  attempts: z.array(z.object({ at: z.number(), passed: z.number().int(), rejected: z.number().int(), failed: z.number().int() })),
  endpoints: z.array(EndpointSeries),
});
export type RunSeries = z.infer<typeof RunSeries>;
