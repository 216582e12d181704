import { RejectFilter } from '../../shared/model/rejects.ts';

/** Which rejected candidates are shown; all of it stands in the address. */
export type RejectQuery = Partial<RejectFilter>;

/** The filter in a query; parts that make no sense are left out. A reason stands only with its stage. */
export function rejectsFromQuery(query: URLSearchParams): RejectQuery {
  const stage = RejectFilter.shape.stage.safeParse(query.get('stage') ?? undefined);
  const decision = RejectFilter.shape.decision.safeParse(query.get('decision') ?? undefined);
  const filter: RejectQuery = {};
  const runId = query.get('run');
  const reason = query.get('reason');
  if (runId) filter.runId = runId;
  if (stage.success && stage.data) filter.stage = stage.data;
  if (filter.stage && reason) filter.reason = reason;
  if (decision.success && decision.data) filter.decision = decision.data;
  return filter;
}

/** The query of a filter, in a fixed order. */
export function queryFromRejects({ runId, stage, reason, decision }: RejectQuery): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ run: runId, stage, reason, decision })) if (value) query.set(name, value);
  return query;
}
