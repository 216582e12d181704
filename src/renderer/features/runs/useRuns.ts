import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { RunSummary } from '../../../shared/model/run.ts';
import { newestFirst } from '../../app/live.ts';
import { useLive, useStudio } from '../../app/studio.tsx';

/** All runs, newest first: as listed, with newer news from the event stream on top. */
export function useRuns() {
  const { engine } = useStudio();
  const query = useQuery(engine.runs.list.queryOptions());
  const live = useLive((s) => s.runs);
  const byId = new Map(query.data?.map((run) => [run.id, run]));
  for (const run of Object.values(live)) byId.set(run.id, run);
  const runs = newestFirst(byId.values());
  return { runs, known: query.data !== undefined || runs.length > 0, query };
}

/** Starting and steering a run. The answer is shown at once, before its event comes. */
export function useRunChanges() {
  const { client, live, queries, engine } = useStudio();
  const onSuccess = (run: RunSummary) => {
    live.setState((state) => ({ runs: { ...state.runs, [run.id]: run } }));
    void queries.invalidateQueries({ queryKey: engine.runs.key() });
  };
  return {
    start: useMutation({ mutationFn: (yaml: string) => client.runs.start({ yaml }), onSuccess }),
    pause: useMutation({ mutationFn: (runId: string) => client.runs.pause({ runId }), onSuccess }),
    cancel: useMutation({ mutationFn: (runId: string) => client.runs.cancel({ runId }), onSuccess }),
    resume: useMutation({ mutationFn: (input: Parameters<typeof client.runs.resume>[0]) => client.runs.resume(input), onSuccess }),
  };
}

/** The present time, renewed every 20 seconds, for ages on screen. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 20_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
