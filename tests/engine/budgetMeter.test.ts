import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBudgetMeter, type Reservation } from '../../src/main/engine/pipeline/budgetMeter.ts';

const limits = ['attempts', 'usd', 'gpuSeconds', 'apiSeconds'] as const;

// Catches: a budget that is passed because work in flight was not counted, or a hold that is never given back.
it('never lets spent and reserved together pass a cap, whatever the order of events', () => {
  const amount = fc.double({ min: 0, max: 3, noNaN: true });
  const worst = fc.record({ usd: amount, gpuSeconds: amount, apiSeconds: amount, attempts: fc.constant(1) });
  const cap = fc.double({ min: 0.1, max: 20, noNaN: true });
  const budget = fc.record({ attempts: fc.integer({ min: 1, max: 20 }), usd: cap, gpuSeconds: cap, apiSeconds: cap }, { requiredKeys: [] });
  const step = fc.record({ open: fc.boolean(), which: fc.nat(), worst, share: fc.double({ min: 0, max: 1, noNaN: true }) });
  fc.assert(
    fc.property(budget, fc.array(step, { maxLength: 60 }), (caps, list) => {
      const meter = createBudgetMeter(caps, {}, () => 0);
      const open: { hold: Reservation; worst: (typeof list)[number]['worst'] }[] = [];
      for (const step of list) {
        if (step.open || open.length === 0) {
          const held = meter.reserve(step.worst);
          if (held.ok) open.push({ hold: held.reservation, worst: step.worst });
        } else {
          const [{ hold, worst }] = open.splice(step.which % open.length, 1) as [(typeof open)[number]];
          const used = Object.fromEntries(limits.map((limit) => [limit, worst[limit] * (limit === 'attempts' ? 1 : step.share)]));
          hold.spend(worst, used);
          hold.release();
        }
        for (const limit of limits) {
          const most = caps[limit];
          if (most !== undefined) expect(meter.spent()[limit] + meter.reserved()[limit]).toBeLessThanOrEqual(most + 1e-9);
        }
      }
      for (const { hold } of open) hold.release();
      expect(meter.reserved().usd).toBe(0);
    }),
  );
});

// Catches: a cap that cannot be reached, another limit named than the one in the way, and a price that is no number let through.
it('lets a cap be reached, and says what was in the way in its own figures', () => {
  const meter = createBudgetMeter({ attempts: 10, usd: 1.5 }, { attempts: 9, usd: 1 }, () => 0);
  const held = meter.reserve({ attempts: 1, usd: 0.25 });
  expect(held.ok).toBe(true);
  expect(meter.reserve({ attempts: 1 })).toMatchObject({ ok: false, limit: 'attempts' });
  expect(meter.reserve({ usd: 0.5 })).toMatchObject({ ok: false, limit: 'usd' });
  expect(meter.refusal()).toEqual({ limit: 'usd', cap: 1.5, spent: 1, reserved: 0.25, owed: 0, wanted: 0.5 });
  expect(meter.reserve({ usd: Number.NaN }).ok).toBe(false);
});

// Catches: a second question (bad reply asked again) paid from money that nobody reserved.
it('widens a hold only while the budget has room', () => {
  const meter = createBudgetMeter({ usd: 1 }, {}, () => 0);
  const held = meter.reserve({ usd: 0.6 });
  if (!held.ok) throw new Error('the first hold must fit');
  const { reservation } = held;
  reservation.spend({ usd: 0.6 }, { usd: 0.5 });
  expect(reservation.cover({ usd: 0.5 })).toBe(true);
  reservation.spend({ usd: 0.5 }, { usd: 0.5 });
  expect(reservation.cover({ usd: 0.1 })).toBe(false);
});

// Catches: a run that ends for want of budget although work in flight would give room, or waits for ever when it would not.
it('says whether waiting can help', () => {
  const meter = createBudgetMeter({ usd: 1 }, { usd: 0.2 }, () => 0);
  const held = meter.reserve({ usd: 0.8 });
  expect(held.ok).toBe(true);
  expect(meter.reserve({ usd: 0.5 })).toMatchObject({ ok: false, limit: 'usd', wait: true });
  expect(meter.reserve({ usd: 0.9 })).toMatchObject({ ok: false, limit: 'usd', wait: false });
});

// Catches: growth left without money because attempts took it all.
it('keeps what is owed to growing out of reach', () => {
  const meter = createBudgetMeter({ usd: 1 }, {}, () => 0);
  meter.setOwed({ usd: 0.7 });
  expect(meter.reserve({ usd: 0.4 }).ok).toBe(false);
  meter.setOwed({});
  expect(meter.reserve({ usd: 0.4 }).ok).toBe(true);
});
