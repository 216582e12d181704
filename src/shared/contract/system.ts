import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { SequencedEvent, Snapshot } from '../model/events.ts';
import { call } from './base.ts';

/** Raised when the two sides of the wire no longer understand each other. */
export const PROTOCOL_VERSION = 1;

export const DoctorLine = z.object({ check: z.string(), ok: z.boolean(), message: z.string(), hint: z.string() });
export type DoctorLine = z.infer<typeof DoctorLine>;

export const system = {
  hello: call.output(z.object({ protocol: z.number().int(), version: z.string(), pid: z.number().int(), node: z.string() })),
  snapshot: call.output(Snapshot),
  /** Events after `since` of the same epoch; with another epoch, from now on. */
  events: call.input(z.object({ epoch: z.string().optional(), since: z.number().int().optional() })).output(eventIterator(SequencedEvent)),
  doctor: call.output(z.array(DoctorLine)),
};
