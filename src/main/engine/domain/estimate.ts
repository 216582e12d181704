import type { Estimate, EstimateCalls, EstimateRate } from '../../../shared/model/estimate.ts';
import { wilson } from '../../../shared/model/intervals.ts';
import type { Role } from '../../../shared/model/provider.ts';
import { type Budget, type Recipe, rolesNeeded } from '../../../shared/model/recipe.ts';
import { LIMITS, roleCost } from './budget.ts';
import { wallSeconds } from './estimateWall.ts';

/** One step of the funnel as earlier runs counted it: `count` were left of `of`. Growth has more left than it began with. */
export interface Step {
  count: number;
  of: number;
  /** What a trial counts for: tries of one <source, instruction> are alike, so they say less than as many of different ones. */
  weight: number;
}

/** What earlier calls of the model in a role took, together. */
export interface RoleFacts {
  calls: number;
  /** What they were asked about, in the units of `unitsOf`; 0 = not known. */
  units: number;
  seconds: number;
  /** Null when they were made at other prices. */
  usd: number | null;
  gpuSeconds: number;
}

/** What earlier runs with the same models and gates say. */
export interface Measured {
  steps: ReadonlyMap<string, Step>;
  roles: ReadonlyMap<Role, RoleFacts>;
  /** Time that runs took as against what `wallSeconds` says of their calls alone; 1 = not known. */
  wallFactor: number;
  runs: { id: string; name: string }[];
}

export const NOTHING_MEASURED: Measured = { steps: new Map(), roles: new Map(), wallFactor: 1, runs: [] };

/** Most there can be: what `planRecipe` counts. */
export interface PlanCounts {
  scenes: number;
  sources: number;
  /** <source, instruction> over all sources, before the plausibility gate. */
  groups: number;
}

/** What is left after every step; the keys are those of the funnel. */
export interface Flow {
  scenes: number;
  images: number;
  plausible: number;
  attempts: number;
  /** In the recipe's order: what is left after each stage of an attempt. */
  left: Map<string, number>;
  passed: number;
  winners: number;
  inverses: number;
  composed: number;
  triplets: number;
}

/**
 * Rates of the paper's table 2, for stacks nothing is known of. It counts the two soft stages together: the first of them has the
 * rate. A full-reference check is not in the paper. Growth rates are against what was there before.
 */
const PAPER: Record<string, number> = {
  plausibility: 0.44,
  softJudge: 0.43,
  lowLevel: 0.97,
  validator: 0.3679,
  selection: 0.6899,
  inversion: 1.9488,
  composition: 1.3065,
  backwardConsistency: 0.8694,
};

/** The rate of every step that the recipe has on, in its order. */
function ratesOf(recipe: Recipe, { steps }: Pick<Measured, 'steps'>): EstimateRate[] {
  const soft = recipe.stages.find((stage) => stage === 'softJudge' || stage === 'softChecks');
  const gated = recipe.plausibilityGate && recipe.scenes.from !== 'folder';
  const keys = [...(gated ? ['plausibility'] : []), ...recipe.stages, 'selection', ...recipe.growth];
  return keys.map((key) => {
    const step = steps.get(key);
    if (step && step.of > 0) return { key, rate: step.count / step.of, from: 'measured', of: step.of };
    const paper = key === soft ? PAPER.softJudge : key === 'softJudge' || key === 'softChecks' ? undefined : PAPER[key];
    return paper === undefined ? { key, rate: 1, from: 'none', of: 0 } : { key, rate: paper, from: 'paper', of: 0 };
  });
}

/** What `attempts` attempts come to at these rates. */
function flowOf(recipe: Recipe, counts: PlanCounts, attempts: number, rate: (key: string) => number): Flow {
  const plausible = counts.sources * (recipe.plausibilityGate && recipe.scenes.from !== 'folder' ? rate('plausibility') : 1);
  const left = new Map<string, number>();
  let passed = attempts;
  for (const stage of recipe.stages) {
    passed *= rate(stage);
    left.set(stage, passed);
  }
  const winners = passed * rate('selection');
  let triplets = winners;
  const grown = { inversion: 0, composition: 0, backwardConsistency: 0 };
  for (const stage of recipe.growth) {
    const before = triplets;
    triplets *= rate(stage);
    grown[stage] = triplets - before;
  }
  return {
    scenes: counts.scenes,
    images: counts.sources,
    plausible,
    attempts,
    left,
    passed,
    winners,
    inverses: Math.max(0, grown.inversion),
    composed: Math.max(0, grown.composition),
    triplets,
  };
}

