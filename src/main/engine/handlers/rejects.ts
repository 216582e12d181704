import type { EngineParts } from '../compose.ts';
import { answer, api } from './answer.ts';

/** What gates threw away, and what people say of it. */
export function rejectHandlers({ workspace, events }: EngineParts) {
  const { rejects } = workspace;
  return {
    gates: api.rejects.gates.handler((ctx) => answer(ctx, () => rejects.gates(ctx.input.runId))),
    page: api.rejects.page.handler((ctx) => answer(ctx, () => rejects.page(ctx.input.filter, ctx.input.before, ctx.input.limit))),
    get: api.rejects.get.handler((ctx) => answer(ctx, () => rejects.detail(ctx.input.id))),
    decide: api.rejects.decide.handler((ctx) =>
      answer(ctx, async () => {
        const { ids, decision, note = '' } = ctx.input;
        const said = await rejects.decide([...new Set(ids)], decision, note);
        for (const triplet of said.triplets) events.emit({ type: 'triplet', triplet });
        return said.rejects;
      }),
    ),
  };
}
