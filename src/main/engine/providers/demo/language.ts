/** Instructions in plain English, both ways: written from an operation, and read back into the same operation. */

import type { Named, Op, Spot, Target } from './algebra.ts';
import { OBJECTS, PAINTS, PLACES, SEASONS, TIMES, WEATHERS } from './catalogue.ts';
import type { Chance } from './chance.ts';
import type { Position } from './scene.ts';

const SIZE_WORD = { '-1': 'small', '0': '', '1': 'large' } as const;
const colourWords = [...new Set([...Object.keys(PAINTS), ...OBJECTS.map((o) => o.colour)])];
const longestFirst = (words: readonly string[]) => [...words].sort((a, b) => b.length - a.length).join('|');
const nouns = [...new Set(PLACES.flatMap((p) => p.zones.map((z) => z.noun)))];

const NAME = longestFirst(OBJECTS.map((o) => o.name));
const COLOUR = longestFirst(colourWords);
const NOUN = longestFirst(nouns);
const named = `(?:(small|large) )?(?:(${COLOUR}) )?(${NAME})`;
const spot = `(?:on|in|at|from|to|off) the (left side|middle|right side) of the (${NOUN})`;

/** Finds "a red apple on the left side of the table" anywhere in a text; used by the prompt reader. */
export const PLACED_THING = new RegExp(`\\b(?:an?|the|one) ${named}(?: ${spot})?`, 'gi');

const positionWords: Record<Position, string> = { left: 'left side', middle: 'middle', right: 'right side' };

/** "the left side of the table". */
function spotWords(at: Spot): string {
  return `the ${positionWords[at.position]} of the ${at.noun}`;
}

/** "on the left side of the table", "in the middle of the shelf". */
export function atWords(at: Spot): string {
  return `${at.position === 'middle' ? 'in' : 'on'} ${spotWords(at)}`;
}

function plain(thing: Named): string {
  return [SIZE_WORD[`${thing.size ?? 0}`], thing.colour ?? '', thing.name].filter(Boolean).join(' ');
}

/** "a red apple", "an orange cat", "a small red apple". */
export function withArticle(thing: Named): string {
  const text = plain(thing);
  return `${/^[aeiou]/.test(text) ? 'an' : 'a'} ${text}`;
}

function theThing(target: Target): string {
  return `the ${plain(target)}${target.spot ? ` ${atWords(target.spot)}` : ''}`;
}

function sentences(op: Exclude<Op, { kind: 'all' }>): string[] {
  switch (op.kind) {
    case 'add': {
      const where = op.to ? ` ${atWords(op.to)}` : '';
      return ['Add', 'Place', 'Put'].map((verb) => `${verb} ${withArticle(op.thing)}${where}`);
    }
    case 'remove': {
      const { spot: where, ...thing } = op.target;
      const from = where ? ` from ${spotWords(where)}` : '';
      return [`Remove the ${plain(thing)}${from}`, `Take the ${plain(thing)} away${from}`, `Erase ${theThing(op.target)}`];
    }
    case 'replace':
      return [`Replace ${theThing(op.target)} with ${withArticle(op.by)}`, `Swap ${theThing(op.target)} for ${withArticle(op.by)}`];
    case 'recolour':
      return [`Change the color of ${theThing(op.target)} to ${op.colour}`, `Make ${theThing(op.target)} ${op.colour}`];
    case 'move': {
      const { spot: where, ...thing } = op.target;
      const from = where ? ` from ${spotWords(where)}` : '';
      return [`Move the ${plain(thing)}${from} to ${spotWords(op.to)}`, `Shift the ${plain(thing)}${from} to ${spotWords(op.to)}`];
    }
    case 'resize':
      return op.step === 1
        ? [`Make ${theThing(op.target)} much larger`, `Enlarge ${theThing(op.target)}`]
        : [`Make ${theThing(op.target)} much smaller`, `Shrink ${theThing(op.target)}`];
    case 'time':
      return [`Change the time of day${op.from ? ` from ${op.from}` : ''} to ${op.to}`];
    case 'season':
      return [`Change the season${op.from ? ` from ${op.from}` : ''} to ${op.to}`];
    case 'weather':
      return [`Change the weather${op.from ? ` from ${op.from}` : ''} to ${op.to}`];
    case 'place': {
      const setting = PLACES.find((p) => p.id === op.to)?.setting ?? '';
      return [`Change the background to ${setting}`, `Replace the background with ${setting}`];
    }
    case 'sign':
      return [`Change the text on the sign${op.from ? ` from "${op.from}"` : ''} to "${op.to}"`];
  }
}

