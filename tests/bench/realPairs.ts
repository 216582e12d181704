import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { appRoot } from '../../src/main/engine/appRoot.ts';

/** Where the real pairs lie; not part of the repository. */
export const DATA = resolve(appRoot(), '../shared/data');

export interface RealPair {
  id: string;
  source: string;
  edited: string;
  instruction: string;
  category: string;
  /** Only of the set of several editors: how somebody judged it by eye. */
  quality?: string;
  aligned?: string;
}

/** The authors' pairs or those of several editors, with the full paths of their files; empty where there are none. */
export function realPairs(set: 'nhr-pairs' | 'edit-pairs'): RealPair[] {
  const list = join(DATA, set, 'pairs.jsonl');
  if (!existsSync(list)) return [];
  const rows = readFileSync(list, 'utf8').trim().split('\n');
  return rows.map((line) => {
    const row = JSON.parse(line) as RealPair;
    return { ...row, source: join(DATA, set, row.source), edited: join(DATA, set, row.edited) };
  });
}

export const HALVES = ['chosen on', 'held out'] as const;
export type Half = (typeof HALVES)[number];

/** Limits are chosen on one half of the sources; the other half only reports. Pairs of one source stand together. */
export function halfOf(pair: Pick<RealPair, 'source'>): Half {
  const bytes = readFileSync(pair.source);
  return HALVES[createHash('sha256').update('split-1').update(bytes).digest()[0]! % 2]!;
}
