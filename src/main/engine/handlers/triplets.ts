import type { EngineParts } from '../compose.ts';
import { answer, api } from './answer.ts';

/** The grid, one triplet, and what people decide. */
export function tripletHandlers({ workspace, events }: EngineParts) {
  const { screens } = workspace;
  return {
    page: api.triplets.page.handler((ctx) => answer(ctx, () => screens.page(ctx.input))),
    count: api.triplets.count.handler((ctx) => answer(ctx, () => screens.countTriplets(ctx.input))),
    get: api.triplets.get.handler((ctx) => answer(ctx, () => screens.detail(ctx.input.id))),
    decide: api.triplets.decide.handler((ctx) =>
      answer(ctx, async () => {
        const triplet = await screens.decide(ctx.input.id, ctx.input.decision, ctx.input.note ?? '');
        events.emit({ type: 'triplet', triplet });
        return triplet;
      }),
    ),
    categories: api.triplets.categories.handler((ctx) => answer(ctx, () => screens.categories())),
  };
}
