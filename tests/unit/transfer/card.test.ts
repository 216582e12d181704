import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type CardFacts, datasetCard } from '../../../src/main/engine/transfer/card.ts';
import { ExportOptions } from '../../../src/shared/model/export.ts';
import { Recipe } from '../../../src/shared/model/recipe.ts';

const roles = ['promptEngineer', 'textToImage', 'plausibilityJudge', 'imageEditor', 'softJudge', 'validator', 'inverter'];
const recipe = Recipe.parse({
  version: 1,
  name: 'A recipe',
  scenes: { from: 'constraints', scenes: 2 },
  stages: ['edit', 'softJudge', 'lowLevel', 'validator'],
  growth: ['inversion'],
  endpoints: [{ id: 'demo', transport: 'demo' }],
  roles: Object.fromEntries(roles.map((role) => [role, { endpoint: 'demo', model: `model-of-${role}` }])),
});
const facts: CardFacts = {
  name: 'My "set": one',
  license: 'other',
  toolVersion: '0.1.0',
  format: 'nhr',
  options: ExportOptions.parse({}),
  encoded: 0,
  part: {
    configs: ['- config_name: default', '  drop_labels: true', '  data_files:', '  - split: train', '    path: train/**'],
    info: [],
    usage: [],
    columns: [['sample_id', 'an id']],
    files: [],
  },
  plan: {
    demoEdits: false,
    rows: 1500,
    originals: 900,
    splits: [{ name: 'train', rows: 1500 }],
    leftOut: { rejected: 0, duplicates: 0, capped: 0, notForFormat: 0 },
    byKind: new Map([['forward', 1500]]),
    byCategory: new Map([
      ['Add object', 500],
      ['Remove | object', 1000],
    ]),
  },
  runs: [
    {
      id: 'run-1',
      name: '<b>Run</b>\n| x',
      demo: true,
      recipe,
      funnel: [
        { key: 'generated', label: 'Images generated', count: 4000, change: null },
        { key: 'plausible', label: 'Plausible', count: 1760, change: -0.56 },
      ],
      promptVersions: ['validator-1'],
    },
  ],
};
const headOf = (card: string) => parse(card.split('---\n')[1]!);

// Catches: a head that dataset tools cannot parse, and a licence nobody chose.
test('the head is YAML with the size, the split and the chosen licence', () => {
  expect(headOf(datasetCard(facts))).toMatchObject({
    license: 'other',
    pretty_name: 'My "set": one',
    size_categories: ['1K<n<10K'],
    tags: expect.arrayContaining(['demo-data']),
    configs: [{ config_name: 'default', drop_labels: true, data_files: [{ split: 'train', path: 'train/**' }] }],
  });
  expect(headOf(datasetCard({ ...facts, license: 'cc-by-4.0', runs: [] }))).toMatchObject({ license: 'cc-by-4.0' });
  expect(datasetCard({ ...facts, runs: [] })).not.toMatch(/demo/i);
});

// Catches: demo data taken for real, gates named that were off or in another order, names that break the tables.
test('the card says where the rows come from', () => {
  const card = datasetCard(facts);
  expect(card).toContain('**Demo data.**');
  expect(card).toContain('| Plausible | 1,760 | -56.00 % |');
  const order = ['- soft judge: at least adherence 4', '- low-level check: difference over 40', '- hard validator: at least adherence 4.7'];
  const places = order.map((line) => card.indexOf(line));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places[0]).toBeGreaterThan(0);
  expect(card).not.toContain('soft checks');
  expect(card).toContain('- validator: model-of-validator (demo)');
  expect(card).toContain('## Run \\<b\\>Run\\</b\\> \\| x');
  expect(card.indexOf('Remove \\| object')).toBeLessThan(card.indexOf('| Add object'));
});
