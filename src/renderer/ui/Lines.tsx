import './lines.css';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { text } from '../text.ts';

export interface Line {
  label: string;
  /** Which of the chart's colours and dashes; the first is the accent. */
  tone: 0 | 1 | 2;
  /** A null leaves a gap. */
  points: readonly { x: number; y: number | null }[];
}

interface LinesProps {
  /** Read aloud, with the summary. */
  label: string;
  /** The plot in a sentence, for who does not see it. */
  summary: string;
  lines: readonly Line[];
  showX(x: number): string;
  showY(y: number): string;
  height?: number;
  /** Highest value of the axis; else that of the data. */
  maxY?: number;
  /** Drawn as dashed upright lines. */
  marks?: readonly { x: number; tone: 0 | 1 | 2 }[];
  /** Names of the table's first column. */
  xName: string;
}

const WIDTH = 560;
const FRAME = { left: 52, right: 12, top: 10, bottom: 24 };

/** Lines over a common axis, with a legend in words; the same numbers as a table at a click. */
export function Lines({ label, summary, lines, showX, showY, height = 150, maxY, marks = [], xName }: LinesProps) {
  const [table, setTable] = useState(false);
  const all = lines.flatMap((line) => line.points);
  const xs = all.map((point) => point.x);
  const [low, high] = [Math.min(...xs), Math.max(...xs)];
  const top = (maxY ?? Math.max(...all.map((point) => point.y ?? 0))) || 1;
  const x = (value: number) => FRAME.left + ((value - low) / (high - low || 1)) * (WIDTH - FRAME.left - FRAME.right);
  const y = (value: number) => FRAME.top + (1 - Math.min(1, value / top)) * (height - FRAME.top - FRAME.bottom);
  return (
    <figure className="nhr-lines">
      {table ? (
        <LinesTable label={label} lines={lines} showX={showX} showY={showY} xName={xName} />
      ) : (
        <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={`${label}. ${summary}`}>
          {[0, 0.5, 1].map((share) => (
            <g key={share} className="nhr-lines-grid">
              <line x1={FRAME.left} x2={WIDTH - FRAME.right} y1={y(share * top)} y2={y(share * top)} />
              <text x={FRAME.left - 8} y={y(share * top) + 4} textAnchor="end">
                {showY(share * top)}
              </text>
            </g>
          ))}
          <text className="nhr-lines-x" x={FRAME.left} y={height - 6}>
            {showX(low)}
          </text>
          <text className="nhr-lines-x" x={WIDTH - FRAME.right} y={height - 6} textAnchor="end">
            {showX(high)}
          </text>
          {marks.map((mark) => (
            <line
              key={`${mark.tone} ${mark.x}`}
              className="nhr-lines-mark"
              data-tone={mark.tone}
              x1={x(mark.x)}
              x2={x(mark.x)}
              y1={y(top)}
              y2={y(0)}
            />
          ))}
          {lines.map((line) => (
            <path key={line.label} className="nhr-lines-line" data-tone={line.tone} d={pathOf(line, x, y)} />
          ))}
        </svg>
      )}
      <figcaption>
        {lines.map((line) => (
          <span key={line.label} className="nhr-lines-key" data-tone={line.tone}>
            {line.label}
          </span>
        ))}
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          onClick={() => setTable(!table)}
          aria-label={`${label}: ${table ? text.run.asChart : text.run.asTable}`}
        >
          {table ? text.run.asChart : text.run.asTable}
        </Button>
      </figcaption>
    </figure>
  );
}

/** A point by itself is drawn as a short stroke, else nothing of it would be seen. */
function pathOf(line: Line, x: (value: number) => number, y: (value: number) => number): string {
  let path = '';
  let open = false;
  for (const [i, point] of line.points.entries()) {
    if (point.y === null) {
      open = false;
      continue;
    }
    path += `${open ? 'L' : 'M'}${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`;
    if (!open && (line.points[i + 1]?.y ?? null) === null) path += 'h1.5';
    open = true;
  }
  return path;
}

function LinesTable({ label, lines, showX, showY, xName }: Pick<LinesProps, 'label' | 'lines' | 'showX' | 'showY' | 'xName'>) {
  const xs = [...new Set(lines.flatMap((line) => line.points.map((point) => point.x)))].sort((a, b) => a - b);
  const at = lines.map((line) => new Map(line.points.map((point) => [point.x, point.y])));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
    <section className="nhr-lines-table" tabIndex={0} aria-label={label}>
      <table className="nhr-table">
        <thead>
          <tr>
            <th>{xName}</th>
            {lines.map((line) => (
              <th key={line.label} className="nhr-num">
                {line.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {xs.map((value) => (
            <tr key={value}>
              <td>{showX(value)}</td>
              {at.map((points, i) => {
                const shown = points.get(value) ?? null;
                return (
                  <td key={lines[i]?.label} className="nhr-num">
                    {shown === null ? '–' : showY(shown)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