/** What a role is asked about, once each: batches of scenes, images, attempts, pairs that reach its stage, winners. */
export function unitsOf(recipe: Recipe, flow: Flow): Record<Role, { attempts: number; others: number }> {
  const entering = (stage: (typeof recipe.stages)[number]) => {
    const at = recipe.stages.indexOf(stage);
    return at < 0 ? 0 : at === 0 ? flow.attempts : (flow.left.get(recipe.stages[at - 1]!) ?? 0);
  };
  const { scenes, growth, composition } = recipe;
  const painted = scenes.from === 'folder' ? 0 : flow.images;
  return {
    promptEngineer: { attempts: 0, others: scenes.from === 'constraints' ? Math.ceil(flow.scenes / scenes.batch) : 0 },
    textToImage: { attempts: 0, others: painted },
    plausibilityJudge: { attempts: 0, others: recipe.plausibilityGate ? painted : 0 },
    imageEditor: { attempts: entering('edit'), others: 0 },
    softJudge: { attempts: entering('softJudge') + 2 * entering('softChecks'), others: 0 },
    validator: {
      attempts: entering('validator'),
      others: (growth.includes('backwardConsistency') ? flow.inverses : 0) + (composition.validate ? flow.composed : 0),
    },
    inverter: { attempts: 0, others: (growth.includes('inversion') ? flow.winners : 0) + (composition.rewrite ? flow.composed : 0) },
  };
}

interface Projection {
  flow: Flow;
  calls: EstimateCalls[];
  usd: number;
  gpuSeconds: number;
  apiSeconds: number | null;
  wall: number | null;
}

function project(recipe: Recipe, counts: PlanCounts, measured: Measured, attempts: number, rate: (key: string) => number): Projection {
  const flow = flowOf(recipe, counts, attempts, rate);
  const units = unitsOf(recipe, flow);
  const work = rolesNeeded(recipe).map((role) => {
    const facts = measured.roles.get(role);
    const factor = facts && facts.units > 0 ? facts.calls / facts.units : 1;
    const calls = { attempts: units[role].attempts * factor, others: units[role].others * factor };
    const worst = roleCost(recipe, role);
    const known = facts && facts.calls > 0 ? facts : null;
    const sum = calls.attempts + calls.others;
    const priced = known?.usd != null;
    return {
      role,
      parts: calls,
      calls: sum,
      usd: sum * (priced ? known.usd! / known.calls : worst.usd),
      gpuSeconds: sum * (priced ? known.gpuSeconds / known.calls : worst.gpuSeconds),
      secondsPerCall: known ? known.seconds / known.calls : null,
      price: priced ? ('measured' as const) : ('worst' as const),
    };
  });
  const seconds = work.every(({ secondsPerCall, calls }) => secondsPerCall !== null || calls === 0);
  const wall = wallSeconds(recipe, work);
  return {
    flow,
    calls: work.map(({ parts: _, ...rest }) => rest),
    usd: work.reduce((sum, { usd }) => sum + usd, 0),
    gpuSeconds: work.reduce((sum, { gpuSeconds }) => sum + gpuSeconds, 0),
    apiSeconds: seconds ? work.reduce((sum, { secondsPerCall, calls }) => sum + (secondsPerCall ?? 0) * calls, 0) : null,
    wall: wall === null ? null : wall * measured.wallFactor,
  };
}

/** The first limit that a projection passes, in the order of LIMITS. Limits of what is not known pass nothing. */
function passedLimit({ usd, gpuSeconds, apiSeconds, wall, flow }: Projection, budget: Budget): keyof Budget | null {
  const spent = { attempts: flow.attempts, usd, gpuSeconds, apiSeconds: apiSeconds ?? 0, wallSeconds: wall ?? 0 };
  return LIMITS.find((limit) => spent[limit] > (budget[limit] ?? Number.POSITIVE_INFINITY) * (1 + 1e-9)) ?? null;
}

