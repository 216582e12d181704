import { expect, it } from 'vitest';
import type { Candidate, StageContext } from '../../src/main/engine/pipeline/context.ts';
import { attempt } from '../../src/main/engine/pipeline/stages/attempt.ts';
import { askReadable } from '../../src/main/engine/pipeline/stages/pair.ts';
import type { Models } from '../../src/main/engine/ports.ts';
import { ProviderError } from '../../src/shared/model/errors.ts';
import type { AttemptStage } from '../../src/shared/model/recipe.ts';

const unused = () => Promise.reject(new Error('not asked'));
const stages = (edit: () => Promise<never>) =>
  ({ edit, lowLevel: unused, softJudge: unused, softChecks: unused, validator: unused }) as Record<AttemptStage, () => Promise<never>>;
const ctx = { recipe: { stages: ['edit'] }, signal: new AbortController().signal } as unknown as StageContext;

// Catches: "badOutput" with nothing that shows what the model said, so that nobody can mend prompt or parser.
it('an unreadable reply is kept with the attempt', async () => {
  const seeds: number[] = [];
  const models = {
    chat: async (_role: string, _task: object, seed: number) => {
      seeds.push(seed);
      return { value: `As a model I cannot say. ${'x'.repeat(9000)}`, model: 'm', promptVersion: 'scores-1', usd: 0 };
    },
  } as unknown as Models;
  const task = { kind: 'scores', instruction: 'Make it night', source: 'a', edited: 'b' } as const;
  const ask = () => askReadable(models, 'softJudge', task, 7, () => null, ctx.signal) as Promise<never>;
  const outcome = await attempt(stages(ask), {} as Candidate, ctx, () => 0);
  expect(seeds).toHaveLength(2);
  expect(new Set(seeds).size).toBe(2);
  expect(outcome).toMatchObject({ state: 'failed', stage: 'edit', reason: 'badOutput' });
  expect(outcome.verdicts).toMatchObject([
    { stage: 'edit', passed: false, reason: 'badOutput', raw: expect.stringMatching(/^As a model/) },
  ]);
  expect(outcome.verdicts[0]!.raw).toHaveLength(4000);
  const silent = await attempt(
    stages(() => Promise.reject(new ProviderError('timeout', 'late'))),
    {} as Candidate,
    ctx,
    () => 0,
  );
  expect(silent.verdicts).toEqual([]);
});
