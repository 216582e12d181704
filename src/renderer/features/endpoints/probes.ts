import { create } from 'zustand';
import type { ProbeReport } from '../../../shared/contract/endpoints.ts';
import type { EndpointProfile } from '../../../shared/model/provider.ts';
import { useStudio } from '../../app/studio.tsx';

/** The newest probe of an endpoint: of what, and what it said so far. */
interface Probed {
  profile: EndpointProfile;
  report: ProbeReport | null;
  error: Error | null;
}

/** By endpoint id, for as long as the window lasts: saving a new endpoint moves to another page, and what was asked must arrive there too. */
const useProbes = create<{ probes: Record<string, Probed> }>(() => ({ probes: {} }));

/** The probe of an endpoint, under way, done or not begun. */
export interface Probe {
  asked: EndpointProfile | null;
  report: ProbeReport | null;
  error: Error | null;
  pending: boolean;
  start(profile: EndpointProfile): void;
}

/** The newest probe of the endpoint with this id. */
export function useProbe(id: string): Probe {
  const { client } = useStudio();
  const probed = useProbes((s) => s.probes[id]);
  const start = (profile: EndpointProfile) => {
    const mine: Probed = { profile, report: null, error: null };
    const put = (next: Probed) => useProbes.setState(({ probes }) => ({ probes: { ...probes, [profile.id]: next } }));
    // A newer probe has taken its place meanwhile.
    const tell = (found: Partial<Probed>) => useProbes.getState().probes[profile.id] === mine && put({ ...mine, ...found });
    put(mine);
    client.endpoints.probe({ profile }).then(
      (report) => tell({ report }),
      (error: Error) => tell({ error }),
    );
  };
  const { profile: asked = null, report = null, error = null } = probed ?? {};
  return { asked, report, error, pending: asked !== null && report === null && error === null, start };
}
