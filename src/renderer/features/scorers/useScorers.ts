import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { JobView } from '../../../shared/model/events.ts';
import { putJob } from '../../app/live.ts';
import { useLive, useStudio } from '../../app/studio.tsx';

/** Milliseconds between two looks at the scorer process, which changes without an event. */
const PROCESS_EVERY = 2_000;

export function useChoice() {
  return useQuery(useStudio().engine.scorers.providers.queryOptions());
}

export function useProcess() {
  return useQuery(useStudio().engine.scorers.process.queryOptions({ refetchInterval: PROCESS_EVERY }));
}

export function useModels() {
  return useQuery(useStudio().engine.scorers.models.queryOptions());
}

export function useSettings() {
  return useQuery(useStudio().engine.scorers.settings.queryOptions());
}

/** The newest job about a folder, or the newest installation when none is given. */
export function useScorerJob(folder: string | null): JobView | undefined {
  const jobs = useLive((s) => s.jobs);
  return jobs.findLast((job) => (folder === null ? job.kind === 'install' : job.kind === 'model' && job.target === folder));
}

/** Asks again for what a job has changed, once it has ended. */
export function useRefreshAfter(job: JobView | undefined): void {
  const { engine, queries } = useStudio();
  const ended = job !== undefined && job.state !== 'running' ? job.id : '';
  useEffect(() => {
    if (ended !== '') void queries.invalidateQueries({ queryKey: engine.scorers.key() });
  }, [ended, engine, queries]);
}

/** Everything the screen can do; what it shows is asked for again afterwards. */
export function useScorerChanges() {
  const { client, engine, queries, live } = useStudio();
  const refresh = () => queries.invalidateQueries({ queryKey: engine.scorers.key() });
  const started = (job: JobView) => live.setState((state) => ({ jobs: putJob(state.jobs, job) }));
  return {
    tryAgain: useMutation({ mutationFn: () => client.scorers.tryProviders(), onSuccess: refresh }),
    freeMemory: useMutation({ mutationFn: () => client.scorers.freeMemory(), onSuccess: refresh }),
    install: useMutation({ mutationFn: () => client.scorers.installCuda(), onSuccess: started }),
    settings: useMutation({
      mutationFn: (input: Parameters<typeof client.scorers.setSettings>[0]) => client.scorers.setSettings(input),
      onSuccess: refresh,
    }),
    accept: useMutation({
      mutationFn: (input: { id: string; licence: string }) => client.scorers.acceptLicence(input),
      onSuccess: refresh,
    }),
    get: useMutation({ mutationFn: (input: { id: string; trustFirstUse: boolean }) => client.scorers.getModel(input), onSuccess: started }),
    importModel: useMutation({
      mutationFn: (input: { id: string; path: string }) => client.scorers.importModel(input),
      onSuccess: refresh,
    }),
    remove: useMutation({ mutationFn: (id: string) => client.scorers.removeModel({ id }), onSuccess: refresh }),
    cancel: useMutation({ mutationFn: (jobId: string) => client.transfer.cancel({ jobId }), onSuccess: started }),
  };
}
