import { randomInt, randomUUID } from 'node:crypto';
import type { EditAsk, EditStart } from '../../../../shared/contract/edit.ts';
import type { EditActors, EditNode, EditSessionDetail, EditSessionView } from '../../../../shared/model/edit.ts';
import { AppError } from '../../../../shared/model/errors.ts';
import type { EngineEvent } from '../../../../shared/model/events.ts';
import { operationOf } from '../../../../shared/model/operations.ts';
import type { TripletView } from '../../../../shared/model/triplet.ts';
import { attemptWorstCost } from '../../domain/budget.ts';
import { nextSeed } from '../../domain/seeds.ts';
import type { EditBatchRecord, EditSessionRecord, ImageAnswer, ProfileStore, TripletStore } from '../../ports.ts';
import { listActors, recipeOf } from './actors.ts';
import { firstPicture, takePicture } from './incoming.ts';
import { createEditWork, type EditWorkDeps, scopeOf } from './work.ts';

export interface EditsDeps extends EditWorkDeps {
  profiles: Pick<ProfileStore, 'list'>;
  triplets: TripletStore;
  tripletView(id: number): TripletView;
  emit(event: EngineEvent): void;
}

/** The edit room: sessions, each a tree of pictures that grows from one by instructions. */
export interface Edits {
  actors(): EditActors;
  /** Stores a picture from outside as it came. */
  takePicture(bytes: Uint8Array, name: string): Promise<ImageAnswer>;
  start(start: EditStart, bagelSize: boolean): Promise<EditSessionDetail>;
  sessions(before: number | undefined, limit: number): { items: EditSessionView[]; next: number | null };
  get(id: string): EditSessionDetail;
  remove(id: string): Promise<void>;
  ask(ask: EditAsk): Promise<EditSessionDetail>;
  /** The most that asking can cost; `known` is false when an endpoint has no prices. */
  price(ask: Pick<EditAsk, 'editor' | 'judges' | 'variants'>): { usdWorst: number; known: boolean };
  again(id: string, nodeIds: number[] | undefined, askAgain: boolean): Promise<EditSessionDetail>;
  cancel(id: string, nodeIds: number[] | undefined): Promise<EditSessionDetail>;
  setCurrent(id: string, nodeId: number): Promise<void>;
  setTitle(id: string, title: string): Promise<void>;
  setBudget(id: string, usd: number | null): Promise<void>;
  keep(nodeId: number, category: string | undefined): Promise<{ node: EditNode; triplet: TripletView }>;
  unkeep(nodeId: number): Promise<{ node: EditNode; triplet: TripletView }>;
  suggestions(id: string): { mined: { instruction: string; category: string }[]; recent: string[] };
  /** Goes on with everything a stop interrupted. */
  resumeInterrupted(): Promise<void>;
  idle(): Promise<void>;
  shutdown(): Promise<void>;
}

const RECENT = 30;
/** States from which a named node can be tried again; the last only when it may be asked twice. */
const TRIED_AGAIN = ['failed', 'cancelled', 'interrupted'];
const MAX_SEED = 1_000_000;

