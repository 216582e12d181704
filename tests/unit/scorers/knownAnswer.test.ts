import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { knownAnswer, knownAnswerModel, knownPair, wrongWith } from '../../../src/main/engine/scorers/knownAnswer.ts';
import { judgeTrial } from '../../../src/main/engine/scorers/providers.ts';
import { thisPlatform, tryOne } from '../../../src/main/engine/scorers/trials.ts';

const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';
const dir = mkdtempSync(join(tmpdir(), 'nhr-vulkan-'));
afterAll(() => rmSync(dir, { recursive: true }));

// Catches: an encoder that writes something the runtime does not read, and a graph that computes something else than the code.
test('the graph from code runs on cpu, gives the answer of plain code, and the profile proves that cpu did all of it', async () => {
  const trial = await tryOne('cpu', 256);
  expect(trial).toMatchObject({ ok: true, wrong: '', share: 1 });
  expect(judgeTrial('cpu', trial, thisPlatform())).toMatchObject({ ok: true, software: false, reason: '' });
  expect(knownAnswerModel().length).toBeLessThan(3000);
});

// Catches: a WebGPU provider that starts and computes wrong, and a software driver that is taken for a card.
test.runIf(existsSync(SWIFTSHADER))(
  'WebGPU on a software Vulkan gives the same answer, all steps its own, and is found out as software',
  async () => {
    const before = { ...process.env };
    // The loader and the driver inside Debian's chromium package.
    Object.assign(process.env, { LD_LIBRARY_PATH: '/usr/lib/chromium', VK_ICD_FILENAMES: SWIFTSHADER, XDG_RUNTIME_DIR: dir });
    try {
      const trial = await tryOne('webgpu', 64);
      expect(trial).toMatchObject({ ok: true, wrong: '', share: 1 });
      const judged = judgeTrial('webgpu', trial, thisPlatform());
      expect(judged).toMatchObject({ ok: true, software: true });
      expect(judged.reason).toMatch(/computes on the processor/);
    } finally {
      process.env = before;
    }
  },
  120_000,
);

// Catches: a check that lets a wrong answer through, so that every provider passes.
test('an answer that is off in one pixel, or in the second decimal of an SSIM, is wrong', () => {
  const right = knownAnswer(knownPair(64), 64);
  expect(right.mask.some((value) => value === 1) && right.mask.some((value) => value === 0)).toBe(true);
  expect(right.ssimOutside).toBeGreaterThan(right.ssim + 0.01);
  expect(wrongWith(right, right)).toBe('');
  const mask = right.mask.slice();
  mask[0] = 1 - mask[0]!;
  expect(wrongWith({ ...right, mask }, right)).toMatch(/mask differs in 1 of 4096/);
  expect(wrongWith({ ...right, ssim: right.ssim - 0.01 }, right)).toMatch(/ssim is/);
  expect(wrongWith({ ...right, ssimOutside: Number.NaN }, right)).toMatch(/ssimOutside is/);
  expect(wrongWith({ ...right, mask: new Uint8Array(0) }, right)).toMatch(/differs in 4096/);
});
