/** Pure text building for the terminal: numbers, bars, tables. Nothing here writes. */

import { formatCount } from '../../shared/count.ts';

/** What a terminal can show. */
export interface Style {
  colour: boolean;
  /** Box and block characters; plain ASCII otherwise. */
  unicode: boolean;
}

/** A share (0 to 1) as percent with the given decimals. */
export function formatPercent(share: number, decimals = 1): string {
  return `${(share * 100).toFixed(decimals)} %`;
}

/** A relative change as the paper's table 2 prints it: sign, two decimals. Empty for none. */
export function formatChange(change: number | null): string {
  if (change === null) return '';
  const text = (change * 100).toFixed(2);
  return `${change > 0 ? '+' : ''}${text === '-0.00' ? '0.00' : text} %`;
}

/** US dollars: cents, or two significant digits where that would round to nothing. */
export function formatMoney(usd: number): string {
  if (usd === 0) return '$0.00';
  const size = Math.abs(usd);
  const digits = size >= 0.1 ? 2 : Math.min(8, 1 - Math.floor(Math.log10(size)));
  const text = size.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${usd < 0 ? '-' : ''}$${text}`;
}

/** Seconds as a person says them: 0.4 s, 12 s, 3 min 05 s, 2 h 07 min, 3 d 4 h. "unknown" for null. */
export function formatDuration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return 'unknown';
  if (seconds < 9.95) return `${Math.max(0, seconds).toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Units a second, or a minute where that reads better. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 100) return `${formatCount(perSecond)}/s`;
  if (perSecond >= 1 || perSecond === 0) return `${perSecond.toFixed(1)}/s`;
  return `${(perSecond * 60).toFixed(1)}/min`;
}

/** A bar `width` columns wide. `share` is cut to 0 .. 1; it is full only at 1. */
export function formatBar(share: number, width: number, style: Style): string {
  const safe = Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
  const full = safe === 1 ? width : Math.min(width - 1, Math.floor(safe * width));
  if (!style.unicode) return `${'#'.repeat(full)}${'-'.repeat(width - full)}`;
  return `${'█'.repeat(full)}${'░'.repeat(width - full)}`;
}

/** Columns a text takes in a terminal: East Asian wide characters and emoji take two, combining marks and colour codes none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const char of withoutColour(text)) {
    if (/\p{Mn}|\p{Me}|\p{Cf}/u.test(char)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
        char,
      )
        ? 2
        : 1;
  }
  return width;
}

/** At most `width` columns, with a mark where something was cut. Colour codes are dropped from a text that is cut. */
export function cut(text: string, width: number, style: Style): string {
  if (displayWidth(text) <= width) return text;
  const mark = style.unicode ? '…' : '...';
  if (width <= mark.length) return mark.slice(0, Math.max(0, width));
  let kept = '';
  let used = 0;
  for (const char of withoutColour(text)) {
    const wide = displayWidth(char);
    if (used + wide > width - mark.length) break;
    kept += char;
    used += wide;
  }
  return kept + mark;
}

/** Rows as aligned columns, two spaces apart; the first row is the heading. `right` names the columns that hold numbers. */
export function formatTable(rows: string[][], right: number[], style: Style, maxWidth = Number.POSITIVE_INFINITY): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) => Math.max(0, ...rows.map((row) => displayWidth(row[at] ?? ''))));
  const line = (row: string[]) =>
    widths
      .map((width, at) => {
        const text = row[at] ?? '';
        const space = ' '.repeat(width - displayWidth(text));
        return right.includes(at) ? space + text : text + space;
      })
      .join('  ')
      .trimEnd();
  const lines = rows.map(line).map((text) => cut(text, maxWidth, style));
  const ruler = (style.unicode ? '─' : '-').repeat(Math.min(maxWidth, Math.max(0, ...lines.map(displayWidth))));
  return lines.length > 0 ? [paint('bold', lines[0]!, style), ruler, ...lines.slice(1)] : [];
}

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;

/** A text in a colour, or as it is where there is none. */
export function paint(colour: keyof typeof CODES, text: string, style: Style): string {
  return style.colour && text !== '' ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;
}

function withoutColour(text: string): string {
  return text.replaceAll(COLOUR_CODE, '');
}

const COLOUR_CODE = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
