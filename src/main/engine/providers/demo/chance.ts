import { randomFrom, shuffle } from '../../domain/random.ts';

/** Repeatable random numbers of the demo studio: the same parts give the same sequence on every machine. */
export interface Chance {
  /** Uniform in [0, 1). */
  next(): number;
  /** Whole number in [0, n). */
  int(n: number): number;
  /** Uniform in [from, to). */
  range(from: number, to: number): number;
  /** One item; throws for an empty list. */
  pick<T>(list: readonly T[]): T;
  /** A new list in random order. */
  shuffle<T>(list: readonly T[]): T[];
  /** Normal with mean 0 and standard deviation 1. */
  normal(): number;
}

/** 32-bit FNV-1a of the text, with a final mix so that neighbours differ in every bit. */
export function hash32(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A sequence keyed by all parts. */
export function chanceOf(...parts: (string | number)[]): Chance {
  const next = randomFrom(hash32(parts.join('\u0001')));
  const int = (n: number) => Math.floor(next() * n);
  return {
    next,
    int,
    range: (from, to) => from + next() * (to - from),
    pick(list) {
      if (list.length === 0) throw new Error('nothing to pick from');
      return list[int(list.length)] as (typeof list)[number];
    },
    shuffle: (list) => shuffle([...list], next),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}
