import { z } from 'zod';
import { ProviderErrorCode } from '../model/errors.ts';
import { GradioApp } from '../model/gradio.ts';
import { LaneFacts } from '../model/lane.ts';
import { EndpointProfile, KeyRef, Role } from '../model/provider.ts';
import { SelfTestReport } from '../model/selfTest.ts';
import { call } from './base.ts';

/** Why an endpoint could not be looked at, and what would help. */
export const ProbeError = z.object({ code: ProviderErrorCode, message: z.string(), hint: z.string() });
export type ProbeError = z.infer<typeof ProbeError>;

/** What an endpoint said when it was looked at, without paying for anything. */
export const ProbeReport = z.object({
  ok: z.boolean(),
  /** Milliseconds until it answered. */
  ms: z.number(),
  /** Models it lists, with the day they go away where it says; null when it has no list. */
  models: z.array(z.object({ id: z.string(), shutdownDate: z.string().nullable() })).nullable(),
  /** Models of the profile that the list does not name. */
  missingModels: z.array(z.string()),
  notes: z.array(z.string()),
  error: ProbeError.nullable(),
});
export type ProbeReport = z.infer<typeof ProbeReport>;

/** What a role of a profile costs at most, by its price table. */
export const RoleCost = z.object({
  role: Role,
  model: z.string(),
  /** US dollars and GPU seconds of one call. */
  usd: z.number(),
  gpuSeconds: z.number(),
  /** Calls of a self-test in this role. */
  testCalls: z.number().int(),
  /** False when the table has no price at all: the call may cost what nobody wrote down. */
  priced: z.boolean(),
  /** When the prices were written down; empty when nobody said. */
  asOf: z.string(),
});
export type RoleCost = z.infer<typeof RoleCost>;

const ById = z.object({ id: z.string() });

export const endpoints = {
  /** The profiles of this workspace. */
  list: call.output(z.array(EndpointProfile)),
  /** The endpoints of the recipes that come with the app, to start from. */
  presets: call.output(z.array(z.object({ recipe: z.string(), title: z.string(), profile: EndpointProfile }))),
  /** The endpoints of a recipe, or of a file with nothing but endpoints and roles, each with the models that are bound there. */
  ofRecipe: call.input(z.object({ yaml: z.string() })).output(z.array(EndpointProfile)),
  /** Adds a profile, or replaces the one of its id. Runs already started keep what they were started with. */
  save: call.input(EndpointProfile).output(EndpointProfile),
  remove: call.input(ById),
  /** Reaches an endpoint and checks key and models. Nothing is paid. */
  probe: call.input(z.object({ profile: EndpointProfile })).output(ProbeReport),
  /** What the app of a gradio endpoint offers: functions with their parameters, for a form. Nothing is paid. */
  describeGradio: call
    .input(z.object({ profile: EndpointProfile }))
    .output(z.object({ app: GradioApp.nullable(), error: ProbeError.nullable() })),
  /** What calls and self-tests of a profile cost at most. Nothing is asked or paid. */
  costs: call.input(z.object({ profile: EndpointProfile })).output(z.array(RoleCost)),
  /** Asks one small question in a role and looks at the answer. Costs what such calls cost; the screen says so first. */
  test: call.input(z.object({ profile: EndpointProfile, role: Role })).output(SelfTestReport),
  /** How the queues in front of the endpoints stand. */
  lanes: call.output(z.array(LaneFacts)),
  /** Names in the key store, never the keys. */
  keyNames: call.output(z.array(z.string())),
  /** Whether a reference leads to a key, and what to do when it does not. */
  keyState: call.input(z.object({ key: KeyRef })).output(z.object({ found: z.boolean(), message: z.string() })),
  /** Puts a key into the key store; an empty one removes it. It is not given back by any call. */
  setKey: call.input(z.object({ name: z.string().regex(/^[A-Za-z0-9_.-]+$/), secret: z.string() })),
};
