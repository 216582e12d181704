import type { EditAsk } from '../../../src/shared/contract/edit.ts';
import type { EditActors, EditNode, EditSessionDetail, EditSessionView } from '../../../src/shared/model/edit.ts';
import type { EngineEvent } from '../../../src/shared/model/events.ts';
import { operationOf } from '../../../src/shared/model/operations.ts';
import { aTriplet, NOW } from './data.ts';

const actor = (model: string, change = {}) => ({
  profile: 'demo',
  title: 'Demo studio',
  transport: 'demo',
  model,
  demo: true,
  usdWorst: 0.0021,
  typicalMs: 400,
  params: {},
  bagel: null,
  ...change,
});

/** Who the fake engine says can edit and judge. */
export const ACTORS: EditActors = {
  editors: [actor('demo-editor-1')],
  softJudges: [actor('demo-eye-1')],
  validators: [actor('demo-eye-strict-1')],
};

/** A picture of a session, the root when nothing else is said. */
export function aNode(change: Partial<EditNode> = {}): EditNode {
  return {
    id: 1,
    sessionId: 's1',
    parentId: null,
    batchId: null,
    variant: 0,
    depth: 0,
    seed: 0,
    instruction: '',
    category: '',
    state: 'done',
    step: null,
    reason: '',
    message: '',
    pictureHash: 'a'.repeat(64),
    width: 1024,
    height: 768,
    scores: null,
    softScores: null,
    lowLevel: null,
    quality: { sharpness: 12, colour: 40 },
    verdicts: [],
    problems: [],
    model: '',
    usd: 0,
    ms: 0,
    keptId: null,
    createdAt: NOW,
    startedAt: null,
    endedAt: NOW,
    rev: 0,
    wait: null,
    ...change,
  };
}

/** A session of one picture. */
export function aSession(change: Partial<EditSessionDetail> = {}): EditSessionDetail {
  return {
    id: 's1',
    title: 'harbour.jpg',
    origin: { kind: 'file', name: 'harbour.jpg', hash: 'a'.repeat(64) },
    notes: [],
    rootHash: 'a'.repeat(64),
    width: 1024,
    height: 768,
    demo: true,
    pictures: 1,
    kept: 0,
    open: 0,
    interrupted: 0,
    budgetUsd: null,
    spend: { usdSettled: 0, usdReserved: 0, usdUnknown: 0, calls: 0 },
    currentId: 1,
    createdAt: NOW,
    updatedAt: NOW,
    nodes: [aNode()],
    batches: [],
    ...change,
  };
}

/** The edit room of the fake engine: variants are asked for and stay queued until a test sends their news. */
export function createFakeEdits(sessions: EditSessionDetail[], emit: (event: EngineEvent) => void) {
  const of = (id: string): EditSessionDetail => {
    const found = sessions.find((session) => session.id === id);
    if (!found) throw new Error(`no session ${id}`);
    return found;
  };
  const ofNode = (nodeId: number) => sessions.find((session) => session.nodes.some((node) => node.id === nodeId))!;
  const view = ({ nodes: _nodes, batches: _batches, ...session }: EditSessionDetail): EditSessionView => session;
  const set = (nodeId: number, part: Partial<EditNode>): EditNode => {
    const session = ofNode(nodeId);
    session.nodes = session.nodes.map((node) => (node.id === nodeId ? { ...node, ...part, rev: node.rev + 1 } : node));
    const node = session.nodes.find(({ id }) => id === nodeId)!;
    emit({ type: 'editNode', node });
    return node;
  };
  return {
    of,
    set,
    list: () => sessions.map(view),
    start(): EditSessionDetail {
      const session = aSession({ id: `s${sessions.length + 1}` });
      session.nodes = [aNode({ sessionId: session.id })];
      sessions.unshift(session);
      return session;
    },
    ask(input: EditAsk): EditSessionDetail {
      const session = of(input.sessionId);
      const parent = session.nodes.find((node) => node.id === input.parentId)!;
      const batchId = session.batches.length + 1;
      const { editor, judges, instruction } = input;
      const category = input.category || operationOf(instruction);
      session.batches = [
        ...session.batches,
        { id: batchId, parentId: parent.id, instruction, category, editor, judges, demo: true, createdAt: NOW },
      ];
      const first = Math.max(...session.nodes.map((node) => node.id)) + 1;
      const made = Array.from({ length: input.variants }, (_, variant) =>
        aNode({
          id: first + variant,
          sessionId: session.id,
          parentId: parent.id,
          batchId,
          variant,
          depth: parent.depth + 1,
          seed: (input.seed ?? 1) + variant,
          instruction,
          category,
          state: 'queued',
          step: 'waiting',
          pictureHash: null,
          width: null,
          height: null,
          quality: null,
        }),
      );
      session.nodes = [...session.nodes, ...made];
      return session;
    },
    keep(nodeId: number) {
      const node = set(nodeId, { keptId: 9000 + nodeId });
      return { node, triplet: aTriplet(9000 + nodeId) };
    },
    unkeep(nodeId: number) {
      const node = set(nodeId, { keptId: null });
      return { node, triplet: aTriplet(9000 + nodeId) };
    },
  };
}
