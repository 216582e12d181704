import { Button, Group, SegmentedControl, Slider } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import { useRef, useState } from 'react';
import { useLive } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { IconMinus, IconPlus } from '../../ui/icons.ts';
import { MODES, type Mode, Stage } from '../../ui/Stage.tsx';
import { useZoom } from '../../ui/useZoom.ts';
import { useRoomKeys } from './useRoomKeys.ts';

const t = text.edit;

interface Shown {
  src: string;
  name: string;
}

interface PairStageProps {
  /** Null for the first picture, which there is nothing to compare with. */
  a: Shown | null;
  b: Shown;
  width: number;
  height: number;
}

/** Any two pictures of the session against each other, in the viewer of the review. */
export function PairStage({ a, b, width, height }: PairStageProps) {
  const calm = useReducedMotion();
  // A new life of the engine: pictures that failed while it was away are asked for again.
  const epoch = useLive((s) => s.epoch);
  const modes: readonly Mode[] = calm ? MODES.filter((mode) => mode !== 'blink') : MODES;
  const [chosen, setChosen] = useState<Mode>('slider');
  const [gain, setGain] = useState(4);
  const stage = useRef<HTMLDivElement>(null);
  const mode = a === null ? 'single' : chosen;
  const zoom = useZoom(stage, { width, height }, mode === 'side' ? 2 : 1);
  const next = () => setChosen(modes[(modes.indexOf(chosen) + 1) % modes.length] ?? 'slider');
  useRoomKeys({
    v: a === null ? undefined : next,
    f: zoom.fit,
    '0': zoom.full,
    '+': () => zoom.zoomBy(1.25),
    '-': () => zoom.zoomBy(0.8),
  });
  return (
    <section className="nhr-pair-stage" aria-label={t.compare}>
      <div className="nhr-pair-bar">
        <SegmentedControl
          size="xs"
          aria-label={t.mode}
          disabled={a === null}
          data={modes.map((value) => ({ value, label: text.compare.modes[value] }))}
          value={chosen}
          onChange={(value) => setChosen(modes.find((item) => item === value) ?? 'slider')}
        />
        {mode === 'difference' && (
          <Slider
            className="nhr-gain"
            size="sm"
            min={1}
            max={16}
            value={gain}
            onChange={setGain}
            thumbLabel={text.compare.gain}
            label={(value) => `× ${value}`}
          />
        )}
        <span className="nhr-grow" />
        <Group gap={4} wrap="nowrap" role="group" aria-label={text.compare.zoom}>
          <Button size="compact-sm" px={6} variant="default" aria-label={text.compare.zoomOut} onClick={() => zoom.zoomBy(0.8)}>
            <IconMinus aria-hidden size={14} />
          </Button>
          <span className="nhr-zoom">{Math.round(zoom.scale * 100)} %</span>
          <Button size="compact-sm" px={6} variant="default" aria-label={text.compare.zoomIn} onClick={() => zoom.zoomBy(1.25)}>
            <IconPlus aria-hidden size={14} />
          </Button>
          <Button size="compact-sm" px={8} variant="default" onClick={zoom.fit} aria-pressed={zoom.fitted}>
            {text.compare.fit}
          </Button>
          <Button size="compact-sm" px={8} variant="default" onClick={zoom.full}>
            {text.compare.full}
          </Button>
        </Group>
      </div>
      <Stage
        key={epoch}
        mode={mode}
        source={(a ?? b).src}
        edited={b.src}
        names={{ source: a === null ? b.name : `${t.before}: ${a.name}`, edited: `${t.after}: ${b.name}` }}
        picture={{ width, height }}
        zoom={zoom}
        gain={gain}
        stageRef={stage}
      />
    </section>
  );
}
