import { useSyncExternalStore } from 'react';
import type { TripletFilter } from '../../shared/model/triplet.ts';
import { DEFAULT_VIEW, filterFromQuery, type GridView, queryFromView, viewFromQuery } from './filterQuery.ts';

/** Where the person is. All of it stands in the URL hash, so that a link or a reload leads to the same place. */
export type Route =
  | { screen: 'runs' }
  | { screen: 'newRun' }
  | { screen: 'run'; runId: string }
  | { screen: 'triplets'; view: GridView; open: number | null }
  | { screen: 'export'; filter: TripletFilter };

/** Reads a hash such as `#/triplets/12?kind=forward`. What it does not know leads to the runs. */
export function parseHash(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#/, '').split('?', 2);
  const [screen = '', item = ''] = path.split('/').filter(Boolean).map(decoded);
  const query = new URLSearchParams(search);
  if (screen === 'runs' && item === 'new') return { screen: 'newRun' };
  if (screen === 'runs' && item !== '') return { screen: 'run', runId: item };
  if (screen === 'triplets') {
    const open = /^\d+$/.test(item) ? Number(item) : null;
    return { screen: 'triplets', view: viewFromQuery(query), open };
  }
  if (screen === 'export') return { screen: 'export', filter: filterFromQuery(query) };
  return { screen: 'runs' };
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
      return '#/runs/new';
    case 'run':
      return `#/runs/${encodeURIComponent(route.runId)}`;
    case 'triplets':
      return `#/triplets${route.open === null ? '' : `/${route.open}`}${search(queryFromView(route.view))}`;
    case 'export':
      return `#/export${search(queryFromView({ ...DEFAULT_VIEW, filter: route.filter }))}`;
  }
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
