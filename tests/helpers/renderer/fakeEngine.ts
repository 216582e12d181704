import { createRouterClient, implement } from '@orpc/server';
import type { ProbeReport } from '../../../src/shared/contract/endpoints.ts';
import type { RecipeCheck } from '../../../src/shared/contract/runs.ts';
import { contract, type EngineClient } from '../../../src/shared/contract.ts';
import type { CalibrationView, Drift } from '../../../src/shared/model/calibration.ts';
import type { EditActors, EditSessionDetail } from '../../../src/shared/model/edit.ts';
import type { AppError } from '../../../src/shared/model/errors.ts';
import type { EngineEvent, JobView, SequencedEvent } from '../../../src/shared/model/events.ts';
import type { GradioApp } from '../../../src/shared/model/gradio.ts';
import type { LaneFacts } from '../../../src/shared/model/lane.ts';
import type { EndpointProfile, Role } from '../../../src/shared/model/provider.ts';
import type { Budget } from '../../../src/shared/model/recipe.ts';
import type { RunSummary, UnknownCall } from '../../../src/shared/model/run.ts';
import type { SelfTestReport } from '../../../src/shared/model/selfTest.ts';
import type { TripletFilter, TripletView } from '../../../src/shared/model/triplet.ts';
import { aCurve, aDetail, aProgress, aRun, aTriplet, DIFFICULTY, NOW, UNKNOWN, YAML } from './data.ts';
import { fakeCalibration } from './fakeCalibrations.ts';
import { ACTORS, createFakeEdits } from './fakeEdits.ts';
import { aComparison, anEstimate, aSeries, REASONS, someGates } from './fakeRuns.ts';
import { type FakeScorersState, fakeScorersState, setModel } from './fakeScorers.ts';
import { createFakeAudits, createFakeRejects } from './fakeSecondLooks.ts';

export interface FakeState {
  epoch: string;
  seq: number;
  demo: boolean;
  runs: RunSummary[];
  triplets: TripletView[];
  profiles: EndpointProfile[];
  /** Of one's own. */
  templates: { id: string; title: string; about: string; yaml: string; own: boolean }[];
  presets: { recipe: string; title: string; profile: EndpointProfile }[];
  lanes: LaneFacts[];
  /** What the next probe finds. */
  probe: ProbeReport;
  gradio: GradioApp | null;
  selfTest: Partial<SelfTestReport>;
  /** The key store, which no call gives back. */
  keys: Record<string, string>;
  jobs: JobView[];
  edits: EditSessionDetail[];
  actors: EditActors;
  unknownCalls: UnknownCall[];
  budget: Budget;
  scorers: FakeScorersState;
  calibrations: CalibrationView[];
  supply: { examples: number; sources: number; unmeasured: number; missing: string };
  drift: Drift | null;
}

export interface FakeEngine {
  client: EngineClient;
  state: FakeState;
  /** Every call in order: its name and input. */
  calls: { name: string; input: unknown }[];
  /** Sends an event to everyone who follows. */
  emit(event: EngineEvent): void;
  /** From now on this call fails; null lets it work again. */
  fail(name: string, error: AppError | null): void;
  /** Holds back the answers of this call until the returned function is called. */
  hold(name: string): () => void;
}

const RUNS: RunSummary[] = [
  aRun(),
  aRun({
    id: 'run-2',
    name: 'Street scenes, 5,000 attempts',
    state: 'ended',
    phase: 'done',
    end: 'budget',
    demo: false,
    createdAt: NOW - 26 * 3_600_000,
    attemptsDone: 5000,
    triplets: 1181,
    usdSettled: 41.3,
    reused: 0,
  }),
  aRun({
    id: 'run-3',
    name: 'Real photos from the archive',
    state: 'interrupted',
    demo: false,
    createdAt: NOW - 50 * 3_600_000,
    attemptsDone: 1210,
    triplets: 204,
    usdSettled: 9.77,
    reused: 0,
  }),
];

