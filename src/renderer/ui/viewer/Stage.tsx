import './stage.css';
import { type CSSProperties, type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { text } from '../../text.ts';
import type { Size } from './camera.ts';
import { DifferenceLayer } from './DifferenceLayer.tsx';
import { Divider } from './Divider.tsx';
import type { DifferenceFacts } from './difference.ts';
import { type Following, followZoom } from './follow.ts';
import { Layer } from './Layer.tsx';
import { Minimap } from './Minimap.tsx';
import { Said } from './Said.tsx';
import { StageFoot } from './StageFoot.tsx';
import { useGestures, useProbe } from './useGestures.ts';
import { useStageKeys } from './useStageKeys.ts';
import type { StageView } from './useStageView.ts';
import type { Zoom } from './zoom.ts';

const NAMES = { source: text.review.source, edited: text.review.edited };

/** One of the two pictures. */
export interface Side {
  src: string;
  /** A small copy that stands in until the picture is decoded. */
  thumb?: string;
}

interface StageProps {
  view: StageView;
  source: Side;
  edited: Side;
  /** What they are called; source and edited when nothing else is said. */
  names?: { source: string; edited: string };
  /** Size of the source as far as it is known; the decoded pictures have the last word. */
  picture: Size;
  /** There is nothing to compare with: shows the source alone. */
  single?: boolean;
}

type Shown = (Size & { src: string }) | null;

/** Two pictures, one of five ways, all with the same zoom and place. Pictures are drawn once; moving them moves a transform. */
export function Stage({ view, source, edited, names = NAMES, picture, single = false }: StageProps) {
  const root = useRef<HTMLDivElement>(null);
  const pictures = useRef<HTMLDivElement>(null);
  const divider = useRef(0.5);
  const { zoom } = view;
  const mode = single ? 'single' : view.mode;
  const [shownA, setShownA] = useState<Shown>(null);
  const [shownB, setShownB] = useState<Shown>(null);
  const [facts, setFacts] = useState<DifferenceFacts | null>(null);
  const a = shownA?.src === source.src ? shownA : null;
  const b = shownB?.src === edited.src ? shownB : null;
  const both = single ? a : a && b;
  const pair = useRef<Following['pair']>(null);
  pair.current = both ? { a: source.src, b: edited.src } : null;
  const differ = !single && a !== null && b !== null && (a.width !== b.width || a.height !== b.height);
  const whole = useMemo(
    () => ({
      width: Math.max(a?.width ?? picture.width, single ? 0 : (b?.width ?? 0)),
      height: Math.max(a?.height ?? picture.height, single ? 0 : (b?.height ?? 0)),
    }),
    [a, b, picture.width, picture.height, single],
  );

  useZoomOfStage(pictures, zoom, pair, whole, mode === 'side' ? 2 : 1, `${mode} ${source.src} ${edited.src} ${both !== null} ${facts}`);
  useGestures(pictures, zoom);
  useProbe(pictures, zoom, pair);
  const said = useStageKeys(root, view, single);
  const turning = mode === 'blink' && view.timed && both !== null;
  useTurns(pictures, turning, view.blinkMs);

  const style = { '--nhr-opacity': view.opacity } as CSSProperties;
  return (
    <div className="nhr-stage" ref={root}>
      <section
        className="nhr-pictures"
        ref={pictures}
        data-mode={mode}
        data-second={(!turning && view.second === true) || undefined}
        data-ready={both !== null || undefined}
        style={style}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: with the focus here, the arrows move the picture
        tabIndex={0}
        aria-label={text.viewer.stage}
      >
        <div className="nhr-pane nhr-pane-a">
          <Layer src={source.src} thumb={source.thumb} name={names.source} expected={picture} onShown={setShownA} />
          <canvas data-pixels="a" aria-hidden hidden />
          <span className="nhr-mark" aria-hidden />
        </div>
        {!single && (
          <div className="nhr-pane nhr-pane-b">
            <Layer src={edited.src} thumb={edited.thumb} name={names.edited} expected={picture} onShown={setShownB} />
            <canvas data-pixels="b" aria-hidden hidden />
            <span className="nhr-mark" aria-hidden />
          </div>
        )}
        {mode === 'difference' && (
          <div className="nhr-pane nhr-pane-d">
            {both && (
              <DifferenceLayer
                a={source.src}
                b={edited.src}
                view={view}
                name={text.viewer.differenceOf(names.source, names.edited)}
                onFacts={setFacts}
              />
            )}
            <canvas data-pixels="d" aria-hidden hidden />
          </div>
        )}
        {!single && mode !== 'difference' && (
          <>
            <Corner side="left">{names.source}</Corner>
            <Corner side="right">{names.edited}</Corner>
          </>
        )}
        {mode === 'slider' && <Divider at={divider} />}
        <Probe names={single ? null : names} />
        <Minimap src={source.thumb ?? source.src} picture={whole} zoom={zoom} />
      </section>
      <StageFoot view={view} single={single} facts={mode === 'difference' ? facts : null} sizes={{ a, b }} names={names} differ={differ} />
      <Said view={view} single={single} facts={mode === 'difference' ? facts : null} pixel={said} />
    </div>
  );
}

function Corner({ side, children }: { side: 'left' | 'right'; children: string }) {
  return (
    <span className="nhr-corner" data-side={side} aria-hidden>
      {children}
    </span>
  );
}

/** The line with the values under the pointer; `useProbe` writes into it. */
function Probe({ names }: { names: { source: string; edited: string } | null }) {
  const t = text.viewer;
  return (
    <div className="nhr-pixel-line" aria-hidden>
      <span data-probe="at" />
      <span>
        <b>{names ? t.a : ''}</b> <span data-probe="a" />
      </span>
      {names && (
        <>
          <span>
            <b>{t.b}</b> <span data-probe="b" />
          </span>
          <span>
            <b>{t.delta}</b> <span data-probe="d" />
          </span>
        </>
      )}
    </div>
  );
}

/** Tells the zoom what is shown and how large a pane is, and lets everything in the stage follow it. */
function useZoomOfStage(
  pictures: RefObject<HTMLDivElement | null>,
  zoom: Zoom,
  pair: RefObject<Following['pair']>,
  whole: Size,
  panes: number,
  what: string,
): void {
  const following = useRef<ReturnType<typeof followZoom>>(undefined);
  useLayoutEffect(() => zoom.setPicture(whole), [zoom, whole]);
  useLayoutEffect(() => {
    const element = pictures.current;
    if (!element) return;
    const measure = () => zoom.setPane({ width: Math.max(1, element.clientWidth / panes), height: Math.max(1, element.clientHeight) });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [pictures, zoom, panes]);
  useLayoutEffect(() => {
    const element = pictures.current;
    if (!element) return;
    const made = followZoom(element, zoom, () => ({ pair: pair.current }));
    following.current = made;
    return made.stop;
  }, [pictures, zoom, pair]);
  // A layer that has just come has no place yet: before it is painted, not a frame later.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `what` names everything that brings a layer
  useLayoutEffect(() => following.current?.now(), [what]);
}

/** Lets the pictures take turns, both decoded before, by an attribute alone. */
function useTurns(pictures: RefObject<HTMLDivElement | null>, on: boolean, every: number): void {
  useEffect(() => {
    const element = pictures.current;
    if (!on || !element) return;
    const timer = setInterval(() => element.toggleAttribute('data-second'), every);
    return () => {
      clearInterval(timer);
      element.removeAttribute('data-second');
    };
  }, [pictures, on, every]);
}
