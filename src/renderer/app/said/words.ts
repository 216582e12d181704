import type { EngineClient } from '../../../shared/contract.ts';
import type { Scores } from '../../../shared/model/attempt.ts';
import type { RejectDecision, RejectView } from '../../../shared/model/rejects.ts';
import { MOST_AT_ONCE } from '../../../shared/model/review.ts';
import type { DecisionKind, TripletDetail, TripletView } from '../../../shared/model/triplet.ts';
import { sendUntilStored } from './sure.ts';

/** What a decision leaves on a triplet. */
type Decided = Pick<TripletView, 'decision' | 'tags'>;

/** A decision on triplets, with how each was when it was said. */
export interface OnTriplets {
  on: 'triplets';
  ids: number[];
  decision: DecisionKind;
  tags: string[];
  before: (Decided & { id: number })[];
}
/** A decision on rejected candidates, with how each was when it was said. */
export interface OnRejects {
  on: 'rejects';
  ids: number[];
  decision: RejectDecision;
  before: Pick<RejectView, 'id' | 'decision'>[];
}
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

const UNDECIDED: Decided = { decision: null, tags: [] };

/**
 * Sends a decision on triplets, all of them or none in each part of MOST_AT_ONCE, until it stands; gives the triplets as they are
 * then. One whose decision the word changes tells whether it was stored; when it changes none, sending twice leaves the same state.
 */
export async function tellTriplets(client: EngineClient, word: OnTriplets, doubtful = false): Promise<TripletView[]> {
  const { decision, tags } = word;
  const given = tags.length > 0 ? { tags } : {};
  const now = decision === 'clear' ? UNDECIDED : { decision, tags };
  const was = new Map<number, Decided>(word.before.map((triplet) => [triplet.id, triplet]));
  const read = (id: number) => client.triplets.get({ id });
  return inParts(word.ids, doubtful, {
    changes: (id) => !sameDecision(was.get(id) ?? UNDECIDED, now),
    send: async (ids) =>
      ids.length === 1
        ? [await client.triplets.decide({ id: ids[0] as number, decision, ...given })]
        : client.triplets.decideMany({ ids, decision, ...given }),
    stored: async (id) => !sameDecision(await read(id), was.get(id) ?? UNDECIDED),
    read,
  });
}

/** The same for rejected candidates. */
export async function tellRejects(client: EngineClient, { ids, decision, before }: OnRejects, doubtful = false): Promise<RejectView[]> {
  const now = decision === 'clear' ? null : decision;
  const was = new Map(before.map((reject) => [reject.id, reject.decision]));
  const read = (id: number) => client.rejects.get({ id });
  return inParts(ids, doubtful, {
    changes: (id) => (was.get(id) ?? null) !== now,
    send: (part) => client.rejects.decide({ ids: part, decision }),
    stored: async (id) => (await read(id)).decision !== (was.get(id) ?? null),
    read,
  });
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

interface Sending<T> {
  /** Whether the word changes the one of that id. */
  changes(id: number): boolean;
  send(ids: number[]): Promise<T[]>;
  /** Whether that one is no longer as it was before. */
  stored(id: number): Promise<boolean>;
  /** Waits for the engine to be back. */
  read(id: number): Promise<T>;
}

async function inParts<T>(ids: readonly number[], doubtful: boolean, { changes, send, stored, read }: Sending<T>): Promise<T[]> {
  const answers: T[] = [];
  for (let from = 0; from < ids.length; from += MOST_AT_ONCE) {
    const part = ids.slice(from, from + MOST_AT_ONCE);
    const told = part.find(changes) ?? (part[0] as number);
    const one = { send: () => send(part), stored: () => stored(told), readAll: () => Promise.all(part.map(read)) };
    answers.push(...(await sendUntilStored(one, doubtful)));
  }
  return answers;
}

/** Whether nothing was decided between the two. */
function sameDecision(a: Decided, b: Decided): boolean {
  return a.decision === b.decision && JSON.stringify(a.tags) === JSON.stringify(b.tags);
}
