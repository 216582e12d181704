/** Which mistake an edit gets, if any: drawn from its seed, always one that the operation allows and anybody can see. */
import { AppError } from '../../../../shared/model/errors.ts';
import { apply, type Op, spotOf, type Target, targetOf } from './algebra.ts';
import { OBJECTS, objectNamed, paintsFor, SIGN_WORDS } from './catalogue.ts';
import type { Chance } from './chance.ts';
import type { Damage } from './damage.ts';
import { freeSlots, ordered, type Scene, sceneText, type Thing } from './scene.ts';

export const MISTAKES = [
  'noOp',
  'residue',
  'ghost',
  'wrongObject',
  'extraChange',
  'shift',
  'blur',
  'colourDrift',
  'jpegNoise',
  'softPartial',
  'wrongPlace',
  'speckle',
  'wrongColour',
  'wrongText',
  'partMissing',
] as const;
export type MistakeName = (typeof MISTAKES)[number];

/** A mistake worked out: the scene that is really painted, and what then happens to its pixels. */
export interface Mistake {
  name: MistakeName;
  /** 0 to 1: how strong it is among those of its kind. Even the weakest is plain to see. */
  strength: number;
  actual: Scene;
  damage: Damage | null;
}

type Part = Exclude<Op, { kind: 'all' }>;
type Draft = { actual: Scene; damage?: Damage } | undefined;

const GLOBAL = new Set<Op['kind']>(['time', 'season', 'weather', 'place']);
const partsOf = (op: Op): Part[] => (op.kind === 'all' ? op.parts.flatMap(partsOf) : [op]);

/** Damages of the whole picture, for scenes and photos alike. `s` is the strength. */
export function pixelDamage(name: MistakeName, s: number, chance: Chance): Damage | undefined {
  const sign = () => (chance.next() < 0.5 ? -1 : 1);
  switch (name) {
    case 'shift':
      return { kind: 'shift', dx: sign() * (2 + Math.round(s * 2)), dy: sign() * (chance.next() < 0.5 ? 2 : 3) };
    case 'blur':
      return { kind: 'blur', sigma: 1.5 + 1.8 * s };
    case 'colourDrift': {
      const up = 14 + 16 * s;
      const hit = chance.int(3);
      const offset = [0, 1, 2].map((c) => (c === hit ? up : -up * 0.35)) as [number, number, number];
      return chance.next() < 0.6
        ? { kind: 'drift', gain: [1, 1, 1], offset }
        : { kind: 'drift', gain: [1.2 + 0.15 * s, 1.2 + 0.15 * s, 1.2 + 0.15 * s], offset: [-14, -14, -14] };
    }
    case 'jpegNoise':
      return { kind: 'jpeg', quality: Math.round(12 - 7 * s) };
    case 'speckle':
      return chance.next() < 0.5
        ? { kind: 'salt', share: 0.008 + 0.02 * s, seed: chance.int(2 ** 31) }
        : { kind: 'noise', sigma: 20 + 14 * s, seed: chance.int(2 ** 31) };
    case 'residue':
      return { kind: 'leftover', share: 0.3 + 0.2 * s, side: chance.pick(['top', 'bottom', 'left', 'right'] as const) };
    case 'ghost':
      return { kind: 'blend', keep: 0.32 + 0.2 * s };
    case 'softPartial':
      return { kind: 'blend', keep: 0.42 + 0.2 * s };
    default:
      return undefined;
  }
}

function attempt(make: () => Scene): Scene | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** The operation done to another thing than the one meant. */
function onAnother(before: Scene, op: Part, chance: Chance): Scene | undefined {
  if (!('target' in op)) return undefined;
  for (const thing of chance.shuffle(before.things)) {
    if (thing.name === op.target.name) continue;
    const target: Target = targetOf(before, thing);
    const done = attempt(() => apply(before, { ...op, target } as Op));
    if (done) return done;
  }
  return undefined;
}

function elsewhere(before: Scene, op: Part, chance: Chance): Scene | undefined {
  const name = op.kind === 'add' ? op.thing.name : op.kind === 'move' ? op.target.name : undefined;
  if (name === undefined) return undefined;
  const wanted = (op as { to?: { position: string; noun: string } }).to;
  const slots = freeSlots(before, name)
    .map((slot) => spotOf(before, slot))
    .filter((spot) => !wanted || spot.noun !== wanted.noun || spot.position !== wanted.position);
  return slots.length > 0 ? attempt(() => apply(before, { ...op, to: chance.pick(slots) } as Op)) : undefined;
}

function otherColour(before: Scene, op: Part, chance: Chance): Scene | undefined {
  const named = op.kind === 'recolour' ? op.target : op.kind === 'add' ? op.thing : op.kind === 'replace' ? op.by : undefined;
  if (!named) return undefined;
  const kind = objectNamed(named.name);
  const wanted = op.kind === 'recolour' ? op.colour : (named.colour ?? kind.colour);
  const colours = paintsFor(kind, wanted).filter((c) => c === kind.colour || paintsFor(kind, kind.colour).includes(c));
  if (colours.length === 0) return undefined;
  const colour = chance.pick(colours);
  return attempt(() =>
    apply(
      before,
      op.kind === 'recolour'
        ? { ...op, colour }
        : op.kind === 'add'
          ? { ...op, thing: { ...op.thing, colour } }
          : ({ ...op, by: { ...named, colour } } as Op),
    ),
  );
}

