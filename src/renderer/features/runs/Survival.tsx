import '../../ui/lines.css';
import { Button } from '@mantine/core';
import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import type { SurvivalCurve } from '../../../shared/model/run.ts';
import { text } from '../../text.ts';
import { count, percent } from '../../ui/format.ts';

const WIDTH = 560;
const HEIGHT = 250;
const FRAME = { left: 44, right: 14, top: 14, bottom: 34 };
const x = (t: number) => FRAME.left + ((t - 1) / 4) * (WIDTH - FRAME.left - FRAME.right);
const y = (share: number) => FRAME.top + (1 - share) * (HEIGHT - FRAME.top - FRAME.bottom);

/** The share of candidates that a threshold keeps, with its knees and the threshold between them; as a picture or a table. */
export function Survival({ curve }: { curve: SurvivalCurve }) {
  const [table, setTable] = useState(false);
  if (curve.points.every((point) => point.count === 0)) return <p className="nhr-quiet">{text.run.survivalEmpty}</p>;
  return (
    <div className="nhr-survival">
      {table ? <CurveTable curve={curve} /> : <Chart curve={curve} />}
      <div className="nhr-survival-foot">
        <span>
          {curve.suggested === null ? text.run.noSuggested : <b>{text.run.suggested(curve.suggested.toFixed(1))}</b>}
          {curve.knees.length > 0 && (
            <span className="nhr-quiet">
              {' '}
              · {text.run.knees(curve.knees.map((t) => t.toFixed(1)).join(', '), curve.knees.length === 1)}
            </span>
          )}
        </span>
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setTable(!table)}>
          {table ? text.run.asChart : text.run.asTable}
        </Button>
      </div>
    </div>
  );
}

function Chart({ curve }: { curve: SurvivalCurve }) {
  const { points, knees, suggested } = curve;
  const svg = useRef<SVGSVGElement>(null);
  const start = Math.max(
    0,
    points.findIndex((p) => p.t === (suggested ?? 4)),
  );
  const [at, setAt] = useState<number | null>(null);
  const shown = points[at ?? start];
  const step = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, Home: -points.length, End: points.length }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    setAt(Math.min(points.length - 1, Math.max(0, (at ?? start) + by)));
  };
  const read = (event: PointerEvent) => {
    const box = svg.current?.getBoundingClientRect();
    if (!box || box.width === 0) return;
    const t = 1 + ((((event.clientX - box.left) / box.width) * WIDTH - FRAME.left) / (WIDTH - FRAME.left - FRAME.right)) * 4;
    setAt(nearest(points, t));
  };
  const reading = shown ? text.run.reading(shown.t.toFixed(1), percent(shown.share), count(shown.count)) : '';
  const path = points.map((p, i) => `${i === 0 ? 'M' : 'L'}${x(p.t).toFixed(1)},${y(p.share).toFixed(1)}`).join('');
  return (
    <div
      className="nhr-lines nhr-chart"
      role="slider"
      tabIndex={0}
      aria-label={text.run.survival}
      aria-valuemin={1}
      aria-valuemax={5}
      aria-valuenow={shown?.t ?? 1}
      aria-valuetext={reading}
      onKeyDown={step}
    >
      <svg ref={svg} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden onPointerMove={read} onPointerLeave={() => setAt(null)}>
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <g key={share} className="nhr-lines-grid">
            <line x1={FRAME.left} x2={WIDTH - FRAME.right} y1={y(share)} y2={y(share)} />
            <text x={FRAME.left - 8} y={y(share) + 4} textAnchor="end">
              {percent(share, 0)}
            </text>
          </g>
        ))}
        {[1, 2, 3, 4, 5].map((t) => (
          <text key={t} x={x(t)} y={HEIGHT - FRAME.bottom + 18} textAnchor="middle">
            {t}
          </text>
        ))}
        <path className="nhr-chart-area" d={`${path}L${x(5)},${y(0)}L${x(1)},${y(0)}Z`} />
        <path className="nhr-lines-line" d={path} />
        {knees.map((t) => (
          <line key={t} className="nhr-chart-knee" x1={x(t)} x2={x(t)} y1={y(1)} y2={y(0)} />
        ))}
        {suggested !== null && <line className="nhr-chart-suggested" x1={x(suggested)} x2={x(suggested)} y1={y(1)} y2={y(0)} />}
        {at !== null && shown && (
          <g className="nhr-chart-reading">
            <line x1={x(shown.t)} x2={x(shown.t)} y1={y(1)} y2={y(0)} />
            <circle cx={x(shown.t)} cy={y(shown.share)} r={4.5} />
          </g>
        )}
      </svg>
      <span className="nhr-chart-text" data-shown={at !== null || undefined}>
        {reading}
      </span>
    </div>
  );
}

function CurveTable({ curve }: { curve: SurvivalCurve }) {
  return (
    <div className="nhr-survival-table">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard */}
      <section tabIndex={0} aria-label={text.run.survivalTable}>
        <table className="nhr-table">
          <thead>
            <tr>
              <th>{text.run.threshold}</th>
              <th className="nhr-num">{text.run.share}</th>
              <th className="nhr-num">{text.run.candidates}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {curve.points.map((point) => (
              <tr key={point.t}>
                <td>{point.t.toFixed(1)}</td>
                <td className="nhr-num">{percent(point.share)}</td>
                <td className="nhr-num">{count(point.count)}</td>
                <td className="nhr-num nhr-quiet">
                  {curve.knees.includes(point.t) && text.run.knee}
                  {curve.suggested === point.t && text.run.suggested(point.t.toFixed(1))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function nearest(points: SurvivalCurve['points'], t: number): number {
  let best = 0;
  for (const [i, point] of points.entries()) if (Math.abs(point.t - t) < Math.abs((points[best]?.t ?? 0) - t)) best = i;
  return best;
}
