import { useSyncExternalStore } from 'react';
import type { TripletFilter } from '../../shared/model/triplet.ts';
import { DEFAULT_VIEW, filterFromQuery, type GridView, queryFromView, viewFromQuery } from './filterQuery.ts';
import { queryFromRejects, type RejectsView, rejectsFromQuery } from './rejectQuery.ts';

/** Where the person is. All of it stands in the URL hash, so that a link or a reload leads to the same place. */
export type Route =
  | { screen: 'runs' }
  /** `run` = start from its recipe, with `gates` of a what-if as JSON put over it. */
  | { screen: 'newRun'; run?: string | undefined; gates?: string | undefined }
  | { screen: 'compare'; a: string; b: string }
  | { screen: 'run'; runId: string }
  | { screen: 'triplets'; view: GridView; open: number | null }
  | { screen: 'rejects'; view: RejectsView; open: number | null }
  | { screen: 'audits' }
  | { screen: 'audit'; id: number }
  | { screen: 'edits' }
  | { screen: 'edit'; sessionId: string }
  /** Starts a session from a side of a triplet. */
  | { screen: 'editTriplet'; tripletId: number; side: 'source' | 'edited' }
  | { screen: 'export'; filter: TripletFilter }
  /** Local validators; `open` is the one that is shown. */
  | { screen: 'calibration'; open: string | null }
  | { screen: 'endpoints' }
  /** `from` says what to start from; null while that is being chosen. */
  | { screen: 'newEndpoint'; from: EndpointStart | null }
  | { screen: 'endpoint'; id: string }
  | { screen: 'scorers' };

/** What a new endpoint starts from: a kind, an endpoint of a preset recipe, or a copy of a saved one. */
export type EndpointStart =
  | { kind: 'blank'; transport: string }
  | { kind: 'preset'; recipe: string; id: string }
  | { kind: 'copy'; id: string };

/** Reads a hash such as `#/triplets/12?kind=forward`. What it does not know leads to the runs. */
export function parseHash(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#/, '').split('?', 2);
  const [screen = '', item = '', part = '', last = ''] = path.split('/').filter(Boolean).map(decoded);
  const query = new URLSearchParams(search);
  if (screen === 'runs' && item === 'new') {
    const [run, gates] = [query.get('run') ?? undefined, query.get('gates') ?? undefined];
    return { screen: 'newRun', ...(run && { run }), ...(gates && { gates }) };
  }
  if (screen === 'runs' && item === 'compare') return { screen: 'compare', a: query.get('a') ?? '', b: query.get('b') ?? '' };
  if (screen === 'runs' && item !== '') return { screen: 'run', runId: item };
  if (screen === 'triplets') {
    const open = /^\d+$/.test(item) ? Number(item) : null;
    return { screen: 'triplets', view: viewFromQuery(query), open };
  }
  if (screen === 'rejects') return { screen: 'rejects', view: rejectsFromQuery(query), open: /^\d+$/.test(item) ? Number(item) : null };
  if (screen === 'audits') return /^\d+$/.test(item) ? { screen: 'audit', id: Number(item) } : { screen: 'audits' };
  if (screen === 'edit' && item === 'triplet' && /^\d+$/.test(part))
    return { screen: 'editTriplet', tripletId: Number(part), side: last === 'source' ? 'source' : 'edited' };
  if (screen === 'edit') return item === '' ? { screen: 'edits' } : { screen: 'edit', sessionId: item };
  if (screen === 'export') return { screen: 'export', filter: filterFromQuery(query) };
  if (screen === 'calibration') return { screen: 'calibration', open: item === '' ? null : item };
  if (screen === 'endpoints') return endpointPlace(item, part, last);
  return { screen: 'runs' };
}

function endpointPlace(item: string, part: string, last: string): Route {
  if (item === 'local') return { screen: 'scorers' };
  if (item === 'edit' && part !== '') return { screen: 'endpoint', id: part };
  if (item === 'blank' && part !== '') return { screen: 'newEndpoint', from: { kind: 'blank', transport: part } };
  if (item === 'copy' && part !== '') return { screen: 'newEndpoint', from: { kind: 'copy', id: part } };
  if (item === 'preset' && last !== '') return { screen: 'newEndpoint', from: { kind: 'preset', recipe: part, id: last } };
  return item === 'new' ? { screen: 'newEndpoint', from: null } : { screen: 'endpoints' };
}

// Typed by hand or cut off, an address may hold half an escape; then its text stands for itself.
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The hash of a place; `parseHash` gives the place back. */
export function formatRoute(route: Route): string {
  switch (route.screen) {
    case 'runs':
      return '#/runs';
    case 'newRun':
      return `#/runs/new${search(pairs({ run: route.run, gates: route.gates }))}`;
    case 'compare':
      return `#/runs/compare${search(pairs({ a: route.a, b: route.b }))}`;
    case 'run':
      return `#/runs/${encodeURIComponent(route.runId)}`;
    case 'triplets':
      return `#/triplets${route.open === null ? '' : `/${route.open}`}${search(queryFromView(route.view))}`;
    case 'rejects':
      return `#/rejects${route.open === null ? '' : `/${route.open}`}${search(queryFromRejects(route.view))}`;
    case 'audits':
      return '#/audits';
    case 'audit':
      return `#/audits/${route.id}`;
    case 'edits':
      return '#/edit';
    case 'edit':
      return `#/edit/${encodeURIComponent(route.sessionId)}`;
    case 'editTriplet':
      return `#/edit/triplet/${route.tripletId}/${route.side}`;
    case 'export':
      return `#/export${search(queryFromView({ ...DEFAULT_VIEW, filter: route.filter }))}`;
    case 'calibration':
      return `#/calibration${route.open === null ? '' : `/${encodeURIComponent(route.open)}`}`;
    case 'endpoints':
      return '#/endpoints';
    case 'scorers':
      return '#/endpoints/local';
    case 'newEndpoint':
      return `#/endpoints/${startParts(route.from).map(encodeURIComponent).join('/')}`;
    case 'endpoint':
      return `#/endpoints/edit/${encodeURIComponent(route.id)}`;
  }
}

function startParts(from: EndpointStart | null): string[] {
  if (from === null) return ['new'];
  if (from.kind === 'blank') return [from.kind, from.transport];
  return from.kind === 'copy' ? [from.kind, from.id] : [from.kind, from.recipe, from.id];
}

/** A query of what is given and not empty. */
function pairs(given: Record<string, string | undefined>): URLSearchParams {
  return new URLSearchParams(Object.entries(given).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

function search(query: URLSearchParams): string {
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** Goes to a place; `replace` leaves no step to go back to. */
export function go(route: Route, how: 'push' | 'replace' = 'push'): void {
  const hash = formatRoute(route);
  if (hash === window.location.hash) return;
  if (how === 'push') window.location.hash = hash;
  else {
    window.history.replaceState(window.history.state, '', hash);
    window.dispatchEvent(new Event('hashchange'));
  }
}

/** The present place; renders again when it changes. */
export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  if (hash !== cached.hash) cached = { hash, route: parseHash(hash) };
  return cached.route;
}

// One parsed value per hash, so that a screen's `view` keeps its identity between renders.
let cached: { hash: string; route: Route } = { hash: '', route: { screen: 'runs' } };

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}
