/**
 * Mines make-believe attempts into a workspace as fast as it can, until it is killed. Prints what it was told is on disk:
 * one line an attempt that is finished, "blob HASH" for each picture whose row is stored. `node crashWriter.ts DIR SEED`.
 */

import { openWorkspace } from '../../src/main/engine/store/index.ts';
import { NO_USAGE } from '../../src/shared/model/provider.ts';
import { recipe } from './recipe.ts';

const [, , dir = '', seed = '0'] = process.argv;
const workspace = openWorkspace(dir, { create: true, now: Date.now, owner: 'the crashing child' });
const { runs, work, calls, blobs } = workspace;
const runId = `run ${seed}`;
const facts = { width: 64, height: 64, format: 'png', lossy: false };

/** Synchronous, so that a line is out before the kill can come between. */
const say = (line: string) => process.stdout.write(`${line}\n`);

const picture = await blobs.put(Buffer.from(`source ${seed}`), 'png');
await work.addImage(picture, facts, 8);
const run = {
  id: runId,
  name: runId,
  recipe,
  recipeYaml: '',
  baseDir: '',
  demo: true,
  state: 'running' as const,
  phase: 'attempts' as const,
};
await runs.create({ ...run, end: null, error: null, jobSpace: null, createdAt: Date.now() });
await work.addScenes(runId, [
  {
    idx: 0,
    prompt: 'p',
    style: 'standard',
    imageHash: null,
    promptVersion: '1',
    instructions: [{ text: 'Add a kite', category: 'Addition' }],
  },
]);
const scene = work.scenes(runId)[0]!;
await work.addSource(runId, { sceneId: scene.id, idx: 0, seed: 1, state: 'passed', imageHash: picture, reason: '', verdicts: [] });
const source = work.sources(runId)[0]!;
const instructionId = scene.instructions[0]!.id;

let next = 0;
async function mine(): Promise<void> {
  for (;;) {
    const jobIndex = next++;
    const job = { jobIndex, sourceId: source.id, instructionId, tryIndex: jobIndex, seed: jobIndex };
    const [id] = await work.claim(runId, { all: next }, [job]);
    const requestHash = Buffer.alloc(16);
    requestHash.writeUInt32LE(jobIndex);
    requestHash.writeUInt32LE(Number(seed), 8);
    const opened = await calls.open({
      runId,
      requestHash,
      role: 'imageEditor',
      endpoint: 'e',
      model: 'm',
      usdReserved: 0.04,
      onUnknown: 'hold',
    });
    if (!('id' in opened)) throw new Error('asked before');
    const edited = await blobs.put(Buffer.from(`edited ${seed} ${jobIndex}`), 'png');
    await work.addImage(edited, facts, 8);
    say(`blob ${edited}`);
    const usage = { ...NO_USAGE, inputTokens: 1, outputTokens: 1, images: 1, gpuSeconds: 0.5 };
    await calls.settle(opened.id, { modelAnswered: 'm', result: edited, usage, usd: 0.03, ms: 4, remoteId: '', seedHonoured: 'yes' });
    const high = jobIndex % 3 === 0;
    const scores = { adherence: high ? 4.9 : 3.1, aesthetics: 4.8 };
    const finished = work.finish(runId, id!, 'Addition', {
      state: high ? 'passed' : 'rejected',
      stage: high ? null : 'validator',
      reason: high ? '' : 'lowAdherence',
      editedHash: edited,
      scores,
      softScores: null,
      lowLevel: null,
      verdicts: [
        {
          stage: 'validator',
          passed: high,
          reason: '',
          scores,
          lowLevel: null,
          model: 'm',
          promptVersion: '1',
          raw: '{}',
          signals: null,
          checks: [],
        },
      ],
      survived: high ? ['edit', 'validator'] : ['edit'],
      usd: 0.03,
      ms: 4,
    });
    void finished.then(() => say(`done ${id}`));
  }
}
await Promise.all(Array.from({ length: 16 }, mine));
