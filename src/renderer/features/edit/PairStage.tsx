import { useActions } from '../../app/actions.ts';
import { useLive } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { Stage } from '../../ui/viewer/Stage.tsx';
import { StageTools, ZoomTools } from '../../ui/viewer/StageTools.tsx';
import { useStageView } from '../../ui/viewer/useStageView.ts';
import { viewActions } from '../../ui/viewer/viewActions.ts';
import { useRoomKeys } from './useRoomKeys.ts';

const t = text.edit;

interface Shown {
  src: string;
  thumb: string;
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
  // A new life of the engine: pictures that failed while it was away are asked for again.
  const epoch = useLive((s) => s.epoch);
  const view = useStageView();
  const { zoom } = view;
  useActions(viewActions(view, a === null));
  useRoomKeys({
    v: a === null ? undefined : view.nextMode,
    f: zoom.fit,
    '0': () => zoom.full(),
    '+': () => zoom.zoomBy(1.25),
    '-': () => zoom.zoomBy(0.8),
  });
  return (
    <section className="nhr-pair-stage" aria-label={t.compare}>
      <div className="nhr-pair-bar">
        <StageTools view={view} label={t.mode} disabled={a === null} />
        <span className="nhr-grow" />
        <ZoomTools zoom={zoom} size="compact-sm" />
      </div>
      <Stage
        key={epoch}
        view={view}
        single={a === null}
        source={a ?? b}
        edited={b}
        names={{ source: a === null ? b.name : `${t.before}: ${a.name}`, edited: `${t.after}: ${b.name}` }}
        picture={{ width, height }}
      />
    </section>
  );
}
