import type { Role } from '../../../shared/model/provider.ts';
import { type AttemptStage, type Recipe, rolesNeeded } from '../../../shared/model/recipe.ts';
import type { FunnelRow } from '../../../shared/model/run.ts';
import { type GateCell, type LowLevelCell, lowLevelGate, scoreGate } from '../../../shared/model/whatIf.ts';
import { pricesOf } from './budget.ts';
import { type Flow, type Measured, type RoleFacts, type Step, unitsOf } from './estimate.ts';
import { wallSeconds } from './estimateWall.ts';

/** What an earlier run left behind. */
export interface RunFacts {
  id: string;
  name: string;
  recipe: Recipe;
  funnel: readonly FunnelRow[];
  attemptsDone: number;
  passed: number;
  /** Jobs there were; null = the run did not get that far. */
  jobSpace: number | null;
  wallSeconds: number;
  calls: readonly { role: Role; model: string; calls: number; seconds: number; usd: number; gpuSeconds: number }[];
  cells: { softJudge: readonly GateCell[]; validator: readonly GateCell[]; lowLevel: readonly LowLevelCell[] };
}

/** The models a step's rate depends on; a local check depends on the editor alone. */
const STEP_ROLES: Record<string, readonly Role[]> = {
  plausibility: ['textToImage', 'plausibilityJudge'],
  edit: ['imageEditor'],
  softJudge: ['imageEditor', 'softJudge'],
  softChecks: ['imageEditor', 'softJudge'],
  validator: ['imageEditor', 'validator'],
  selection: ['imageEditor'],
  inversion: ['inverter'],
  composition: ['inverter'],
  backwardConsistency: ['validator', 'inverter'],
};

const modelOf = (recipe: Recipe, role: Role) => recipe.roles[role]?.model;

/** Same models for a step, and before it the same stages in any order: what a gate lets through depends on what reached it. */
function comparable(key: string, recipe: Recipe, run: Recipe): boolean {
  if ((STEP_ROLES[key] ?? ['imageEditor']).some((role) => modelOf(recipe, role) !== modelOf(run, role))) return false;
  const before = ({ stages }: Recipe) => {
    const at = stages.indexOf(key as AttemptStage);
    return [...(at < 0 ? stages : stages.slice(0, at))].sort().join();
  };
  if (key === 'plausibility') return true;
  if (before(recipe) !== before(run)) return false;
  // Growth changes what is there; the rate is against that.
  const grown = ({ growth }: Recipe) => growth.slice(0, growth.indexOf(key as Recipe['growth'][number])).join();
  return grown(recipe) === grown(run);
}

/** Tries on each <source, instruction> that was tried at all, drawn uniformly out of the job space. */
export function triesPerGroup({ recipe, attemptsDone, jobSpace }: Pick<RunFacts, 'recipe' | 'attemptsDone' | 'jobSpace'>): number {
  if (!jobSpace || attemptsDone === 0) return 1;
  const groups = jobSpace / recipe.attemptsPerInstruction;
  const tried = groups * (1 - Math.max(0, 1 - attemptsDone / jobSpace) ** recipe.attemptsPerInstruction);
  return Math.max(1, attemptsDone / Math.max(1, tried));
}

/** How a run's gate would have done at the recipe's thresholds; null when the run cannot tell. */
function stepOf(key: string, recipe: Recipe, run: RunFacts): { count: number; of: number } | null {
  const { gates } = run.recipe;
  const row = (name: string) => run.funnel.find((one) => one.key === name)?.count;
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  if (key === 'plausibility') {
    const [count, of] = [row('plausible'), row('generated')];
    return count === undefined || of === undefined ? null : { count, of };
  }
  if (key === 'selection' || recipe.growth.some((stage) => stage === key)) {
    const order = ['selection', ...run.recipe.growth];
    const at = order.indexOf(key);
    const before = at === 0 ? run.passed : row(order[at - 1]!);
    const count = row(key);
    // A run whose growth has not been reached has nothing to say of it.
    return count === undefined || before === undefined || count === 0 ? null : { count, of: before };
  }
  const at = run.recipe.stages.indexOf(key as AttemptStage);
  if (at < 0) return null;
  const count = row(key === 'edit' ? 'edits' : key);
  const earlier = run.recipe.stages[at - 1];
  const of = earlier === undefined ? run.attemptsDone : row(earlier === 'edit' ? 'edits' : earlier);
  if (count === undefined || of === undefined) return null;
  if (key === 'softJudge' || key === 'validator') {
    if (same(gates[key], recipe.gates[key])) return { count, of };
    const { kept, of: judged } = scoreGate(run.cells[key], recipe.gates[key], gates[key]);
    return { count: kept, of: judged };
  }
  if (key === 'lowLevel') {
    const [had, wanted] = [gates.lowLevel, recipe.gates.lowLevel];
    if (same(had, wanted)) return { count, of };
    if (!same({ ...had, minLargestShare: 0 }, { ...wanted, minLargestShare: 0 })) return null;
    const { kept, of: checked } = lowLevelGate(run.cells.lowLevel, wanted.minLargestShare, had.minLargestShare);
    return { count: kept, of: checked };
  }
  if (key === 'fullReference') {
    const limits = ({ profile, fullReference }: Recipe['gates']) => ({ profile, fullReference });
    if (!same(limits(gates), limits(recipe.gates))) return null;
  }
  // Any other stage says as much as its own settings are the same.
  const settings = (of: Recipe) => (of.gates as Record<string, unknown>)[key];
  if (!same(settings(run.recipe), settings(recipe))) return null;
  return { count, of };
}

