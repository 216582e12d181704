import './stage.css';
import { type CSSProperties, type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { text } from '../text.ts';
import { DifferenceFilters, type DifferenceLook, differenceFilter } from './DifferenceFilters.tsx';
import type { Size, useZoom } from './useZoom.ts';

export const MODES = ['slider', 'side', 'difference', 'blink'] as const;
export type Mode = (typeof MODES)[number];

/** Milliseconds that each picture is shown when they take turns. */
const BLINK = 700;

const NAMES = { source: text.review.source, edited: text.review.edited };

interface StageProps {
  /** `single` shows the source alone. */
  mode: Mode | 'single';
  /** Addresses of the two pictures. */
  source: string;
  edited: string;
  /** What they are called; source and edited when nothing else is said. */
  names?: { source: string; edited: string };
  picture: Size;
  zoom: ReturnType<typeof useZoom>;
  /** Factor on the difference, so that small changes can be seen. */
  gain: number;
  stageRef: React.RefObject<HTMLDivElement | null>;
  /** How the difference is shown; its colours when not given. */
  look?: DifferenceLook;
  /** In blink: which picture is shown, by hand; null or nothing lets a timer turn them. */
  second?: boolean | null;
}

/** Two pictures, one of four ways, all with the same zoom and place. */
export function Stage({
  mode,
  source,
  edited,
  names = NAMES,
  picture,
  zoom,
  gain,
  stageRef,
  look = 'plain',
  second: byHand = null,
}: StageProps) {
  const [divider, setDivider] = useState(0.5);
  const turned = useBlink(mode === 'blink' && byHand === null);
  const second = byHand ?? turned;
  const layer: CSSProperties = {
    transform: zoom.transform,
    width: picture.width,
    height: picture.height,
    imageRendering: zoom.scale >= 2 ? 'pixelated' : 'auto',
  };
  const before = <Layer key="source" src={source} alt={names.source} style={layer} />;
  const after = <Layer key="edited" src={edited} alt={names.edited} style={layer} />;
  return (
    <div className="nhr-stage" ref={stageRef} data-mode={mode} {...zoom.drag}>
      {mode === 'single' && <div className="nhr-pane">{before}</div>}
      {mode === 'slider' && (
        <>
          <div className="nhr-pane">{before}</div>
          <div className="nhr-pane" style={{ clipPath: `inset(0 0 0 ${divider * 100}%)` }}>
            {after}
          </div>
          <Corner side="left">{names.source}</Corner>
          <Corner side="right">{names.edited}</Corner>
          <Divider at={divider} onMove={setDivider} />
        </>
      )}
      {mode === 'side' && (
        <>
          <div className="nhr-pane nhr-half">
            {before}
            <Corner side="left">{names.source}</Corner>
          </div>
          <div className="nhr-pane nhr-half nhr-second">
            {after}
            <Corner side="right">{names.edited}</Corner>
          </div>
        </>
      )}
      {mode === 'difference' && (
        <>
          <DifferenceFilters />
          <div className="nhr-pane nhr-difference" style={{ filter: differenceFilter(look, gain) }}>
            {before}
            {after}
          </div>
        </>
      )}
      {mode === 'blink' && (
        <>
          <div className="nhr-pane">{before}</div>
          <div className="nhr-pane" style={{ visibility: second ? 'visible' : 'hidden' }}>
            {after}
          </div>
          <Corner side="left">{second ? names.edited : names.source}</Corner>
        </>
      )}
    </div>
  );
}

function Layer({ src, alt, style }: { src: string; alt: string; style: CSSProperties }) {
  const [failed, setFailed] = useState('');
  if (failed === src)
    return (
      <span className="nhr-layer-failed" role="alert">
        {alt}: {text.review.noPicture}
      </span>
    );
  return <img className="nhr-layer" src={src} alt={alt} style={style} draggable={false} onError={() => setFailed(src)} />;
}

function Corner({ side, children }: { side: 'left' | 'right'; children: string }) {
  return (
    <span className="nhr-corner" data-side={side} aria-hidden>
      {children}
    </span>
  );
}

/** The line between source (left) and edit (right): dragged, or moved with the arrow keys. `at` from 0 to 1. */
function Divider({ at, onMove }: { at: number; onMove(at: number): void }) {
  const line = useRef<HTMLDivElement>(null);
  const to = (value: number) => onMove(Math.min(1, Math.max(0, value)));
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.shiftKey ? 0.1 : 0.02;
    const next = { ArrowLeft: at - step, ArrowDown: at - step, ArrowRight: at + step, ArrowUp: at + step, Home: 0, End: 1 }[event.key];
    if (next === undefined) return;
    // The same keys lead to the next triplet elsewhere in the dialog.
    event.stopPropagation();
    event.preventDefault();
    to(next);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    event.stopPropagation();
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = line.current?.parentElement?.getBoundingClientRect();
    if (box && box.width > 0) to((event.clientX - box.left) / box.width);
  };
  return (
    <div
      ref={line}
      className="nhr-divider"
      style={{ left: `${at * 100}%` }}
      role="slider"
      tabIndex={0}
      aria-label={text.compare.divider}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(at * 100)}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={onPointerMove}
    />
  );
}

function useBlink(on: boolean): boolean {
  const [second, setSecond] = useState(false);
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => setSecond((value) => !value), BLINK);
    return () => clearInterval(timer);
  }, [on]);
  return second;
}
