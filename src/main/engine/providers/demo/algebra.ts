/**
 * The scene algebra: an operation turns a scene into another, and every operation has an inverse that turns it back
 * exactly. apply(apply(s, op), inverse(s, op)) equals s, so inversion, backward consistency and composition can be
 * checked to the pixel.
 */
import { AppError } from '../../../../shared/model/errors.ts';
import { objectNamed, type PlaceId, paintsFor, placeOf, type Season, type TimeOfDay, type Weather } from './catalogue.ts';
import { fits, freeSlots, ordered, type Position, type Scene, type Slot, sameSlot, type Thing } from './scene.ts';

/** A spot as text names it; which zone the noun means depends on the place. */
export interface Spot {
  position: Position;
  noun: string;
}

/** An object as text names it; what is left out must be clear from the scene. */
export interface Named {
  name: string;
  colour?: string;
  size?: -1 | 1;
}
export interface Target extends Named {
  spot?: Spot;
}

export type Op =
  | { kind: 'add'; thing: Named; to?: Spot }
  | { kind: 'remove'; target: Target }
  | { kind: 'replace'; target: Target; by: Named }
  | { kind: 'recolour'; target: Target; colour: string }
  | { kind: 'move'; target: Target; to: Spot }
  | { kind: 'resize'; target: Target; step: -1 | 1 }
  | { kind: 'time'; from?: TimeOfDay; to: TimeOfDay }
  | { kind: 'season'; from?: Season; to: Season }
  | { kind: 'weather'; from?: Weather; to: Weather }
  | { kind: 'place'; to: PlaceId }
  | { kind: 'sign'; from?: string; to: string }
  | { kind: 'all'; parts: Op[] };

/** Category names as NHR-Edit writes them; composites are joined with " and ". */
export const CATEGORY: Readonly<Record<Exclude<Op['kind'], 'all'>, string>> = {
  add: 'Add object',
  remove: 'Remove object',
  replace: 'Replace object',
  recolour: 'Change color',
  move: 'Move object',
  resize: 'Change size',
  time: 'Change time of day',
  season: 'Change season',
  weather: 'Change weather',
  place: 'Change background',
  sign: 'Change text',
};

/** The category of an operation. */
export function categoryOf(op: Op): string {
  return op.kind === 'all' ? op.parts.map(categoryOf).join(' and ') : CATEGORY[op.kind];
}

function cannot(why: string): AppError {
  return new AppError('inputInvalid', why);
}

/** The slot a spot means in this scene. Throws AppError inputInvalid when the place has no such part. */
function slotOf(scene: Scene, spot: Spot): Slot {
  const zone = placeOf(scene.place).zones.find((z) => z.noun === spot.noun);
  if (!zone) throw cannot(`there is no ${spot.noun} in this picture`);
  return { zone: zone.id, position: spot.position };
}

/** How text names a slot of this scene. */
export function spotOf(scene: Scene, slot: Slot): Spot {
  const zone = placeOf(scene.place).zones.find((z) => z.id === slot.zone);
  if (!zone) throw cannot('this place has no such part');
  return { position: slot.position, noun: zone.noun };
}

/** The thing that is meant. Throws AppError inputInvalid when none or more than one fits. */
export function find(scene: Scene, target: Target): Thing {
  const slot = target.spot ? slotOf(scene, target.spot) : undefined;
  const found = scene.things.filter(
    (t) =>
      t.name === target.name &&
      (target.colour === undefined || t.colour === target.colour) &&
      (target.size === undefined || t.size === target.size) &&
      (slot === undefined || sameSlot(t.slot, slot)),
  );
  if (found.length === 1) return found[0] as Thing;
  const what = [target.colour, target.name].filter(Boolean).join(' ');
  throw cannot(found.length === 0 ? `there is no ${what} there in this picture` : `there is more than one ${what} in this picture`);
}

/** The full name of a thing in its scene: colour, size and place. */
export function targetOf(scene: Scene, thing: Thing): Target {
  return { ...namedOf(thing), spot: spotOf(scene, thing.slot) };
}

