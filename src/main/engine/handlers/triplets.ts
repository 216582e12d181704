import type { TripletView } from '../../../shared/model/triplet.ts';
import type { EngineParts } from '../compose.ts';
import { answer, api } from './answer.ts';

/** The grid, one triplet, and what people decide. */
export function tripletHandlers({ workspace, events }: EngineParts) {
  const { screens } = workspace;
  /** Every open window shows what was said. */
  function announced(triplets: TripletView[]): TripletView[] {
    for (const triplet of triplets) events.emit({ type: 'triplet', triplet });
    return triplets;
  }
  return {
    page: api.triplets.page.handler((ctx) => answer(ctx, () => screens.page(ctx.input))),
    list: api.triplets.list.handler((ctx) => answer(ctx, () => screens.list(ctx.input))),
    rows: api.triplets.rows.handler((ctx) => answer(ctx, () => ({ items: screens.listRows(ctx.input) }))),
    place: api.triplets.place.handler((ctx) => answer(ctx, () => ({ place: screens.placeIn(ctx.input) }))),
    count: api.triplets.count.handler((ctx) => answer(ctx, () => screens.countTriplets(ctx.input))),
    get: api.triplets.get.handler((ctx) => answer(ctx, () => screens.detail(ctx.input.id))),
    decide: api.triplets.decide.handler((ctx) =>
      answer(ctx, async () => {
        const { id, decision, tags = [], note = '' } = ctx.input;
        const [triplet] = announced(await screens.decideMany([id], { decision, tags, note }));
        return triplet as TripletView;
      }),
    ),
    decideMany: api.triplets.decideMany.handler((ctx) =>
      answer(ctx, async () => {
        const { ids, decision, tags = [] } = ctx.input;
        return announced(await screens.decideMany([...new Set(ids)], { decision, tags, note: '' }));
      }),
    ),
    correct: api.triplets.correct.handler((ctx) =>
      answer(ctx, async () => {
        const [triplet] = announced([await screens.correct(ctx.input.id, ctx.input.instruction)]);
        return triplet as TripletView;
      }),
    ),
    rate: api.triplets.rate.handler((ctx) =>
      answer(ctx, async () => {
        await screens.rate(ctx.input.id, ctx.input.scores);
        return screens.detail(ctx.input.id);
      }),
    ),
    histogram: api.triplets.histogram.handler((ctx) => answer(ctx, () => screens.histogram(ctx.input))),
    categories: api.triplets.categories.handler((ctx) => answer(ctx, () => screens.categories())),
  };
}
