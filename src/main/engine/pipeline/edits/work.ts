import type { EditNode } from '../../../../shared/model/edit.ts';
import { toWireError } from '../../../../shared/model/errors.ts';
import { attemptWorstCost } from '../../domain/budget.ts';
import type {
  Blobs,
  Calibrations,
  Clock,
  EditBatchRecord,
  EditNodeChange,
  EditSessionRecord,
  EditStore,
  ImageAnswer,
  Models,
  Pixels,
  RunStore,
  Scorers,
  WaitInfo,
  WorkStore,
} from '../../ports.ts';
import { type BudgetMeter, createBudgetMeter, type Reservation, roomFor } from '../budgetMeter.ts';
import { type CountedModelsDeps, createCountedModels } from '../countedModels.ts';
import { makeVariant } from './variant.ts';

/** What making variants takes from the engine: the same parts that runs use. */
export interface EditWorkDeps extends CountedModelsDeps {
  edits: EditStore;
  runs: Pick<RunStore, 'count' | 'setCount' | 'counters'>;
  work: WorkStore;
  blobs: Blobs;
  pixels: Pixels;
  scorers: Scorers;
  calibrations: Calibrations;
  clock: Clock;
}

/** Variants under way. */
export interface EditWork {
  /** Begins a queued node of a batch; returns at once. */
  begin(session: EditSessionRecord, batch: EditBatchRecord, node: EditNode, askAgain: boolean): void;
  isOpen(nodeId: number): boolean;
  /** The node with what only lives in memory. */
  withLife(node: EditNode): EditNode;
  /** Lets go of nodes; resolves when their last state is stored. */
  stop(nodeIds: number[], why: 'cancelled' | 'interrupted'): Promise<void>;
  /** The cap of a session has changed. */
  setBudget(sessionId: string, usd: number | null): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  shutdown(): Promise<void>;
}

interface Open {
  sessionId: string;
  abort: AbortController;
  done: Promise<void>;
  step: EditNode['step'];
  wait: EditNode['wait'];
}

/** News of queued work go out at most so often for one node. */
const WAIT_NEWS_MS = 250;

/** The name under which the ledger counts what a session spends. */
export function scopeOf(sessionId: string): string {
  return `edit:${sessionId}`;
}

