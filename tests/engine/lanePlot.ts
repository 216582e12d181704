import type { Second } from './laneSimulation.ts';

const WIDTH = 860;
const LEFT = 58;
const RIGHT = 14;
const ROW = 118;
const GAP = 34;
const TOP = 34;
/** Times stand below the legend of the lowest panel. */
const TIMES = 40;

interface Line {
  name: string;
  colour: string;
  dashed?: boolean;
  value(row: Second): number | null;
}
interface Panel {
  unit: string;
  lines: Line[];
}

const PANELS: Panel[] = [
  {
    unit: 'calls a second',
    lines: [
      { name: 'capacity', colour: 'capacity', dashed: true, value: (row) => row.capacity },
      { name: 'sent', colour: 'sent', value: (row) => row.sent },
      { name: 'answered', colour: 'answered', value: (row) => row.answered },
    ],
  },
  { unit: 'calls at once', lines: [{ name: 'limit of the lane (0 = breaker open)', colour: 'limit', value: (row) => row.limit }] },
  { unit: 'seconds', lines: [{ name: 'latency', colour: 'latency', value: (row) => (row.latency === null ? null : row.latency / 1000) }] },
];

/** Own colours for light and dark: a picture in a page cannot ask the page. */
const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #333 } .axis { stroke: #ccc } .phase { fill: #666 } .back { fill: #fff }
  polyline { fill: none; stroke-width: 1.6; stroke-linejoin: round }
  .capacity { stroke: #888; stroke-dasharray: 5 4 } .sent { stroke: #d9480f } .answered { stroke: #1864ab } .limit { stroke: #5f3dc4 } .latency { stroke: #2b8a3e }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd } .axis { stroke: #444 } .phase { fill: #aaa } .back { fill: #161b22 }
    .capacity { stroke: #999 } .sent { stroke: #ff922b } .answered { stroke: #74c0fc } .limit { stroke: #b197fc } .latency { stroke: #8ce99a }
  }`;

/** Three panels over time, as SVG text. */
export function plotLanes(seconds: Second[]): string {
  const height = TOP + PANELS.length * (ROW + GAP) - GAP + TIMES + 10;
  const x = (at: number) => LEFT + ((WIDTH - LEFT - RIGHT) * at) / seconds.length;
  const bounds = seconds.flatMap((row, i) => (i === 0 || seconds[i - 1]?.phase !== row.phase ? [row] : []));
  const floor = TOP + PANELS.length * (ROW + GAP) - GAP;
  const phases = bounds.map(
    (row) =>
      `<line class="axis" x1="${x(row.at)}" x2="${x(row.at)}" y1="${TOP - 8}" y2="${floor}"/><text class="phase" x="${x(row.at) + 5}" y="${TOP - 14}">${row.phase}</text>`,
  );
  const times = seconds
    .filter((row) => row.at % 60 === 0)
    .map((row) => `<text x="${x(row.at)}" y="${floor + TIMES}" text-anchor="middle">${row.at} s</text>`);
  const panels = PANELS.map((panel, i) => drawPanel(panel, seconds, TOP + i * (ROW + GAP), x));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    '<title>A lane against an endpoint with a hidden queue, then refusals, then dead, then back</title>',
    `<style>${STYLE}\n</style><rect class="back" width="${WIDTH}" height="${height}"/>`,
    ...phases,
    ...times,
    ...panels,
    '</svg>',
    '',
  ].join('\n');
}

function drawPanel({ unit, lines }: Panel, seconds: Second[], top: number, x: (at: number) => number): string {
  const most = niceTop(Math.max(...seconds.flatMap((row) => lines.map((line) => line.value(row) ?? 0))));
  const y = (value: number) => top + ROW - (ROW * value) / most;
  const grid = [0, 0.5, 1].map(
    (share) =>
      `<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(most * share)}" y2="${y(most * share)}"/>` +
      `<text x="${LEFT - 6}" y="${y(most * share) + 4}" text-anchor="end">${most * share}</text>`,
  );
  const drawn = lines.flatMap((line) =>
    pieces(seconds, line).map(
      (piece) =>
        `<polyline class="${line.colour}" points="${piece.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(' ')}"/>`,
    ),
  );
  let at = LEFT + 8;
  const legend = lines.map((line) => {
    const mark = `<polyline class="${line.colour}" points="${at},${top + ROW + 16} ${at + 18},${top + ROW + 16}"/><text x="${at + 23}" y="${top + ROW + 20}">${line.name}</text>`;
    at += 42 + line.name.length * 6.6;
    return mark;
  });
  const last = `<text x="${WIDTH - RIGHT}" y="${top + ROW + 20}" text-anchor="end">${unit}</text>`;
  return [...grid, ...drawn, ...legend, last].join('\n');
}

/** A line is broken where there is nothing to show. */
function pieces(seconds: Second[], line: Line): [number, number][][] {
  const all: [number, number][][] = [[]];
  for (const row of seconds) {
    const value = line.value(row);
    if (value === null) all.push([]);
    else all.at(-1)?.push([row.at, value]);
  }
  return all.filter((piece) => piece.length > 1);
}

function niceTop(most: number): number {
  const step = 10 ** Math.floor(Math.log10(Math.max(most, 1e-9)));
  return [1, 2, 4, 5, 8, 10].map((times) => times * step).find((top) => top >= most) ?? most;
}
