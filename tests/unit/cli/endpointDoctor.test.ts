import { expect, test } from 'vitest';
import { AppError } from '../../../src/shared/model/errors.ts';
import { EndpointProfile } from '../../../src/shared/model/provider.ts';
import { stage } from './stage.ts';

const profile = EndpointProfile.parse({
  id: 'judge',
  transport: 'openai',
  dialect: 'vllm',
  baseUrl: 'http://127.0.0.1:8000/v1',
  key: 'env:KEY',
  roles: { softJudge: { model: 'qwen' }, inverter: { model: 'other' } },
});
const machine = [{ check: 'engine', ok: true, message: 'fine', hint: '' }];
const probe = {
  ok: true,
  ms: 12.4,
  models: [
    { id: 'qwen', shutdownDate: '2026-12-01' },
    { id: 'other', shutdownDate: null },
  ],
  missingModels: [],
  notes: ['version 1'],
  error: null,
};
const cost = { role: 'softJudge', model: 'qwen', usd: 0.01, gpuSeconds: 0, testCalls: 3, priced: true, asOf: '' };
const costs = [cost, { ...cost, role: 'inverter', model: 'other', usd: 0.002, testCalls: 1 }];
const report = {
  model: 'qwen',
  modelAnswered: 'qwen',
  booked: { calls: 3, usd: 0.02 },
  ok: true,
  ms: 5200,
  usd: 0.03,
  checks: [],
  pictures: [{ label: 'sent', webp: 'AAAA' }],
};

function doctor(change: Record<string, (input: never) => unknown> = {}) {
  return stage({
    calls: {
      'system.doctor': () => machine,
      'endpoints.list': () => [profile],
      'endpoints.keyState': () => ({ found: true, message: 'Found.' }),
      'endpoints.probe': () => probe,
      'endpoints.costs': () => costs,
      'endpoints.test': ({ role }: { role: string }) => ({ ...report, role }),
      ...change,
    },
  });
}

// Catches: money spent by somebody who only wanted to look, and a price that is not said beforehand.
test('without --yes nothing is paid, and what the self-tests would cost is said', async () => {
  const { run, printed, asked } = doctor();
  expect(await run('doctor', '--endpoints')).toBe(0);
  expect(asked.map(([name]) => name)).not.toContain('endpoints.test');
  expect(printed.out).toMatch(/judge {2,}12 ms {2,}found {2,}softJudge {2,}qwen {2,}yes {2,}\$0\.010 {2,}not run/);
  expect(printed.out).toContain('qwen goes away on 2026-12-01');
  expect(printed.out).toMatch(/Self-tests were not run: 4 calls, at most \$0\.032 .*--yes/);
  const plain = doctor();
  expect(await plain.run('doctor')).toBe(0);
  expect(plain.asked).toEqual([]);
  expect(await doctor().run('doctor', '--yes')).toBe(2);
});

// Catches: a broken endpoint, a missing or vanished model, a failed test that scripts take for success.
test('whatever is wrong is named, and the exit code says so', async () => {
  const unreachable = { ...probe, models: null, error: { code: 'network', message: 'Nobody there.', hint: 'Is it running?' } };
  const gone = doctor({ 'endpoints.probe': () => unreachable });
  expect(await gone.run('doctor', '--endpoints', '--yes')).toBe(1);
  expect(gone.printed.out).toMatch(/judge +no [\s\S]*BAD judge[\s\S]*Nobody there\.[\s\S]*Is it running\?/);
  expect(gone.asked.map(([name]) => name)).not.toContain('endpoints.test');

  const keyless = doctor({
    'endpoints.keyState': () => ({ found: false, message: 'KEY is not set.' }),
    'endpoints.probe': () => ({ ...unreachable, error: { code: 'auth', message: 'KEY is not set.', hint: '' } }),
  });
  expect(await keyless.run('doctor', '--endpoints')).toBe(1);
  expect(keyless.printed.out).toMatch(/judge +- +missing[\s\S]*KEY is not set\./);

  const lacking = doctor({ 'endpoints.probe': () => ({ ...probe, models: [{ id: 'qwen', shutdownDate: '1969-01-01' }] }) });
  expect(await lacking.run('doctor', '--endpoints', '--json')).toBe(1);
  expect(lacking.json()).toMatchObject({
    ok: false,
    checks: machine,
    endpoints: [{ id: 'judge', ok: false, reached: true, key: 'found', ms: 12.4 }],
    selfTests: { ran: false, calls: 4 },
  });
  expect(lacking.json().endpoints[0].faults).toEqual(['inverter: it does not list the model other', 'qwen went away on 1969-01-01']);
});

// Catches: an answer from another model that nobody is told of, and pictures in the JSON.
test('self-tests show latency, what a call cost, which model answered, and what failed', async () => {
  const blind = [{ name: 'sees the picture', ok: false, message: 'stripes passed' }];
  const { run, printed } = doctor({
    'endpoints.test': ({ role }: { role: string }) =>
      role === 'softJudge'
        ? { ...report, role, modelAnswered: 'qwen-next' }
        : { ...report, role, model: 'other', ok: false, checks: blind },
  });
  expect(await run('doctor', '--endpoints', '--yes')).toBe(1);
  expect(printed.out).toMatch(/^Self-tests: 4 calls, at most \$0\.032 /);
  expect(printed.out).toMatch(/softJudge .*passed, 5\.2 s, \$0\.010 a call/);
  expect(printed.out).toMatch(
    /inverter .*FAILED[\s\S]*inverter: sees the picture: stripes passed[\s\S]*qwen-next answered where qwen was asked/,
  );
  const data = doctor();
  expect(await data.run('doctor', '--endpoints', '--yes', '--json')).toBe(0);
  expect(data.json().endpoints[0].roles[0]).toMatchObject({ otherModel: false, selfTest: { ok: true, ms: 5200 } });
  expect(data.printed.out).not.toContain('AAAA');
});

test('the endpoints of a recipe are looked at without a workspace; a fault of the recipe is the recipe’s', async () => {
  const asked = doctor({ 'endpoints.ofRecipe': () => [profile], 'endpoints.list': () => [] });
  expect(await asked.run('doctor', '--endpoints', 'demo', '--workspace', 'missing')).toBe(0);
  expect(asked.asked).toContainEqual(['endpoints.ofRecipe', { yaml: 'name: Demo\n' }]);
  expect(asked.printed.out).toContain('none yet at');
  const wrong = doctor({
    'endpoints.ofRecipe': () => {
      throw new AppError('recipeInvalid', 'The recipe cannot be used: roles', { line: 3 });
    },
  });
  expect(await wrong.run('doctor', '--endpoints', 'demo')).toBe(1);
  expect(wrong.printed.err).toContain('recipe cannot be used');
  const none = doctor({ 'endpoints.list': () => [] });
  expect(await none.run('doctor', '--endpoints')).toBe(0);
  expect(none.printed.out).toContain('No endpoint to look at');
});
