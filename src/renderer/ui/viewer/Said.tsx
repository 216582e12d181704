import { useDebouncedValue } from '@mantine/hooks';
import { text } from '../../text.ts';
import { percent } from '../format.ts';
import type { DifferenceFacts } from './difference.ts';
import type { StageView } from './useStageView.ts';
import { useZoomPercent } from './zoom.ts';

/** What the stage shows, in words for those who do not see it; said once things are still. */
export function Said({ view, single, facts, pixel }: { view: StageView; single: boolean; facts: DifferenceFacts | null; pixel: string }) {
  const t = text.viewer;
  const scale = useZoomPercent(view.zoom);
  const words = [
    ...(single ? [] : [text.compare.modes[view.mode]]),
    ...(single || view.mode !== 'difference'
      ? []
      : [t.looks[view.look], ...(view.look === 'mask' ? [t.over(view.rule)] : [t.times(view.gain)])]),
    ...(facts ? [t.changed(percent(facts.flaggedShare, 1), percent(facts.largestShare, 0))] : []),
    t.zoomed(scale),
    pixel,
  ];
  const [said] = useDebouncedValue(words.filter((word) => word !== '').join('. '), 500);
  return (
    <p className="nhr-hidden" role="status">
      {said}
    </p>
  );
}
