import { RejectFilter, RejectSort } from '../../shared/model/rejects.ts';

/** Which rejected candidates are shown, in which order; all of it stands in the address. */
export interface RejectsView {
  filter: RejectFilter;
  sort: RejectSort;
}

export const DEFAULT_REJECTS: RejectsView = { filter: {}, sort: 'newest' };

/** Parts of a filter by their name in a query. */
const PARTS = {
  run: 'runId',
  stage: 'stage',
  reason: 'reason',
  category: 'category',
  decision: 'decision',
  tag: 'tag',
  q: 'text',
} as const;

/** The view in a query; parts that make no sense are left out. A reason stands only with its stage. */
export function rejectsFromQuery(query: URLSearchParams): RejectsView {
  const filter: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(PARTS)) {
    const read = RejectFilter.shape[part].safeParse(query.get(name) || undefined);
    if (read.success && read.data !== undefined) filter[part] = read.data;
  }
  if (filter.stage === undefined) delete filter.reason;
  const sort = RejectSort.safeParse(query.get('sort'));
  return { filter: RejectFilter.parse(filter), sort: sort.success ? sort.data : DEFAULT_REJECTS.sort };
}

/** The query of a view, in a fixed order and without what is the default anyway. */
export function queryFromRejects({ filter, sort }: RejectsView): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, part] of Object.entries(PARTS)) {
    const value = filter[part];
    if (value) query.set(name, value);
  }
  if (sort !== DEFAULT_REJECTS.sort) query.set('sort', sort);
  return query;
}
