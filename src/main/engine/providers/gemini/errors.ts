import { z } from 'zod';
import { ProviderError, type ProviderErrorCode } from '../../../../shared/model/errors.ts';
import { codeOfStatus, retryAfterMs, shortRaw } from '../http.ts';

/** Google's form of an error (google/rpc/status.proto and error_details.proto); everything in it may be missing. */
const Body = z.object({
  error: z.object({
    code: z.number().optional(),
    message: z.string().default(''),
    status: z.string().default(''),
    details: z
      .array(
        z.looseObject({
          reason: z.string().optional(),
          retryDelay: z.string().optional(),
          violations: z.array(z.looseObject({ quotaId: z.string().optional(), quotaValue: z.string().optional() })).optional(),
        }),
      )
      .default([]),
  }),
});
type Said = z.infer<typeof Body>['error'];

const BY_STATUS: Record<string, ProviderErrorCode> = {
  UNAUTHENTICATED: 'auth',
  PERMISSION_DENIED: 'auth',
  NOT_FOUND: 'notFound',
  INVALID_ARGUMENT: 'badRequest',
  OUT_OF_RANGE: 'badRequest',
  // No billing account, or a country without service: nothing that another request would cure.
  FAILED_PRECONDITION: 'auth',
  RESOURCE_EXHAUSTED: 'rateLimited',
  UNAVAILABLE: 'overloaded',
  DEADLINE_EXCEEDED: 'timeout',
  INTERNAL: 'serverError',
  UNKNOWN: 'serverError',
  ABORTED: 'serverError',
  CANCELLED: 'serverError',
};

/** Numbers of google.rpc.Code, which stand in the answers of a batch. */
const RPC_STATUS = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

/** A reply with an error status as one of the closed set. `header` is its Retry-After; `now` milliseconds since 1970. */
export function statusError(status: number, body: string, header: string | null, where: string, now: number): ProviderError {
  const said = saidIn(body);
  const code = codeOf(said) ?? codeOfStatus(status);
  const wait = delayOf(said) ?? retryAfterMs(header, now);
  const words = said.message || (/^\s*</.test(body) ? 'an HTML page' : body);
  return new ProviderError(code, `${where} answered ${status}: ${shortRaw(words).slice(0, 300)}`, {
    raw: shortRaw(body),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  });
}

/** The error of one request in a batch, or of the batch. */
export function jobError(error: { code?: number; message?: string } | undefined, where: string): ProviderError {
  const status = RPC_STATUS[error?.code ?? -1] ?? '';
  const code = BY_STATUS[status] ?? (error?.code && error.code >= 400 ? codeOfStatus(error.code) : 'serverError');
  return new ProviderError(code, `${where}: ${shortRaw(error?.message ?? 'no reason given').slice(0, 300)}`, {
    raw: shortRaw(JSON.stringify(error ?? {})),
  });
}

function saidIn(body: string): Said {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    value = undefined;
  }
  // Some proxies, and the streaming form, send a list of one.
  const parsed = Body.safeParse(Array.isArray(value) ? value[0] : value);
  return parsed.success ? parsed.data.error : { message: '', status: '', details: [] };
}

function codeOf(said: Said): ProviderErrorCode | undefined {
  const reasons = said.details.map((detail) => detail.reason ?? '');
  if (reasons.some((reason) => reason.startsWith('API_KEY_')) || /api key (not valid|expired)/i.test(said.message)) return 'auth';
  if (said.status === 'RESOURCE_EXHAUSTED' && said.details.some((detail) => (detail.violations ?? []).some(isFinal)))
    return 'quotaExhausted';
  return BY_STATUS[said.status];
}

/** A quota of a day, or one of nothing (models that the free tier does not have): waiting a minute does not help. */
function isFinal(violation: { quotaId?: string | undefined; quotaValue?: string | undefined }): boolean {
  return /PerDay/i.test(violation.quotaId ?? '') || violation.quotaValue === '0';
}

/** RetryInfo.retryDelay, a protobuf duration: "3s", "0.5s". Milliseconds. */
function delayOf(said: Said): number | undefined {
  const [, seconds] = /^(\d+(?:\.\d+)?)s$/.exec(said.details.find((detail) => detail.retryDelay)?.retryDelay ?? '') ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