/** A thing's own name, with what cannot be guessed. */
export function namedOf(thing: Thing): Named {
  return { name: thing.name, colour: thing.colour, ...(thing.size === 0 ? {} : { size: thing.size }) };
}

function made(named: Named, slot: Slot): Thing {
  const kind = objectNamed(named.name);
  const colour = named.colour ?? kind.colour;
  if (colour !== kind.colour && !paintsFor(kind, kind.colour).includes(colour))
    throw cannot(`the demo studio has no ${colour} ${named.name}`);
  return { name: kind.name, colour, slot, size: named.size ?? 0 };
}

/** How far a kind may be made larger: what fills its slot already cannot grow. */
export function canGrow(name: string): boolean {
  return objectNamed(name).size[1] < 0.9;
}

function put(scene: Scene, things: Thing[]): Scene {
  return { ...scene, things: ordered(things) };
}

function swap(scene: Scene, from: Thing, to: Thing): Scene {
  return put(
    scene,
    scene.things.map((t) => (t === from ? to : t)),
  );
}

function expect(present: string | null, from: string | undefined, what: string): void {
  if (from !== undefined && from !== present) throw cannot(`the ${what} of this picture is not ${from}`);
}

function add(scene: Scene, op: Extract<Op, { kind: 'add' }>): Scene {
  const slot = op.to ? slotOf(scene, op.to) : freeSlots(scene, op.thing.name)[0];
  if (!slot) throw cannot(`there is no free place for ${op.thing.name} in this picture`);
  if (!fits(scene.place, op.thing.name, slot)) throw cannot(`the ${op.thing.name} cannot be put there`);
  if (scene.things.some((t) => sameSlot(t.slot, slot))) throw cannot('that place is taken');
  if (scene.things.some((t) => t.name === op.thing.name)) throw cannot(`there is a ${op.thing.name} in this picture already`);
  return put(scene, [...scene.things, made(op.thing, slot)]);
}

function replace(scene: Scene, op: Extract<Op, { kind: 'replace' }>): Scene {
  const thing = find(scene, op.target);
  if (!fits(scene.place, op.by.name, thing.slot)) throw cannot(`the ${op.by.name} cannot be put there`);
  if (scene.things.some((t) => t !== thing && t.name === op.by.name)) throw cannot(`there is a ${op.by.name} in this picture already`);
  if (thing.name === op.by.name) throw cannot(`it is a ${thing.name} already`);
  return swap(scene, thing, made(op.by, thing.slot));
}

function recolour(scene: Scene, op: Extract<Op, { kind: 'recolour' }>): Scene {
  const thing = find(scene, op.target);
  const kind = objectNamed(thing.name);
  const known = op.colour === kind.colour || paintsFor(kind, kind.colour).includes(op.colour);
  if (!known || thing.colour === op.colour) throw cannot(`the ${thing.name} cannot be made ${op.colour}`);
  return swap(scene, thing, { ...thing, colour: op.colour });
}

function move(scene: Scene, op: Extract<Op, { kind: 'move' }>): Scene {
  const thing = find(scene, op.target);
  const slot = slotOf(scene, op.to);
  if (!fits(scene.place, thing.name, slot)) throw cannot(`the ${thing.name} cannot be put there`);
  if (scene.things.some((t) => sameSlot(t.slot, slot))) throw cannot('that place is taken');
  return swap(scene, thing, { ...thing, slot });
}

function resize(scene: Scene, op: Extract<Op, { kind: 'resize' }>): Scene {
  const thing = find(scene, op.target);
  const size = thing.size + op.step;
  if (size < -1 || size > 1 || (size > 0 && !canGrow(thing.name))) throw cannot(`the ${thing.name} cannot change its size that way`);
  return swap(scene, thing, { ...thing, size: size as Thing['size'] });
}

