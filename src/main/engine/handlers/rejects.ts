import type { EngineParts } from '../compose.ts';
import { answer, api } from './answer.ts';

/** What gates threw away, and what people say of it. */
export function rejectHandlers({ workspace, events }: EngineParts) {
  const { rejects } = workspace;
  return {
    gates: api.rejects.gates.handler((ctx) => answer(ctx, () => rejects.gates(ctx.input.runId))),
    categories: api.rejects.categories.handler((ctx) => answer(ctx, () => rejects.categories(ctx.input.runId))),
    page: api.rejects.page.handler((ctx) => answer(ctx, () => rejects.page(ctx.input))),
    list: api.rejects.list.handler((ctx) => answer(ctx, () => rejects.list(ctx.input))),
    rows: api.rejects.rows.handler((ctx) => answer(ctx, () => ({ items: rejects.listRows(ctx.input) }))),
    place: api.rejects.place.handler((ctx) => answer(ctx, () => ({ place: rejects.placeIn(ctx.input) }))),
    count: api.rejects.count.handler((ctx) => answer(ctx, () => rejects.count(ctx.input))),
    get: api.rejects.get.handler((ctx) => answer(ctx, () => rejects.detail(ctx.input.id))),
    decide: api.rejects.decide.handler((ctx) =>
      answer(ctx, async () => {
        const { ids, decision, tags = [], note = '' } = ctx.input;
        const said = await rejects.decide([...new Set(ids)], { decision, tags, note });
        for (const triplet of said.triplets) events.emit({ type: 'triplet', triplet });
        return said.rejects;
      }),
    ),
  };
}
