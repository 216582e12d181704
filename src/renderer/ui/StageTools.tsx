import { Button, Checkbox, Group, NativeSelect, SegmentedControl, Slider } from '@mantine/core';
import { text } from '../text.ts';
import { DIFFERENCE_LOOKS } from './DifferenceFilters.tsx';
import { IconMinus, IconPlus } from './icons.ts';
import { MODES } from './Stage.tsx';
import type { StageView } from './useStageView.ts';
import type { useZoom } from './useZoom.ts';

/** Most that a difference is brightened. */
const GAIN_MOST = 32;

/** Chooses how the pictures are compared, with what that way needs. */
export function StageTools({ view, label, disabled = false }: { view: StageView; label: string; disabled?: boolean }) {
  const t = text.reviewing;
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label={label}
        disabled={disabled}
        data={MODES.map((value) => ({ value, label: text.compare.modes[value] }))}
        value={view.mode}
        onChange={(value) => view.setMode(MODES.find((mode) => mode === value) ?? 'slider')}
      />
      {view.mode === 'difference' && !disabled && (
        <>
          <NativeSelect
            size="xs"
            aria-label={t.look}
            data={DIFFERENCE_LOOKS.map((value) => ({ value, label: t.looks[value] }))}
            value={view.look}
            onChange={(event) => view.setLook(DIFFERENCE_LOOKS.find((look) => look === event.currentTarget.value) ?? 'plain')}
          />
          {view.look !== 'mask' && (
            <Slider
              className="nhr-gain"
              size="sm"
              min={1}
              max={GAIN_MOST}
              value={view.gain}
              onChange={view.setGain}
              label={(value) => `× ${value}`}
              thumbLabel={text.compare.gain}
            />
          )}
        </>
      )}
      {view.mode === 'blink' && !disabled && (
        <>
          <Button size="xs" px={8} variant="default" onClick={view.flip}>
            {t.flip}
          </Button>
          {view.mayTime && (
            <Checkbox size="xs" label={t.timed} checked={view.timed} onChange={(event) => view.setTimed(event.currentTarget.checked)} />
          )}
        </>
      )}
    </>
  );
}

/** Nearer, further, fit, one to one, and the scale in percent. */
export function ZoomTools({ zoom, size = 'xs' }: { zoom: ReturnType<typeof useZoom>; size?: 'xs' | 'compact-sm' }) {
  return (
    <Group gap={4} wrap="nowrap" role="group" aria-label={text.compare.zoom}>
      <Button
        size={size}
        px={7}
        variant="default"
        aria-label={text.compare.zoomOut}
        title={text.compare.zoomOut}
        onClick={() => zoom.zoomBy(0.8)}
      >
        <IconMinus aria-hidden size={15} />
      </Button>
      <span className="nhr-zoom">{Math.round(zoom.scale * 100)} %</span>
      <Button
        size={size}
        px={7}
        variant="default"
        aria-label={text.compare.zoomIn}
        title={text.compare.zoomIn}
        onClick={() => zoom.zoomBy(1.25)}
      >
        <IconPlus aria-hidden size={15} />
      </Button>
      <Button size={size} px={8} variant="default" onClick={zoom.fit} aria-pressed={zoom.fitted}>
        {text.compare.fit}
      </Button>
      <Button size={size} px={8} variant="default" onClick={zoom.full}>
        {text.compare.full}
      </Button>
    </Group>
  );
}
