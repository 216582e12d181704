import { SIGNALS, type SignalCheck, type Signals } from '../../../shared/model/signals.ts';

/** The limits that a pair passed, in words: "shift 2.83 px (at most 1)". */
export function faultsOf(checks: readonly SignalCheck[], signals: Signals): string[] {
  return checks.flatMap(({ signal, min, max, outcome }) => {
    const value = signals[signal];
    if (outcome !== 'failed' || value === undefined) return [];
    const { title, unit } = SIGNALS[signal];
    const shown = (number: number) => (unit === 'share' ? `${(100 * number).toFixed(2)} %` : `${Number(number.toPrecision(3))}`);
    const units: Partial<Record<typeof unit, string>> = { px: ' px', percent: ' %', dB: ' dB', dE: ' dE' };
    const limit = min === null ? `at most ${shown(max ?? 0)}` : `at least ${shown(min)}`;
    return [`${title.toLowerCase()} ${shown(value)}${units[unit] ?? ''} (${limit})`];
  });
}
