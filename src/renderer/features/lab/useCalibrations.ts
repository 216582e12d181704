import { keepPreviousData, useMutation, useQueries, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { CalibrationSource } from '../../../shared/model/calibration.ts';
import type { JobView } from '../../../shared/model/events.ts';
import { putJob } from '../../app/live.ts';
import { useLive, useStudio } from '../../app/studio.tsx';

/** Newest runs that are asked whether they use a calibration. */
const RUNS_ASKED = 20;

/** The calibrations of the workspace; asked for again whenever one was learned. */
export function useCalibrations() {
  const { engine, queries } = useStudio();
  const learned = useLive((s) => s.jobs.filter(({ kind, state }) => kind === 'calibrate' && state === 'done').length);
  useEffect(() => {
    if (learned > 0) void queries.invalidateQueries({ queryKey: engine.calibrations.list.key() });
  }, [learned, queries, engine]);
  return useQuery(engine.calibrations.list.queryOptions());
}

/** Runs a calibration may learn from, newest first. */
export function useRunChoices() {
  return useQuery(useStudio().engine.runs.list.queryOptions());
}

/** What a source has to learn from. */
export function useSupply(source: CalibrationSource | null) {
  const { engine } = useStudio();
  const input = source ?? { from: 'ratings' as const };
  return useQuery(engine.calibrations.supply.queryOptions({ input, enabled: source !== null, placeholderData: keepPreviousData }));
}

/** How a calibration does in the runs that use it. */
export function useDrifts(id: string) {
  const { engine } = useStudio();
  const runs = useRunChoices();
  const asked = (runs.data ?? []).slice(0, RUNS_ASKED);
  const drifts = useQueries({ queries: asked.map(({ id: runId }) => engine.calibrations.drift.queryOptions({ input: { runId } })) });
  const found = asked.flatMap((run, i) => {
    const drift = drifts[i]?.data;
    return drift?.calibration === id ? [{ run, drift }] : [];
  });
  return { found, pending: runs.isPending || drifts.some(({ isPending }) => isPending), error: runs.error };
}

/** Learning one, stopping that, and taking one over. */
export function useCalibrationChanges() {
  const { client, engine, live, queries } = useStudio();
  const put = (job: JobView) => live.setState((state) => ({ jobs: putJob(state.jobs, job) }));
  return {
    fit: useMutation({
      mutationFn: (input: Parameters<typeof client.calibrations.fit>[0]) => client.calibrations.fit(input),
      onSuccess: put,
    }),
    cancel: useMutation({ mutationFn: (jobId: string) => client.transfer.cancel({ jobId }), onSuccess: put }),
    take: useMutation({
      mutationFn: (path: string) => client.calibrations.take({ path }),
      onSuccess: () => queries.invalidateQueries({ queryKey: engine.calibrations.list.key() }),
    }),
  };
}
