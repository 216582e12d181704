import { Button, Group, SegmentedControl } from '@mantine/core';
import { text } from '../../text.ts';
import { IconMinus, IconPlus } from '../icons.ts';
import { MODES, type StageView } from './useStageView.ts';
import { useFitted, useZoomPercent, type Zoom } from './zoom.ts';

/** Chooses how the pictures are compared; what that way needs stands under the pictures. */
export function StageTools({ view, label, disabled = false }: { view: StageView; label: string; disabled?: boolean }) {
  return (
    <SegmentedControl
      size="xs"
      aria-label={label}
      disabled={disabled}
      data={MODES.map((value) => ({ value, label: text.compare.modes[value] }))}
      value={view.mode}
      onChange={(value) => view.setMode(MODES.find((mode) => mode === value) ?? 'slider')}
    />
  );
}

/** Nearer, further, fit, one to one, and the scale in percent. */
export function ZoomTools({ zoom, size = 'xs' }: { zoom: Zoom; size?: 'xs' | 'compact-sm' }) {
  const fitted = useFitted(zoom);
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
      <Percent zoom={zoom} />
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
      <Button size={size} px={8} variant="default" onClick={zoom.fit} aria-pressed={fitted}>
        {text.compare.fit}
      </Button>
      <Button size={size} px={8} variant="default" onClick={() => zoom.full()}>
        {text.compare.full}
      </Button>
    </Group>
  );
}

function Percent({ zoom }: { zoom: Zoom }) {
  return <span className="nhr-zoom">{useZoomPercent(zoom)} %</span>;
}
