import { SegmentedControl } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import { type KeyboardEvent, type PointerEvent, useEffect, useState } from 'react';
import { text } from '../../text.ts';
import { Picture } from '../../ui/Picture.tsx';

const t = text.edit;
const MODES = ['slider', 'side', 'difference', 'blink', 'single'] as const;
type Mode = (typeof MODES)[number];
const BLINK_MS = 700;

/** The next of the views in their order. */
export function nextMode(mode: Mode, calm: boolean): Mode {
  const modes = MODES.filter((item) => !calm || item !== 'blink');
  return modes[(modes.indexOf(mode) + 1) % modes.length] ?? 'slider';
}

interface PairStageProps {
  /** Address and name of each picture; without A, B is shown alone. */
  a: { src: string; name: string } | null;
  b: { src: string; name: string };
  /** Width / height. */
  shape: number;
  mode: Mode;
  onMode(mode: Mode): void;
}

/** Any two pictures of the session against each other. */
export function PairStage({ a, b, shape, mode, onMode }: PairStageProps) {
  const calm = useReducedMotion();
  const modes = MODES.filter((item) => !calm || item !== 'blink');
  const shown = a === null ? 'single' : mode;
  const second = useTurns(shown === 'blink');
  const [divider, setDivider] = useState(0.5);
  return (
    <section className="nhr-pair-stage" aria-label={t.compare}>
      <div className="nhr-pair-bar">
        <SegmentedControl
          size="xs"
          aria-label={t.mode}
          disabled={a === null}
          data={modes.map((value) => ({ value, label: t.modes[value] }))}
          value={shown}
          onChange={(value) => onMode(MODES.find((item) => item === value) ?? 'slider')}
        />
        <span className="nhr-quiet nhr-pair-names">
          {a !== null && (
            <>
              <b>{t.before}</b> {a.name} · <b>{t.after}</b>{' '}
            </>
          )}
          {b.name}
        </span>
      </div>
      <div className="nhr-pair-room">
        <div
          className="nhr-pair-box"
          data-mode={shown}
          style={{ aspectRatio: shown === 'side' ? shape * 2 : shape, ['--shape' as string]: shown === 'side' ? shape * 2 : shape }}
        >
          {a !== null && shown !== 'single' && (
            <div className="nhr-pair-layer">
              <Picture src={a.src} alt={`${t.before}: ${a.name}`} />
            </div>
          )}
          <div
            className="nhr-pair-layer"
            style={{
              clipPath: shown === 'slider' ? `inset(0 0 0 ${divider * 100}%)` : undefined,
              visibility: shown === 'blink' && !second ? 'hidden' : undefined,
            }}
          >
            <Picture src={b.src} alt={`${t.after}: ${b.name}`} />
          </div>
          {shown === 'slider' && <Divider at={divider} onMove={setDivider} />}
        </div>
      </div>
    </section>
  );
}

function Divider({ at, onMove }: { at: number; onMove(at: number): void }) {
  const to = (value: number) => onMove(Math.min(1, Math.max(0, value)));
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.shiftKey ? 0.1 : 0.02;
    const next = { ArrowLeft: at - step, ArrowDown: at - step, ArrowRight: at + step, ArrowUp: at + step, Home: 0, End: 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    to(next);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = event.currentTarget.parentElement?.getBoundingClientRect();
    if (box && box.width > 0) to((event.clientX - box.left) / box.width);
  };
  return (
    <div
      className="nhr-pair-divider"
      style={{ left: `${at * 100}%` }}
      role="slider"
      tabIndex={0}
      aria-label={t.divider}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(at * 100)}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
    />
  );
}

function useTurns(on: boolean): boolean {
  const [second, setSecond] = useState(false);
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => setSecond((value) => !value), BLINK_MS);
    return () => clearInterval(timer);
  }, [on]);
  return second;
}