function clause(op: Op, chance: Chance): string {
  return op.kind === 'all' ? joinClauses(op.parts.map((part) => clause(part, chance))) : chance.pick(sentences(op));
}

/** Several instructions as one sentence: "Do this and do that", "Do this, do that, and do more". No full stop. */
export function joinClauses(clauses: string[]): string {
  const tidy = clauses.map((c) => c.trim().replace(/\.$/, ''));
  const lowered = tidy.map((c, i) => (i === 0 ? c : c.charAt(0).toLowerCase() + c.slice(1)));
  if (lowered.length <= 2) return lowered.join(' and ');
  return `${lowered.slice(0, -1).join(', ')}, and ${lowered.at(-1)}`;
}

/** One natural sentence for the operation; the chance only picks among ways to say it. */
export function write(op: Op, chance: Chance): string {
  return `${clause(op, chance)}.`;
}

function readNamed(size?: string, colour?: string, name?: string): Named {
  return {
    name: (name ?? '').toLowerCase(),
    ...(colour ? { colour: colour.toLowerCase() } : {}),
    ...(size ? { size: size.toLowerCase() === 'large' ? (1 as const) : (-1 as const) } : {}),
  };
}

/** The spot two captured words mean. */
export function readSpot(position?: string, noun?: string): Spot | undefined {
  if (!position || !noun) return undefined;
  const found = (Object.keys(positionWords) as Position[]).find((p) => positionWords[p] === position.toLowerCase());
  return found ? { position: found, noun: noun.toLowerCase() } : undefined;
}

type Groups = (string | undefined)[];
const thingAt = (g: Groups, i: number): Named => readNamed(g[i], g[i + 1], g[i + 2]);
const targetAt = (g: Groups, i: number): Target => {
  const where = readSpot(g[i + 3], g[i + 4]);
  return { ...thingAt(g, i), ...(where ? { spot: where } : {}) };
};
const oneOf = <T extends string>(list: readonly T[], word: string | undefined) => list.find((w) => w === word?.toLowerCase());
const optionalSpot = `(?: ${spot})?`;
const the = `(?:the |a |an |this )?`;

