import { TripletSort } from '../../shared/contract/triplets.ts';
import { SignalName, type SignalRanges } from '../../shared/model/signals.ts';
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
  for (const [name, part] of SCORES) filter[part] = scoreIn(query.get(name));
  for (const part of DIFFICULTIES) filter[part] = attemptsIn(query.get(part));
  filter.style = text('style');
  filter.tag = text('tag');
  const aspect = TripletFilter.shape.aspect.safeParse(text('aspect'));
  filter.aspect = aspect.success ? aspect.data : undefined;
  filter.remarked = { yes: true, no: false }[text('remarked') ?? ''];
  filter.signals = signalsFrom(text('signals'));
  return withoutEmpty(filter);
}

/** Score ranges by their name in a query. */
const SCORES = [
  ['min', 'minGeometric'],
  ['max', 'maxGeometric'],
  ['minAdherence', 'minAdherence'],
  ['maxAdherence', 'maxAdherence'],
  ['minAesthetics', 'minAesthetics'],
  ['maxAesthetics', 'maxAesthetics'],
] as const;

/** Bounds of the difficulty, named as in the filter. */
const DIFFICULTIES = ['minDifficulty', 'maxDifficulty'] as const;

function attemptsIn(text: string | null): number | undefined {
  const value = Number(text ?? Number.NaN);
  return Number.isInteger(value) && value >= 1 ? value : undefined;
}

function scoreIn(text: string | null): number | undefined {
  const value = Number(text ?? Number.NaN);
  return value >= 1 && value <= 5 ? value : undefined;
}

/** Ranges of signals as `shift:..1,ssimOutside:0.9..`; parts that are none are left out. */
function signalsFrom(text: string | undefined): SignalRanges | undefined {
  const ranges: SignalRanges = {};
  for (const part of text?.split(',') ?? []) {
    const [, word, from, to] = /^(\w+):(-?[\d.]*?)\.\.(-?[\d.]*)$/.exec(part) ?? [];
    const name = SignalName.safeParse(word);
    if (!name.success) continue;
    const bound = (digits: string | undefined) => (digits && Number.isFinite(Number(digits)) ? Number(digits) : undefined);
    const [min, max] = [bound(from), bound(to)];
    ranges[name.data] = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  }
  return Object.keys(ranges).length > 0 ? ranges : undefined;
}

function signalsIn(ranges: SignalRanges | undefined): string | undefined {
  return Object.entries(ranges ?? {})
    .map(([name, { min, max }]) => `${name}:${min ?? ''}..${max ?? ''}`)
    .join(',');
}

/** Filter and order in a query. */
export function viewFromQuery(query: URLSearchParams): GridView {
  const sort = TripletSort.safeParse(query.get('sort'));
  return { filter: filterFromQuery(query), sort: sort.success ? sort.data : 'newest' };
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
  for (const [name, part] of SCORES) set(name, filter[part]?.toString());
  for (const part of DIFFICULTIES) set(part, filter[part]?.toString());
  set('style', filter.style);
  set('tag', filter.tag);
  set('aspect', filter.aspect);
  set('remarked', filter.remarked === undefined ? undefined : filter.remarked ? 'yes' : 'no');
  set('signals', signalsIn(filter.signals));
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
