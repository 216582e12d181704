/** The demo prompt engineer: designs scenes and edits from the constraints and a seed, and writes them down as JSON. */
import { ProviderError } from '../../../../shared/model/errors.ts';
import type { ChatTask } from '../../ports.ts';
import { apply, CATEGORY, canGrow, categoryOf, type Op, spotOf, targetOf } from './algebra.ts';
import {
  OBJECTS,
  type ObjectKind,
  objectNamed,
  PLACES,
  type Place,
  paintsFor,
  placeOf,
  SEASONS,
  SIGN_WORDS,
  TIMES,
  WEATHERS,
} from './catalogue.ts';
import { type Chance, chanceOf, hash32 } from './chance.ts';
import { write } from './language.ts';
import { writePrompt } from './prompt.ts';
import { fits, freeSlots, ordered, type Scene, type SceneContent, slotsOf, type Thing } from './scene.ts';

export type DesignTask = Extract<ChatTask, { kind: 'design' }>;
type SingleKind = Exclude<Op['kind'], 'all'>;

/** Share of first answers that are badly formed on purpose, so that the repair of replies is exercised. */
const BAD_REPLY_SHARE = 0.03;
const SCENE_TRIES = 4000;
/** Batches of one run take their scenes from this many separate shares of the scene space, so none repeats another's. */
const SHARES = 32;

interface Edit {
  instruction: string;
  category: string;
}
interface DesignedScene {
  prompt: string;
  style: string;
  edits: Edit[];
}

/** Mostly its true colour, sometimes one it can be painted in. */
function someColour(kind: ObjectKind, chance: Chance): string {
  const others = paintsFor(kind, kind.colour);
  return others.length > 0 && chance.next() < 0.25 ? chance.pick(others) : kind.colour;
}

/** A random scene of the place with exactly `count` objects, at most one of a kind; undefined when they do not fit. */
function furnish(place: Place, count: number, chance: Chance): Thing[] | undefined {
  const things: Thing[] = [];
  for (const slot of chance.shuffle(slotsOf(place.id)).slice(0, count)) {
    const kinds = OBJECTS.filter((o) => fits(place.id, o.name, slot) && !things.some((t) => t.name === o.name));
    if (kinds.length === 0) return undefined;
    const kind = chance.pick(kinds);
    things.push({ name: kind.name, colour: someColour(kind, chance), slot, size: 0 });
  }
  return ordered(things);
}

function designScene(task: DesignTask, wantsSign: boolean, chance: Chance): Scene | undefined {
  const topics = task.topics.map((t) => t.toLowerCase());
  const fitting = PLACES.filter((p) =>
    topics.some((t) => p.hints.includes(t) || p.id === t || (t === 'indoor' && p.indoor) || (t === 'outdoor' && !p.indoor)),
  );
  const place = chance.pick(fitting.length > 0 ? fitting : PLACES);
  const things = furnish(place, task.minObjects + chance.int(task.maxObjects - task.minObjects + 1), chance);
  if (!things) return undefined;
  const content: SceneContent = {
    place: place.id,
    time: chance.next() < 0.7 ? 'day' : chance.pick(TIMES),
    season: place.seasons ? chance.pick(SEASONS) : 'summer',
    weather: 'clear',
    style: task.styles.length > 0 ? chance.pick(task.styles) : 'standard',
    sign: wantsSign || chance.next() < 0.3 ? chance.pick(SIGN_WORDS) : null,
    things,
  };
  return { version: 1, seed: 0, width: 0, height: 0, ...content };
}

/** A random operation of this kind that the scene allows; undefined when it allows none. */
function propose(scene: Scene, kind: SingleKind, chance: Chance): Op | undefined {
  const thing = scene.things.length > 0 ? chance.pick(scene.things) : undefined;
  const place = placeOf(scene.place);
  const newcomers = (where: (name: string) => boolean) =>
    OBJECTS.filter((o) => !scene.things.some((t) => t.name === o.name) && where(o.name));
  const coloured = (name: string) => someColour(objectNamed(name), chance);
  const other = <T>(list: readonly T[], present: T) => chance.pick(list.filter((x) => x !== present));
  switch (kind) {
    case 'add': {
      const kinds = newcomers((name) => freeSlots(scene, name).length > 0);
      if (kinds.length === 0) return undefined;
      const { name } = chance.pick(kinds);
      return { kind, thing: { name, colour: coloured(name) }, to: spotOf(scene, chance.pick(freeSlots(scene, name))) };
    }
    case 'remove':
      return thing && { kind, target: targetOf(scene, thing) };
    case 'replace': {
      const kinds = thing ? newcomers((name) => fits(scene.place, name, thing.slot)) : [];
      if (!thing || kinds.length === 0) return undefined;
      const { name } = chance.pick(kinds);
      return { kind, target: targetOf(scene, thing), by: { name, colour: coloured(name) } };
    }
    case 'recolour': {
      const able = scene.things.filter((t) => paintsFor(objectNamed(t.name), t.colour).some((c) => mayHave(t.name, c)));
      if (able.length === 0) return undefined;
      const chosen = chance.pick(able);
      const colours = paintsFor(objectNamed(chosen.name), chosen.colour).filter((c) => mayHave(chosen.name, c));
      return { kind, target: targetOf(scene, chosen), colour: chance.pick(colours) };
    }
    case 'move': {
      const slots = thing ? freeSlots(scene, thing.name) : [];
      return thing && slots.length > 0 ? { kind, target: targetOf(scene, thing), to: spotOf(scene, chance.pick(slots)) } : undefined;
    }
    case 'resize': {
      if (!thing) return undefined;
      const step = canGrow(thing.name) && chance.next() < 0.6 ? 1 : -1;
      return thing.size === step ? undefined : { kind, target: targetOf(scene, thing), step };
    }
    case 'time':
      return { kind, from: scene.time, to: other(TIMES, scene.time) };
    case 'season':
      return place.seasons ? { kind, from: scene.season, to: other(SEASONS, scene.season) } : undefined;
    case 'weather':
      return place.indoor ? undefined : { kind, from: scene.weather, to: other(WEATHERS, scene.weather) };
    case 'place': {
      const places = PLACES.filter(
        (p) => p.id !== place.id && scene.things.every((t) => fits(p.id, t.name, t.slot)) && (!p.indoor || scene.weather === 'clear'),
      );
      return places.length > 0 ? { kind, to: chance.pick(places).id } : undefined;
    }
    case 'sign':
      return scene.sign === null ? undefined : { kind, from: scene.sign, to: other(SIGN_WORDS, scene.sign) };
  }
}

