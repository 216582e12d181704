import { z } from 'zod';

/** The jobs a model can have in a run (DESIGN section 6). */
export const Role = z.enum(['promptEngineer', 'textToImage', 'plausibilityJudge', 'imageEditor', 'softJudge', 'validator', 'inverter']);
export type Role = z.infer<typeof Role>;

/** Prices of one call, in the endpoint's own terms, with the day they were written down. */
export const PriceTable = z.object({
  /** US dollars a call, whatever is in it. */
  usdPerCall: z.number().nonnegative().default(0),
  /** US dollars for a million tokens. */
  usdPerMillionInputTokens: z.number().nonnegative().default(0),
  usdPerMillionOutputTokens: z.number().nonnegative().default(0),
  /** US dollars a picture made. */
  usdPerImage: z.number().nonnegative().default(0),
  /** US dollars a GPU second; also turns GPU seconds into money for machines of one's own. */
  usdPerGpuSecond: z.number().nonnegative().default(0),
  /** Upper bounds of one call, used to reserve before it is sent. */
  worstInputTokens: z.number().int().nonnegative().default(4096),
  worstOutputTokens: z.number().int().nonnegative().default(1024),
  worstGpuSeconds: z.number().nonnegative().default(0),
  asOf: z.string().default(''),
});
export type PriceTable = z.infer<typeof PriceTable>;

/** One place where models answer. Data, never code: ids, prices and limits are the user's to edit. */
export const Endpoint = z.object({
  id: z.string().min(1),
  transport: z.enum(['demo']),
  concurrency: z.number().int().min(1).max(1024).default(4),
  /** Calls a minute; 0 = no limit. */
  callsPerMinute: z.number().nonnegative().default(0),
  deadlineSeconds: z.number().positive().default(120),
  prices: PriceTable.prefault({}),
});
export type Endpoint = z.infer<typeof Endpoint>;

/** Which endpoint and model plays a role, and with what parameters. */
export const RoleBinding = z.object({
  endpoint: z.string().min(1),
  model: z.string().min(1),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});
export type RoleBinding = z.infer<typeof RoleBinding>;

/** What one call used. Zero where the server does not tell. */
export const Usage = z.object({
  inputTokens: z.number().default(0),
  outputTokens: z.number().default(0),
  images: z.number().default(0),
  gpuSeconds: z.number().default(0),
});
export type Usage = z.infer<typeof Usage>;
