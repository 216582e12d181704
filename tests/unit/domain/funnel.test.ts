import { describe, expect, it } from 'vitest';
import { funnelRows } from '../../../src/main/engine/domain/funnel.ts';
import { aRecipe } from './fixtures.ts';

describe('funnelRows', () => {
  it("prints the paper's table 2 from its counts, with its changes", () => {
    const recipe = aRecipe({ stages: ['edit', 'softJudge', 'lowLevel', 'validator'] });
    const counters = new Map(
      Object.entries({
        'source.generated': 1_171_773,
        'source.passed': 515_584,
        'survived.edit': 3_072_385,
        'survived.softJudge': 1_321_126,
        'survived.lowLevel': 1_281_492,
        'survived.validator': 471_523,
        'funnel.selection': 325_287,
        'funnel.inversion': 633_904,
        'funnel.composition': 828_212,
        'funnel.backwardConsistency': 720_088,
      }),
    );
    const rows = funnelRows(counters, recipe);
    const percent = rows.map((row) => (row.change === null ? null : Math.round(row.change * 10_000) / 100));
    expect(rows.map((row) => row.key)).toEqual([
      'generated',
      'plausible',
      'edits',
      'softJudge',
      'lowLevel',
      'validator',
      'selection',
      'inversion',
      'composition',
      'backwardConsistency',
    ]);
    // -31.01 % is what 471,523 -> 325,287 gives; the others as the paper prints them.
    expect(percent).toEqual([null, -56, 495.9, -57, -3, -63.21, -31.01, 94.88, 30.65, -13.06]);
    expect(new Set(rows.map((row) => row.label)).size).toBe(rows.length);
  });

  it('has only the stages that are on, in their order, and does not call a stage that has not run a loss', () => {
    const recipe = aRecipe({ plausibilityGate: false, stages: ['edit', 'validator'], growth: ['inversion'] });
    const rows = funnelRows(
      new Map([
        ['source.generated', 4],
        ['survived.edit', 8],
      ]),
      recipe,
    );
    expect(rows.map((row) => [row.key, row.count, row.change])).toEqual([
      ['generated', 4, null],
      ['edits', 8, 1],
      ['validator', 0, -1],
      ['selection', 0, null],
      ['inversion', 0, null],
    ]);
  });

  it('says of real images that they were read', () => {
    const recipe = aRecipe({ scenes: { from: 'folder', path: 'photos' } });
    expect(funnelRows(new Map(), recipe).slice(0, 2)).toEqual([
      { key: 'generated', label: 'Images read', count: 0, change: null },
      { key: 'edits', label: 'Edits made', count: 0, change: null },
    ]);
  });
});
