import { SIGNALS, type SignalName } from '../../shared/model/signals.ts';
import { text } from '../text.ts';
import { percent } from './format.ts';

const UNITS: Partial<Record<(typeof SIGNALS)[SignalName]['unit'], string>> = { dB: ' dB', dE: ' ΔE', px: ' px', percent: ' %' };

/** A signal's value with its unit: "12.3 %", "2.83 px", "yes". */
export function signalValue(name: SignalName, value: number): string {
  const { unit } = SIGNALS[name];
  if (unit === 'share') return percent(value, value < 0.01 ? 2 : 1);
  if (unit === 'flag') return value > 0 ? text.signals.yes : text.signals.no;
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${value.toFixed(digits).replace('-', '−')}${UNITS[unit] ?? ''}`;
}
