import './signals.css';
import type { Verdict } from '../../shared/model/attempt.ts';
import { SIGNAL_NAMES, SIGNALS, type SignalCheck, type SignalName, type Signals as SignalValues } from '../../shared/model/signals.ts';
import { text } from '../text.ts';
import { signalValue } from './signals.ts';

/** What local scorers measured of a triplet: each limit as a bar with its mark, then what no limit was held against. */
export function Signals({ signals, verdicts }: { signals: SignalValues | null; verdicts: readonly Verdict[] }) {
  const t = text.signals;
  const checks = verdicts.flatMap((verdict) => verdict.checks);
  if (signals === null && checks.length === 0) return null;
  const checked = new Set(checks.map(({ signal }) => signal));
  const others = SIGNAL_NAMES.filter((name) => signals?.[name] !== undefined && !checked.has(name));
  return (
    <section aria-label={t.title}>
      <h3 title={t.about}>{t.title}</h3>
      {checks.length > 0 && (
        <ul className="nhr-signals">
          {checks.map((check, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: checks are stored and never change
            <Check key={`${check.signal} ${i}`} check={check} value={signals?.[check.signal]} />
          ))}
        </ul>
      )}
      {others.length > 0 && (
        <details className="nhr-verdict" open={checks.length === 0}>
          <summary>
            <span className="nhr-quiet">{t.more(others.length)}</span>
          </summary>
          <dl className="nhr-facts">
            {others.map((name) => (
              <div key={name}>
                <dt title={SIGNALS[name].meaning}>{SIGNALS[name].title}</dt>
                <dd>{signalValue(name, signals?.[name] ?? 0)}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </section>
  );
}

function Check({ check, value }: { check: SignalCheck; value: number | undefined }) {
  const t = text.signals;
  const { signal, min, max, outcome, why } = check;
  const { title, meaning } = SIGNALS[signal];
  const limit = min ?? max ?? 0;
  const words = (min === null ? t.most : t.least)(signalValue(signal, limit));
  const skipped = outcome === 'skipped' ? (t.skipped[why] ?? why) : '';
  return (
    <li data-outcome={outcome}>
      <span title={meaning}>{title}</span>
      <b>{value === undefined ? '–' : signalValue(signal, value)}</b>
      <span className="nhr-signal-bar" aria-hidden>
        {value !== undefined && <i style={{ width: `${100 * placeOf(signal, value, limit)}%` }} />}
        <em style={{ left: `${100 * placeOf(signal, limit, limit)}%` }} />
      </span>
      <small className="nhr-quiet">{skipped === '' ? `${words}, ${t.outcome[outcome]}` : `${words}: ${skipped}`}</small>
    </li>
  );
}

/** Where a value stands on a bar of 0 to 1: to the upper bound of a signal that has one near, else to twice the limit. */
function placeOf(signal: SignalName, value: number, limit: number): number {
  const [, most] = SIGNALS[signal].range;
  const end = most !== null && most <= 1 && limit > 0.3 ? most : 2 * Math.abs(limit) || 1;
  return Math.max(0, Math.min(1, Math.abs(value) / end));
}
