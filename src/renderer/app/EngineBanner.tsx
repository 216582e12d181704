import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { text } from '../text.ts';
import { IconAlertTriangle, IconRefresh } from '../ui/icons.ts';
import type { EngineStateStore } from './engineState.ts';
import { useStudio } from './studio.tsx';

/** A start shorter than this says nothing: a line that only flashes up would be noise. */
const QUIET_START_MS = 1_500;
/** A restart is told for at least so long: one that is over before the page was drawn again would be told to nobody. */
const TOLD_MS = 1_500;
/** Failed attempts of a browser page after which it stops saying that nothing is wrong. */
const UNANSWERED = 8;

/** One line under the header whenever the engine is not ready. It lies over the page, so nothing jumps. */
export function EngineBanner() {
  const { engineState, desktop, outbox } = useStudio();
  const { refused } = useStore(outbox.late);
  const { state, error, attempt } = useStore(engineState);
  const slow = useSlow(state === 'starting');
  const restarted = useRestarted(engineState);
  const broken = state === 'broken' || (!desktop && attempt > UNANSWERED);
  const sentence = broken
    ? desktop
      ? text.engine.broken
      : text.engine.brokenWeb
    : state === 'restarting' || restarted
      ? desktop
        ? text.engine.restarting
        : text.engine.away
      : slow
        ? text.engine.starting
        : null;
  return (
    <div className="nhr-banner-place" role="status" aria-live="polite">
      {sentence && (
        <div className="nhr-banner" data-tone={broken ? 'bad' : 'warn'}>
          {broken ? <IconAlertTriangle aria-hidden size={17} /> : <span className="nhr-dot" data-live />}
          <span>
            {sentence}
            {broken && error && ` ${error.message}`}
            {broken && error?.details.hint && ` ${error.details.hint}`}
          </span>
          {broken && desktop && (
            <Button
              size="compact-xs"
              variant="default"
              leftSection={<IconRefresh aria-hidden size={13} />}
              onClick={() => void desktop.restartEngine()}
            >
              {text.engine.restart}
            </Button>
          )}
        </div>
      )}
      {refused && (
        <div className="nhr-banner" data-tone="bad">
          <IconAlertTriangle aria-hidden size={17} />
          <span>{text.engine.lateRefused(refused.count, refused.error.message)}</span>
          <Button size="compact-xs" variant="default" onClick={() => outbox.late.setState({ refused: null })}>
            {text.engine.lateRead}
          </Button>
        </div>
      )}
    </div>
  );
}

function useSlow(waiting: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!waiting) return setSlow(false);
    const timer = setTimeout(() => setSlow(true), QUIET_START_MS);
    return () => clearTimeout(timer);
  }, [waiting]);
  return waiting && slow;
}

/** Whether a restart began a moment ago. Listens to the store itself: states that pass within one frame are never rendered. */
function useRestarted(engineState: EngineStateStore): boolean {
  const [restarted, setRestarted] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = engineState.subscribe(({ state }) => {
      if (state !== 'restarting') return;
      clearTimeout(timer);
      timer = setTimeout(() => setRestarted(false), TOLD_MS);
      setRestarted(true);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [engineState]);
  return restarted;
}
