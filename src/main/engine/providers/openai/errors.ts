import { ProviderError, type ProviderErrorCode } from '../../../../shared/model/errors.ts';
import { codeOfStatus, retryAfterMs, shortRaw } from '../http.ts';

/** A reply that is no answer. */
export interface Fault {
  status: number;
  header(name: string): string | null | undefined;
  body: string;
}

/** What servers put into their error bodies, in words of their own. */
interface Said {
  message: string;
  code: string;
  type: string;
}

const BY_CODE: Record<string, ProviderErrorCode> = {
  insufficient_quota: 'quotaExhausted',
  billing_hard_limit_reached: 'quotaExhausted',
  billing_not_active: 'quotaExhausted',
  moderation_blocked: 'refused',
  content_policy_violation: 'refused',
  content_filter: 'refused',
  model_not_found: 'notFound',
  invalid_api_key: 'auth',
  context_length_exceeded: 'badRequest',
  rate_limit_exceeded: 'rateLimited',
  // A batch that would exceed the tokens that may wait in queues; it can be sent when others are done.
  token_limit_exceeded: 'rateLimited',
  batch_expired: 'overloaded',
};

/** Refusals of servers that say 400 and nothing but a sentence. */
const REFUSAL = /safety system|content (management )?policy|content filter|flagged|moderation/i;
const NO_SUCH_MODEL = /\bmodel\b.*(does not exist|not found|mismatch|is not served)/i;

/** An error reply as one of the closed set, with the server's own words kept. `now` in milliseconds since 1970, for dates in headers. */
export function faultError(fault: Fault, where: string, now: number): ProviderError {
  const said = saidIn(fault.body);
  const code = codeOf(fault.status, said);
  const wait = code === 'rateLimited' || code === 'overloaded' ? waitMs(fault, now) : undefined;
  const words = said.message || 'nothing that can be read';
  return new ProviderError(code, `${where} answered ${fault.status}: ${shortRaw(words).slice(0, 300)}`, {
    raw: shortRaw(fault.body),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  });
}

function codeOf(status: number, { code, type, message }: Said): ProviderErrorCode {
  const named = BY_CODE[code] ?? BY_CODE[type];
  if (named) return named;
  if (status === 402) return 'quotaExhausted';
  if ((status === 400 || status === 403) && REFUSAL.test(message)) return 'refused';
  if (status === 400 && NO_SUCH_MODEL.test(message)) return 'notFound';
  return codeOfStatus(status);
}

/** Reads {error: {...}}, {error: "..."}, FastAPI's {detail: "..." | [...]}, vLLM's flat form with a number as code, HTML and plain text. */
function saidIn(body: string): Said {
  const fields = asFields(parsed(body));
  if (!fields) return { message: withoutMarkup(body), code: '', type: '' };
  const inner = asFields(fields.error) ?? fields;
  const message = textOf(inner.message) || textOf(fields.error) || detailOf(fields.detail) || withoutMarkup(body);
  return { message, code: textOf(inner.code), type: textOf(inner.type) };
}

/** FastAPI: a sentence, or one entry a wrong field. */
function detailOf(detail: unknown): string {
  if (!Array.isArray(detail)) return textOf(detail);
  return detail.map((entry) => `${[asFields(entry)?.loc].flat().join('.')}: ${textOf(asFields(entry)?.msg)}`).join('; ');
}

/** Milliseconds to wait: asked for outright, else until the limit that is used up is reset. */
function waitMs(fault: Fault, now: number): number | undefined {
  const exact = Number(fault.header('retry-after-ms') || Number.NaN);
  if (Number.isFinite(exact)) return Math.max(0, exact);
  const asked = retryAfterMs(fault.header('retry-after'), now);
  if (asked !== undefined) return asked;
  const resets = ['requests', 'tokens'].flatMap((what) =>
    fault.header(`x-ratelimit-remaining-${what}`) === '0' ? (durationMs(fault.header(`x-ratelimit-reset-${what}`)) ?? []) : [],
  );
  return resets.length > 0 ? Math.max(...resets) : undefined;
}

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration as rate limit headers have it ("1s", "6m0s", "20ms"), in milliseconds; undefined for anything else. */
export function durationMs(text: string | null | undefined): number | undefined {
  if (!text || !/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)].reduce((sum, [, count, unit]) => sum + Number(count) * UNIT_MS[unit!]!, 0);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Any object, else undefined. */
export function asFields(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function withoutMarkup(body: string): string {
  return body
    .replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