/**
 * What a recipe will probably give and cost. Every step keeps the share it kept in earlier runs (`measured`), else that of the
 * paper; the attempts are as many as the job space and every limit of the budget let through. A run's own rates and counts give
 * its own result. Never negative; more budget never gives fewer triplets.
 */
export function estimate(recipe: Recipe, counts: PlanCounts, measured: Measured): Estimate {
  const rates = ratesOf(recipe, measured);
  const byKey = new Map(rates.map(({ key, rate }) => [key, rate]));
  const rate = (key: string) => byKey.get(key) ?? 1;
  const at = (attempts: number) => project(recipe, counts, measured, attempts, rate);

  const plausible = flowOf(recipe, counts, 0, rate).plausible;
  const perSource = counts.sources > 0 ? counts.groups / counts.sources : 0;
  const space = plausible * perSource * recipe.attemptsPerInstruction;
  let all = at(space);
  const endsBy = passedLimit(all, recipe.budget);
  if (endsBy) {
    let [fits, passes] = [0, Math.min(space, recipe.budget.attempts ?? space)];
    if (passedLimit(at(passes), recipe.budget) === null) fits = passes;
    for (let step = 0; step < 60 && passes - fits > 1e-9 * passes; step++) {
      const middle = (fits + passes) / 2;
      if (passedLimit(at(middle), recipe.budget)) passes = middle;
      else fits = middle;
    }
    all = at(fits);
  }
  const { flow, calls, usd, gpuSeconds, wall } = all;
  return {
    images: flow.images,
    plausible: flow.plausible,
    attempts: flow.attempts,
    passed: flow.passed,
    triplets: expected(recipe, counts, flow, rates, measured),
    calls: calls.filter((role) => role.calls > 0),
    usd: Math.min(usd, recipe.budget.usd ?? usd),
    gpuSeconds: Math.min(gpuSeconds, recipe.budget.gpuSeconds ?? gpuSeconds),
    wallSeconds: wall,
    unknownSpeed: calls.filter((role) => role.calls > 0 && role.secondsPerCall === null).map(({ role }) => role),
    usdPerTriplet: flow.triplets > 0 ? Math.min(usd, recipe.budget.usd ?? usd) / flow.triplets : null,
    rates,
    runs: measured.runs,
    endsBy,
  };
}

/**
 * The expected triplets with their interval: the relative variances of the counted rates add up (delta method, in logarithms). A
 * step that let nothing through makes it 0, with what Wilson's interval still allows as the upper end. Null ends when a gate's
 * rate was assumed: another stack may differ from the paper's several times over.
 */
function expected(
  recipe: Recipe,
  counts: PlanCounts,
  flow: Flow,
  rates: readonly EstimateRate[],
  { steps }: Measured,
): Estimate['triplets'] {
  const gates = rates.filter(({ key }) => !recipe.growth.some((stage) => stage === key));
  if (gates.some(({ from }) => from !== 'measured')) return { value: flow.triplets, low: null, high: null };
  const counted = gates.map((gate) => {
    const { count, of, weight } = steps.get(gate.key)!;
    return { ...gate, share: { count: Math.min(count, of) * weight, of: of * weight } };
  });
  if (counted.some(({ rate }) => rate === 0)) {
    const upper = new Map(rates.map(({ key, rate }) => [key, rate]));
    for (const { key, rate, share } of counted) if (rate === 0) upper.set(key, wilson(share)?.high ?? 1);
    return { value: 0, low: 0, high: flowOf(recipe, counts, flow.attempts, (key) => upper.get(key) ?? 1).triplets };
  }
  const attemptsFollow = recipe.budget.attempts === undefined || flow.attempts < recipe.budget.attempts * (1 - 1e-9);
  const variance = counted
    // With the attempts fixed by the budget, fewer plausible sources only mean more tries on each.
    .filter(({ key }) => key !== 'plausibility' || attemptsFollow)
    .reduce((sum, { share: { count, of } }) => sum + (1 - count / of) / count, 0);
  const factor = Math.exp(1.959964 * Math.sqrt(variance));
  return { value: flow.triplets, low: flow.triplets / factor, high: flow.triplets * factor };
}
