import { createHash } from 'node:crypto';
import type { AuditResult, AuditShare } from '../../../shared/model/audit.ts';
import { wilson } from '../../../shared/model/intervals.ts';
import { createPermutation } from './draw.ts';

/**
 * Positions 0..population-1 of a simple random sample without replacement, in the order to look at them; all of them when `size`
 * is larger. The same seed and population give the same sample.
 */
export function drawSample(seed: number, population: number, size: number): number[] {
  if (population === 0) return [];
  const key = createHash('sha256').update(`audit ${seed}`).digest().subarray(0, 16);
  const draw = createPermutation(key, population);
  return Array.from({ length: Math.min(size, population) }, (_, i) => draw(i));
}

/** Shares of answered items with any issue and with each tag; most first, then by name. */
export function auditShares(answers: readonly (readonly string[])[]): AuditShare[] {
  const counts = new Map<string, number>();
  for (const tags of answers) for (const tag of new Set(tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const any = answers.filter((tags) => tags.length > 0).length;
  const rows = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return [['', any] as const, ...rows].flatMap(([tag, count]) => {
    const share = wilson({ count, of: answers.length });
    return share ? [{ tag, count, ...share }] : [];
  });
}

interface Recorded {
  index: number;
  tripletId: number;
  instruction: string;
  tags: readonly string[] | null;
  note: string;
}

/** A CSV cell by RFC 4180; what a spreadsheet would run as a formula is quoted as text. */
function cell(value: string | number): string {
  const text = String(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One line for each item: place, triplet, instruction, whether it was looked at, tags, note. Lines end in CRLF (RFC 4180). */
export function auditCsv(items: readonly Recorded[]): string {
  const rows = items.map(({ index, tripletId, instruction, tags, note }) => [
    index + 1,
    tripletId,
    instruction,
    tags === null ? 'no' : 'yes',
    (tags ?? []).join('; '),
    note,
  ]);
  return [['item', 'triplet', 'instruction', 'answered', 'issues', 'note'], ...rows]
    .map((row) => `${row.map(cell).join(',')}\r\n`)
    .join('');
}

/** The record with shares and items as one JSON document. */
export function auditJson(about: object, shares: AuditResult['shares'], items: readonly Recorded[]): string {
  return `${JSON.stringify({ ...about, interval: 'Wilson, 95 %', shares, items }, null, 2)}\n`;
}
