import { formatCount } from '../../../shared/count.ts';
import type { Plan } from './export/plan.ts';

const MOST_BARS = 24;
const ROW = 24;
const LABEL = 260;
const BAR = 380;

/** Category and kind plots of the dataset card, as SVG files of our own: they open anywhere and need no library. */
export function categoryPlots(plan: Pick<Plan, 'byCategory' | 'byKind'>): { path: string; svg: string }[] {
  return [
    { path: 'plots/categories.svg', svg: barPlot('Rows by category', plan.byCategory) },
    { path: 'plots/kinds.svg', svg: barPlot('Rows by kind', plan.byKind) },
  ];
}

/** Horizontal bars, largest first; what does not fit is one bar at the end, and says so. */
function barPlot(title: string, counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const shown = sorted.slice(0, MOST_BARS);
  const others = sorted.slice(MOST_BARS);
  if (others.length > 0) shown.push([`${others.length} more`, others.reduce((sum, [, count]) => sum + count, 0)]);
  const most = Math.max(1, ...shown.map(([, count]) => count));
  const width = LABEL + BAR + 90;
  const height = 40 + shown.length * ROW;
  const bars = shown.map(([name, count], i) => {
    const y = 36 + i * ROW;
    const length = Math.max(1, Math.round((count / most) * BAR));
    return (
      `<text x="${LABEL - 10}" y="${y + 15}" text-anchor="end">${xml(cut(name || '(none)'))}</text>` +
      `<rect x="${LABEL}" y="${y + 2}" width="${length}" height="${ROW - 8}" rx="2" fill="#3b6ea8"/>` +
      `<text x="${LABEL + length + 8}" y="${y + 15}">${formatCount(count)}</text>`
    );
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="sans-serif" font-size="13">`,
    `<title>${xml(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="10" y="20" font-weight="bold">${xml(title)}</text>`,
    ...bars,
    '</svg>',
    '',
  ].join('\n');
}

function cut(text: string): string {
  return text.length > 36 ? `${text.slice(0, 35)}…` : text;
}

function xml(text: string): string {
  // Characters that XML cannot hold at all would make the whole picture unreadable.
  const clean = [...text.toWellFormed()].filter((char) => char >= ' ').join('');
  return clean.replace(/[<>&"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