const READERS: [RegExp, (g: Groups) => Op | undefined][] = [
  [
    new RegExp(`^(?:add|place|put|insert) ${the}${named}${optionalSpot}$`, 'i'),
    (g) => {
      const to = readSpot(g[4], g[5]);
      return { kind: 'add', thing: thingAt(g, 1), ...(to ? { to } : {}) };
    },
  ],
  [
    new RegExp(`^(?:remove|erase|delete|take(?: away)?) ${the}${named}(?: away)?${optionalSpot}$`, 'i'),
    (g) => ({ kind: 'remove', target: targetAt(g, 1) }),
  ],
  [
    new RegExp(`^(?:replace|swap) ${the}${named}${optionalSpot} (?:with|for|by) ${the}${named}$`, 'i'),
    (g) => ({ kind: 'replace', target: targetAt(g, 1), by: thingAt(g, 6) }),
  ],
  [
    new RegExp(`^(?:change|set) the colou?r of ${the}${named}${optionalSpot} to (${COLOUR})$`, 'i'),
    (g) => ({ kind: 'recolour', target: targetAt(g, 1), colour: (g[6] ?? '').toLowerCase() }),
  ],
  [
    new RegExp(`^(?:make|paint|turn|recolou?r) ${the}${named}${optionalSpot} (${COLOUR})$`, 'i'),
    (g) => ({ kind: 'recolour', target: targetAt(g, 1), colour: (g[6] ?? '').toLowerCase() }),
  ],
  [
    new RegExp(`^(?:move|shift) ${the}${named}${optionalSpot} (?:to|onto) the (left side|middle|right side) of the (${NOUN})$`, 'i'),
    (g) => {
      const to = readSpot(g[6], g[7]);
      return to && { kind: 'move', target: targetAt(g, 1), to };
    },
  ],
  [
    new RegExp(`^make ${the}${named}${optionalSpot} (?:much )?(larger|bigger|smaller)$`, 'i'),
    (g) => ({ kind: 'resize', target: targetAt(g, 1), step: g[6]?.toLowerCase() === 'smaller' ? -1 : 1 }),
  ],
  [
    new RegExp(`^(enlarge|shrink) ${the}${named}${optionalSpot}$`, 'i'),
    (g) => ({ kind: 'resize', target: targetAt(g, 2), step: g[1]?.toLowerCase() === 'shrink' ? -1 : 1 }),
  ],
  [
    /^(?:change|set) the (time of day|season|weather)(?: from (\w+))? to (\w+)$/i,
    (g) => {
      const what = g[1]?.toLowerCase();
      if (what === 'season') return wordOp('season', SEASONS, g[2], g[3]);
      return what === 'weather' ? wordOp('weather', WEATHERS, g[2], g[3]) : wordOp('time', TIMES, g[2], g[3]);
    },
  ],
  [
    /^(?:change the background to|replace the background with|set the background to) (.+)$/i,
    (g) => {
      const place = PLACES.find((p) => p.setting === g[1]?.toLowerCase());
      return place && { kind: 'place', to: place.id };
    },
  ],
  [
    /^(?:change|set) the (?:text|word) (?:on|of) the sign(?: from "([^"]+)")? to "([A-Za-z0-9 ]{1,10})"$/i,
    (g) => ({ kind: 'sign', ...(g[1] ? { from: g[1].toUpperCase() } : {}), to: (g[2] ?? '').toUpperCase() }),
  ],
];

function wordOp<K extends 'time' | 'season' | 'weather', T extends string>(
  kind: K,
  list: readonly T[],
  from?: string,
  to?: string,
): Op | undefined {
  const target = oneOf(list, to);
  const start = oneOf(list, from);
  if (!target || (from !== undefined && !start)) return undefined;
  return { kind, ...(start ? { from: start } : {}), to: target } as Op;
}

function readOne(text: string): Op | undefined {
  for (const [pattern, build] of READERS) {
    const found = pattern.exec(text);
    if (found) return build(found);
  }
  return undefined;
}

/** The operation an instruction asks for; undefined when it is not one the scene algebra knows. */
export function read(instruction: string): Op | undefined {
  const text = instruction
    .trim()
    .replace(/[.!]+$/, '')
    .replace(/\s+/g, ' ');
  const parts = splitClauses(text, readOne);
  if (!parts) return undefined;
  return parts.length === 1 ? parts[0] : { kind: 'all', parts };
}

/** Cuts a sentence at its joiners so that every part is readable; undefined when no cut does. Shared with photo instructions. */
export function splitClauses<T>(text: string, readPart: (part: string) => T | undefined): T[] | undefined {
  const whole = readPart(text);
  if (whole !== undefined) return [whole];
  for (const joint of text.matchAll(/, and then | and then |, and | and |, then |, /gi)) {
    const head = readPart(text.slice(0, joint.index));
    if (head === undefined) continue;
    const tail = splitClauses(text.slice(joint.index + joint[0].length), readPart);
    if (tail) return [head, ...tail];
  }
  return undefined;
}
