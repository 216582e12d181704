import type { ProviderError } from '../../../shared/model/errors.ts';
import type { LaneFacts } from '../../../shared/model/lane.ts';

/** The newest answers are kept, this many. */
const KEPT = 256;
const MINUTE_MS = 60_000;

type LoggedFacts = Pick<LaneFacts, 'callsPerMinute' | 'latencyP50' | 'latencyP95' | 'retries' | 'lastError'>;

/** What a lane tells about its recent past; cheap to write, worked out when asked. */
export function createLaneLog() {
  const endedAt = new Float64Array(KEPT);
  const latency = new Float64Array(KEPT);
  let answers = 0;
  let retries = 0;
  let lastError: { error: ProviderError; at: number } | null = null;

  function callsPerMinute(now: number): number {
    const kept = Math.min(answers, KEPT);
    const ends = endedAt.subarray(0, kept);
    const recent = ends.filter((at) => at > now - MINUTE_MS);
    // When all of them lie within the minute there were more: told from the time they cover.
    if (recent.length < KEPT) return recent.length;
    return (KEPT * MINUTE_MS) / Math.max(1, now - recent.reduce((a, b) => Math.min(a, b)));
  }

  return {
    answered(now: number, ms: number) {
      endedAt[answers % KEPT] = now;
      latency[answers % KEPT] = ms;
      answers += 1;
    },
    failed(at: number, error: ProviderError) {
      lastError = { error, at };
    },
    retried() {
      retries += 1;
    },
    facts(now: number): LoggedFacts {
      const sorted = latency.slice(0, Math.min(answers, KEPT)).sort();
      const quantile = (share: number) => (sorted.length === 0 ? null : (sorted[Math.floor((sorted.length - 1) * share)] as number));
      return {
        callsPerMinute: callsPerMinute(now),
        latencyP50: quantile(0.5),
        latencyP95: quantile(0.95),
        retries,
        lastError: lastError && {
          code: lastError.error.code,
          message: lastError.error.message,
          secondsAgo: (now - lastError.at) / 1000,
        },
      };
    },
  };
}
