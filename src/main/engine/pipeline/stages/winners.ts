import { geometricScore } from '../../../../shared/model/attempt.ts';
import { KEPT_ORIGIN } from '../../../../shared/model/rejects.ts';
import { selectWinner } from '../../domain/selection.ts';
import type { NewTriplet, TripletRecord } from '../../ports.ts';
import type { RunContext } from '../context.ts';

export interface Group {
  sourceId: number;
  instructionId: number;
  category: string;
}

/** The forward triplets of a run, one a <source, instruction>, kept at the argmax of the geometric score. */
export interface Winners {
  /** Looks at all passed candidates of a group and puts the best one into the set; true when the set changed. */
  settle(group: Group): Promise<boolean>;
  count(): number;
}

/**
 * Winners are put in as soon as a group has a candidate, and replaced when a better one comes: everything mined so far is
 * usable at any moment, and the set at the end does not depend on the order of completion. A winner that somebody has
 * decided on, or that has descendants, is not changed under them: it is superseded.
 */
export function createWinners(ctx: RunContext): Winners {
  const sources = new Map(ctx.work.sources(ctx.run.id).map((source) => [source.id, source]));
  const scenes = new Map(ctx.work.scenes(ctx.run.id).map((scene) => [scene.id, scene]));
  const current = new Map<string, Pick<TripletRecord, 'id' | 'attemptId'>>();
  // Settling is asynchronous; two results of one group must not both find the place empty.
  const turns = new Map<string, Promise<unknown>>();
  for (const triplet of ctx.triplets.ofRun(ctx.run.id, ['forward'], ['active', 'dropped'])) {
    // What a person took back from the rejected stands beside the winner of its group and is nobody's to replace.
    if (triplet.origin.startsWith(KEPT_ORIGIN)) continue;
    current.set(`${triplet.sourceId}/${triplet.instructionId}`, triplet);
  }

  async function settleNow(key: string, group: Group): Promise<boolean> {
    const best = selectWinner(ctx.work.candidates(ctx.run.id, group.sourceId, group.instructionId));
    if (!best) return false;
    const old = current.get(key);
    if (old?.attemptId === best.attemptId) return false;
    const winner = { attemptId: best.attemptId, editedHash: best.editedHash, scores: best.scores, lowLevel: best.lowLevel };
    if (old && (await ctx.triplets.replaceWinner(old.id, winner))) {
      current.set(key, { id: old.id, attemptId: best.attemptId });
      return true;
    }
    if (old) await ctx.triplets.setState([old.id, ...ctx.triplets.descendants([old.id])], 'superseded', 'a later candidate scored higher');
    const triplet = describe(group, winner);
    const id = await ctx.triplets.add(triplet);
    current.set(key, { id, attemptId: best.attemptId });
    const { width, height, instruction, category, style, sourceHash, editedHash, scores } = triplet;
    ctx.report.accepted({
      id,
      runId: ctx.run.id,
      kind: 'forward',
      state: 'active',
      sourceHash,
      editedHash,
      width,
      height,
      instruction,
      category,
      style,
      scores,
      geometric: scores ? geometricScore(scores) : null,
      reason: '',
      corrected: null,
      tags: [],
      note: '',
      decision: null,
      createdAt: ctx.clock.now(),
    });
    return true;
  }

  function describe(group: Group, winner: Pick<NewTriplet, 'attemptId' | 'editedHash' | 'scores' | 'lowLevel'>): NewTriplet {
    const source = sources.get(group.sourceId);
    const scene = source && scenes.get(source.sceneId);
    const instruction = scene?.instructions.find((item) => item.id === group.instructionId);
    const image = source?.imageHash ? ctx.work.image(source.imageHash) : undefined;
    if (!scene || !instruction || !image) throw new Error(`group ${group.sourceId}/${group.instructionId} has lost its source`);
    return {
      ...winner,
      runId: ctx.run.id,
      kind: 'forward',
      state: 'active',
      reason: '',
      sourceHash: image.hash,
      width: image.width,
      height: image.height,
      instruction: instruction.text,
      category: instruction.category,
      style: scene.style,
      sourceId: group.sourceId,
      origin: '',
      parents: [],
      verdicts: [],
    };
  }

  return {
    async settle(group) {
      const key = `${group.sourceId}/${group.instructionId}`;
      const turn = (turns.get(key) ?? Promise.resolve()).then(() => settleNow(key, group));
      turns.set(key, turn);
      try {
        return await turn;
      } finally {
        if (turns.get(key) === turn) turns.delete(key);
      }
    },
    count: () => current.size,
  };
}
