import { z } from 'zod';
import type { Usage } from './provider.ts';

/** What can go wrong when a model is asked. A closed set: every transport maps its own failures onto it. */
export const ProviderErrorCode = z.enum([
  'auth',
  'notFound',
  'badRequest',
  'refused',
  'rateLimited',
  'quotaExhausted',
  'overloaded',
  'timeout',
  'aborted',
  'network',
  'serverError',
  'badOutput',
]);
export type ProviderErrorCode = z.infer<typeof ProviderErrorCode>;

/** What can go wrong in the app itself. Each code has a sentence of its own on screen and in the terminal. */
export const AppErrorCode = z.enum([
  'workspaceMissing',
  'workspaceNewer',
  'workspaceReadOnly',
  'workspaceLocked',
  'workspaceCorrupt',
  'diskFull',
  'recipeInvalid',
  'inputInvalid',
  'noSuchItem',
  'conflict',
  'callUnknown',
  'budgetReached',
  'scorerFailed',
  'engineDown',
  'internal',
]);
export type AppErrorCode = z.infer<typeof AppErrorCode>;

/** Where the trouble is and what would be right. All optional: filled with what is known. */
export const ErrorDetails = z.object({
  file: z.string().optional(),
  line: z.number().int().optional(),
  field: z.string().optional(),
  /** The cap of a budget that was in the way, for example usd. */
  limit: z.string().optional(),
  hint: z.string().optional(),
});
export type ErrorDetails = z.infer<typeof ErrorDetails>;

/** An error as data: what crosses the wire and what a screen or a terminal prints. */
export const WireError = z.object({ code: AppErrorCode, message: z.string(), details: ErrorDetails });
export type WireError = z.infer<typeof WireError>;

/** The one error the app throws on purpose: a code both sides know, a sentence, and where to look. */
export class AppError extends Error {
  readonly code: AppErrorCode;
  readonly details: ErrorDetails;
  constructor(code: AppErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.name = 'AppError';
    this.code = code;
    this.details = details;
  }
}

/**
 * A model call that did not give a result. `retryAfterMs` is what the server asked for; `raw` what it said; `unsent` is true when
 * the request never reached a server (refused, name not found), so that it cannot have cost anything; `usage` is what it used all
 * the same, where the server says so (a refusal or a cut answer is charged), at the batch price when `batched`; `answered` is true when
 * an answer came that cannot be read, so that nobody knows what it cost; `final` is true when the server says that queued work has
 * ended so, and there is nothing more to pick up; `held` is true when the call is kept as perhaps charged, so that it is not sent again.
 */
export class ProviderError extends Error {
  readonly code: ProviderErrorCode;
  readonly retryAfterMs: number | undefined;
  readonly raw: string | undefined;
  readonly unsent: boolean;
  readonly usage: Usage | undefined;
  readonly batched: boolean;
  readonly answered: boolean;
  readonly final: boolean;
  readonly held: boolean;
  constructor(code: ProviderErrorCode, message: string, more: Partial<Facts> = {}) {
    super(message);
    this.name = 'ProviderError';
    this.code = code;
    this.retryAfterMs = more.retryAfterMs;
    this.raw = more.raw;
    this.usage = more.usage;
    this.unsent = more.unsent ?? false;
    this.batched = more.batched ?? false;
    this.answered = more.answered ?? false;
    this.final = more.final ?? false;
    this.held = more.held ?? false;
  }

  /** The same failure with more known about it. */
  with(more: Partial<Facts>): ProviderError {
    const { retryAfterMs, raw, unsent, usage, batched, answered, final, held } = this;
    return new ProviderError(this.code, this.message, { retryAfterMs, raw, unsent, usage, batched, answered, final, held, ...more });
  }
}

type Facts = Pick<ProviderError, 'retryAfterMs' | 'raw' | 'unsent' | 'usage' | 'batched' | 'answered' | 'final' | 'held'>;

/** Any thrown value as a WireError; what is not ours becomes `internal` with its own sentence kept. */
export function toWireError(error: unknown): WireError {
  if (error instanceof AppError) return { code: error.code, message: error.message, details: error.details };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error), details: {} };
}
