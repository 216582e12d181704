import type { CalibrationView, ScoreModel } from '../../shared/model/calibration.ts';

const PLOT = 320;
const FRAME = { left: 50, top: 60, right: 20, bottom: 46 };
const PANEL = FRAME.left + PLOT + FRAME.right;
const BARS = 10;
const ROW = 20;
const SCORES = ['adherence', 'aesthetics'] as const;

/**
 * A calibration as one picture that opens anywhere (SVG, no scripts, no fonts of its own): for each score the held-out pairs,
 * expected against given, with the error and its interval; below, the features that count most.
 */
export function calibrationPlot({ id, calibration, strongest }: CalibrationView): string {
  const top = FRAME.top + PLOT + FRAME.bottom;
  const height = top + 34 + BARS * ROW;
  const panels = SCORES.map((score, i) => {
    const at = `<g transform="translate(${i * PANEL} 0)">`;
    return `${at}${scatter(score, calibration[score])}${bars(strongest[score], top)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${2 * PANEL}" height="${height}" viewBox="0 0 ${2 * PANEL} ${height}" role="img" font-family="sans-serif" font-size="12">`,
    `<title>${xml(`Calibration ${id}: expected and given scores`)}</title>`,
    `<rect width="${2 * PANEL}" height="${height}" fill="#ffffff"/>`,
    `<text x="10" y="20" font-weight="bold" font-size="14">${xml(`${id}: ${calibration.count} pairs of ${calibration.sources} sources`)}</text>`,
    ...panels,
    '</svg>',
    '',
  ].join('\n');
}

function scatter(score: string, { method, holdOut }: ScoreModel): string {
  const x = (value: number) => (FRAME.left + ((value - 1) / 4) * PLOT).toFixed(1);
  const y = (value: number) => (FRAME.top + ((5 - value) / 4) * PLOT).toFixed(1);
  const [low, high] = holdOut.maeInterval;
  const said = `${score} (${method}): error ${holdOut.mae.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)}), rank correlation ${holdOut.spearman.toFixed(2)}`;
  const ticks = [1, 2, 3, 4, 5].map(
    (tick) =>
      `<line x1="${x(1)}" x2="${x(5)}" y1="${y(tick)}" y2="${y(tick)}" stroke="#dddddd"/>` +
      `<text x="${FRAME.left - 8}" y="${Number(y(tick)) + 4}" text-anchor="end">${tick}</text>` +
      `<text x="${x(tick)}" y="${FRAME.top + PLOT + 18}" text-anchor="middle">${tick}</text>`,
  );
  const points = holdOut.points.map(([expected, given]) => `<circle cx="${x(expected)}" cy="${y(given)}" r="2.5"/>`);
  return [
    `<text x="${FRAME.left}" y="${FRAME.top - 16}">${xml(said)}</text>`,
    ...ticks,
    `<line x1="${x(1)}" y1="${y(1)}" x2="${x(5)}" y2="${y(5)}" stroke="#666666" stroke-dasharray="3 4"/>`,
    `<g fill="#3b6ea8" fill-opacity="0.4">${points.join('')}</g>`,
    `<text x="${x(3)}" y="${FRAME.top + PLOT + 36}" text-anchor="middle">expected</text>`,
    `<text transform="translate(16 ${y(3)}) rotate(-90)" text-anchor="middle">given</text>`,
  ].join('\n');
}

function bars(features: readonly { feature: string; weight: number }[], top: number): string {
  const most = Math.max(1e-9, ...features.map(({ weight }) => Math.abs(weight)));
  const middle = 300;
  return features
    .slice(0, BARS)
    .map(({ feature, weight }, i) => {
      const y = top + 14 + i * ROW;
      const length = (60 * Math.abs(weight)) / most;
      return (
        `<text x="${middle - 70}" y="${y + 12}" text-anchor="end">${xml(feature)} ${weight >= 0 ? '+' : '-'}${Math.abs(weight).toFixed(2)}</text>` +
        `<rect x="${(weight >= 0 ? middle : middle - length).toFixed(1)}" y="${y + 2}" width="${length.toFixed(1)}" height="${ROW - 8}" fill="${weight >= 0 ? '#3b6ea8' : '#b4573a'}"/>`
      );
    })
    .join('\n');
}

function xml(text: string): string {
  return text.replace(/[<>&"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
