import { z } from 'zod';
import { KeyRef } from './provider.ts';

/** Who can do the arithmetic of a local model. */
export const ExecutionProvider = z.enum(['cuda', 'dml', 'coreml', 'webgpu', 'cpu']);
export type ExecutionProvider = z.infer<typeof ExecutionProvider>;

/** What the trial of one provider with the known-answer graph gave. */
export const ProviderTrial = z.object({
  provider: ExecutionProvider,
  /** It answered right and did the work itself. */
  ok: z.boolean(),
  /** A driver that computes on the processor: right, but slower than the processor alone, so it comes after it. */
  software: z.boolean(),
  /** Why it is not used, and what to do about it; empty when it can be used. */
  reason: z.string(),
  /** Milliseconds of one pair of 256 x 256 pixels once warm; null when it did not get so far. */
  ms: z.number().nullable(),
  /** Share of the graph's steps that ran on it, from the profile of the runtime; null when it did not get so far. */
  share: z.number().nullable(),
});
export type ProviderTrial = z.infer<typeof ProviderTrial>;

/** Where local models run on this machine, and why. */
export const ProviderChoice = z.object({
  chosen: ExecutionProvider,
  /** In the order they were tried, cpu last or before software drivers. */
  trials: z.array(ProviderTrial),
  runtime: z.string(),
  /** Drivers the trial is valid for; another driver means another trial. */
  driver: z.string(),
  /** Milliseconds since 1970. */
  triedAt: z.number(),
});
export type ProviderChoice = z.infer<typeof ProviderChoice>;

/** How the process that runs local models stands. */
export const ScorerProcessState = z.object({
  state: z.enum(['idle', 'starting', 'running', 'broken']),
  /** Requests waiting or being worked on. */
  waiting: z.number().int(),
  done: z.number().int(),
  failed: z.number().int(),
  /** Requests sent again because the process was lost under them. */
  retried: z.number().int(),
  /** Times the process was lost. */
  crashes: z.number().int(),
  /** Resident bytes at its last answer; 0 before one. */
  bytes: z.number(),
  /** What did not go as asked for: smaller batches, a model moved to the processor. Newest last. */
  notes: z.array(z.string()),
});
export type ScorerProcessState = z.infer<typeof ScorerProcessState>;

/** What a local model is for. */
export const ModelRole = z.enum(['structure', 'perceptual', 'imageText', 'aesthetics', 'nsfw']);
export type ModelRole = z.infer<typeof ModelRole>;

export const ModelFileState = z.object({
  name: z.string(),
  /** Of the whole file; null when neither manifest nor disk know. */
  bytes: z.number().nullable(),
  present: z.boolean(),
  /** SHA-256 this machine holds the file to; empty before there is one. */
  sha256: z.string(),
  /** Who said so: the manifest, the first download (trust on first use), or the person who gave it. */
  pinnedBy: z.enum(['manifest', 'firstUse', 'user', 'nobody']),
});
export type ModelFileState = z.infer<typeof ModelFileState>;

/** A model that can be fetched, and how it stands on this machine. */
export const ModelCard = z.object({
  id: z.string(),
  title: z.string(),
  role: ModelRole,
  /** What it adds, one sentence. */
  about: z.string(),
  licence: z.object({ id: z.string(), url: z.string(), note: z.string() }),
  /** When the licence was accepted here, milliseconds since 1970; null = not yet. */
  acceptedAt: z.number().nullable(),
  source: z.string(),
  revision: z.string(),
  state: z.enum(['absent', 'partial', 'ready']),
  files: z.array(ModelFileState),
  /** Of all files, as far as known. */
  bytes: z.number(),
  folder: z.string(),
});
export type ModelCard = z.infer<typeof ModelCard>;

/** What belongs to this machine, not to a workspace. */
export const ScorerSettings = z.object({
  /** Providers in the order they are tried; empty = the platform's own order. */
  providerOrder: z.array(ExecutionProvider).default([]),
  /** Where models come from; another address for a mirror of the hub. */
  hub: z.url().default('https://huggingface.co'),
  /** Reference of the hub's token; empty = none is sent. */
  key: KeyRef.default(''),
});
export type ScorerSettings = z.infer<typeof ScorerSettings>;
