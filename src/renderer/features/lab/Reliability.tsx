import { text } from '../../text.ts';

const t = text.lab.plot;
const SIZE = 320;
const FRAME = { left: 40, right: 12, top: 12, bottom: 40 };
const x = (score: number) => FRAME.left + ((score - 1) / 4) * (SIZE - FRAME.left - FRAME.right);
const y = (score: number) => FRAME.top + ((5 - score) / 4) * (SIZE - FRAME.top - FRAME.bottom);
const BIN = 0.5;
/** A mean of fewer says nothing. */
const LEAST_IN_BIN = 3;

/** Held-out pairs as points, expected against given, with the mean given in steps of the expected score. */
export function Reliability({ name, points }: { name: string; points: readonly (readonly [number, number])[] }) {
  const means = meansOf(points);
  const line = means.map(({ expected, given }, i) => `${i === 0 ? 'M' : 'L'}${x(expected).toFixed(1)},${y(given).toFixed(1)}`).join('');
  return (
    <figure className="nhr-lab-plot">
      <figcaption>{name}</figcaption>
      <svg viewBox={`0 0 ${SIZE} ${SIZE}`} role="img" aria-label={t.said(t.label(name), means)}>
        {[1, 2, 3, 4, 5].map((score) => (
          <g key={score}>
            <line className="nhr-lab-grid" x1={x(1)} x2={x(5)} y1={y(score)} y2={y(score)} />
            <text x={FRAME.left - 10} y={y(score) + 4} textAnchor="end">
              {score}
            </text>
            <text x={x(score)} y={SIZE - FRAME.bottom + 18} textAnchor="middle">
              {score}
            </text>
          </g>
        ))}
        <text x={x(3)} y={SIZE - 4} textAnchor="middle">
          {t.x}
        </text>
        <text transform={`translate(12 ${y(3)}) rotate(-90)`} textAnchor="middle">
          {t.y}
        </text>
        <line className="nhr-lab-diagonal" x1={x(1)} y1={y(1)} x2={x(5)} y2={y(5)} />
        {points.map(([expected, given], i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: points have no identity and never change
          <circle key={i} className="nhr-lab-point" cx={x(expected)} cy={y(given)} r={2.5} />
        ))}
        <path className="nhr-lab-line" d={line} />
        {means.map(({ expected, given }) => (
          <circle key={expected} className="nhr-lab-mean" cx={x(expected)} cy={y(given)} r={4} />
        ))}
      </svg>
    </figure>
  );
}

function meansOf(points: readonly (readonly [number, number])[]): { expected: number; given: number }[] {
  const bins = new Map<number, { expected: number; given: number; count: number }>();
  for (const [expected, given] of points) {
    const at = Math.floor(expected / BIN);
    const bin = bins.get(at) ?? { expected: 0, given: 0, count: 0 };
    bins.set(at, { expected: bin.expected + expected, given: bin.given + given, count: bin.count + 1 });
  }
  return [...bins.values()]
    .filter((bin) => bin.count >= LEAST_IN_BIN)
    .map((bin) => ({ expected: bin.expected / bin.count, given: bin.given / bin.count }))
    .sort((a, b) => a.expected - b.expected);
}
