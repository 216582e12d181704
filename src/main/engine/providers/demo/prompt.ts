/** Text-to-image prompts, both ways: a scene's content as plain English, and the content read back from a prompt. */

import { namedOf, spotOf } from './algebra.ts';
import { OBJECTS, PLACES, type Place, placeOf, SEASONS, TIMES, WEATHERS } from './catalogue.ts';
import { type Chance, chanceOf } from './chance.ts';
import { atWords, PLACED_THING, readSpot, withArticle } from './language.ts';
import { fits, freeSlots, ordered, type Scene, type SceneContent, type Slot, sameSlot, type Thing } from './scene.ts';

const OPENINGS = ['A photo of', 'A picture of', 'A view of', 'An image of'];
const TIME_WORDS = { day: 'in daylight', dusk: 'at dusk', night: 'at night' } as const;
const WEATHER_WORDS = { clear: '', rainy: 'in the rain', foggy: 'in fog', snowy: 'in falling snow' } as const;
const LISTS = ['There is', 'It shows', 'In view:'];

function list(items: string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** The content as a prompt a person could have written. Reading it back gives the same content. */
export function writePrompt(content: SceneContent, chance: Chance): string {
  const place = placeOf(content.place);
  const setting = [
    `${chance.pick(OPENINGS)} ${place.setting}`,
    place.seasons ? `in ${content.season}` : '',
    TIME_WORDS[content.time],
    WEATHER_WORDS[content.weather],
  ].filter(Boolean);
  const style = content.style === 'standard' ? '' : `, ${content.style} style`;
  const scene = { ...content, version: 1 as const, seed: 0, width: 0, height: 0 };
  const things = ordered(content.things).map((t) => `${withArticle(namedOf(t))} ${atWords(spotOf(scene, t.slot))}`);
  const objects = things.length > 0 ? ` ${chance.pick(LISTS)} ${list(things)}.` : '';
  const sign = content.sign ? ` A sign reads "${content.sign}".` : '';
  return `${setting.join(' ')}${style}.${objects}${sign}`;
}

/** What a prompt says, and whether it was understood. */
export interface PromptReading {
  content: SceneContent;
  /** The place was named, by its own words or by a hint. */
  placeKnown: boolean;
  /** Objects that were named and got no room. */
  dropped: string[];
}

function readPlace(text: string, chance: Chance): { place: Place; known: boolean } {
  const exact = PLACES.find((p) => text.includes(p.setting));
  if (exact) return { place: exact, known: true };
  const scored = PLACES.map((place) => ({ place, hits: place.hints.filter((h) => new RegExp(`\\b${h}\\b`).test(text)).length }));
  const best = Math.max(...scored.map((s) => s.hits));
  if (best > 0) return { place: scored.find((s) => s.hits === best)?.place as Place, known: true };
  return { place: chance.pick(PLACES), known: false };
}

/** Reads any prompt. What it leaves open (an unknown place, objects without a spot) is settled by the prompt's own hash. */
export function readPrompt(prompt: string): PromptReading {
  const text = prompt.toLowerCase();
  const chance = chanceOf('prompt', prompt);
  const { place, known } = readPlace(text, chance);
  const style = /, ([\w -]+) style\b/.exec(text)?.[1] ?? 'standard';
  const content: SceneContent = {
    place: place.id,
    time: text.includes('at dusk') || text.includes('sunset') ? 'dusk' : /\bat night\b|\bnight\b/.test(text) ? 'night' : TIMES[0],
    season: SEASONS.find((s) => new RegExp(`\\bin ${s}\\b`).test(text)) ?? 'summer',
    weather: place.indoor ? 'clear' : (WEATHERS.find((w) => w !== 'clear' && text.includes(WEATHER_WORDS[w])) ?? 'clear'),
    style,
    sign: /sign (?:that )?(?:reads|says|saying|with the text) ["“]([A-Za-z0-9 ]{1,10})["”]/i.exec(prompt)?.[1]?.toUpperCase() ?? null,
    things: [],
  };
  const dropped: string[] = [];
  for (const found of text.matchAll(PLACED_THING)) {
    const [, size, colour, name, position, noun] = found;
    const kind = OBJECTS.find((o) => o.name === name);
    if (!kind || content.things.some((t) => t.name === kind.name)) continue;
    const slot = roomFor(content, kind.name, position, noun);
    if (!slot) dropped.push(kind.name);
    else {
      const painted = colour !== undefined && (colour === kind.colour || kind.recolour) ? colour : kind.colour;
      content.things.push({ name: kind.name, colour: painted, slot, size: size === 'large' ? 1 : size === 'small' ? -1 : 0 });
    }
  }
  content.things = ordered(content.things);
  return { content, placeKnown: known, dropped };
}

function roomFor(content: SceneContent, name: string, position?: string, noun?: string): Slot | undefined {
  const spot = readSpot(position, noun);
  const zone = spot && placeOf(content.place).zones.find((z) => z.noun === spot.noun);
  const taken = (slot: Slot) => content.things.some((t: Thing) => sameSlot(t.slot, slot));
  if (spot && zone) {
    const slot: Slot = { zone: zone.id, position: spot.position };
    if (fits(content.place, name, slot) && !taken(slot)) return slot;
  }
  return freeSlots(content, name)[0];
}

/** The scene a prompt means, with a seed and a size. */
export function sceneFor(prompt: string, seed: number, width: number, height: number): Scene {
  return { version: 1, seed, width, height, ...readPrompt(prompt).content };
}
