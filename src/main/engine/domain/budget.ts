import { AppError, type ProviderError, type ProviderErrorCode, type WireError } from '../../../shared/model/errors.ts';
import { type Endpoint, NO_USAGE, type PriceTable, type Role, type Usage } from '../../../shared/model/provider.ts';
import type { AttemptStage, Budget, Recipe } from '../../../shared/model/recipe.ts';

/** What one call or one attempt may cost: US dollars, GPU seconds, seconds of waiting on an endpoint. */
export interface Cost {
  usd: number;
  gpuSeconds: number;
  apiSeconds: number;
}

/** What is gone: settled, and unknown calls that may have been charged. */
export interface Spent extends Cost {
  attempts: number;
  wallSeconds: number;
}

export const NOTHING_SPENT: Spent = { attempts: 0, usd: 0, gpuSeconds: 0, apiSeconds: 0, wallSeconds: 0 };
const NO_COST: Cost = { usd: 0, gpuSeconds: 0, apiSeconds: 0 };
/** The caps a budget can have, in the order in which they are looked at and named. */
export const LIMITS = ['attempts', 'usd', 'gpuSeconds', 'apiSeconds', 'wallSeconds'] as const satisfies (keyof Budget)[];

/** Most questions for one answer: a reply that cannot be read is asked for once more. Cost bounds count both. */
export const ASKS = { design: 2, invert: 2, compose: 2, judge: 2 } as const;

/** Why something did not fit a budget: amounts in the unit of the limit. */
export interface Refusal {
  limit: keyof Budget;
  cap: number;
  spent: number;
  /** Held for work in flight. */
  reserved: number;
  /** Kept aside for work that is owed. */
  owed: number;
  /** What was asked for. */
  wanted: number;
}

/** A budget of which less than this share is gone is not used up, whatever did not fit. */
const USED_UP = 0.9;
const UNITS: Partial<Record<keyof Budget, (amount: number) => string>> = {
  usd: (amount) => `$${amount < 0.01 ? amount.toPrecision(2) : amount.toFixed(2)}`,
  gpuSeconds: (amount) => `${Math.round(amount)} GPU seconds`,
  apiSeconds: (amount) => `${Math.round(amount)} API seconds`,
};

/**
 * Why a budget ended a run although much of it is left: the next piece of work might have passed it at its worst price. Null when
 * the budget is really used up.
 */
export function explainRefusal({ limit, cap, spent, reserved, owed, wanted }: Refusal): WireError | null {
  const say = UNITS[limit];
  if (!say || spent >= cap * USED_UP) return null;
  const held = [
    ...(reserved > 0 ? [`${say(reserved)} was held for work in flight`] : []),
    ...(owed > 0 ? [`${say(owed)} is kept for growing what was found`] : []),
  ];
  const message =
    `The budget of ${say(cap)} has no room for the next piece of work: ${say(spent)} is spent, ` +
    `${[...held, `it reserves ${say(wanted)}, its worst price`].join(', ')}.`;
  const hint =
    'Raise the budget, or lower the worst tokens and GPU seconds in the price table of the endpoint to what its calls really take.';
  return { code: 'budgetReached', message, details: { limit, hint } };
}

/** Sum of any number of costs; zero for none. */
export function sumCosts(...costs: readonly Cost[]): Cost {
  const sum = { ...NO_COST };
  for (const cost of costs) {
    sum.usd += cost.usd;
    sum.gpuSeconds += cost.gpuSeconds;
    sum.apiSeconds += cost.apiSeconds;
  }
  return sum;
}

/** A cost taken `times` times. */
export function timesCost(cost: Cost, times: number): Cost {
  return { usd: cost.usd * times, gpuSeconds: cost.gpuSeconds * times, apiSeconds: cost.apiSeconds * times };
}

/** After these the server may have done the work and charged for it, although no answer came. */
const MAY_BE_CHARGED = new Set<ProviderErrorCode>(['timeout', 'aborted', 'network']);

/** Whether a failed call may have cost something: not where asking costs nothing, nor when the request never left. */
function mayBeCharged(error: Pick<ProviderError, 'code' | 'unsent'>, idempotent: boolean): boolean {
  return !idempotent && !error.unsent && MAY_BE_CHARGED.has(error.code);
}

