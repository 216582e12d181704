import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ChatTask } from '../../../src/main/engine/domain/chatTask.ts';
import { PROMPTS, promptFor } from '../../../src/main/engine/domain/prompts.ts';
import type { ChatTask as PortsTask } from '../../../src/main/engine/ports.ts';

const pair = { instruction: 'Add a red kite', source: 'a'.repeat(64), edited: 'b'.repeat(64) };
const design: Extract<ChatTask, { kind: 'design' }> = {
  kind: 'design',
  topics: ['harbour'],
  styles: ['standard', 'watercolour'],
  operations: ['Add object', 'Remove object'],
  minObjects: 2,
  maxObjects: 4,
  count: 50,
  edits: 5,
  composite: true,
  batch: 3,
  problem: '',
};
const tasks: ChatTask[] = [
  design,
  { kind: 'plausible', prompt: 'a harbour at noon', image: 'a'.repeat(64) },
  { kind: 'scores', ...pair },
  { kind: 'unwantedChange', ...pair },
  { kind: 'pleasing', ...pair },
  { kind: 'invert', instruction: 'Remove the moustache', prompt: 'a man with a brown moustache' },
  { kind: 'compose', instructions: ['Add a cat', 'Remove the cup'] },
];

describe('promptFor', () => {
  it('has words and a version for every task, and the task of the ports is the same', () => {
    // Assigning both ways: a task that one side lacks does not compile.
    const ported: PortsTask[] = tasks;
    const back: ChatTask[] = ported;
    expect(back.map((task) => task.kind).sort()).toEqual(Object.keys(PROMPTS).sort());
    for (const task of tasks) expect(promptFor(task).version).toBe(PROMPTS[task.kind].version);
  });

  it('changes its version with its words (catches verdicts filed under the wrong prompt)', () => {
    const words = tasks.map(
      (task) => `${promptFor(task).version} ${createHash('sha256').update(promptFor(task).text).digest('hex').slice(0, 12)}`,
    );
    expect(words).toMatchInlineSnapshot(`
      [
        "design-1 2a5615a0be62",
        "plausible-1 a6a79fbfb831",
        "scores-1 ced2613be734",
        "unwantedChange-1 aa7ce2cf7c62",
        "pleasing-1 25a961b25529",
        "invert-1 5fc922f3df7d",
        "compose-1 e7ca46a9b26e",
      ]
    `);
  });

  it('puts every constraint of a design into the request, and what was wrong only when asked again', () => {
    const { text } = promptFor(design);
    for (const part of [
      '50 scenes',
      '5 instructions',
      'harbour',
      'watercolour',
      'Add object, Remove object',
      '2 to 4',
      '" and "',
      '"scenes"',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('previous answer');
    expect(promptFor({ ...design, problem: 'Scene 2: two edits are the same.' }).text).toContain('Scene 2: two edits are the same.');
    expect(promptFor({ ...design, composite: false }).text).not.toContain('joined by');
    expect(promptFor({ ...design, batch: 4 }).text).not.toBe(text);
  });

  it('shows the words in question and never a blob hash', () => {
    for (const task of tasks) {
      const { text } = promptFor(task);
      expect(text).not.toMatch(/[ab]{64}|undefined|\[object/);
      if ('instruction' in task) expect(text).toContain(task.instruction);
      if ('prompt' in task) expect(text).toContain(task.prompt);
    }
  });
});
