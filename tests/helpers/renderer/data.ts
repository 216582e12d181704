import type { Verdict } from '../../../src/shared/model/attempt.ts';
import type { JobView } from '../../../src/shared/model/events.ts';
import type { DifficultyRow, RunProgress, RunSummary, SurvivalCurve, UnknownCall } from '../../../src/shared/model/run.ts';
import type { TripletDetail, TripletView } from '../../../src/shared/model/triplet.ts';
import { fakeHash } from './pictures.ts';

/** A fixed moment, so that pictures of the screens do not change from day to day. */
export const NOW = Date.UTC(2026, 3, 20, 12, 0, 0);

export const YAML = `# Demo, quick
# A small run of the demo studio: offline, free, done in a minute.
version: 1
name: Demo, quick
seed: 7
scenes:
  from: constraints
  scenes: 12
  editsPerScene: 4
  topics: [kitchen, garden, street]
seedsPerScene: 3
attemptsPerInstruction: 5
gates:
  validator: { adherence: 4.7, aesthetics: 4.7 }
budget:
  attempts: 720
concurrency: 8
endpoints:
  - id: demo
    transport: demo
roles:
  promptEngineer: { endpoint: demo, model: demo-writer }
  textToImage: { endpoint: demo, model: demo-painter }
  plausibilityJudge: { endpoint: demo, model: demo-judge }
  imageEditor: { endpoint: demo, model: demo-editor }
  softJudge: { endpoint: demo, model: demo-judge }
  validator: { endpoint: demo, model: demo-validator }
  inverter: { endpoint: demo, model: demo-writer }
`;

/** A run with sound fields; give what matters. */
export function aRun(part: Partial<RunSummary> = {}): RunSummary {
  return {
    id: 'run-1',
    name: 'Demo, quick',
    state: 'running',
    phase: 'attempts',
    end: null,
    error: null,
    demo: true,
    mask: { threshold: 40, maskRule: 'any' },
    createdAt: NOW - 11 * 60_000,
    updatedAt: NOW,
    jobSpace: 720,
    attemptsDone: 431,
    triplets: 96,
    usdSettled: 0,
    reused: 0,
    ...part,
  };
}

/** Progress of a run in the middle of its attempts. */
export function aProgress(part: Partial<RunProgress> = {}): RunProgress {
  const counts: [RunProgress['funnel'][number]['key'], string, number][] = [
    ['generated', 'Sources generated', 36],
    ['plausible', 'After the plausibility gate', 29],
    ['edits', 'Edits', 431],
    ['lowLevel', 'After the low-level check', 398],
    ['softJudge', 'After the soft judge', 246],
    ['softChecks', 'After the soft checks', 221],
    ['validator', 'After the hard validator', 118],
    ['selection', 'After selection', 62],
    ['inversion', 'With inversions', 96],
  ];
  return {
    runId: 'run-1',
    phase: 'attempts',
    done: 431,
    total: 720,
    attemptsClaimed: 439,
    attemptsDone: 431,
    attemptsPlanned: 720,
    passed: 118,
    rejected: 309,
    failed: 4,
    unknown: 0,
    rate: 7.4,
    etaSeconds: 39,
    funnel: counts.map(([key, label, count], i) => {
      const before = counts[i - 1]?.[2];
      return { key, label, count, change: before ? count / before - 1 : null };
    }),
    spend: {
      calls: 1893,
      reused: 0,
      usdSettled: 3.412,
      usdReserved: 0.18,
      usdUnknown: 0.06,
      gpuSeconds: 812,
      apiSeconds: 1540,
      wallSeconds: 194,
    },
    errors: [
      { stage: 'edit', code: 'timeout', count: 3 },
      { stage: 'validator', code: 'badOutput', count: 1 },
    ],
    retries: 17,
    overWorst: 0,
    otherModels: [],
    lossyEdits: 0,
    fitted: { aligned: 0, resampled: 0 },
    triplets: 96,
    ...part,
  };
}

/** A curve with two knees, as in the paper. */
export function aCurve(): SurvivalCurve {
  const points = Array.from({ length: 41 }, (_, i) => {
    const t = Math.round(10 + i) / 10;
    const share = Math.max(0, 1 / (1 + Math.exp((t - 4.35) * 3.2)) - Math.max(0, t - 4.6) * 0.35);
    return { t, share, count: Math.round(share * 246) };
  });
  return { points, knees: [4.5, 4.9], suggested: 4.7 };
}

export const DIFFICULTY: DifficultyRow[] = [
  { category: 'Addition', attempts: 122, groups: 24, solved: 19, meanAttemptsToSuccess: 2.4, successRate: 0.31 },
  { category: 'Removal', attempts: 96, groups: 20, solved: 17, meanAttemptsToSuccess: 1.9, successRate: 0.42 },
  { category: 'Recolour', attempts: 88, groups: 18, solved: 17, meanAttemptsToSuccess: 1.3, successRate: 0.61 },
  { category: 'Change time of day', attempts: 64, groups: 14, solved: 9, meanAttemptsToSuccess: 2.9, successRate: 0.22 },
  { category: 'Text sign', attempts: 61, groups: 14, solved: 4, meanAttemptsToSuccess: 4.1, successRate: 0.08 },
];

