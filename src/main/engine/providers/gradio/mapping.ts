import type { BagelParams } from '../../../../shared/model/bagel.ts';
import { ProviderError } from '../../../../shared/model/errors.ts';
import type { GradioParameter } from '../../../../shared/model/gradio.ts';
import type { GradioBinding, Json, Params } from '../../../../shared/model/provider.ts';
import type { CallableApp, CallableFunction } from './describe.ts';

export type Work = 'edit' | 'generate';

/** What there is to fill the parameters of a function with. */
export interface Filling {
  prompt: string;
  seed: number;
  /** The uploaded source; undefined for text to image. */
  image?: unknown;
  /** Of the picture that is asked for, in pixels; undefined where it is not known. */
  size?: { width: number; height: number } | undefined;
  bagel?: BagelParams | undefined;
  /** The binding's own parameters: they come before all else. */
  params: Params;
}

/** Functions of the stock BAGEL app (ByteDance-Seed/Bagel, app.py). */
const STOCK: Record<Work, string> = { edit: '/process_edit_image', generate: '/process_text_to_image' };

/** What a parameter of this name is filled with, unless the endpoint says otherwise. The lower half is how the BAGEL app spells its knobs. */
const BY_NAME: Record<string, string> = {
  prompt: '$prompt',
  instruction: '$prompt',
  edit_prompt: '$prompt',
  seed: '$seed',
  width: '$width',
  height: '$height',
  image_ratio: '$ratio',
  aspect_ratio: '$ratio',
  show_thinking: '$bagel.think',
  cfg_text_scale: '$bagel.textCfg',
  cfg_img_scale: '$bagel.imageCfg',
  cfg_interval: '$bagel.cfgInterval',
  timestep_shift: '$bagel.timestepShift',
  num_timesteps: '$bagel.steps',
  cfg_renorm_min: '$bagel.renormMin',
  cfg_renorm_type: '$bagel.renormType',
  max_think_token_n: '$bagel.maxThinkTokens',
};

/** These would throw our seed away. */
const RANDOM_SEED = /^(randomi[sz]e|random)_?seed$/;

/** Knobs that text to image has no use for. */
const NOT_FOR_GENERATE = new Set<string>(['imageCfg']);

/** The function that does this work: the endpoint's choice, the stock one, or the only one of its form. Throws ProviderError badRequest. */
export function functionFor(work: Work, app: CallableApp, binding: GradioBinding | undefined, where: string): CallableFunction {
  const chosen = binding?.[work];
  if (chosen !== undefined) {
    const named = app.functions.find((f) => f.name === chosen);
    if (named) return named;
    throw new ProviderError('badRequest', `${where} has no function ${chosen} (gradio.${work}). It has: ${namesOf(app.functions)}.`);
  }
  const stock = app.functions.find((f) => f.name === STOCK[work]);
  if (stock) return stock;
  const takesPicture = (f: CallableFunction) => f.parameters.some((p) => p.type === 'picture');
  const fitting = app.functions.filter((f) => f.outputs.some((o) => o.picture) && takesPicture(f) === (work === 'edit'));
  if (fitting.length === 1 && fitting[0]) return fitting[0];
  const found =
    fitting.length === 0 ? `none of its functions (${namesOf(app.functions)}) has the form` : `${namesOf(fitting)} could all do it`;
  const form = work === 'edit' ? 'edits a picture' : 'paints from text';
  throw new ProviderError('badRequest', `It is not clear which function of ${where} ${form}: ${found}. Set gradio.${work}.`);
}

function namesOf(functions: CallableFunction[]): string {
  return functions.map((f) => f.name).join(', ');
}

/** For every parameter what fills it: a literal, a $name, or undefined for the app's own default. */
export function planInputs(
  fn: CallableFunction,
  inputs: GradioBinding['inputs'],
  params: Filling['params'],
): Map<string, Json | undefined> {
  const pictures = fn.parameters.filter((p) => p.type === 'picture');
  const texts = fn.parameters.filter((p) => p.type === 'text');
  const guess = (p: GradioParameter) => {
    if (p.type === 'picture') return pictures.length === 1 || /^(input_)?(image|picture|img|source)$/.test(p.name) ? '$image' : undefined;
    if (p.type === 'text' && texts.length === 1) return '$prompt';
    if (p.type === 'boolean' && RANDOM_SEED.test(p.name)) return false;
    return BY_NAME[p.name];
  };
  return new Map(fn.parameters.map((p) => [p.name, params[p.name] ?? (p.name in inputs ? inputs[p.name] : guess(p))]));
}

/**
 * The values of a call, in the order the server wants. Every parameter gets a value, the app's own default where nothing else
 * fills it. Throws ProviderError badRequest that names the parameter: unknown, out of range, or without any value.
 */