/**
 * What a failed call costs: `unknown` where nobody can say, what it used where the server told, the worst where an answer came that
 * cannot be read, and nothing (null) otherwise.
 */
export function failureCost(
  error: Pick<ProviderError, 'code' | 'unsent' | 'usage' | 'batched' | 'answered'>,
  call: { endpoint: Endpoint; role: Role; model: string; idempotent: boolean },
): { usage: Usage; usd: number } | 'unknown' | null {
  if (mayBeCharged(error, call.idempotent)) return 'unknown';
  if (error.usage) return { usage: error.usage, usd: settledCost(pricesOf(call.endpoint, call.model), error.usage, error.batched) };
  if (!error.answered || call.idempotent) return null;
  const { usd, gpuSeconds } = worstCost(call.endpoint, call.role, call.model);
  return { usage: { ...NO_USAGE, gpuSeconds }, usd };
}

/** The prices of a model at an endpoint: its own, else those of the endpoint. */
export function pricesOf(endpoint: Pick<Endpoint, 'prices' | 'modelPrices'>, model: string): PriceTable {
  return endpoint.modelPrices[model] ?? endpoint.prices;
}

/** US dollars of one call that used `usage`; in a batch its share of that. */
export function settledCost(prices: PriceTable, usage: Usage, batched = false): number {
  const { usdPerMillionInputTokens: input, usdPerMillionOutputTokens: output } = prices;
  const usd =
    prices.usdPerCall +
    (usage.inputTokens * input) / 1e6 +
    (usage.imageInputTokens * (prices.usdPerMillionImageInputTokens ?? input)) / 1e6 +
    (usage.cachedInputTokens * (prices.usdPerMillionCachedInputTokens ?? input)) / 1e6 +
    (usage.outputTokens * output) / 1e6 +
    (usage.imageOutputTokens * (prices.usdPerMillionImageOutputTokens ?? output)) / 1e6 +
    usage.images * prices.usdPerImage +
    usage.gpuSeconds * prices.usdPerGpuSecond;
  return batched ? usd * prices.batchFactor : usd;
}

/**
 * GPU seconds of a call: what the server told, else the time it took. That is at most the table's worst, since a call may wait in a
 * queue that nobody sees; and nothing at all where the table knows of no GPU.
 */
export function gpuSecondsOf(prices: PriceTable, told: number, ms: number): number {
  return told > 0 ? told : Math.min(Math.max(0, ms) / 1000, prices.worstGpuSeconds);
}

/** True for roles whose answer is a picture. */
function makesPicture(role: Role): boolean {
  return role === 'textToImage' || role === 'imageEditor';
}

/**
 * The most one call of a role can cost at an endpoint: its worst tokens, all of the dearest modality, its worst GPU time, and the
 * whole deadline, which in a batch is hours. The batch price is not counted on: a batch may be refused and its calls sent one by one.
 */
export function worstCost(
  endpoint: Pick<Endpoint, 'prices' | 'modelPrices' | 'deadlineSeconds' | 'batch'>,
  role: Role,
  model: string,
): Cost {
  const prices = pricesOf(endpoint, model);
  const { usdPerMillionInputTokens: input, usdPerMillionOutputTokens: output } = prices;
  const dearestInput = Math.max(input, prices.usdPerMillionImageInputTokens ?? 0, prices.usdPerMillionCachedInputTokens ?? 0);
  const dearestOutput = Math.max(output, prices.usdPerMillionImageOutputTokens ?? 0);
  const usd =
    prices.usdPerCall +
    (prices.worstInputTokens * dearestInput) / 1e6 +
    (prices.worstOutputTokens * dearestOutput) / 1e6 +
    (makesPicture(role) ? prices.usdPerImage : 0) +
    prices.worstGpuSeconds * prices.usdPerGpuSecond;
  return { usd, gpuSeconds: prices.worstGpuSeconds, apiSeconds: deadlineOf(endpoint) };
}

