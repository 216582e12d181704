import { formatCount } from '../../../shared/count.ts';
import type { ComparedRow, ComparedShare, RunComparison } from '../../../shared/model/comparison.ts';
import { formatDuration, formatMoney, formatPercent, formatTable } from '../format.ts';
import { findRun } from '../runReport.ts';
import { type Session, withEngine } from '../session.ts';

/** `nhr stats RUN RUN2`: what each step keeps in both, with intervals; difficulty, money, and what differs in the recipes. */
export function showComparison(session: Session, first: string, second: string): Promise<void> {
  return withEngine(session, false, async (client) => {
    const [a, b] = [await findRun(client, first), await findRun(client, second)];
    const found = await client.runs.compare({ a: a.id, b: b.id });
    session.result(found, () => {
      const { style, width } = session;
      const table = (head: string[], rows: string[][]) => formatTable([head, ...rows], [], style, width);
      const facts: [string, (side: RunComparison['a']) => string][] = [
        ['Attempts', ({ run }) => formatCount(run.attemptsDone)],
        ['Triplets', ({ run }) => formatCount(run.triplets)],
        ['Spent', ({ run }) => `${formatMoney(run.usdSettled)}${run.demo ? ' (pretend)' : ''}`],
        ['Answers paid for earlier', ({ run }) => formatCount(run.reused)],
        ['Cost of one triplet', ({ usdPerTriplet }) => (usdPerTriplet === null ? '' : formatMoney(usdPerTriplet))],
        ['GPU time', ({ gpuSeconds }) => formatDuration(gpuSeconds)],
        ['Run time', ({ wallSeconds }) => formatDuration(wallSeconds)],
        ['Suggested threshold', ({ survival }) => survival.suggested?.toFixed(1) ?? ''],
      ];
      return [
        ...table(
          ['', a.id, b.id],
          facts.map(([label, show]) => [label, show(found.a), show(found.b)]),
        ),
        '',
        'What each step keeps, with 95 % interval; * = the difference is more than chance',
        ...table(['Step', 'First', 'Second', 'Difference in points'], found.steps.map(cells)),
        '',
        'Attempts that passed, by operation, largest difference first',
        ...table(['Operation', 'First', 'Second', 'Difference in points'], found.categories.map(cells)),
        '',
        ...(found.recipe.length === 0
          ? ['The recipes are the same.']
          : table(
              ['Field of the recipe', 'First', 'Second'],
              found.recipe.map((field) => [field.path, field.a ?? '', field.b ?? '']),
            )),
      ];
    });
  });
}

function cells({ key, a, b, difference }: ComparedRow): string[] {
  const points = (value: number) => `${value < 0 ? '-' : '+'}${Math.abs(value * 100).toFixed(1)}`;
  const sure = difference !== null && (difference.low > 0 || difference.high < 0);
  const change = difference
    ? `${points(difference.difference)} (${points(difference.low)} to ${points(difference.high)})${sure ? ' *' : ''}`
    : '';
  return [key, share(a), share(b), change];
}

function share(side: ComparedShare | null): string {
  if (!side) return '';
  const interval = side.low === null || side.high === null ? '' : ` (${formatPercent(side.low)} to ${formatPercent(side.high)})`;
  return `${formatPercent(side.share)}${interval}`;
}
