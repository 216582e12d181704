/** 1234567 as 1,234,567. */
export { formatCount as count } from '../../shared/count.ts';

/** US dollars: cents from ten cents up, four digits below, so that small prices do not read as nothing. */
export function usd(amount: number): string {
  if (amount === 0) return '$0.00';
  return `$${amount.toLocaleString('en-GB', amount >= 0.1 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { maximumSignificantDigits: 2 })}`;
}

/** A share from 0 to 1 as "12.3 %". */
export function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** A relative change (-0.57) as table 2 prints it: "−57.0 %". */
export function change(value: number): string {
  const text = `${Math.abs(value * 100).toFixed(1)} %`;
  if (value === 0) return text;
  return value < 0 ? `−${text}` : `+${text}`;
}

/** Seconds in the two largest units: "3 h 20 min", "45 s". */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return s % 60 === 0 || s >= 600 ? `${Math.round(s / 60)} min` : `${Math.floor(s / 60)} min ${s % 60} s`;
  const hours = Math.floor(s / 3600);
  const minutes = Math.floor((s % 3600) / 60);
  if (hours < 48) return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Units a second in words: slow work is counted by the minute or the hour. */
export function rate(perSecond: number): string {
  if (perSecond >= 1) return `${perSecond.toFixed(perSecond >= 10 ? 0 : 1)} / s`;
  if (perSecond * 60 >= 1) return `${(perSecond * 60).toFixed(1)} / min`;
  return `${(perSecond * 3600).toFixed(1)} / h`;
}

/** How long ago a moment was, roughly. Both in milliseconds since 1970. */
export function age(at: number, now: number): string {
  const s = Math.max(0, (now - at) / 1000);
  if (s < 60) return 'just now';
  if (s < 3600) return `${Math.floor(s / 60)} min ago`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ago`;
  return `${Math.floor(s / 86_400)} d ago`;
}

/** A score from 1 to 5 with two decimals. */
export function score(value: number): string {
  return value.toFixed(2);
}

/** A size as people say it: 940 kB, 12.3 MB, 1.94 GB. */
export function bytes(size: number): string {
  if (size < 1e6) return `${Math.round(size / 1e3)} kB`;
  return size < 1e9 ? `${(size / 1e6).toFixed(1)} MB` : `${(size / 1e9).toFixed(2)} GB`;
}

/** Milliseconds as people say them: "180 ms", "2.4 s", "3 min". */
export function millis(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : duration(ms / 1000);
}