function changePlace(scene: Scene, to: PlaceId): Scene {
  if (scene.place === to) throw cannot('that is the background already');
  const misfit = scene.things.find((t) => !fits(to, t.name, t.slot));
  if (misfit) throw cannot(`the ${misfit.name} has no place there`);
  if (placeOf(to).indoor && scene.weather !== 'clear') throw cannot('there is no weather indoors');
  return { ...scene, place: to };
}

/** The scene after the operation. Throws AppError inputInvalid, with a sentence, when the scene does not allow it. */
export function apply(scene: Scene, op: Op): Scene {
  switch (op.kind) {
    case 'add':
      return add(scene, op);
    case 'remove': {
      const thing = find(scene, op.target);
      return put(
        scene,
        scene.things.filter((t) => t !== thing),
      );
    }
    case 'replace':
      return replace(scene, op);
    case 'recolour':
      return recolour(scene, op);
    case 'move':
      return move(scene, op);
    case 'resize':
      return resize(scene, op);
    case 'time':
      expect(scene.time, op.from, 'time of day');
      if (scene.time === op.to) throw cannot(`it is ${op.to} already`);
      return { ...scene, time: op.to };
    case 'season':
      expect(scene.season, op.from, 'season');
      if (!placeOf(scene.place).seasons) throw cannot('the season does not show in this picture');
      if (scene.season === op.to) throw cannot(`it is ${op.to} already`);
      return { ...scene, season: op.to };
    case 'weather':
      expect(scene.weather, op.from, 'weather');
      if (placeOf(scene.place).indoor) throw cannot('there is no weather indoors');
      if (scene.weather === op.to) throw cannot(`it is ${op.to} already`);
      return { ...scene, weather: op.to };
    case 'place':
      return changePlace(scene, op.to);
    case 'sign':
      expect(scene.sign, op.from, 'sign');
      if (scene.sign === null) throw cannot('there is no sign in this picture');
      if (scene.sign === op.to) throw cannot(`the sign reads ${op.to} already`);
      return { ...scene, sign: op.to };
    case 'all':
      return op.parts.reduce(apply, scene);
  }
}

/** The operation that turns apply(scene, op) back into scene, fully named. Throws as apply does. */
export function inverse(scene: Scene, op: Op): Op {
  const after = apply(scene, op);
  switch (op.kind) {
    case 'add': {
      const added = after.things.find((t) => !scene.things.includes(t)) as Thing;
      return { kind: 'remove', target: targetOf(after, added) };
    }
    case 'remove': {
      const gone = find(scene, op.target);
      return { kind: 'add', thing: namedOf(gone), to: spotOf(scene, gone.slot) };
    }
    case 'replace': {
      const old = find(scene, op.target);
      return { kind: 'replace', target: targetOf(after, at(after, old.slot)), by: namedOf(old) };
    }
    case 'recolour': {
      const old = find(scene, op.target);
      return { kind: 'recolour', target: targetOf(after, at(after, old.slot)), colour: old.colour };
    }
    case 'move': {
      const old = find(scene, op.target);
      const now = after.things.find((t) => t.name === old.name) as Thing;
      return { kind: 'move', target: targetOf(after, now), to: spotOf(scene, old.slot) };
    }
    case 'resize': {
      const old = find(scene, op.target);
      return { kind: 'resize', target: targetOf(after, at(after, old.slot)), step: op.step === 1 ? -1 : 1 };
    }
    case 'time':
      return { kind: 'time', from: op.to, to: scene.time };
    case 'season':
      return { kind: 'season', from: op.to, to: scene.season };
    case 'weather':
      return { kind: 'weather', from: op.to, to: scene.weather };
    case 'place':
      return { kind: 'place', to: scene.place };
    case 'sign':
      return { kind: 'sign', from: op.to, to: scene.sign as string };
    case 'all': {
      const parts: Op[] = [];
      let now = scene;
      for (const part of op.parts) {
        parts.unshift(inverse(now, part));
        now = apply(now, part);
      }
      return { kind: 'all', parts };
    }
  }
}

function at(scene: Scene, slot: Slot): Thing {
  return scene.things.find((t) => sameSlot(t.slot, slot)) as Thing;
}
