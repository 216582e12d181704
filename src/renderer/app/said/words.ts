import type { EngineClient } from '../../../shared/contract.ts';
import type { Scores } from '../../../shared/model/attempt.ts';
import type { RejectView } from '../../../shared/model/rejects.ts';
import { MOST_AT_ONCE } from '../../../shared/model/review.ts';
import type { TripletDetail, TripletView } from '../../../shared/model/triplet.ts';
import { sendUntilStored } from './sure.ts';

/** What a decision leaves on a triplet or a rejected candidate. */
export interface Decided<Kind extends string> {
  decision: Kind | null;
  tags: string[];
}
/** One decision for some of them: what a call of the engine says. */
export interface Said<Kind extends string> {
  ids: number[];
  decision: Kind | 'clear';
  tags: string[];
}
/** A decision, with how each was when it was said. */
interface Decision<On extends string, Kind extends string> extends Said<Kind> {
  on: On;
  before: (Decided<Kind> & { id: number })[];
}
export type OnTriplets = Decision<'triplets', 'accept' | 'reject'>;
export type OnRejects = Decision<'rejects', 'keep' | 'right'>;
export interface Correction {
  on: 'instruction';
  id: number;
  instruction: string;
}
export interface Rating {
  on: 'rating';
  id: number;
  scores: Scores | null;
}
export interface AuditAnswer {
  on: 'audit';
  id: number;
  index: number;
  tags: string[];
  note: string;
}

/** Whatever a reviewer says that has to be stored. Plain data: a page that is gone leaves it to the next one. */
export type Word = OnTriplets | OnRejects | Correction | Rating | AuditAnswer;

/**
 * Sends a decision on triplets, all of them or none in each part of MOST_AT_ONCE, until it stands; gives the triplets as they are
 * then. One whose decision the word changes tells whether it was stored; when it changes none, sending twice leaves the same state.
 */
export function tellTriplets(client: EngineClient, word: OnTriplets, doubtful = false): Promise<TripletView[]> {
  return tellDecision<'accept' | 'reject', TripletView>(word, doubtful, {
    send: async (ids, said) =>
      ids.length === 1 ? [await client.triplets.decide({ id: ids[0] as number, ...said })] : client.triplets.decideMany({ ids, ...said }),
    read: (id) => client.triplets.get({ id }),
  });
}

/** The same for rejected candidates. */
export function tellRejects(client: EngineClient, word: OnRejects, doubtful = false): Promise<RejectView[]> {
  return tellDecision<'keep' | 'right', RejectView>(word, doubtful, {
    send: (ids, said) => client.rejects.decide({ ids, ...said }),
    read: (id) => client.rejects.get({ id }),
  });
}

interface Telling<Kind extends string, T> {
  send(ids: number[], said: { decision: Kind | 'clear'; tags?: string[] }): Promise<T[]>;
  /** Waits for the engine to be back. */
  read(id: number): Promise<T>;
}

async function tellDecision<Kind extends string, T extends Decided<Kind>>(
  { ids, decision, tags, before }: Decision<string, Kind>,
  doubtful: boolean,
  { send, read }: Telling<Kind, T>,
): Promise<T[]> {
  const undecided: Decided<Kind> = { decision: null, tags: [] };
  const now = decision === 'clear' ? undecided : { decision, tags };
  const was = new Map<number, Decided<Kind>>(before.map((one) => [one.id, one]));
  const changedSince = (id: number, after: Decided<Kind>) => !sameDecision(was.get(id) ?? undecided, after);
  const said = { decision, ...(tags.length > 0 ? { tags } : {}) };
  const answers: T[] = [];
  for (let from = 0; from < ids.length; from += MOST_AT_ONCE) {
    const part = ids.slice(from, from + MOST_AT_ONCE);
    const told = part.find((id) => changedSince(id, now)) ?? (part[0] as number);
    const one = {
      send: () => send(part, said),
      stored: async () => changedSince(told, await read(told)),
      readAll: () => Promise.all(part.map(read)),
    };
    answers.push(...(await sendUntilStored(one, doubtful)));
  }
  return answers;
}

/** Sends any word of a page that is gone. Said twice, corrections, ratings and answers of an audit leave the same state. */
export async function tellAgain(client: EngineClient, word: Word): Promise<void> {
  const read = () => client.triplets.get({ id: (word as Correction | Rating).id });
  const simply = (send: () => Promise<TripletView | TripletDetail>) =>
    sendUntilStored({ send, stored: async () => false, readAll: read }, false);
  switch (word.on) {
    case 'triplets':
      return void (await tellTriplets(client, word, true));
    case 'rejects':
      return void (await tellRejects(client, word, true));
    case 'instruction':
      return void (await simply(() => client.triplets.correct({ id: word.id, instruction: word.instruction })));
    case 'rating':
      return void (await simply(() => client.triplets.rate({ id: word.id, scores: word.scores })));
    case 'audit':
      return void (await client.audits.answer({ id: word.id, index: word.index, tags: word.tags, note: word.note }));
  }
}

/** Whether nothing was decided between the two. */
function sameDecision(a: Decided<string>, b: Decided<string>): boolean {
  return a.decision === b.decision && JSON.stringify(a.tags) === JSON.stringify(b.tags);
}