const EDITS: [string, string, number][] = [
  ['Remove the ball from the grass', 'Removal', 1],
  ['Change the colour of the ball to its opposite while keeping the light on it as it is', 'Recolour', 2],
  ['Make it night', 'Change time of day', 3],
  ['Hang a sign that says OPEN above the hill', 'Text sign', 4],
];
const KINDS: TripletView['kind'][] = ['forward', 'forward', 'inverse', 'forward', 'composed'];

/** Triplet number `id`, always the same. */
export function aTriplet(id: number, part: Partial<TripletView> = {}): TripletView {
  const [instruction, category, edit] = EDITS[id % EDITS.length] as [string, string, number];
  const kind = KINDS[id % KINDS.length] ?? 'forward';
  const scores = { adherence: 4.7 + (id % 7) * 0.04, aesthetics: 4.72 + (id % 5) * 0.05 };
  const scene = 1 + Math.floor(id / 3);
  const [from, to] = kind === 'inverse' ? [edit, 0] : [0, edit];
  return {
    id,
    runId: id % 4 === 3 ? 'run-2' : 'run-1',
    kind,
    state: id % 17 === 5 ? 'dropped' : 'active',
    sourceHash: fakeHash(scene, from),
    editedHash: fakeHash(scene, to),
    width: 512,
    height: 512,
    instruction,
    category,
    style: 'standard',
    scores,
    geometric: Math.sqrt(scores.adherence * scores.aesthetics),
    reason: id % 17 === 5 ? 'backwardLow' : '',
    corrected: null,
    tags: [],
    note: '',
    decision: id % 11 === 0 ? 'accept' : id % 13 === 0 ? 'reject' : null,
    createdAt: NOW - id * 1000,
    ...part,
  };
}

/** Everything of a triplet, with a verdict of each stage and a small family. */
export function aDetail(triplet: TripletView): TripletDetail {
  const lowLevel = { width: 512, height: 512, flagged: 21_840, largest: 20_911, components: 37 };
  const none = { reason: '', scores: null, lowLevel: null, promptVersion: '', raw: '', model: '', signals: null, checks: [] };
  const signals = { changedShare: 0.083, outsideShare: 0.81, ssimOutside: 0.962, colourDriftMedian: 0.74, shift: 2.83, zoom: -0.02 };
  const checks: Verdict['checks'] = [
    { signal: 'ssimOutside', min: 0.8, max: null, outcome: 'passed', why: '' },
    { signal: 'shift', min: null, max: 1, outcome: 'failed', why: 'shifted' },
    { signal: 'colourDriftMedian', min: null, max: 3.5, outcome: 'skipped', why: 'look' },
    { signal: 'edgeRatio', min: 0.75, max: null, outcome: 'skipped', why: 'notMeasured' },
  ];
  return {
    ...triplet,
    prompt: 'A wide photo of a green meadow with one tree and a large rubber ball in the grass, soft morning light, a low hill behind.',
    seed: 48_151_623 + triplet.id,
    lowLevel,
    signals,
    verdicts: [
      { ...none, stage: 'lowLevel', passed: true, lowLevel },
      { ...none, stage: 'fullReference', passed: true, signals, checks, model: 'fullReference/balanced' },
      {
        ...none,
        stage: 'softJudge',
        passed: true,
        scores: { adherence: 5, aesthetics: 4 },
        model: 'demo-judge',
        promptVersion: 'softJudge-1',
        raw: '{"adherence": 5, "aesthetics": 4, "why": "The ball is gone and the grass behind it is whole."}',
      },
      {
        ...none,
        stage: 'validator',
        passed: true,
        scores: triplet.scores,
        model: 'demo-validator',
        promptVersion: 'validator-1',
        raw: '4.82 4.77',
      },
      {
        ...none,
        stage: 'backwardConsistency',
        passed: false,
        reason: 'lowAdherence',
        scores: { adherence: 4.1, aesthetics: 4.6 },
        model: 'demo-validator',
        promptVersion: 'validator-1',
      },
    ],
    parents: triplet.kind === 'forward' ? [] : [aTriplet(triplet.id + 40, { kind: 'forward' })],
    children: triplet.kind === 'forward' ? [aTriplet(triplet.id + 2, { kind: 'inverse' })] : [],
    siblings: [],
    rating: null,
    difficulty: 3,
    edit: null,
  };
}

export const UNKNOWN: UnknownCall[] = [
  { id: 1, runId: 'run-3', role: 'imageEditor', endpoint: 'gpu-box', model: 'bagel', usdReserved: 0.03, sentAt: NOW - 7_200_000 },
  { id: 2, runId: 'run-3', role: 'validator', endpoint: 'api', model: 'judge-large', usdReserved: 0.012, sentAt: NOW - 7_200_000 },
];

/** An export that is done. */
export function aJob(part: Partial<JobView> = {}): JobView {
  return {
    id: 'job-1',
    kind: 'export',
    title: 'Export of 412 triplets',
    state: 'done',
    done: 412,
    total: 412,
    etaSeconds: null,
    target: '/home/ada/workspace/exports/2026-04-20-1',
    report: [
      { label: 'Triplets', value: '412', ok: true },
      { label: 'Pictures', value: '655', ok: true },
      { label: 'Size', value: '318 MB', ok: true },
      { label: 'Read back', value: 'every line and picture', ok: true },
    ],
    message: '',
    ...part,
  };
}