export function fillInputs(
  work: Work,
  fn: CallableFunction,
  binding: GradioBinding | undefined,
  filling: Filling,
): { data: unknown[]; seedHonoured: 'yes' | 'no' | 'unknown' } {
  const inputs = binding?.inputs ?? {};
  for (const name of Object.keys(filling.params))
    if (!fn.parameters.some((p) => p.name === name)) throw bad(fn, name, `no such parameter; it has ${parametersOf(fn)}`);
  const plan = planInputs(fn, inputs, filling.params);
  const used = new Set<string>();
  const values = new Map(fn.parameters.map((p) => [p.name, fillOne(fn, p, plan.get(p.name), filling, used)]));
  requireUsed(work, fn, filling, used);
  const bagelApp = fn.parameters.some((p) => p.name === 'cfg_text_scale');
  return {
    data: fn.slots.map((name) => (name === null ? null : values.get(name))),
    seedHonoured: used.has('$seed') ? (bagelApp ? 'yes' : 'unknown') : 'no',
  };
}

function fillOne(fn: CallableFunction, p: GradioParameter, plan: unknown, filling: Filling, used: Set<string>): unknown {
  const filled = typeof plan === 'string' && plan.startsWith('$') ? resolve(fn, p, plan, filling) : plan;
  if (filled !== undefined && typeof plan === 'string') used.add(plan);
  if (filled === undefined) {
    if (p.hasDefault) return p.default;
    throw bad(fn, p.name, 'it has no value of its own: fill it in gradio.inputs');
  }
  check(fn, p, filled);
  return filled;
}

/** What a $name stands for here; undefined where there is nothing, so that the app's default holds. */
function resolve(fn: CallableFunction, p: GradioParameter, name: string, filling: Filling): unknown {
  const { bagel, size } = filling;
  switch (name) {
    case '$image':
      return filling.image;
    case '$prompt':
      return filling.prompt;
    case '$seed':
      return filling.seed;
    case '$width':
      return size?.width;
    case '$height':
      return size?.height;
    case '$ratio':
      return size && ratioOf(fn, p, size.width, size.height);
    case '$bagel.cfgInterval':
      return bagel && intervalStart(fn, p, bagel.cfgInterval);
    default: {
      const knob = name.startsWith('$bagel.') ? name.slice('$bagel.'.length) : '';
      if (bagel && knob in bagel) return bagel[knob as keyof BagelParams];
      if (!bagel && knob !== '') return undefined;
      throw bad(fn, p.name, `${name} stands for nothing; there are $image, $prompt, $seed, $width, $height, $ratio and $bagel.NAME`);
    }
  }
}

/** Gradio apps of BAGEL have one number, the start; the end is fixed at 1. */
function intervalStart(fn: CallableFunction, p: GradioParameter, [start, end]: [number, number]): number {
  if (end === 1) return start;
  throw bad(fn, p.name, `guidance up to ${end} cannot be asked for, the app fixes the end at 1: set bagel.cfgInterval to [${start}, 1]`);
}

/** The choice with the sides' ratio, within 2 %. */
function ratioOf(fn: CallableFunction, p: GradioParameter, width: number, height: number): string | number {
  const found = p.choices.find((choice) => {
    const [, w, h] = /^(\d+(?:\.\d+)?)\s*[:x/]\s*(\d+(?:\.\d+)?)$/.exec(String(choice)) ?? [];
    return w !== undefined && Math.abs((width * Number(h)) / (height * Number(w)) - 1) < 0.02;
  });
  if (found !== undefined) return found;
  throw bad(fn, p.name, `there is no ratio for ${width}x${height}; choose sizes of ${p.choices.join(', ')}`);
}

function check(fn: CallableFunction, p: GradioParameter, value: unknown): void {
  if (p.type === 'choice' && !Array.isArray(value) && value !== null && !p.choices.includes(value as string | number))
    throw bad(fn, p.name, `"${value}" is not among ${p.choices.join(', ')}`);
  if (p.type !== 'number') return;
  if (typeof value !== 'number') throw bad(fn, p.name, `it wants a number, not "${value}"`);
  if ((p.minimum !== null && value < p.minimum) || (p.maximum !== null && value > p.maximum))
    throw bad(fn, p.name, `${value} is outside ${p.minimum ?? '-'} to ${p.maximum ?? '-'}`);
}

/** A call that leaves out the prompt, the source or a knob would be answered, and be worthless. */
function requireUsed(work: Work, fn: CallableFunction, filling: Filling, used: Set<string>): void {
  const knobs = Object.keys(filling.bagel ?? {}).filter((knob) => !(work === 'generate' && NOT_FOR_GENERATE.has(knob)));
  const wanted = ['$prompt', ...(work === 'edit' ? ['$image'] : []), ...knobs.map((knob) => `$bagel.${knob}`)];
  const filledByHand = new Set(Object.keys(filling.params).map((name) => BY_NAME[name]));
  const missing = wanted.filter((name) => !used.has(name) && !filledByHand.has(name));
  if (missing.length === 0) return;
  throw new ProviderError(
    'badRequest',
    `${fn.name} takes no ${missing.join(', ')}: name the parameters for them in gradio.inputs${missing.some((m) => m.startsWith('$bagel')) ? ', or leave bagel out of the binding' : ''}. It has ${parametersOf(fn)}.`,
  );
}

function parametersOf(fn: CallableFunction): string {
  return fn.parameters.map((p) => p.name).join(', ');
}

function bad(fn: CallableFunction, name: string, what: string): ProviderError {
  return new ProviderError('badRequest', `Parameter ${name} of ${fn.name}: ${what}.`);
}