/** Makes variants: each behind lanes, ledger and the session's own budget, as an attempt of a run is. `changed` hears of every change. */
export function createEditWork(deps: EditWorkDeps, changed: (node: EditNode) => void): EditWork {
  const open = new Map<number, Open>();
  const meters = new Map<string, { meter: BudgetMeter; budget: { usd: number } }>();
  const modelsOf = new WeakMap<EditBatchRecord, (reservation: Reservation, onWait?: (info: WaitInfo) => void) => Models>();
  let closing = false;

  /** One a session for the life of the engine; it starts from what the ledger says was spent before. */
  function meterOf(session: EditSessionRecord): BudgetMeter {
    const known = meters.get(session.id);
    if (known) return known.meter;
    const spent = deps.runs.counters(scopeOf(session.id));
    const already = { usd: (spent.get('usd.settled') ?? 0) + (spent.get('usd.unknown') ?? 0) };
    const budget = { usd: session.budgetUsd ?? Number.POSITIVE_INFINITY };
    const meter = createBudgetMeter(budget, already, () => 0);
    meters.set(session.id, { meter, budget });
    return meter;
  }

  function modelsFor(batch: EditBatchRecord, askAgain: boolean) {
    const known = modelsOf.get(batch);
    if (known) return known;
    const made = createCountedModels(deps, { id: scopeOf(batch.sessionId), recipe: batch.recipe }, askAgain);
    modelsOf.set(batch, made);
    return made;
  }

  function withLife(node: EditNode): EditNode {
    const life = open.get(node.id);
    return life ? { ...node, step: life.step, wait: life.wait } : node;
  }

  async function set(id: number, change: EditNodeChange): Promise<EditNode> {
    const node = await deps.edits.setNode(id, change);
    changed(withLife(node));
    return node;
  }

  async function make(session: EditSessionRecord, batch: EditBatchRecord, node: EditNode, life: Open, askAgain: boolean): Promise<void> {
    const { signal } = life.abort;
    const meter = meterOf(session);
    const held = await roomFor(meter, attemptWorstCost(batch.recipe), signal);
    if (held === null) {
      const message = `The budget of this session has no room for another variant: $${meter.spent().usd.toFixed(4)} is spent.`;
      await set(node.id, { state: 'failed', reason: 'budgetReached', message, endedAt: deps.clock.now() });
      return;
    }
    try {
      signal.throwIfAborted();
      const source = pictureOf(batch.parentId);
      const root = deps.work.image(session.rootHash) ?? source;
      await set(node.id, { state: 'running', startedAt: deps.clock.now(), endpoint: batch.recipe.roles.imageEditor?.endpoint ?? '' });
      let toldAt = Number.NEGATIVE_INFINITY;
      const onWait = (info: WaitInfo) => {
        life.wait = info;
        if (deps.clock.ticks() - toldAt < WAIT_NEWS_MS) return;
        toldAt = deps.clock.ticks();
        tell(node.id);
      };
      const { instruction, category, recipe } = batch;
      const candidate = { prompt: '', instruction, category, seed: node.seed, source, edited: null, signals: {} };
      const { work, blobs, pixels, scorers, calibrations } = deps;
      const end = await makeVariant(candidate, {
        recipe,
        before: node,
        stage: { recipe, models: modelsFor(batch, askAgain)(held, onWait), work, blobs, pixels, scorers, calibrations, signal },
        rootSize: root,
        step(step) {
          life.step = step;
          life.wait = null;
          tell(node.id);
        },
        found: (change) => set(node.id, change),
        now: deps.clock.ticks,
      });
      life.step = null;
      life.wait = null;
      await set(node.id, { ...end, endedAt: deps.clock.now() });
    } finally {
      held.release();
    }
  }

  function tell(id: number): void {
    const node = deps.edits.node(id);
    if (node) changed(withLife(node));
  }

  function pictureOf(nodeId: number): ImageAnswer {
    const hash = deps.edits.node(nodeId)?.pictureHash;
    const picture = hash ? deps.work.image(hash) : undefined;
    if (!picture) throw new Error(`edit ${nodeId} has lost its picture`);
    return picture;
  }

  /** The last state of a node that did not come to its own end. A picture that was paid for is never thrown away. */
  async function settle(id: number, life: Open, error: unknown): Promise<void> {
    const { step } = life;
    life.step = null;
    life.wait = null;
    const endedAt = deps.clock.now();
    if (life.abort.signal.aborted) {
      const state = (life.abort.signal.reason as unknown) === 'interrupted' ? ('interrupted' as const) : ('cancelled' as const);
      const node = deps.edits.node(id);
      if (state === 'interrupted' || !node?.pictureHash || step === null || step === 'waiting')
        await set(id, { state, reason: state, message: '', endedAt });
      else
        await set(id, {
          state: 'done',
          problems: [...node.problems, { stage: step, code: 'cancelled', message: 'It was cancelled.' }],
          endedAt,
        });
      return;
    }
    const { code, message } = toWireError(error);
    await set(id, { state: 'failed', reason: code, message, endedAt });
  }

  const stopAll = async (ids: number[], why: 'cancelled' | 'interrupted') => {
    const lives = ids.flatMap((id) => open.get(id) ?? []);
    for (const life of lives) life.abort.abort(why);
    await Promise.all(lives.map((life) => life.done));
  };

  return {
    begin(session, batch, node, askAgain) {
      if (closing || open.has(node.id)) return;
      const life: Open = { sessionId: session.id, abort: new AbortController(), done: Promise.resolve(), step: 'waiting', wait: null };
      open.set(node.id, life);
      life.done = make(session, batch, node, life, askAgain)
        .catch((error: unknown) => settle(node.id, life, error))
        // A store that cannot write any more leaves the node open; opening the workspace again sorts that out.
        .catch(() => undefined)
        .then(() => {
          open.delete(node.id);
          tell(node.id);
        });
      changed(withLife(node));
    },
    isOpen: (id) => open.has(id),
    withLife,
    stop: stopAll,
    setBudget(sessionId, usd) {
      const known = meters.get(sessionId);
      if (known) known.budget.usd = usd ?? Number.POSITIVE_INFINITY;
    },
    async idle() {
      while (open.size > 0) await Promise.all([...open.values()].map((life) => life.done));
    },
    async shutdown() {
      closing = true;
      await stopAll([...open.keys()], 'interrupted');
    },
  };
}
