import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it, onTestFinished } from 'vitest';
import { createEngine, type Engine } from '../../src/main/engine/index.ts';
import type { EditNode, EditSessionDetail, JudgeChoice } from '../../src/shared/model/edit.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const ALL: JudgeChoice = { softJudge: 'demo', validator: 'demo', checks: true };
const NONE: JudgeChoice = { softJudge: null, validator: null, checks: false };

async function anEngine(dir?: string): Promise<Engine & { dir: string }> {
  const folder = dir ?? mkdtempSync(join(tmpdir(), 'nhr-edits-'));
  if (!dir) onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const engine = await createEngine({ workspaceDir: join(folder, 'workspace'), create: true, resumeInterrupted: false, log: quiet });
  onTestFinished(() => engine.close().catch(() => undefined));
  return { ...engine, dir: folder };
}

/** A picture with edges and colours, as a JPEG that a camera turned. */
async function aPhoto(width = 384, height = 256): Promise<Uint8Array> {
  const data = Buffer.alloc(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = (i * 7 + Math.floor(i / 90) * 13) % 256;
  const photo = sharp(data, { raw: { width, height, channels: 3 } }).blur(2);
  return new Uint8Array(await photo.withMetadata({ orientation: 6 }).jpeg().toBuffer());
}

async function aSession(engine: Engine): Promise<EditSessionDetail> {
  const { hash } = await engine.takePicture(await aPhoto(), 'harbour.jpg');
  return engine.client.edit.start({ start: { from: 'upload', hash, name: 'harbour.jpg' } });
}

const ask = (engine: Engine, sessionId: string, parentId: number, change: object = {}) =>
  engine.client.edit.ask({
    sessionId,
    parentId,
    instruction: 'Make the photo warmer',
    variants: 2,
    seed: 11,
    editor: { profile: 'demo' },
    judges: ALL,
    ...change,
  });

async function atRest(engine: Engine, sessionId: string): Promise<EditSessionDetail> {
  for (;;) {
    const session = await engine.client.edit.get({ sessionId });
    if (session.open === 0 && session.nodes.every((node) => node.step === null)) return session;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const made = (session: EditSessionDetail): EditNode[] => session.nodes.filter((node) => node.parentId !== null);

// Catches: a picture that is not turned, variants that are not scored by everyone, seeds that repeat, spend that is not booked on the session.
it('makes scored variants of an uploaded picture, and goes on from any of them', async () => {
  const engine = await anEngine();
  const session = await aSession(engine);
  expect(session).toMatchObject({ width: 256, height: 384, title: 'harbour.jpg', pictures: 1, demo: false });
  expect(session.notes[0]).toContain('turned upright');
  const root = session.nodes[0]!;

  const asked = await ask(engine, session.id, root.id);
  expect(made(asked).map(({ seed, state, depth }) => ({ seed, open: state === 'queued' || state === 'running', depth }))).toEqual([
    { seed: 11, open: true, depth: 1 },
    { seed: 12, open: true, depth: 1 },
  ]);
  const first = await atRest(engine, session.id);
  for (const node of made(first)) {
    expect(node).toMatchObject({ state: 'done', category: 'Change tone', width: 256, height: 384, problems: [] });
    expect(node.verdicts.map(({ stage }) => stage)).toEqual(['edit', 'lowLevel', 'fullReference', 'softJudge', 'softChecks', 'validator']);
    expect(node.verdicts.find(({ stage }) => stage === 'fullReference')!.checks.length).toBeGreaterThan(0);
    expect(node.scores && node.softScores && node.lowLevel && node.quality).toBeTruthy();
  }
  expect(first.spend.usdSettled).toBeCloseTo(
    made(first).reduce((sum, node) => sum + node.usd, 0),
    9,
  );
  expect(first.spend).toMatchObject({ usdReserved: 0, usdUnknown: 0 });
  expect(first.demo).toBe(true);

  const [, chosen] = made(first);
  await ask(engine, session.id, chosen!.id, { instruction: 'Blur the photo', variants: 1 });
  const second = await atRest(engine, session.id);
  const blurred = second.nodes.at(-1)!;
  expect(blurred).toMatchObject({ depth: 2, parentId: chosen!.id, state: 'done' });
  expect(blurred.quality!.sharpness).toBeLessThan(chosen!.quality!.sharpness);
});

// Catches: asking once more for what the ledger has and paying for it again.
it('pays nothing for an edit that was made before with the same seed', async () => {
  const engine = await anEngine();
  const session = await aSession(engine);
  await ask(engine, session.id, session.currentId);
  const first = await atRest(engine, session.id);
  await ask(engine, session.id, session.currentId);
  const second = await atRest(engine, session.id);
  expect(second.spend.usdSettled).toBe(first.spend.usdSettled);
  const hashes = made(second).map((node) => node.pictureHash);
  expect(hashes.slice(2)).toEqual(hashes.slice(0, 2));
});

// Catches: a keep without provenance, one that makes two triplets of two clicks, losers or chains that exports do not see.
it('keeps an edit as an interactive triplet with everything that led to it', async () => {
  const engine = await anEngine();
  const session = await aSession(engine);
  await ask(engine, session.id, session.currentId, { variants: 4 });
  const best = made(await atRest(engine, session.id)).sort((a, b) => b.scores!.adherence - a.scores!.adherence)[0]!;
  const [one, two] = await Promise.all([engine.client.edit.keep({ nodeId: best.id }), engine.client.edit.keep({ nodeId: best.id })]);
  expect(one.triplet.id).toBe(two.triplet.id);
  expect(one.triplet).toMatchObject({ kind: 'interactive', state: 'active', instruction: 'Make the photo warmer', scores: best.scores });
  const detail = await engine.client.triplets.get({ id: one.triplet.id });
  expect(detail).toMatchObject({ seed: best.seed, edit: { sessionId: session.id, nodeId: best.id, demo: true } });
  expect(detail.verdicts.map(({ stage }) => stage)).toEqual(best.verdicts.map(({ stage }) => stage));

  await ask(engine, session.id, best.id, { instruction: 'Flip the photo', variants: 1 });
  const next = (await atRest(engine, session.id)).nodes.at(-1)!;
  const kept = await engine.client.edit.keep({ nodeId: next.id, category: 'Mirror' });
  expect(kept.triplet.category).toBe('Mirror');
  expect((await engine.client.triplets.get({ id: kept.triplet.id })).parents.map(({ id }) => id)).toEqual([one.triplet.id]);

  expect((await engine.client.edit.unkeep({ nodeId: best.id })).triplet).toMatchObject({ state: 'dropped' });
  expect((await engine.client.edit.get({ sessionId: session.id })).kept).toBe(1);
  expect((await engine.client.edit.keep({ nodeId: best.id })).triplet).toMatchObject({ id: one.triplet.id, state: 'active' });
  await expect(engine.client.edit.keep({ nodeId: session.currentId })).rejects.toThrow('first picture');
  await expect(engine.client.edit.remove({ sessionId: session.id })).rejects.toThrow('history');
});

// Catches: a refused or impossible edit that hides why, and a session that starts with something that is no picture.
it('says what is wrong with an edit or a picture, by name', async () => {
  const engine = await anEngine();
  const session = await aSession(engine);
  await ask(engine, session.id, session.currentId, { instruction: 'Give the cat a crown', variants: 1 });
  expect(made(await atRest(engine, session.id))[0]).toMatchObject({
    state: 'failed',
    reason: 'refused',
    message: expect.stringContaining('crown'),
  });
  await expect(engine.takePicture(new Uint8Array([1, 2, 3]), 'notes.txt')).rejects.toThrow(/notes\.txt cannot be used.*JPEG/);
  const heic = new Uint8Array([0, 0, 0, 24, ...Buffer.from('ftypheic'), 0, 0, 0, 0, ...Buffer.from('mif1heic')]);
  await expect(engine.takePicture(heic, 'phone.heic')).rejects.toThrow(/phone\.heic cannot be used.*HEIC.*JPEG or PNG/);
  await expect(engine.takePicture((await aPhoto()).subarray(0, 3000), 'half.jpg')).rejects.toMatchObject({ details: { file: 'half.jpg' } });
  await expect(engine.client.edit.start({ start: { from: 'path', path: '/no/such.png' } })).rejects.toThrow('/no/such.png is not there');
  await expect(ask(engine, session.id, session.currentId, { editor: { profile: 'mine' } })).rejects.toThrow('no endpoint profile mine');
});

// Catches: a budget of a session that calls in flight pass, or that stops what still fits.
it('never spends more than the session may, and goes on when the cap is raised', async () => {
  const engine = await anEngine();
  const session = await aSession(engine);
  const { usdWorst } = await engine.client.edit.price({ instruction: 'x', variants: 1, editor: { profile: 'demo' }, judges: NONE });
  await engine.client.edit.setBudget({ sessionId: session.id, usd: usdWorst * 1.5 });
  await ask(engine, session.id, session.currentId, { variants: 4, judges: NONE });
  const first = await atRest(engine, session.id);
  const poor = made(first).filter((node) => node.reason === 'budgetReached');
  expect(poor.length).toBeGreaterThan(0);
  expect(first.spend.usdSettled + first.spend.usdReserved).toBeLessThanOrEqual(usdWorst * 1.5);
  await engine.client.edit.setBudget({ sessionId: session.id, usd: null });
  await engine.client.edit.again({ sessionId: session.id, nodeIds: poor.map(({ id }) => id) });
  expect(made(await atRest(engine, session.id)).every((node) => node.state === 'done')).toBe(true);
});

// Catches: a session that is not the same after the engine was closed, or a triplet that cannot be edited further.
it('is the same after a restart, and starts from either side of a triplet', async () => {
  const engine = await anEngine();
  const session = await aSession(engine);
  await ask(engine, session.id, session.currentId, { variants: 1 });
  const [node] = made(await atRest(engine, session.id));
  await engine.client.edit.setCurrent({ sessionId: session.id, nodeId: node!.id });
  const { triplet } = await engine.client.edit.keep({ nodeId: node!.id });
  const before = await engine.client.edit.get({ sessionId: session.id });
  await engine.close();
  const again = await anEngine(engine.dir);
  expect(await again.client.edit.get({ sessionId: session.id })).toEqual(before);
  const side = await again.client.edit.start({ start: { from: 'triplet', tripletId: triplet.id, side: 'edited' } });
  expect(side).toMatchObject({ rootHash: node!.pictureHash, demo: true, notes: [], origin: { kind: 'triplet', side: 'edited' } });
  expect((await again.client.edit.sessions({ limit: 10 })).items.map(({ id }) => id)).toEqual([side.id, session.id]);
});

// Catches: exports that do not know what a kept edit was chosen over, that take branches apart, or hide that a demo made them.
it('gives its branches to exports: pairs of winner and losers, chains of kept edits, all in one split', async () => {
  const engine = await anEngine();
  const session = await aSession(engine);
  await ask(engine, session.id, session.currentId, { variants: 4 });
  const first = made(await atRest(engine, session.id))[2]!;
  await engine.client.edit.keep({ nodeId: first.id });
  await ask(engine, session.id, first.id, { instruction: 'Flip the photo', variants: 2 });
  const second = (await atRest(engine, session.id)).nodes.at(-1)!;
  await engine.client.edit.keep({ nodeId: second.id });

  const lines = async (format: 'chains' | 'preference') => {
    const dir = join(engine.dir, format);
    const job = await engine.client.transfer.startExport({ format, dir });
    await jobEnd(engine, job.id);
    const check = await engine.client.transfer.startCheck({ dir });
    await jobEnd(engine, check.id);
    const text = readFileSync(join(dir, 'train/metadata.jsonl'), 'utf8');
    const card = readFileSync(join(dir, 'README.md'), 'utf8');
    expect(card).toContain('Demo data');
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  const [chain, ...more] = await lines('chains');
  expect(more).toEqual([]);
  expect(chain).toMatchObject({
    kind: 'interactive',
    instructions: ['Make the photo warmer', 'Flip the photo'],
    edit_instruction: 'Make the photo warmer and flip the photo',
  });
  const pairs = await lines('preference');
  expect(pairs.filter(({ prompt }) => prompt === 'Make the photo warmer')).toHaveLength(3);
  expect(pairs.every((pair) => pair.chosen_by === 'person' && pair.tie === false)).toBe(true);
});

async function jobEnd(engine: Engine, id: string): Promise<void> {
  for (;;) {
    const job = (await engine.client.system.snapshot()).jobs.find((item) => item.id === id);
    if (job?.state === 'done') return;
    if (job?.state !== 'running') throw new Error(`${job?.title}: ${job?.message} ${JSON.stringify(job?.report)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
