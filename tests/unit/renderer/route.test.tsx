import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DEFAULT_FILTER, withoutEmpty } from '../../../src/renderer/app/filterQuery.ts';
import { type EndpointStart, formatRoute, parseHash, type Route } from '../../../src/renderer/app/route.ts';
import { SIGNAL_NAMES } from '../../../src/shared/model/signals.ts';
import { TripletKind, TripletState } from '../../../src/shared/model/triplet.ts';

const subset = <T extends string>(all: readonly T[]) => fc.subarray([...all], { minLength: 1 });
const bound = fc.integer({ min: -9999, max: 9999 }).map((n) => n / 100);
const filter = fc
  .record(
    {
      runId: fc.string({ minLength: 1 }),
      kinds: subset(TripletKind.options),
      states: subset(TripletState.options),
      category: fc.string({ minLength: 1 }),
      minGeometric: fc.integer({ min: 10, max: 50 }).map((n) => n / 10),
      decision: fc.constantFrom('accept' as const, 'reject' as const, 'none' as const),
      text: fc.string({ minLength: 1 }),
      minDifficulty: fc.integer({ min: 1, max: 1000 }),
      maxDifficulty: fc.integer({ min: 1, max: 1000 }),
      signals: fc.dictionary(fc.constantFrom(...SIGNAL_NAMES), fc.record({ min: bound, max: bound }, { requiredKeys: [] }), {
        minKeys: 1,
        noNullPrototype: true,
      }),
    },
    { requiredKeys: [] },
  )
  .map(withoutEmpty);
const name = fc.string({ minLength: 1 });
const start: fc.Arbitrary<EndpointStart | null> = fc.oneof(
  fc.constant(null),
  name.map((transport) => ({ kind: 'blank' as const, transport })),
  fc.record({ kind: fc.constant('preset' as const), recipe: name, id: name }),
  name.map((id) => ({ kind: 'copy' as const, id })),
);
const route: fc.Arbitrary<Route> = fc.oneof(
  fc.constant<Route>({ screen: 'runs' }),
  fc.constant<Route>({ screen: 'newRun' }),
  fc
    .string({ minLength: 1 })
    .filter((id) => id !== 'new')
    .map((runId): Route => ({ screen: 'run', runId })),
  fc
    .record({ filter, sort: fc.constantFrom('newest' as const, 'best' as const), open: fc.option(fc.nat()) })
    .map(({ open, ...view }): Route => ({ screen: 'triplets', view, open })),
  fc.constant<Route>({ screen: 'edits' }),
  fc
    .string({ minLength: 1 })
    .filter((id) => id !== 'triplet')
    .map((sessionId): Route => ({ screen: 'edit', sessionId })),
  fc.record({
    screen: fc.constant('editTriplet' as const),
    tripletId: fc.nat(),
    side: fc.constantFrom('source' as const, 'edited' as const),
  }),
  fc.constant<Route>({ screen: 'endpoints' }),
  fc.string({ minLength: 1 }).map((id): Route => ({ screen: 'endpoint', id })),
  start.map((from): Route => ({ screen: 'newEndpoint', from })),
  filter.map((f): Route => ({ screen: 'export', filter: f })),
);

it('gives every place back from its address, so that a shared link shows the same thing', () => {
  fc.assert(
    fc.property(route, (place) => {
      expect(parseHash(formatRoute(place))).toEqual(place);
    }),
  );
});

it('leads to the runs from an address it does not know, and leaves out what makes no sense', () => {
  expect(parseHash('')).toEqual({ screen: 'runs' });
  expect(parseHash('#/nowhere/at/all')).toEqual({ screen: 'runs' });
  expect(parseHash('#/triplets/x?kind=purple&min=9&decision=maybe&sort=worst')).toEqual({
    screen: 'triplets',
    open: null,
    view: { filter: DEFAULT_FILTER, sort: 'newest' },
  });
});

it('does not break on an address that cannot be decoded', () => {
  expect(parseHash('#/runs/%E0%A4%A')).toEqual({ screen: 'run', runId: '%E0%A4%A' });
});
