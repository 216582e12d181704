import { DEFAULT_FILTER, DEFAULT_VIEW } from '../../../src/renderer/app/filterQuery.ts';
import { DEFAULT_REJECTS } from '../../../src/renderer/app/rejectQuery.ts';
import type { Route } from '../../../src/renderer/app/route.ts';

/** What is in a workspace, so that there is a place of every kind to go to. */
export interface Known {
  runs: [a: string, b: string];
  triplet: number;
  reject: number;
  session: string;
  audit: number;
  endpoint: string;
}

/** Every kind of place the app has, with all its forms: a screen that is not listed here does not compile. */
export const PLACES: { [Screen in Route['screen']]: (known: Known) => Extract<Route, { screen: Screen }>[] } = {
  runs: () => [{ screen: 'runs' }],
  newRun: ({ runs }) => [{ screen: 'newRun' }, { screen: 'newRun', run: runs[0] }],
  compare: ({ runs: [a, b] }) => [{ screen: 'compare', a, b }],
  run: ({ runs }) => [{ screen: 'run', runId: runs[0] }],
  triplets: ({ triplet }) => [
    { screen: 'triplets', view: DEFAULT_VIEW, open: null },
    { screen: 'triplets', view: { filter: { text: 'no such words' }, sort: 'best' }, open: null },
    { screen: 'triplets', view: DEFAULT_VIEW, open: triplet },
  ],
  rejects: ({ reject }) => [
    { screen: 'rejects', view: DEFAULT_REJECTS, open: null },
    { screen: 'rejects', view: { filter: { text: 'no such words' }, sort: 'score' }, open: null },
    { screen: 'rejects', view: DEFAULT_REJECTS, open: reject },
  ],
  audits: () => [{ screen: 'audits' }],
  audit: ({ audit }) => [{ screen: 'audit', id: audit }],
  edits: () => [{ screen: 'edits' }],
  edit: ({ session }) => [{ screen: 'edit', sessionId: session }],
  // It leads on to the session it makes.
  editTriplet: ({ triplet }) => [{ screen: 'editTriplet', tripletId: triplet, side: 'edited' }],
  export: () => [{ screen: 'export', filter: DEFAULT_FILTER }],
  calibration: () => [{ screen: 'calibration', open: null }],
  endpoints: () => [{ screen: 'endpoints' }],
  newEndpoint: () => [
    { screen: 'newEndpoint', from: null },
    { screen: 'newEndpoint', from: { kind: 'blank', transport: 'gradio' } },
  ],
  endpoint: ({ endpoint }) => [{ screen: 'endpoint', id: endpoint }],
  scorers: () => [{ screen: 'scorers' }],
};