/** What happened in a run, in the shape of an estimate. */
function flowOfRun({ recipe, funnel, attemptsDone, passed }: RunFacts): Flow {
  const row = (name: string) => funnel.find((one) => one.key === name)?.count ?? 0;
  const order = ['selection', ...recipe.growth];
  const grown = (name: string) => {
    const at = order.indexOf(name);
    return at < 1 ? 0 : Math.max(0, row(name) - row(order[at - 1]!));
  };
  const { scenes } = recipe;
  return {
    scenes: scenes.from === 'constraints' ? scenes.scenes : 0,
    images: row('generated'),
    plausible: row('plausible'),
    attempts: attemptsDone,
    left: new Map(recipe.stages.map((stage) => [stage, row(stage === 'edit' ? 'edits' : stage)])),
    passed,
    winners: row('selection'),
    inverses: grown('inversion'),
    composed: grown('composition'),
    triplets: row(order.at(-1)!),
  };
}

/**
 * The same questions were answered in an earlier run, so that this one paid and waited for few of them: it says what the gates keep,
 * and nothing of calls, money and time.
 */
function answeredBefore({ calls, attemptsDone }: RunFacts): boolean {
  const edits = calls.find(({ role }) => role === 'imageEditor')?.calls ?? 0;
  return edits < 0.95 * attemptsDone;
}

/** Pools what comparable steps and calls of earlier runs say about a recipe. Runs in which nothing was tried say nothing. */
export function measure(recipe: Recipe, runs: readonly RunFacts[]): Measured {
  const steps = new Map<string, Step>();
  const used = new Map<string, string>();
  const keys = ['plausibility', ...recipe.stages, 'selection', ...recipe.growth];
  for (const run of runs) {
    if (run.attemptsDone === 0) continue;
    for (const key of keys) {
      const found = comparable(key, recipe, run.recipe) ? stepOf(key, recipe, run) : null;
      if (!found || found.of === 0) continue;
      const known = steps.get(key) ?? { count: 0, of: 0, weight: 0 };
      const weight = key === 'plausibility' ? 1 : 1 / triesPerGroup(run);
      const of = known.of + found.of;
      steps.set(key, { count: known.count + found.count, of, weight: (known.weight * known.of + weight * found.of) / of });
      used.set(run.id, run.name);
    }
  }
  const asked = runs.filter((run) => !answeredBefore(run));
  const roles = new Map<Role, RoleFacts>();
  for (const role of rolesNeeded(recipe)) {
    const facts = roleFacts(recipe, role, asked);
    if (facts) roles.set(role, facts);
  }
  return {
    steps,
    roles,
    wallFactor: wallFactor(asked.filter(({ id }) => used.has(id))),
    runs: [...used].map(([id, name]) => ({ id, name })),
  };
}

function roleFacts(recipe: Recipe, role: Role, runs: readonly RunFacts[]): RoleFacts | null {
  const model = modelOf(recipe, role);
  const endpoint = recipe.endpoints.find(({ id }) => id === recipe.roles[role]?.endpoint);
  let facts: RoleFacts | null = null;
  for (const run of runs) {
    const theirs = run.recipe.endpoints.find(({ id }) => id === run.recipe.roles[role]?.endpoint);
    const total = run.calls.find((call) => call.role === role && call.model === model);
    if (!total || total.calls === 0 || modelOf(run.recipe, role) !== model || !endpoint || !theirs || !model) continue;
    const samePrice = JSON.stringify(pricesOf(endpoint, model)) === JSON.stringify(pricesOf(theirs, model));
    const { attempts, others } = unitsOf(run.recipe, flowOfRun(run))[role];
    const sum: RoleFacts = facts ?? { calls: 0, units: 0, seconds: 0, usd: 0, gpuSeconds: 0 };
    facts = {
      calls: sum.calls + total.calls,
      units: sum.units + attempts + others,
      seconds: sum.seconds + total.seconds,
      usd: samePrice && sum.usd !== null ? sum.usd + total.usd : null,
      gpuSeconds: sum.gpuSeconds + total.gpuSeconds,
    };
  }
  return facts;
}

/** Time that runs took over what their calls alone explain. */
function wallFactor(runs: readonly RunFacts[]): number {
  let took = 0;
  let explained = 0;
  for (const run of runs) {
    const units = unitsOf(run.recipe, flowOfRun(run));
    const work = rolesNeeded(run.recipe).map((role) => {
      const total = run.calls.find((call) => call.role === role && call.model === modelOf(run.recipe, role));
      const all = units[role].attempts + units[role].others;
      const factor = total && all > 0 ? total.calls / all : 1;
      const parts = { attempts: units[role].attempts * factor, others: units[role].others * factor };
      return { role, parts, secondsPerCall: total && total.calls > 0 ? total.seconds / total.calls : null };
    });
    const model = wallSeconds(run.recipe, work);
    if (!model) continue;
    took += run.wallSeconds;
    explained += model;
  }
  return explained > 0 && took > 0 ? took / explained : 1;
}
