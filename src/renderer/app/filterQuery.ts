import type { TripletSort } from '../../shared/contract/triplets.ts';
import { TripletFilter, TripletKind, TripletState } from '../../shared/model/triplet.ts';

/** What the grid shows: which triplets, in which order. */
export interface GridView {
  filter: TripletFilter;
  sort: TripletSort;
}

/** What is in the set now; a query without `state` means this, `state=any` means every state. */
export const DEFAULT_FILTER: TripletFilter = { states: ['active'] };
export const DEFAULT_VIEW: GridView = { filter: DEFAULT_FILTER, sort: 'newest' };

/** The filter in a query; parts that make no sense are left out. */
export function filterFromQuery(query: URLSearchParams): TripletFilter {
  const filter: TripletFilter = {};
  const text = (name: string) => query.get(name) || undefined;
  const state = text('state');
  filter.states = state === undefined ? DEFAULT_FILTER.states : listOf(TripletState.options, state);
  filter.kinds = listOf(TripletKind.options, text('kind') ?? '');
  filter.runId = text('run');
  filter.category = text('category');
  filter.text = text('q');
  const decision = TripletFilter.shape.decision.safeParse(text('decision'));
  filter.decision = decision.success ? decision.data : undefined;
  const min = Number(query.get('min') ?? Number.NaN);
  filter.minGeometric = min >= 1 && min <= 5 ? min : undefined;
  return withoutEmpty(filter);
}

/** Filter and order in a query. */
export function viewFromQuery(query: URLSearchParams): GridView {
  return { filter: filterFromQuery(query), sort: query.get('sort') === 'best' ? 'best' : 'newest' };
}

/** The query of a view, in a fixed order and without what is the default anyway. */
export function queryFromView({ filter, sort }: GridView): URLSearchParams {
  const query = new URLSearchParams();
  const set = (name: string, value: string | undefined) => value && query.set(name, value);
  const states = filter.states?.join(',') ?? 'any';
  set('run', filter.runId);
  set('kind', filter.kinds?.join(','));
  set('state', states === DEFAULT_FILTER.states?.join(',') ? undefined : states);
  set('category', filter.category);
  set('decision', filter.decision);
  set('q', filter.text);
  set('min', filter.minGeometric?.toString());
  set('sort', sort === 'newest' ? undefined : sort);
  return query;
}

/** The same filter without parts that are not set, so that two equal filters make the same cache key. */
export function withoutEmpty(filter: TripletFilter): TripletFilter {
  const kept = Object.entries(filter).filter(
    ([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(kept);
}

function listOf<T extends string>(allowed: readonly T[], text: string): T[] | undefined {
  const named = text.split(',');
  const list = allowed.filter((item) => named.includes(item));
  return list.length > 0 ? list : undefined;
}