/** A thing that should have stayed as it was is gone or has another colour. */
function bystanderHurt(before: Scene, after: Scene, chance: Chance): Scene | undefined {
  const same = (a: Thing) => before.things.some((b) => JSON.stringify(a) === JSON.stringify(b));
  const bystanders = after.things.filter(same);
  if (bystanders.length === 0) return undefined;
  const victim = chance.pick(bystanders);
  const kind = objectNamed(victim.name);
  const colours = paintsFor(kind, victim.colour).filter((c) => c === kind.colour || paintsFor(kind, kind.colour).includes(c));
  const changed = colours.length > 0 && chance.next() < 0.5 ? { ...victim, colour: chance.pick(colours) } : undefined;
  return { ...after, things: ordered(after.things.flatMap((t) => (t !== victim ? [t] : changed ? [changed] : []))) };
}

function halfSize(after: Scene, op: Part, strength: number): Scene | undefined {
  if (op.kind !== 'resize') return undefined;
  const back = (0.62 + 0.2 * strength) * op.step;
  return {
    ...after,
    things: after.things.map((t) => (t.name === op.target.name ? { ...t, size: (t.size - back) as Thing['size'] } : t)),
  };
}

function draft(name: MistakeName, before: Scene, op: Op, after: Scene, strength: number, chance: Chance): Draft {
  const parts = partsOf(op);
  const only = parts.length === 1 ? parts[0] : undefined;
  const scene = (actual: Scene | undefined): Draft => actual && { actual };
  switch (name) {
    case 'noOp':
      return { actual: before };
    case 'ghost':
      if (parts.some((p) => GLOBAL.has(p.kind)) || (only && (only.kind === 'recolour' || only.kind === 'sign'))) return undefined;
      break;
    case 'softPartial':
      if (only?.kind === 'resize') return scene(halfSize(after, only, strength));
      if (!only || !(GLOBAL.has(only.kind) || only.kind === 'recolour')) return undefined;
      break;
    case 'wrongObject':
      return scene(only && onAnother(before, only, chance));
    case 'wrongPlace':
      return scene(only && elsewhere(before, only, chance));
    case 'wrongColour':
      return scene(only && otherColour(before, only, chance));
    case 'extraChange':
      return scene(bystanderHurt(before, after, chance));
    case 'wrongText':
      return only?.kind === 'sign'
        ? { actual: { ...after, sign: chance.pick(SIGN_WORDS.filter((w) => w !== only.to && w !== before.sign)) } }
        : undefined;
    case 'partMissing':
      return op.kind === 'all' ? scene(attempt(() => apply(before, chance.pick(op.parts)))) : undefined;
    default:
      break;
  }
  const damage = pixelDamage(name, strength, chance);
  return damage && { actual: after, damage };
}

/** A mistake for this edit, or null when the draw says it goes well. `share` is the chance of a mistake. */
export function drawMistake(before: Scene, op: Op, after: Scene, share: number, chance: Chance): Mistake | null {
  if (chance.next() >= share) return null;
  for (const name of chance.shuffle(MISTAKES)) {
    const strength = chance.next();
    const found = draft(name, before, op, after, strength, chance);
    if (!found || (!found.damage && sceneText(found.actual) === sceneText(after))) continue;
    return { name, strength, actual: found.actual, damage: found.damage ?? null };
  }
  throw new Error('noOp is always possible');
}

/** An implausible source: something floats, sinks into the ground, is missing, or is another thing than promised. */
export interface SourceFlaw {
  name: 'floating' | 'sunken' | 'missing' | 'otherThing';
  actual: Scene;
  /** Name of the thing that is painted wrongly; empty when the scene itself is wrong. */
  thing: string;
}

/** A flaw for this source, or null. */
export function drawFlaw(scene: Scene, share: number, chance: Chance): SourceFlaw | null {
  if (chance.next() >= share || scene.things.length === 0) return null;
  const name = chance.pick(['floating', 'sunken', 'missing', 'otherThing'] as const);
  const standing = scene.things.filter((t) => t.slot.zone !== 'sky');
  const victim = chance.pick(scene.things);
  if ((name === 'floating' || name === 'sunken') && standing.length > 0) return { name, actual: scene, thing: chance.pick(standing).name };
  if (name === 'otherThing') {
    const supports = objectNamed(victim.name).supports;
    const others = OBJECTS.filter((o) => supports.every((s) => o.supports.includes(s)) && !scene.things.some((t) => t.name === o.name));
    if (others.length > 0) {
      const other = chance.pick(others);
      const things = scene.things.map((t) => (t === victim ? { ...t, name: other.name, colour: other.colour } : t));
      return { name, actual: { ...scene, things }, thing: '' };
    }
  }
  return { name: 'missing', actual: { ...scene, things: scene.things.filter((t) => t !== victim) }, thing: '' };
}