/** Seconds after which a call is given up: a batch answers within hours, everything else within the endpoint's own deadline. */
export function deadlineOf({ batch, deadlineSeconds }: Pick<Endpoint, 'batch' | 'deadlineSeconds'>): number {
  return batch ? batch.deadlineHours * 3600 : deadlineSeconds;
}

/** worstCost of the endpoint a recipe binds a role to; AppError recipeInvalid when the role is not bound. */
export function roleCost(recipe: Pick<Recipe, 'endpoints' | 'roles'>, role: Role): Cost {
  const binding = recipe.roles[role];
  const endpoint = binding && recipe.endpoints.find((e) => e.id === binding.endpoint);
  if (!binding || !endpoint) throw new AppError('recipeInvalid', `No endpoint is bound to ${role}.`, { field: `roles.${role}` });
  return worstCost(endpoint, role, binding.model);
}

const STAGE_CALLS: Record<AttemptStage, { role: Role; calls: number } | null> = {
  edit: { role: 'imageEditor', calls: 1 },
  lowLevel: null,
  fullReference: null,
  textCheck: null,
  learned: null,
  localValidator: null,
  softJudge: { role: 'softJudge', calls: 1 },
  softChecks: { role: 'softJudge', calls: 2 },
  validator: { role: 'validator', calls: 1 },
};

/** The most one attempt costs when every reply can be read: every call of every stage the recipe has on. */
export function attemptWorstCost(recipe: Pick<Recipe, 'stages' | 'endpoints' | 'roles'>): Cost {
  return stagesCost(recipe, 1);
}

function stagesCost(recipe: Pick<Recipe, 'stages' | 'endpoints' | 'roles'>, asks: number): Cost {
  const asked = recipe.stages.map((stage) => STAGE_CALLS[stage]).filter((stage) => stage !== null);
  return sumCosts(...asked.map(({ role, calls }) => timesCost(roleCost(recipe, role), makesPicture(role) ? calls : calls * asks)));
}

/** Attempts a run can make: the whole space, or the attempts budget when that is smaller. */
export function planAttempts(jobSpace: number, budget: Budget): number {
  return Math.min(jobSpace, budget.attempts ?? jobSpace);
}

/** Most there can be of everything a recipe pays for. `groups` = <source, instruction>. */
export interface WorkCounts {
  scenes: number;
  sources: number;
  groups: number;
  attempts: number;
}

/** No run of this recipe costs more: the worst price of everything it can ask for, each reply twice, cut by its budget. */
export function costBound(recipe: Recipe, counts: WorkCounts): Cost {
  const { scenes, growth, composition, budget } = recipe;
  const generated = scenes.from !== 'folder';
  const winners = Math.min(counts.groups, counts.attempts);
  const inverses = growth.includes('inversion') ? winners : 0;
  const composed = growth.includes('composition') ? Math.min(counts.sources, winners) * composition.maxPerSource : 0;
  const asked: [Role, number][] = [
    ['promptEngineer', scenes.from === 'constraints' ? Math.ceil(counts.scenes / scenes.batch) * ASKS.design : 0],
    ['textToImage', generated ? counts.sources : 0],
    ['plausibilityJudge', generated && recipe.plausibilityGate ? counts.sources * ASKS.judge : 0],
    ['inverter', inverses * ASKS.invert + (composition.rewrite ? composed * ASKS.compose : 0)],
    ['validator', ((growth.includes('backwardConsistency') ? inverses : 0) + (composition.validate ? composed : 0)) * ASKS.judge],
  ];
  const others = asked.filter(([, calls]) => calls > 0).map(([role, calls]) => timesCost(roleCost(recipe, role), calls));
  const sum = sumCosts(timesCost(stagesCost(recipe, ASKS.judge), counts.attempts), ...others);
  return {
    usd: Math.min(sum.usd, budget.usd ?? Number.POSITIVE_INFINITY),
    gpuSeconds: Math.min(sum.gpuSeconds, budget.gpuSeconds ?? Number.POSITIVE_INFINITY),
    apiSeconds: Math.min(sum.apiSeconds, budget.apiSeconds ?? Number.POSITIVE_INFINITY),
  };
}
