/** A scene as a value: everything a picture shows. The same scene always gives the same pixels. */
import {
  objectNamed,
  type PlaceId,
  placeOf,
  type Season,
  type Support,
  type TimeOfDay,
  type Weather,
  type Zone,
  type ZoneId,
} from './catalogue.ts';

export const POSITIONS = ['left', 'middle', 'right'] as const;
export type Position = (typeof POSITIONS)[number];

export interface Slot {
  zone: ZoneId;
  position: Position;
}

/** One object in a slot. `size` is a step from normal: -1 small, 0, 1 large. */
export interface Thing {
  name: string;
  colour: string;
  slot: Slot;
  size: -1 | 0 | 1;
}

/** What a picture shows, apart from how large it is and what chance adds. */
export interface SceneContent {
  place: PlaceId;
  time: TimeOfDay;
  season: Season;
  weather: Weather;
  /** A look of the whole picture, e.g. vintage; "standard" is none. */
  style: string;
  /** Text on the sign; null where there is no sign. */
  sign: string | null;
  things: Thing[];
}

export interface Scene extends SceneContent {
  version: 1;
  seed: number;
  width: number;
  height: number;
}

const ZONE_ORDER: readonly ZoneId[] = ['sky', 'far', 'shelf', 'surface'];

/** Painting order from back to front; scenes keep their things in it, so equal scenes are equal text. */
function slotRank(slot: Slot): number {
  return ZONE_ORDER.indexOf(slot.zone) * 3 + POSITIONS.indexOf(slot.position);
}

/** Things in painting order. */
export function ordered(things: readonly Thing[]): Thing[] {
  return [...things].sort((a, b) => slotRank(a.slot) - slotRank(b.slot));
}

/** True for the same slot. */
export function sameSlot(a: Slot, b: Slot): boolean {
  return a.zone === b.zone && a.position === b.position;
}

/** All slots of a place, front zones first. */
export function slotsOf(place: PlaceId): Slot[] {
  return placeOf(place).zones.flatMap((z) => POSITIONS.map((position) => ({ zone: z.id, position })));
}

/** The zone a slot is in; undefined when the place has no such zone. */
function zoneOf(place: PlaceId, slot: Slot): Zone | undefined {
  return placeOf(place).zones.find((z) => z.id === slot.zone);
}

/** True when this kind of object can be in this slot of the place. */
export function fits(place: PlaceId, name: string, slot: Slot): boolean {
  const support: Support | undefined = zoneOf(place, slot)?.support;
  return support !== undefined && objectNamed(name).supports.includes(support);
}

/** Free slots where this kind of object can be. */
export function freeSlots(scene: SceneContent, name: string): Slot[] {
  return slotsOf(scene.place).filter((slot) => fits(scene.place, name, slot) && !scene.things.some((t) => sameSlot(t.slot, slot)));
}

/** One line of JSON with fixed key order: equal scenes give equal text. */
export function sceneText(scene: Scene): string {
  return JSON.stringify([
    1,
    scene.seed,
    scene.width,
    scene.height,
    scene.place,
    scene.time,
    scene.season,
    scene.weather,
    scene.style,
    scene.sign,
    ordered(scene.things).map((t) => [t.name, t.colour, t.slot.zone, t.slot.position, t.size]),
  ]);
}

type Row = [
  1,
  number,
  number,
  number,
  PlaceId,
  TimeOfDay,
  Season,
  Weather,
  string,
  string | null,
  [string, string, ZoneId, Position, -1 | 0 | 1][],
];

/** Reads what sceneText wrote. */
export function sceneFromText(text: string): Scene {
  const [version, seed, width, height, place, time, season, weather, style, sign, things] = JSON.parse(text) as Row;
  return {
    version,
    seed,
    width,
    height,
    place,
    time,
    season,
    weather,
    style,
    sign,
    things: things.map(([name, colour, zone, position, size]) => ({ name, colour, slot: { zone, position }, size })),
  };
}