/** The edit sessions of one workspace. */
export function createEdits(deps: EditsDeps): Edits {
  const { edits } = deps;
  const keeping = new Map<number, Promise<{ node: EditNode; triplet: TripletView }>>();
  const work = createEditWork(deps, (node) => {
    deps.emit({ type: 'editNode', node });
    announce(node.sessionId);
  });

  function require(id: string): EditSessionRecord {
    const session = edits.session(id);
    if (!session) throw new AppError('noSuchItem', `There is no edit session ${id}.`);
    return session;
  }

  function nodeIn(sessionId: string, nodeId: number): EditNode {
    const node = edits.node(nodeId);
    if (node?.sessionId !== sessionId) throw new AppError('noSuchItem', `There is no picture ${nodeId} in this session.`);
    return node;
  }

  function announce(id: string): void {
    const session = edits.session(id);
    if (session) deps.emit({ type: 'editSession', session: viewOf(session) });
  }

  function viewOf(session: EditSessionRecord): EditSessionView {
    const { sourceId: _sourceId, style: _style, ...known } = session;
    const sums = deps.runs.counters(scopeOf(session.id));
    const sum = (name: string) => sums.get(name) ?? 0;
    const root = deps.work.image(session.rootHash);
    return {
      ...known,
      width: root?.width ?? 0,
      height: root?.height ?? 0,
      ...edits.tally(session.id),
      spend: {
        usdSettled: sum('usd.settled'),
        usdReserved: sum('usd.reserved'),
        usdUnknown: sum('usd.unknown'),
        calls: sum('call.settled') + sum('call.failed') + sum('call.unknown') + sum('call.sent'),
      },
    };
  }

  function detail(id: string): EditSessionDetail {
    const session = require(id);
    const batches = edits.batches(id).map(({ sessionId: _session, recipe: _recipe, ...batch }) => batch);
    return { ...viewOf(session), nodes: edits.nodes(id).map(work.withLife), batches };
  }

  function begin(session: EditSessionRecord, batch: EditBatchRecord, nodes: EditNode[], askAgain: boolean): void {
    for (const node of nodes) work.begin(session, batch, node, askAgain);
  }

  /** Puts nodes back into the queue and begins them, batch by batch. */
  async function restart(session: EditSessionRecord, nodes: EditNode[], askAgain: boolean): Promise<void> {
    const batches = new Map<number, EditBatchRecord>();
    for (const { batchId } of nodes) {
      const batch = batchId === null ? undefined : edits.batch(batchId);
      if (batch) batches.set(batch.id, batch);
    }
    const queued = await Promise.all(
      nodes.map((node) => edits.setNode(node.id, { state: 'queued', reason: '', message: '', problems: [], endedAt: null })),
    );
    for (const batch of batches.values())
      begin(
        session,
        batch,
        queued.filter((node) => node.batchId === batch.id),
        askAgain,
      );
  }

  async function keepNow(nodeId: number, category: string | undefined): Promise<{ node: EditNode; triplet: TripletView }> {
    const node = edits.node(nodeId);
    if (!node) throw new AppError('noSuchItem', `There is no edit ${nodeId}.`);
    const known = edits.tripletOf(nodeId);
    if (known === undefined) await addTriplet(node, category);
    else await deps.triplets.setState([known], 'active', '');
    return tellKept(nodeId);
  }

  async function addTriplet(node: EditNode, category: string | undefined): Promise<void> {
    const parent = node.parentId === null ? undefined : edits.node(node.parentId);
    const session = require(node.sessionId);
    if (!parent?.pictureHash) throw new AppError('conflict', 'The first picture of a session is no edit.');
    if (!node.pictureHash || node.state !== 'done')
      throw new AppError('conflict', 'This variant has no picture that is done.', { hint: 'Wait until it is, or try it again.' });
    if (node.pictureHash === parent.pictureHash)
      throw new AppError('conflict', 'The edit changed nothing: both pictures are the same bytes.');
    if (node.width !== parent.width || node.height !== parent.height)
      throw new AppError(
        'conflict',
        `The edit has ${node.width} x ${node.height} pixels and its original ${parent.width} x ${parent.height}; a triplet needs two pictures of one size.`,
        { hint: 'Ask an editor that keeps the size. You can go on editing from this picture.' },
      );
    const around = edits.keptAround(node.id);
    await deps.triplets.add({
      runId: null,
      kind: 'interactive',
      state: 'active',
      reason: '',
      sourceHash: parent.pictureHash,
      editedHash: node.pictureHash,
      width: node.width ?? 0,
      height: node.height ?? 0,
      instruction: node.instruction,
      category: category?.trim() || node.category,
      style: session.style,
      attemptId: null,
      sourceId: session.sourceId,
      origin: `edit:${node.id}`,
      scores: node.scores,
      lowLevel: node.lowLevel,
      parents: around.parent === null ? [] : [around.parent],
      verdicts: node.verdicts,
      interactive: { nodeId: node.id, seed: node.seed, rootHash: session.rootHash, children: around.children },
    });
  }

  function tellKept(nodeId: number): { node: EditNode; triplet: TripletView } {
    const node = work.withLife(edits.node(nodeId)!);
    const triplet = deps.tripletView(edits.tripletOf(nodeId)!);
    deps.emit({ type: 'editNode', node });
    deps.emit({ type: 'triplet', triplet });
    announce(node.sessionId);
    return { node, triplet };
  }

  return {
    actors: () => listActors(deps.profiles.list(), edits.typicalMs),
    takePicture: (bytes, name) => takePicture(deps, bytes, name),
    async start(start, bagelSize) {
      const { picture, ...about } = await firstPicture(deps, start, bagelSize);
      const id = randomUUID();
      const quality = await deps.pixels.quality(deps.blobs.fileOf(picture.hash), picture.width, picture.height);
      await edits.create({ id, ...about, rootHash: picture.hash, budgetUsd: null, quality });
      announce(id);
      return detail(id);
    },
    sessions(before, limit) {
      const items = edits.sessions(before, limit);
      return { items: items.map(viewOf), next: items.length === limit ? items.at(-1)!.updatedAt : null };
    },
    get: detail,
    async remove(id) {
      const session = require(id);
      await work.stop(
        edits.nodes(session.id).map((node) => node.id),
        'cancelled',
      );
      if (!(await edits.remove(id)))
        throw new AppError('conflict', 'Triplets were kept from this session, and it holds their history.', {
          hint: 'It can stay; it costs nothing.',
        });
    },
    async ask({ sessionId, parentId, instruction, category, variants, seed, editor, judges }) {
      const session = require(sessionId);
      const parent = nodeIn(sessionId, parentId);
      if (!parent.pictureHash) throw new AppError('conflict', 'This variant has no picture to edit.');
      const { recipe, demo } = recipeOf(deps.profiles.list(), editor, judges);
      const seeds = [seed ?? randomInt(1, MAX_SEED + 1)];
      while (seeds.length < variants) seeds.push(nextSeed(seeds.at(-1)!));
      const asked = {
        sessionId,
        parentId,
        instruction,
        category: category.trim() || operationOf(instruction),
        editor,
        judges,
        recipe,
        demo,
      };
      const { batch, nodes } = await edits.addBatch(asked, seeds, parent.depth + 1);
      if (demo && !session.demo) await edits.change(sessionId, { demo });
      begin(session, batch, nodes, false);
      return detail(sessionId);
    },
    price({ editor, judges, variants }) {
      const { recipe } = recipeOf(deps.profiles.list(), editor, judges);
      const usdWorst = attemptWorstCost(recipe).usd * variants;
      return {
        usdWorst,
        known: recipe.endpoints.every(({ prices, modelPrices }) => [prices, ...Object.values(modelPrices)].some(hasPrice)),
      };
    },
    async again(id, nodeIds, askAgain) {
      const session = require(id);
      const wanted = edits.nodes(id).filter((node) => {
        if (work.isOpen(node.id) || node.batchId === null) return false;
        if (nodeIds === undefined) return node.state === 'interrupted';
        const unscored = node.state === 'done' && node.problems.length > 0;
        return nodeIds.includes(node.id) && (unscored || TRIED_AGAIN.includes(node.state) || (askAgain && node.state === 'unknown'));
      });
      await restart(session, wanted, askAgain);
      return detail(id);
    },
    async cancel(id, nodeIds) {
      require(id);
      const open = edits.nodes(id).map((node) => node.id);
      await work.stop(
        open.filter((node) => nodeIds === undefined || nodeIds.includes(node)),
        'cancelled',
      );
      return detail(id);
    },
    async setCurrent(id, nodeId) {
      require(id);
      if (!nodeIn(id, nodeId).pictureHash) throw new AppError('conflict', 'This variant has no picture to go on from.');
      await edits.change(id, { currentId: nodeId });
      announce(id);
    },
    async setTitle(id, title) {
      require(id);
      await edits.change(id, { title });
      announce(id);
    },
    async setBudget(id, usd) {
      require(id);
      await edits.change(id, { budgetUsd: usd });
      work.setBudget(id, usd);
      announce(id);
    },
    keep(nodeId, category) {
      // Two clicks are one triplet.
      const running = keeping.get(nodeId);
      if (running) return running;
      const kept = keepNow(nodeId, category).finally(() => keeping.delete(nodeId));
      keeping.set(nodeId, kept);
      return kept;
    },
    async unkeep(nodeId) {
      const known = edits.tripletOf(nodeId);
      if (known === undefined) throw new AppError('noSuchItem', 'This edit was not kept.');
      await deps.triplets.setState([known], 'dropped', 'taken back in the edit room');
      return tellKept(nodeId);
    },
    suggestions(id) {
      const { sourceId } = require(id);
      return { mined: sourceId === null ? [] : edits.minedInstructions(sourceId), recent: edits.recentInstructions(RECENT) };
    },
    async resumeInterrupted() {
      for (const id of edits.interruptedSessions()) {
        const stopped = edits.nodes(id).filter((node) => node.state === 'interrupted');
        await restart(require(id), stopped, false);
      }
    },
    idle: work.idle,
    shutdown: work.shutdown,
  };
}

function hasPrice(prices: {
  usdPerCall: number;
  usdPerImage: number;
  usdPerGpuSecond: number;
  usdPerMillionInputTokens: number;
  usdPerMillionOutputTokens: number;
}): boolean {
  const { usdPerCall, usdPerImage, usdPerGpuSecond, usdPerMillionInputTokens, usdPerMillionOutputTokens } = prices;
  return usdPerCall + usdPerImage + usdPerGpuSecond + usdPerMillionInputTokens + usdPerMillionOutputTokens > 0;
}