/** The contract's router in memory, with the same data every time. Give `state` to start from something else. */
export function createFakeEngine(given: Partial<FakeState> = {}): FakeEngine {
  const state: FakeState = {
    epoch: 'epoch-1',
    seq: 0,
    demo: false,
    runs: RUNS,
    profiles: [],
    templates: [],
    presets: [],
    lanes: [],
    probe: { ok: true, ms: 12, models: null, missingModels: [], notes: [], error: null },
    gradio: null,
    selfTest: {},
    keys: {},
    triplets: Array.from({ length: 640 }, (_, i) => aTriplet(640 - i)),
    jobs: [],
    edits: [],
    actors: ACTORS,
    unknownCalls: UNKNOWN,
    budget: { attempts: 720, usd: 12, gpuSeconds: 3600 },
    scorers: fakeScorersState(),
    calibrations: [],
    supply: { examples: 0, sources: 0, unmeasured: 0, missing: 'There are 0 scored and measured pairs.' },
    drift: null,
    ...given,
  };
  const calls: FakeEngine['calls'] = [];
  const failures = new Map<string, AppError>();
  const holds = new Map<string, Promise<void>>();
  const followers = new Set<(event: SequencedEvent) => void>();

  const api = implement(contract).use(async ({ path, next, errors }, input) => {
    const name = path.join('.');
    calls.push({ name, input });
    await holds.get(name);
    const failure = failures.get(name);
    if (!failure) return next();
    const { APP } = errors as unknown as { APP(options: { message: string; data: unknown }): Error };
    throw APP({ message: failure.message, data: { ...failure.details, code: failure.code } });
  });

  const emit = (event: EngineEvent) => {
    state.seq += 1;
    for (const follower of [...followers]) follower({ epoch: state.epoch, seq: state.seq, event });
  };
  const runOf = (id: string): RunSummary => {
    const run = state.runs.find((r) => r.id === id);
    if (!run) throw new Error(`no run ${id}`);
    return run;
  };
  const setRun = (id: string, part: Partial<RunSummary>): RunSummary => {
    const run = { ...runOf(id), ...part };
    state.runs = state.runs.map((r) => (r.id === id ? run : r));
    emit({ type: 'run', run });
    return run;
  };
  /** Every list has a name of its own, as with the engine. */
  let lists = 0;
  const setTriplet = (id: number, part: Partial<TripletView>): TripletView => {
    state.triplets = state.triplets.map((t) => (t.id === id ? { ...t, ...part } : t));
    return state.triplets.find((t) => t.id === id) ?? aTriplet(id);
  };
  const startJob = (job: Partial<JobView> & Pick<JobView, 'kind' | 'title' | 'target'>): JobView => {
    const started: JobView = {
      id: `job-${state.jobs.length + 1}`,
      state: 'running',
      done: 0,
      total: 412,
      etaSeconds: null,
      report: [],
      message: '',
      ...job,
    };
    state.jobs = [...state.jobs, started];
    emit({ type: 'job', job: started });
    return started;
  };

  const edits = createFakeEdits(state.edits, emit);
  const rejects = createFakeRejects();
  const audits = createFakeAudits();

  const router = api.router({
    system: {
      hello: api.system.hello.handler(() => ({ protocol: 1, version: '0.1.0', pid: 1, node: 'v24' })),
      snapshot: api.system.snapshot.handler(() => ({
        epoch: state.epoch,
        seq: state.seq,
        workspace: { dir: '/home/ada/workspace', name: 'workspace', demo: state.demo, version: 1 },
        runs: state.runs,
        jobs: state.jobs,
        triplets: state.triplets.length,
        unknownCalls: state.unknownCalls.length,
      })),
      events: api.system.events.handler(async function* ({ signal }) {
        const queue: SequencedEvent[] = [];
        let wake = () => {};
        const follower = (event: SequencedEvent) => {
          queue.push(event);
          wake();
        };
        followers.add(follower);
        signal?.addEventListener('abort', () => wake());
        try {
          while (!signal?.aborted) {
            const event = queue.shift();
            if (event) yield event;
            else await new Promise<void>((resolve) => (wake = resolve));
          }
        } finally {
          followers.delete(follower);
        }
      }),
      doctor: api.system.doctor.handler(() => []),
    },
    runs: {
      templates: api.runs.templates.handler(() => [
        {
          id: 'demo-quick',
          title: 'Demo, quick',
          about: 'A small run of the demo studio: offline, free, done in a minute.',
          yaml: YAML,
          own: false,
        },
        {
          id: 'demo',
          title: 'Demo',
          about: 'Every gate and all growth stages on 60 scenes.',
          yaml: YAML.replace('scenes: 12', 'scenes: 60'),
          own: false,
        },
        {
          id: 'photos',
          title: 'Real photos',
          about: 'A folder of photos with instructions, edited by the demo studio.',
          yaml: YAML,
          own: false,
        },
        ...state.templates,
      ]),
      saveTemplate: api.runs.saveTemplate.handler(({ input }) => {
        const template = { id: `own-${input.title}`, own: true, ...input };
        state.templates = [...state.templates, template];
        return template;
      }),
      removeTemplate: api.runs.removeTemplate.handler(({ input }) => {
        state.templates = state.templates.filter(({ id }) => id !== input.id);
        return {};
      }),
      series: api.runs.series.handler(() => aSeries()),
      gates: api.runs.gates.handler(() => someGates()),
      reasons: api.runs.reasons.handler(() => [...REASONS]),
      compare: api.runs.compare.handler(({ input }) => aComparison(runOf(input.a), runOf(input.b))),
      check: api.runs.check.handler(({ input }) => checkRecipe(input.yaml)),
      start: api.runs.start.handler(() => {
        const run = aRun({ id: `run-${state.runs.length + 1}`, phase: 'scenes', attemptsDone: 0, triplets: 0, createdAt: NOW });
        state.runs = [run, ...state.runs];
        emit({ type: 'run', run });
        return run;
      }),
      list: api.runs.list.handler(() => state.runs),
      progress: api.runs.progress.handler(({ input }) => {
        const run = runOf(input.runId);
        return aProgress({ runId: run.id, phase: run.phase, unknown: run.id === 'run-3' ? 2 : 0 });
      }),
      recipe: api.runs.recipe.handler(() => ({ yaml: YAML, budget: state.budget })),
      datasetHash: api.runs.datasetHash.handler(() => ({ hash: 'a'.repeat(64), triplets: 96 })),
      pause: api.runs.pause.handler(({ input }) => setRun(input.runId, { state: 'paused' })),
      resume: api.runs.resume.handler(({ input }) => {
        if (input.budget) state.budget = input.budget;
        if (input.askAgain) state.unknownCalls = [];
        return setRun(input.runId, { state: 'running', end: null });
      }),
      cancel: api.runs.cancel.handler(({ input }) => setRun(input.runId, { state: 'ended', end: 'cancelled' })),
      survival: api.runs.survival.handler(() => aCurve()),
      difficulty: api.runs.difficulty.handler(() => DIFFICULTY),
      latest: api.runs.latest.handler(({ input }) =>
        state.triplets
          .filter((t) => t.runId === input.runId && t.state === 'active' && (!input.kind || t.kind === input.kind))
          .slice(0, input.limit),
      ),
      attempts: api.runs.attempts.handler(() => ({ items: [], next: null })),
      unknownCalls: api.runs.unknownCalls.handler(() => state.unknownCalls),
    },
    triplets: {
      page: api.triplets.page.handler(({ input }) => {
        const sorted = inOrder(state.triplets, input);
        const from = Number(input.cursor ?? 0);
        const next = from + input.limit;
        return { items: sorted.slice(from, next), next: next < sorted.length ? String(next) : null };
      }),
      list: api.triplets.list.handler(({ input }) => {
        lists += 1;
        const list = JSON.stringify({ ...input, lists });
        return { list, count: state.triplets.filter((t) => fits(t, input.filter)).length };
      }),
      rows: api.triplets.rows.handler(({ input }) => ({
        items: listed(state.triplets, input.list).slice(input.from, input.from + input.limit),
      })),
      place: api.triplets.place.handler(({ input }) => {
        const place = listed(state.triplets, input.list).findIndex((t) => t.id === input.id);
        return { place: place < 0 ? null : place };
      }),
      count: api.triplets.count.handler(({ input }) => ({
        count: state.triplets.filter((t) => fits(t, input)).length,
        exact: input.text === undefined,
      })),
      get: api.triplets.get.handler(({ input, errors }) => {
        const triplet = state.triplets.find((t) => t.id === input.id);
        if (!triplet) throw errors.APP({ message: `There is no triplet ${input.id}.`, data: { code: 'noSuchItem' } });
        return aDetail(triplet);
      }),
      decide: api.triplets.decide.handler(({ input }) => {
        const decision = input.decision === 'clear' ? null : input.decision;
        return setTriplet(input.id, { decision, tags: decision ? (input.tags ?? []) : [] });
      }),
      decideMany: api.triplets.decideMany.handler(({ input }) => {
        const decision = input.decision === 'clear' ? null : input.decision;
        return input.ids.map((id) => setTriplet(id, { decision, tags: decision ? (input.tags ?? []) : [] }));
      }),
      correct: api.triplets.correct.handler(({ input }) => setTriplet(input.id, { corrected: input.instruction || null })),
      rate: api.triplets.rate.handler(({ input }) => ({ ...aDetail(aTriplet(input.id)), rating: input.scores })),
      histogram: api.triplets.histogram.handler(({ input }) => {
        const bins = Array.from({ length: 41 }, (_, i) => (i > 34 ? (i - 34) * 10 : 0));
        const looked = state.triplets.filter((t) => fits(t, input)).length;
        return { geometric: bins, adherence: bins, aesthetics: bins, difficulty: bins.slice(0, 20), looked, exact: true };
      }),
      categories: api.triplets.categories.handler(() => {
        const names = [...new Set(state.triplets.map((t) => t.category))].sort();
        return names.map((category) => ({ category, count: state.triplets.filter((t) => t.category === category).length }));
      }),
    },
    endpoints: {
      list: api.endpoints.list.handler(() => state.profiles),
      presets: api.endpoints.presets.handler(() => state.presets),
      ofRecipe: api.endpoints.ofRecipe.handler(() => state.profiles),
      save: api.endpoints.save.handler(({ input }) => {
        state.profiles = [...state.profiles.filter((profile) => profile.id !== input.id), input];
        return input;
      }),
      remove: api.endpoints.remove.handler(({ input }) => {
        state.profiles = state.profiles.filter((profile) => profile.id !== input.id);
      }),
      probe: api.endpoints.probe.handler(() => state.probe),
      describeGradio: api.endpoints.describeGradio.handler(() => ({ app: state.gradio, error: null })),
      costs: api.endpoints.costs.handler(({ input: { profile } }) =>
        (Object.keys(profile.roles) as Role[]).map((role) => {
          const { model } = profile.roles[role]!;
          return { role, model, usd: 0.25, gpuSeconds: 0, testCalls: 2, priced: true, asOf: profile.prices.asOf };
        }),
      ),
      test: api.endpoints.test.handler(({ input }) => {
        const model = input.profile.roles[input.role]?.model ?? '';
        const booked = { calls: 2, usd: 0 };
        return {
          role: input.role,
          model,
          modelAnswered: model,
          ok: true,
          ms: 12,
          usd: 0,
          checks: [],
          pictures: [],
          booked,
          ...state.selfTest,
        };
      }),
      lanes: api.endpoints.lanes.handler(() => state.lanes),
      keyNames: api.endpoints.keyNames.handler(() => Object.keys(state.keys)),
      keyState: api.endpoints.keyState.handler(({ input }) => {
        const found = input.key === '' || input.key.slice('stored:'.length) in state.keys;
        return { found, message: found ? 'Found.' : `The key ${input.key} is not in the key store.` };
      }),
      setKey: api.endpoints.setKey.handler(({ input }) => {
        const { [input.name]: _old, ...others } = state.keys;
        state.keys = input.secret === '' ? others : { ...others, [input.name]: input.secret };
      }),
    },
    rejects: {
      gates: api.rejects.gates.handler(({ input }) => rejects.gates(input.runId)),
      categories: api.rejects.categories.handler(() => rejects.categories()),
      count: api.rejects.count.handler(({ input }) => rejects.count(input)),
      page: api.rejects.page.handler(({ input }) => rejects.page(input)),
      list: api.rejects.list.handler(({ input }) => rejects.list(input)),
      rows: api.rejects.rows.handler(({ input }) => rejects.rows(input)),
      place: api.rejects.place.handler(({ input }) => rejects.place(input)),
      get: api.rejects.get.handler(({ input }) => rejects.get(input.id)),
      decide: api.rejects.decide.handler(({ input }) => rejects.decide(input.ids, input.decision, input.tags)),
    },
    audits: {
      list: api.audits.list.handler(() => audits.list()),
      start: api.audits.start.handler(({ input }) => audits.start(input)),
      get: api.audits.get.handler(({ input }) => audits.get(input.id)),
      answer: api.audits.answer.handler(({ input }) => audits.answer(input.id, input.index, input.tags, input.note)),
      result: api.audits.result.handler(({ input }) => audits.result(input.id)),
      record: api.audits.record.handler(({ input }) => audits.record(input.id, input.format)),
    },
    calibrations: {
      list: api.calibrations.list.handler(() => ({ calibrations: state.calibrations, broken: [] })),
      supply: api.calibrations.supply.handler(() => state.supply),
      fit: api.calibrations.fit.handler(({ input }) => startJob({ kind: 'calibrate', title: input.name, target: '' })),
      take: api.calibrations.take.handler(() => fakeCalibration()),
      drift: api.calibrations.drift.handler(() => state.drift),
    },
    scorers: {
      providers: api.scorers.providers.handler(() => state.scorers.choice),
      tryProviders: api.scorers.tryProviders.handler(() => state.scorers.choice),
      process: api.scorers.process.handler(() => state.scorers.process),
      freeMemory: api.scorers.freeMemory.handler(() => {
        state.scorers.process = { ...state.scorers.process, state: 'idle', bytes: 0 };
        return state.scorers.process;
      }),
      settings: api.scorers.settings.handler(() => state.scorers.settings),
      setSettings: api.scorers.setSettings.handler(({ input }) => {
        state.scorers.settings = input;
        return input;
      }),
      models: api.scorers.models.handler(() => state.scorers.models),
      acceptLicence: api.scorers.acceptLicence.handler(({ input }) => setModel(state.scorers, input.id, { acceptedAt: NOW })),
      getModel: api.scorers.getModel.handler(({ input }) =>
        startJob({
          kind: 'model',
          title: setModel(state.scorers, input.id, { state: 'partial' }).title,
          target: setModel(state.scorers, input.id, {}).folder,
          total: 88_500_000,
        }),
      ),
      importModel: api.scorers.importModel.handler(({ input }) => setModel(state.scorers, input.id, { state: 'ready' })),
      removeModel: api.scorers.removeModel.handler(({ input }) => setModel(state.scorers, input.id, { state: 'absent' })),
      cudaWords: api.scorers.cudaWords.handler(() => ['This downloads the CUDA provider of ONNX Runtime 1.30.0.']),
      installCuda: api.scorers.installCuda.handler(() => startJob({ kind: 'install', title: 'CUDA provider', target: '' })),
    },
    edit: {
      actors: api.edit.actors.handler(() => state.actors),
      sessions: api.edit.sessions.handler(() => ({ items: edits.list(), next: null })),
      start: api.edit.start.handler(() => edits.start()),
      get: api.edit.get.handler(({ input, errors }) => {
        if (!state.edits.some(({ id }) => id === input.sessionId))
          throw errors.APP({ message: `There is no edit session ${input.sessionId}.`, data: { code: 'noSuchItem' } });
        return edits.of(input.sessionId);
      }),
      remove: api.edit.remove.handler(({ input }) => {
        state.edits.splice(state.edits.indexOf(edits.of(input.sessionId)), 1);
      }),
      ask: api.edit.ask.handler(({ input }) => edits.ask(input)),
      price: api.edit.price.handler(({ input }) => ({ usdWorst: 0.0041 * input.variants, known: true })),
      again: api.edit.again.handler(({ input }) => {
        for (const id of input.nodeIds ?? []) edits.set(id, { state: 'queued', reason: '', message: '' });
        return edits.of(input.sessionId);
      }),
      cancel: api.edit.cancel.handler(({ input }) => {
        const open = edits.of(input.sessionId).nodes.filter((node) => node.state === 'queued' || node.state === 'running');
        for (const node of open) edits.set(node.id, { state: 'cancelled', reason: 'cancelled', step: null });
        return edits.of(input.sessionId);
      }),
      setCurrent: api.edit.setCurrent.handler(({ input }) => {
        edits.of(input.sessionId).currentId = input.nodeId;
      }),
      setTitle: api.edit.setTitle.handler(({ input }) => {
        edits.of(input.sessionId).title = input.title;
      }),
      setBudget: api.edit.setBudget.handler(({ input }) => {
        edits.of(input.sessionId).budgetUsd = input.usd;
      }),
      keep: api.edit.keep.handler(({ input }) => edits.keep(input.nodeId)),
      unkeep: api.edit.unkeep.handler(({ input }) => edits.unkeep(input.nodeId)),
      suggestions: api.edit.suggestions.handler(() => ({
        mined: [{ instruction: 'Replace the boat with a buoy', category: 'Replace object' }],
        recent: ['Make the photo warmer'],
      })),
    },
    transfer: {
      startExport: api.transfer.startExport.handler(({ input }) =>
        startJob({ kind: 'export', title: 'Export in the NHR layout', target: input.dir || '/home/ada/workspace/exports/new' }),
      ),
      estimateExport: api.transfer.estimateExport.handler(({ input }) => ({
        rows: state.triplets.length,
        pictureBytes: state.triplets.length * 400_000,
        neededBytes: input.format === 'nhr' ? 19_000_000 : state.triplets.length * 400_000,
        freeBytes: 50_000_000_000,
        linked: input.format === 'nhr',
      })),
      importFormats: api.transfer.importFormats.handler(() => [{ format: 'nhr', about: 'our own folder' }]),
      previewImport: api.transfer.previewImport.handler(({ input }) => ({
        rows: 1200,
        columns: ['before', 'after', 'text'],
        used: input.columns,
        sample: [
          {
            line: 1,
            source: { name: 'a.jpg', thumbnail: '', width: 1024, height: 768 },
            edited: { name: 'b.jpg', thumbnail: '', width: 1024, height: 768 },
            instruction: 'Add a lighthouse',
            category: 'Add object',
            fault: '',
          },
          { line: 2, source: null, edited: null, instruction: '', category: '', fault: 'notJson: It is not a JSON object.' },
        ],
      })),
      startImport: api.transfer.startImport.handler(({ input }) => startJob({ kind: 'import', title: 'Import', target: input.path })),
      startCheck: api.transfer.startCheck.handler(({ input }) =>
        startJob({ kind: 'check', title: 'Check of an export', target: input.dir }),
      ),
      startScore: api.transfer.startScore.handler(({ input }) =>
        startJob({ kind: 'score', title: 'Validation of pairs', target: input.path }),
      ),
      startScoreImported: api.transfer.startScoreImported.handler(() =>
        startJob({ kind: 'score', title: 'Validation of imported pairs', target: 'imported pairs' }),
      ),
      startUpload: api.transfer.startUpload.handler(({ input }) =>
        startJob({ kind: 'upload', title: 'Upload to a hub', target: input.repo }),
      ),
      cancel: api.transfer.cancel.handler(({ input }) => {
        state.jobs = state.jobs.map((job) => (job.id === input.jobId ? { ...job, state: 'cancelled' as const } : job));
        const job = state.jobs.find((j) => j.id === input.jobId);
        if (!job) throw new Error('no such job');
        emit({ type: 'job', job });
        return job;
      }),
    },
  });

  return {
    client: createRouterClient(router),
    state,
    calls,
    emit,
    fail: (name, error) => (error ? failures.set(name, error) : failures.delete(name)),
    hold(name) {
      let release = () => {};
      holds.set(name, new Promise((resolve) => (release = resolve)));
      return () => {
        holds.delete(name);
        release();
      };
    },
  };
}

