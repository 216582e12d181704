/** From measurements to what a judge says. Judges are given numbers and a seed, and nothing that knows the truth. */
import type { Scores } from '../../../../shared/model/attempt.ts';
import { type Chance, chanceOf } from './chance.ts';
import type { Measure } from './measure.ts';

/** What is known of a pair. */
export type Evidence =
  /** `source` is null where the source is not a scene of the demo. */
  | { kind: 'measured'; edited: Measure; source: Measure | null }
  /** The studio knows neither scene nor operation: only the change between the two pictures was measured. */
  | { kind: 'unknown'; change: Measure }
  /** The instruction asks for something this picture does not allow. */
  | { kind: 'impossible' };

/** How exact a judge is: the spread of its scores, and how often it fails to notice a kind of fault at all. */
export interface JudgeManner {
  spread: number;
  overlooks: number;
}

export const SOFT: JudgeManner = { spread: 0.25, overlooks: 0.6 };
export const STRICT: JudgeManner = { spread: 0.05, overlooks: 0.08 };

/** The score of a faultless picture, before taste. */
const TOP = 4.96;
/** Spread of taste: pictures please a little differently though nothing is wrong with them. */
const TASTE = 0.06;
const ramp = (v: number, from: number, to: number) => Math.min(1, Math.max(0, (v - from) / (to - from)));

/** Faults of the technique, 0 (none) to 1 (ruined): softness, noise, blocks, colour, shift, and errors everywhere. */
function technicalFault(m: Measure): number {
  if (!m.sameSize) return 0.6;
  const faults = [
    ramp(m.sharpness, 0.75, 0.35),
    ramp(m.sharpness, 1.25, 2.5),
    ramp(m.noise, 2.6, 9),
    ramp(m.blockiness, 1.6, 3.5),
    ramp(m.drift, 5, 18) * (m.median > 4 ? 1 : 0),
    ramp(m.shift, 0.4, 1.4) * (m.median > 2 && m.unwanted + m.broken > 20 ? 1 : 0),
    ramp(m.median, 2.3, 9),
  ];
  return Math.max(...faults);
}

/** Faults of content: what was asked and is missing, and what changed without being asked. */
function contentFaults(edited: Measure, source: Measure | null): { missing: number; unwanted: number } {
  if (!edited.sameSize) return { missing: 1, unwanted: 1 };
  const area = (blocks: number) => ramp(blocks, 1, 26);
  const brokenShare = edited.asked > 0 ? edited.broken / edited.asked : 0;
  const missing = Math.max(ramp(edited.missing, 0.05, 0.6), ramp(brokenShare, 0.04, 0.5), area(edited.broken) * 0.8);
  const inherited = source ? area(source.unwanted) : 0;
  return { missing: edited.asked === 0 ? 1 : missing, unwanted: Math.max(area(edited.unwanted), inherited) };
}

/** What this judge notices of each kind of fault on this occasion. */
interface Noticed {
  missing: number;
  unwanted: number;
  technique: number;
}

function notice(evidence: Extract<Evidence, { kind: 'measured' }>, manner: JudgeManner, chance: Chance): Noticed {
  const { missing, unwanted } = contentFaults(evidence.edited, evidence.source);
  const technique = Math.max(technicalFault(evidence.edited), evidence.source ? technicalFault(evidence.source) : 0);
  const seen = (fault: number) => (chance.next() < manner.overlooks ? fault * 0.06 : fault);
  return { missing: seen(missing), unwanted: seen(unwanted), technique: seen(technique) };
}

/** Points lost for a fault: anything noticeable costs half a point at once. */
function loss(fault: number, most: number): number {
  return fault > 0.05 ? 0.5 + (most - 0.5) * fault ** 0.7 : fault * 4;
}

/** Scores for the evidence, before the judge's own spread. */
function plainScores(evidence: Evidence, manner: JudgeManner, chance: Chance): Scores {
  if (evidence.kind === 'impossible') return { adherence: 1.4, aesthetics: 3.5 };
  if (evidence.kind === 'unknown') {
    const { change } = evidence;
    if (!change.sameSize) return { adherence: 2, aesthetics: 3 };
    const technique = Math.max(ramp(change.sharpness, 0.6, 0.3), ramp(change.blockiness, 1.5, 3), ramp(change.sharpness, 2, 4));
    return { adherence: change.unwanted === 0 ? 1 : 4.4, aesthetics: TOP - 0.4 - 3 * technique };
  }
  const { missing, unwanted, technique } = notice(evidence, manner, chance);
  const taste = chanceOf('taste', JSON.stringify(evidence.edited));
  return {
    adherence: TOP - Math.abs(taste.normal()) * TASTE - Math.max(loss(missing, 3.9), loss(unwanted, 2.8), loss(technique, 2) * 0.6),
    aesthetics:
      TOP -
      Math.abs(taste.normal()) * TASTE -
      Math.max(loss(technique, 3.8), loss(Math.min(missing, 0.7), 2) * 0.8, loss(unwanted, 1.5) * 0.6),
  };
}

const round = (v: number) => Math.round(Math.min(5, Math.max(1, v)) * 100) / 100;

/** Two scores from 1 to 5 with the judge's spread. */
export function scoresFor(evidence: Evidence, manner: JudgeManner, chance: Chance): Scores {
  const plain = plainScores(evidence, manner, chance);
  return {
    adherence: round(plain.adherence + chance.normal() * manner.spread),
    aesthetics: round(plain.aesthetics + chance.normal() * manner.spread),
  };
}

/** The reply text with the two scores; now and then in a code fence, as chat models do. */
export function scoresReply(scores: Scores, chance: Chance): string {
  const json = JSON.stringify(scores);
  return chance.next() < 0.08 ? `\`\`\`json\n${json}\n\`\`\`` : json;
}

function yesNo(good: boolean, chance: Chance): string {
  const word = good ? 'Yes' : 'No';
  return chance.pick([word.toLowerCase(), word, `${word}.`]);
}

/** "Only the asked change happened?" Yes is good. */
export function onlyAsked(evidence: Evidence, manner: JudgeManner, chance: Chance): string {
  if (evidence.kind !== 'measured') return yesNo(evidence.kind === 'unknown' && evidence.change.unwanted > 0, chance);
  const { missing, unwanted, technique } = notice(evidence, manner, chance);
  const doubt = Math.max(unwanted, technique * 0.8, missing * 0.5) + chance.normal() * manner.spread * 0.1;
  return yesNo(doubt < 0.14, chance);
}

/** "Is the picture pleasing?" Yes is good. */
export function isPleasing(evidence: Evidence, manner: JudgeManner, chance: Chance): string {
  const { aesthetics } = plainScores(evidence, manner, chance);
  return yesNo(aesthetics + chance.normal() * manner.spread * 0.6 >= 4, chance);
}

/** "Does the picture show what the prompt says, plausibly?" Yes is good. `measured` is null for pictures that are not the demo's. */
export function isPlausible(measured: Measure | null, saysTheSame: boolean, chance: Chance): string {
  if (!saysTheSame) return yesNo(false, chance);
  return yesNo(measured === null || (measured.sameSize && measured.unwanted + chance.normal() * 0.6 < 3.5), chance);
}
