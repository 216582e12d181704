import { z } from 'zod';
import { Role } from './provider.ts';

/** One thing a self-test looked at. */
export const SelfTestCheck = z.object({ name: z.string(), ok: z.boolean(), message: z.string() });
export type SelfTestCheck = z.infer<typeof SelfTestCheck>;

/** What came of asking an endpoint one small question in a role: paid for and booked like any call, and no part of a run. */
export const SelfTestReport = z.object({
  role: Role,
  model: z.string(),
  /** The model that answered, which may be another than the one asked. */
  modelAnswered: z.string(),
  ok: z.boolean(),
  /** Milliseconds of the slowest call. */
  ms: z.number(),
  /** US dollars of all calls of the test, by the profile's price table. */
  usd: z.number(),
  checks: z.array(SelfTestCheck),
  /** Calls and US dollars of all self-tests of this endpoint in this workspace so far, as the ledger has them. */
  booked: z.object({ calls: z.number().int(), usd: z.number() }),
  /** What was sent and what came back, as small WebP pictures in base64. */
  pictures: z.array(z.object({ label: z.string(), webp: z.string() })),
});
export type SelfTestReport = z.infer<typeof SelfTestReport>;
