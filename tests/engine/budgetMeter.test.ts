import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBudgetMeter, type Reservation } from '../../src/main/engine/pipeline/budgetMeter.ts';

// Catches: a budget that is passed because work in flight was not counted, or a hold that is never given back.
it('never lets spent and reserved together pass the cap, whatever the order of events', () => {
  const steps = fc.array(
    fc.record({ open: fc.boolean(), worst: fc.double({ min: 0, max: 3, noNaN: true }), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 20, noNaN: true }), steps, (cap, list) => {
      const meter = createBudgetMeter({ usd: cap }, {}, () => 0);
      const open: { hold: Reservation; worst: number }[] = [];
      for (const step of list) {
        if (step.open || open.length === 0) {
          const held = meter.reserve({ usd: step.worst });
          if (held.ok) open.push({ hold: held.reservation, worst: step.worst });
        } else {
          const { hold, worst } = open.shift() as (typeof open)[number];
          hold.spend({ usd: worst }, { usd: worst * step.share });
          hold.release();
        }
        expect(meter.spent().usd + meter.reserved().usd).toBeLessThanOrEqual(cap + 1e-9);
      }
      for (const { hold } of open) hold.release();
      expect(meter.reserved().usd).toBeCloseTo(0, 9);
    }),
  );
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
