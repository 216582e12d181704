import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import type { EndpointProfile } from '../../../shared/model/provider.ts';
import { useStudio } from '../../app/studio.tsx';

/** Milliseconds between two looks at the queues, and at whether keys are found: both change without an event. */
const LANES_EVERY = 2_000;
const KEYS_EVERY = 5_000;

/** The profiles of the workspace. */
export function useProfiles() {
  return useQuery(useStudio().engine.endpoints.list.queryOptions());
}

/** The endpoints of the recipes that come with the app. */
export function usePresets() {
  return useQuery(useStudio().engine.endpoints.presets.queryOptions({ staleTime: Number.POSITIVE_INFINITY }));
}

/** How the queues stand, kept fresh while shown. */
export function useLanes() {
  return useQuery(useStudio().engine.endpoints.lanes.queryOptions({ refetchInterval: LANES_EVERY }));
}

/** Whether a reference leads to a key, kept fresh while shown. Not asked for what is no reference. */
export function useKeyState(key: string, enabled = true) {
  return useQuery(useStudio().engine.endpoints.keyState.queryOptions({ input: { key }, enabled, refetchInterval: KEYS_EVERY }));
}

/** What calls and self-tests of a profile cost at most, by the price table it has now. */
export function useCosts(profile: EndpointProfile) {
  return useQuery(useStudio().engine.endpoints.costs.queryOptions({ input: { profile }, placeholderData: keepPreviousData }));
}

/** Saving and deleting profiles. The list is asked for again. */
export function useEndpointChanges() {
  const { client, engine, queries } = useStudio();
  const onSuccess = () => queries.invalidateQueries({ queryKey: engine.endpoints.list.key() });
  return {
    save: useMutation({ mutationFn: (profile: EndpointProfile) => client.endpoints.save(profile), onSuccess }),
    remove: useMutation({ mutationFn: (id: string) => client.endpoints.remove({ id }), onSuccess }),
  };
}
