/** What the demo studio can paint: objects, their colours, and the places they stand in. Data and look-ups only. */
import objectList from './objects.json' with { type: 'json' };

/** `distance` is ground further away, where only large objects are put: small ones could not be made out. */
export type Support = 'table' | 'ground' | 'distance' | 'water' | 'sky';

/** One paintable object. `size` is its longer side as a share of the room one slot has. */
export interface ObjectKind {
  name: string;
  icon: string;
  /** The word for its true colour. */
  colour: string;
  /** One dominant hue, so that a recoloured one can be named by one colour word. */
  recolour: boolean;
  supports: Support[];
  size: [number, number];
}

const LARGE = 0.8;

export const OBJECTS: readonly ObjectKind[] = (objectList as ObjectKind[]).map((o) =>
  o.supports.includes('ground') && o.size[1] >= LARGE ? { ...o, supports: [...o.supports, 'distance'] } : o,
);

const byName = new Map(OBJECTS.map((o) => [o.name, o]));

/** The object of this name; throws for a name that is not in the list. */
export function objectNamed(name: string): ObjectKind {
  const found = byName.get(name);
  if (!found) throw new Error(`the demo studio has no ${name}`);
  return found;
}

/** Colours an object can be given: hue in degrees, and what happens to saturation and value. */
export const PAINTS: Readonly<Record<string, { hue: number; saturation: number; gamma: number }>> = {
  red: { hue: 4, saturation: 1, gamma: 1 },
  orange: { hue: 28, saturation: 1, gamma: 0.85 },
  yellow: { hue: 50, saturation: 1, gamma: 0.6 },
  green: { hue: 122, saturation: 0.9, gamma: 1.25 },
  turquoise: { hue: 178, saturation: 0.95, gamma: 1 },
  blue: { hue: 214, saturation: 1, gamma: 1 },
  purple: { hue: 276, saturation: 0.85, gamma: 1.1 },
  pink: { hue: 328, saturation: 0.62, gamma: 0.75 },
};

/** Colour words this object may be changed to: far enough in hue from the present one that anybody sees it. */
export function paintsFor(kind: ObjectKind, present: string): string[] {
  if (!kind.recolour) return [];
  const from = PAINTS[present]?.hue ?? 0;
  return Object.keys(PAINTS).filter((word) => {
    const apart = Math.abs((PAINTS[word]?.hue ?? 0) - from);
    return Math.min(apart, 360 - apart) >= 60;
  });
}

export type ZoneId = 'surface' | 'shelf' | 'far' | 'sky';
export type PlaceId = 'kitchen' | 'living' | 'study' | 'cafe' | 'beach' | 'meadow' | 'mountains' | 'street' | 'park' | 'harbour';

export interface Zone {
  id: ZoneId;
  /** Its name in text: "on the left side of the <noun>". */
  noun: string;
  support: Support;
}

export interface Place {
  id: PlaceId;
  /** How a prompt and a change of background name it. */
  setting: string;
  indoor: boolean;
  /** The season shows here, so it can be asked for and changed. */
  seasons: boolean;
  /** Words in other people's prompts that mean this place. */
  hints: string[];
  zones: Zone[];
}

const table = (noun: string): Zone => ({ id: 'surface', noun, support: 'table' });
const ground = (noun: string): Zone => ({ id: 'surface', noun, support: 'ground' });
const shelf: Zone = { id: 'shelf', noun: 'shelf', support: 'table' };
const sky: Zone = { id: 'sky', noun: 'sky', support: 'sky' };
const far = (noun: string, support: Support): Zone => ({ id: 'far', noun, support });
const room = (id: PlaceId, setting: string, noun: string, hints: string[]): Place => ({
  id,
  setting,
  indoor: true,
  seasons: false,
  hints,
  zones: [table(noun), shelf],
});
const outside = (id: PlaceId, setting: string, seasons: boolean, front: Zone, back: Zone, hints: string[]): Place => ({
  id,
  setting,
  indoor: false,
  seasons,
  hints,
  zones: [front, back, sky],
});

export const PLACES: readonly Place[] = [
  room('kitchen', 'a bright kitchen with a wooden table', 'table', ['kitchen', 'table', 'wooden', 'breakfast', 'fruit']),
  room('living', 'a cosy living room with a long sideboard', 'sideboard', ['living room', 'room', 'home', 'lounge', 'interior']),
  room('study', "a child's study with a white desk", 'desk', ['study', 'desk', 'child', 'school', 'office']),
  room('cafe', 'a small coffee shop with a marble counter', 'counter', ['coffee', 'shop', 'counter', 'bakery', 'bar']),
  outside('beach', 'a sandy beach by a calm sea', false, ground('sand'), far('sea', 'water'), ['beach', 'sea', 'ocean', 'sand', 'coast']),
  outside('meadow', 'a green meadow under rolling hills', true, ground('meadow'), far('hill', 'distance'), [
    'meadow',
    'field',
    'grass',
    'farm',
    'countryside',
    'garden',
  ]),
  outside('mountains', 'a wide valley below high mountains', true, ground('path'), far('lake', 'water'), [
    'mountain',
    'alps',
    'valley',
    'lake',
    'forest',
  ]),
  outside('street', 'a quiet city street lined with houses', true, ground('pavement'), far('road', 'distance'), [
    'street',
    'city',
    'town',
    'road',
    'urban',
  ]),
  outside('park', 'a city park with a round pond', true, ground('lawn'), far('pond', 'water'), ['park', 'pond', 'lawn']),
  outside('harbour', 'a stone harbour with a lighthouse', false, ground('quay'), far('water', 'water'), [
    'harbour',
    'harbor',
    'port',
    'boat',
    'lighthouse',
  ]),
];

/** The place with this id. */
export function placeOf(id: PlaceId): Place {
  return PLACES.find((p) => p.id === id) as Place;
}

export const TIMES = ['day', 'dusk', 'night'] as const;
export type TimeOfDay = (typeof TIMES)[number];
export const SEASONS = ['spring', 'summer', 'autumn', 'winter'] as const;
export type Season = (typeof SEASONS)[number];
export const WEATHERS = ['clear', 'rainy', 'foggy', 'snowy'] as const;
export type Weather = (typeof WEATHERS)[number];

/** Words a sign may carry; all in the alphabet of paint/letters.ts. */
export const SIGN_WORDS: readonly string[] = [
  'OPEN',
  'SALE',
  'HELLO',
  'MUSIC',
  'BREAD',
  'BOOKS',
  'WELCOME',
  'PLAY',
  'DREAM',
  'TEA',
  'LUNCH',
  'PARIS',
  'FRESH',
  'SMILE',
  'HOTEL',
  'NORTH',
];