/** Knows one mistake: a number of seeds below one. */
function checkRecipe(yaml: string): RecipeCheck {
  const lines = yaml.split('\n');
  const at = lines.findIndex((line) => line.startsWith('seedsPerScene:'));
  const seeds = Number(lines[at]?.split(':')[1]);
  const scenes = Number(/scenes: (\d+)/.exec(yaml)?.[1] ?? 0);
  if (!(seeds >= 1)) return { issues: [{ path: 'seedsPerScene', message: 'must be at least 1', line: at + 1 }], plan: null };
  return {
    issues: [],
    plan: {
      name: 'Demo, quick',
      scenes,
      sources: scenes * seeds,
      jobSpace: scenes * seeds * 4 * 5,
      attempts: Math.min(720, scenes * seeds * 20),
      usdBound: 0,
      estimate: anEstimate(),
      notes: [],
      demo: true,
      stages: [
        'scenes',
        'sources',
        'plausibility',
        'edit',
        'lowLevel',
        'softJudge',
        'softChecks',
        'validator',
        'selection',
        'inversion',
        'composition',
        'backwardConsistency',
      ],
    },
  };
}

function fits(t: TripletView, f: TripletFilter): boolean {
  return (
    (!f.runId || t.runId === f.runId) &&
    (!f.kinds || f.kinds.includes(t.kind)) &&
    (!f.states || f.states.includes(t.state)) &&
    (!f.category || t.category === f.category) &&
    (!f.minGeometric || (t.geometric ?? 0) >= f.minGeometric) &&
    (!f.decision || (t.decision ?? 'none') === f.decision) &&
    (!f.text || t.instruction.toLowerCase().includes(f.text.toLowerCase()))
  );
}

/** What the engine would keep as a list: its name says what is in it. */
function listed(triplets: TripletView[], list: string): TripletView[] {
  return inOrder(triplets, JSON.parse(list) as { filter: TripletFilter; sort: string });
}

function inOrder(triplets: TripletView[], { filter, sort }: { filter: TripletFilter; sort: string }): TripletView[] {
  const all = triplets.filter((t) => fits(t, filter));
  return sort === 'best' ? all.sort((a, b) => (b.geometric ?? 0) - (a.geometric ?? 0)) : all;
}
