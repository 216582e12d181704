import type { Outcome } from './play.ts';
import type { Row } from './rows.ts';

const WIDTHS = [36, 16, 15, 6, 24, 22, 26, 5, 6];

function cells(...texts: (string | number)[]): string {
  return texts
    .map((text, i) => String(text).padEnd(WIDTHS[i] ?? 0))
    .join(' ')
    .trimEnd();
}

/** The table of faults, line by line. */
export const format = {
  head: cells('fault', 'way', 'class', 'again', 'charged', 'attempts', 'run', 'lost', 'paid twice'),
  line: ({ fault, column }: Row, { attempts, ...it }: Outcome): string =>
    cells(
      fault,
      column,
      it.class,
      it.retries,
      some({ settled: it.settled, 'for nothing': it.paidForNothing, free: it.free, perhaps: it.perhaps }),
      `${some(attempts)}${it.lossy > 0 ? `, ${it.lossy} lossy` : ''}`,
      it.run.join(', '),
      it.lost,
      it.paidTwice,
    ),
};

function some(counts: Record<string, number>): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

/** What differs from what must be, in words. */
export function wrongIn(must: Partial<Outcome>, outcome: Outcome): string[] {
  return (Object.keys(must) as (keyof Outcome)[])
    .filter((name) => JSON.stringify(must[name]) !== JSON.stringify(outcome[name]))
    .map((name) => `${name} is ${JSON.stringify(outcome[name])}, not ${JSON.stringify(must[name])}; said: ${outcome.said.join(' | ')}`);
}