function mayHave(name: string, colour: string): boolean {
  const kind = objectNamed(name);
  return colour === kind.colour || paintsFor(kind, kind.colour).includes(colour);
}

function involved(op: Op): string[] {
  const named = ['target' in op ? op.target.name : '', 'thing' in op ? op.thing.name : '', 'by' in op ? op.by.name : ''];
  return named.filter((name) => name !== '');
}

function proposeComposite(scene: Scene, kinds: readonly SingleKind[], chance: Chance): Op | undefined {
  const parts: Op[] = [];
  let now = scene;
  for (const kind of chance.shuffle(kinds)) {
    const part = propose(now, kind, chance);
    // Two operations on one object could cancel out, or read like one.
    const names = part ? involved(part) : [];
    if (!part || parts.some((p) => involved(p).some((name) => names.includes(name)))) continue;
    parts.push(part);
    now = apply(now, part);
    if (parts.length === 2) return { kind: 'all', parts };
  }
  return undefined;
}

function allowedKinds(operations: readonly string[]): SingleKind[] {
  const all = Object.keys(CATEGORY) as SingleKind[];
  if (operations.length === 0) return all;
  const kinds = operations.map((wanted) => all.find((k) => CATEGORY[k].toLowerCase() === wanted.trim().toLowerCase()) ?? wanted);
  const strange = kinds.find((k) => !all.includes(k as SingleKind));
  if (strange)
    throw new ProviderError(
      'badRequest',
      `The demo prompt engineer does not know the operation "${strange}". It knows: ${Object.values(CATEGORY).join(', ')}.`,
    );
  return [...new Set(kinds as SingleKind[])];
}

function designEdits(scene: Scene, task: DesignTask, kinds: readonly SingleKind[], chance: Chance): Edit[] | undefined {
  const ops: Op[] = [];
  const texts = new Set<string>();
  const singles = task.composite ? task.edits - 1 : task.edits;
  const queue: SingleKind[] = [];
  for (let tries = 0; ops.length < singles && tries < singles * 30; tries++) {
    if (queue.length === 0) queue.push(...chance.shuffle(kinds));
    const op = propose(scene, queue.pop() as SingleKind, chance);
    const key = op && JSON.stringify(op);
    if (!op || !key || texts.has(key)) continue;
    texts.add(key);
    ops.push(op);
  }
  if (ops.length < singles) return undefined;
  if (task.composite && task.edits > 0) {
    let joint: Op | undefined;
    for (let tries = 0; !joint && tries < 20; tries++) joint = proposeComposite(scene, kinds, chance);
    if (!joint) return undefined;
    ops.push(joint);
  }
  return ops.map((op) => ({ instruction: write(op, chance), category: categoryOf(op) }));
}

/**
 * The engineer's reply text: {"scenes":[{"prompt","style","edits":[{"instruction","category"}]}]}. Scenes of one batch
 * are all different, and batches draw from separate shares of the scene space. A few first answers are badly formed.
 * Throws ProviderError badRequest for an unknown operation or constraints that no scene fits.
 */
export function design(task: DesignTask, seed: number): string {
  const kinds = allowedKinds(task.operations);
  const chance = chanceOf('design', seed, task.batch, task.problem === '' ? 0 : 1);
  const scenes: DesignedScene[] = [];
  const seen = new Set<string>();
  for (let tries = 0; scenes.length < task.count; tries++) {
    if (tries > SCENE_TRIES + task.count * SHARES * 20)
      throw new ProviderError(
        'badRequest',
        `The demo prompt engineer found only ${scenes.length} of ${task.count} scenes that fit these constraints. Allow more operations, topics or objects.`,
      );
    const scene = designScene(task, kinds.length === 1 && kinds[0] === 'sign', chance);
    if (!scene) continue;
    const key = JSON.stringify({ ...scene, style: '' });
    // The last tries take any scene: a tiny scene space must end in scenes, not in an error.
    if (seen.has(key) || (tries < SCENE_TRIES + task.count * SHARES * 10 && hash32(key) % SHARES !== task.batch % SHARES)) continue;
    seen.add(key);
    const edits = designEdits(scene, task, kinds, chance);
    if (edits) scenes.push({ prompt: writePrompt(scene, chance), style: scene.style, edits });
  }
  return task.problem === '' && chance.next() < BAD_REPLY_SHARE ? badReply(scenes, chance) : JSON.stringify({ scenes });
}

function badReply(scenes: DesignedScene[], chance: Chance): string {
  if (chance.next() < 0.5)
    return `Here are the scenes you asked for.\n\`\`\`json\n${JSON.stringify({ scenes }, null, 1)}\n\`\`\`\nI hope they help!`;
  const [first, ...rest] = scenes;
  return JSON.stringify({ scenes: first ? [{ ...first, edits: first.edits.slice(1) }, ...rest] : [] });
}
