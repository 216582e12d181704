import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EditNode, EditSessionView } from '../../shared/model/edit.ts';
import type { JobView, SequencedEvent, Snapshot } from '../../shared/model/events.ts';
import type { RunProgress, RunSummary } from '../../shared/model/run.ts';
import type { TripletView } from '../../shared/model/triplet.ts';

/** Newest triplets kept in memory, for the strip of a run and the "new" notice of the grid. */
const RECENT = 100;

/** What the engine said last, folded from one snapshot and the events after it. A cache: the engine owns the truth. */
export interface LiveState {
  /** Empty before the first snapshot. */
  epoch: string;
  seq: number;
  workspace: Snapshot['workspace'] | null;
  runs: Record<string, RunSummary>;
  progress: Record<string, RunProgress>;
  /** Oldest first. */
  jobs: JobView[];
  /** Newest first, each triplet once, with its newest state. */
  recent: TripletView[];
  /** Pictures of edit sessions that changed since the snapshot, newest state. */
  editNodes: Record<number, EditNode>;
  editSessions: Record<string, EditSessionView>;
  /** Triplets in the workspace when the snapshot was taken. */
  triplets: number;
  unknownCalls: number;
}

export const EMPTY_LIVE: LiveState = {
  epoch: '',
  seq: 0,
  workspace: null,
  runs: {},
  progress: {},
  jobs: [],
  recent: [],
  editNodes: {},
  editSessions: {},
  triplets: 0,
  unknownCalls: 0,
};

/** The order that runs are listed in everywhere. */
export function newestFirst<T extends { createdAt: number }>(runs: Iterable<T>): T[] {
  return [...runs].sort((a, b) => b.createdAt - a.createdAt);
}

/** A fresh state from a snapshot; nothing of an earlier life is kept. */
export function fromSnapshot(snapshot: Snapshot): LiveState {
  return {
    ...EMPTY_LIVE,
    epoch: snapshot.epoch,
    seq: snapshot.seq,
    workspace: snapshot.workspace,
    runs: Object.fromEntries(snapshot.runs.map((run) => [run.id, run])),
    jobs: snapshot.jobs,
    triplets: snapshot.triplets,
    unknownCalls: snapshot.unknownCalls,
  };
}

/** Folds one event. An older one, or one of another life of the engine, changes nothing (the same object comes back). */
export function applyEvent(state: LiveState, { epoch, seq, event }: SequencedEvent): LiveState {
  if (epoch !== state.epoch || seq <= state.seq) return state;
  const next = { ...state, seq };
  switch (event.type) {
    case 'run':
      return { ...next, runs: { ...state.runs, [event.run.id]: event.run } };
    case 'progress':
      return { ...next, progress: { ...state.progress, [event.progress.runId]: event.progress } };
    case 'job':
      return { ...next, jobs: putJob(state.jobs, event.job) };
    case 'editNode':
      return { ...next, editNodes: { ...state.editNodes, [event.node.id]: event.node } };
    case 'editSession':
      return { ...next, editSessions: { ...state.editSessions, [event.session.id]: event.session } };
    case 'triplet':
      return { ...next, recent: [event.triplet, ...state.recent.filter((t) => t.id !== event.triplet.id)].slice(0, RECENT) };
  }
}

/** A job in its place in the list, or at the end when it is new. */
export function putJob(jobs: JobView[], job: JobView): JobView[] {
  return jobs.some((j) => j.id === job.id) ? jobs.map((j) => (j.id === job.id ? job : j)) : [...jobs, job];
}

export type LiveStore = StoreApi<LiveState>;

/** An empty store of live state; `followEngine` fills it. */
export function createLiveStore(): LiveStore {
  return createStore(() => EMPTY_LIVE);
}
