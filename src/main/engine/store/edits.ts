import { z } from 'zod';
import { AppError } from '../../../shared/model/errors.ts';
import { Recipe } from '../../../shared/model/recipe.ts';
import type { EditNodeChange, EditStore } from '../ports.ts';
import { lowLevelValues } from './columns.ts';
import { marks, type StoreContext } from './context.ts';
import { type BatchRow, batchOf, NODE_SQL, type NodeRow, nodeOf, type SessionRow, sessionOf } from './editRows.ts';

/** Newest edits that a mean of times is taken over. */
const TIMED = 20;

// A refined object cannot be narrowed, so its shape is taken apart.
const { endpoints, roles, stages, gates, sourceSize, unknownCalls } = Recipe.shape;
const StoredRecipe = z.object({ endpoints, roles, stages, gates, sourceSize, unknownCalls });

/** A changed field as columns and values. */
const COLUMNS: { [K in keyof EditNodeChange]-?: (value: NonNullable<EditNodeChange[K]> | null) => [string, string | number | null][] } = {
  state: (value) => [['state', value]],
  reason: (value) => [['reason', value]],
  message: (value) => [['message', value]],
  pictureHash: (value) => [['picture_hash', value]],
  scores: (value) => [
    ['adherence', value?.adherence ?? null],
    ['aesthetics', value?.aesthetics ?? null],
  ],
  softScores: (value) => [
    ['soft_adherence', value?.adherence ?? null],
    ['soft_aesthetics', value?.aesthetics ?? null],
  ],
  lowLevel: (value) => {
    const values = lowLevelValues(value);
    return ['ll_width', 'll_height', 'll_flagged', 'll_largest', 'll_components'].map((name, i) => [name, values[i]!]);
  },
  quality: (value) => [
    ['sharpness', value?.sharpness ?? null],
    ['colour', value?.colour ?? null],
  ],
  verdicts: (value) => [['verdicts', JSON.stringify(value)]],
  problems: (value) => [['problems', JSON.stringify(value)]],
  model: (value) => [['model', value]],
  endpoint: (value) => [['endpoint', value]],
  usd: (value) => [['usd', value]],
  ms: (value) => [['ms', value === null ? null : Math.round(value)]],
  startedAt: (value) => [['started_at', value]],
  endedAt: (value) => [['ended_at', value]],
};

/** Edit sessions: every picture of the tree, what was asked, and what was kept. */
export function createEditStore({ db, writer, now }: StoreContext): EditStore {
  const one = db.prepare('SELECT * FROM edit_session WHERE id = ?');
  const page = db.prepare('SELECT * FROM edit_session WHERE updated_at < ? ORDER BY updated_at DESC LIMIT ?');
  const insertSession = db.prepare(`INSERT INTO edit_session VALUES ${marks(12)}`);
  const touch = db.prepare('UPDATE edit_session SET updated_at = ? WHERE id = ?');
  const insertBatch = db.prepare(
    `INSERT INTO edit_batch (session_id, parent_id, instruction, category, editor, judges, recipe, demo, created_at) VALUES ${marks(9)}`,
  );
  const insertNode = db.prepare(
    `INSERT INTO edit_node (session_id, parent_id, batch_id, variant, depth, seed, state, picture_hash, sharpness, colour, created_at, ended_at) VALUES ${marks(12)}`,
  );
  const oneBatch = db.prepare('SELECT * FROM edit_batch WHERE id = ?');
  const allBatches = db.prepare('SELECT * FROM edit_batch WHERE session_id = ? ORDER BY id');
  const oneNode = db.prepare(`${NODE_SQL} WHERE n.id = ?`);
  const allNodes = db.prepare(`${NODE_SQL} WHERE n.session_id = ? ORDER BY n.id`);
  const sums = db.prepare(
    `SELECT SUM(n.picture_hash IS NOT NULL) AS pictures, COUNT(t.id) AS kept, SUM(n.state IN ('queued','running')) AS open,
       SUM(n.state = 'interrupted') AS interrupted
     FROM edit_node n LEFT JOIN interactive k ON k.node_id = n.id LEFT JOIN triplet t ON t.id = k.triplet_id AND t.state = 'active' WHERE n.session_id = ?`,
  );
  const interrupted = db.prepare(`SELECT DISTINCT session_id FROM edit_node WHERE state = 'interrupted'`).pluck();
  const times = db
    .prepare(
      `SELECT AVG(ms) FROM (SELECT n.ms FROM edit_node n JOIN edit_batch b ON b.id = n.batch_id WHERE n.state = 'done' AND n.ms > 0 AND n.endpoint = ?
         AND json_extract(b.recipe, '$.roles.imageEditor.model') = ? ORDER BY n.id DESC LIMIT ${TIMED})`,
    )
    .pluck();
  const kept = db.prepare('SELECT triplet_id FROM interactive WHERE node_id = ?').pluck();
  const parentKept = db
    .prepare('SELECT k.triplet_id FROM edit_node n JOIN interactive k ON k.node_id = n.parent_id WHERE n.id = ?')
    .pluck();
  const childrenKept = db
    .prepare('SELECT k.triplet_id FROM edit_node n JOIN interactive k ON k.node_id = n.id WHERE n.parent_id = ? ORDER BY n.id')
    .pluck();
  const mined = db.prepare(
    'SELECT i.text AS instruction, i.category FROM source s JOIN instruction i ON i.scene_id = s.scene_id WHERE s.id = ? ORDER BY i.idx',
  );
  const recent = db.prepare('SELECT instruction FROM edit_batch GROUP BY instruction ORDER BY MAX(id) DESC LIMIT ?').pluck();
  const pictures = db.prepare(
    `SELECT t.source_hash AS sourceHash, t.edited_hash AS editedHash, t.source_id AS sourceId, t.style, t.instruction,
       COALESCE(r.demo, (SELECT b.demo FROM interactive k JOIN edit_node n ON n.id = k.node_id JOIN edit_batch b ON b.id = n.batch_id WHERE k.triplet_id = t.id), 0) AS demo
     FROM triplet t LEFT JOIN run r ON r.id = t.run_id WHERE t.id = ?`,
  );
  const removal = [
    // Children before parents: they refer to each other.
    db.prepare('UPDATE edit_node SET parent_id = NULL WHERE session_id = ?'),
    db.prepare('DELETE FROM edit_node WHERE session_id = ?'),
    db.prepare('DELETE FROM edit_batch WHERE session_id = ?'),
    db.prepare('DELETE FROM edit_session WHERE id = ?'),
  ];
  const anyKept = db.prepare('SELECT 1 FROM edit_node n JOIN interactive k ON k.node_id = n.id WHERE n.session_id = ? LIMIT 1').pluck();

  function nodeAt(id: number) {
    const row = oneNode.get(id) as NodeRow | undefined;
    return row && nodeOf(row);
  }

  return {
    create(session) {
      return writer.write(() => {
        const at = now();
        const { id, title, origin, notes, rootHash, sourceId, style, demo, budgetUsd, quality } = session;
        const texts = [JSON.stringify(origin), JSON.stringify(notes)];
        insertSession.run(id, title, ...texts, rootHash, sourceId, style, demo ? 1 : 0, budgetUsd, 0, at, at);
        const root = insertNode.run(id, null, null, 0, 0, 0, 'done', rootHash, quality.sharpness, quality.colour, at, at).lastInsertRowid;
        db.prepare('UPDATE edit_session SET current_node = ? WHERE id = ?').run(root, id);
        return sessionOf(one.get(id) as SessionRow);
      }, true);
    },
    session(id) {
      const row = one.get(id) as SessionRow | undefined;
      return row && sessionOf(row);
    },
    sessions: (before, limit) => (page.all(before ?? Number.MAX_SAFE_INTEGER, limit) as SessionRow[]).map(sessionOf),
    tally(id) {
      const row = sums.get(id) as Record<'pictures' | 'kept' | 'open' | 'interrupted', number | null>;
      return { pictures: row.pictures ?? 0, kept: row.kept ?? 0, open: row.open ?? 0, interrupted: row.interrupted ?? 0 };
    },
    async change(id, part) {
      const columns: [string, string | number | null][] = [];
      if (part.title !== undefined) columns.push(['title', part.title]);
      if (part.budgetUsd !== undefined) columns.push(['budget_usd', part.budgetUsd]);
      if (part.currentId !== undefined) columns.push(['current_node', part.currentId]);
      if (part.demo !== undefined) columns.push(['demo', part.demo ? 1 : 0]);
      const sql = `UPDATE edit_session SET ${[...columns.map(([name]) => `${name} = ?`), 'updated_at = ?'].join(', ')} WHERE id = ?`;
      await writer.write(() => db.prepare(sql).run(...columns.map(([, value]) => value), now(), id), true);
    },
    remove(id) {
      return writer.write(() => {
        if (anyKept.get(id) !== undefined) return false;
        for (const statement of removal) statement.run(id);
        return true;
      }, true);
    },
    addBatch(batch, seeds, depth) {
      return writer.write(() => {
        const at = now();
        const { sessionId, parentId, instruction, category, editor, judges, recipe, demo } = batch;
        const texts = [editor, judges, recipe].map((value) => JSON.stringify(value));
        const id = Number(insertBatch.run(sessionId, parentId, instruction, category, ...texts, demo ? 1 : 0, at).lastInsertRowid);
        const nodes = seeds.map((seed, variant) => {
          const node = insertNode.run(sessionId, parentId, id, variant, depth, seed, 'queued', null, null, null, at, null);
          return nodeAt(Number(node.lastInsertRowid))!;
        });
        touch.run(at, sessionId);
        return { batch: { ...batch, id, createdAt: at }, nodes };
      }, true);
    },
    batch(id) {
      const row = oneBatch.get(id) as BatchRow | undefined;
      return row && batchOf(row, StoredRecipe);
    },
    batches: (sessionId) => (allBatches.all(sessionId) as BatchRow[]).map((row) => batchOf(row, StoredRecipe)),
    node: nodeAt,
    nodes: (sessionId) => (allNodes.all(sessionId) as NodeRow[]).map(nodeOf),
    setNode(id, change) {
      const columns = Object.entries(change).flatMap(([name, value]) => COLUMNS[name as keyof EditNodeChange](value as never));
      const sql = `UPDATE edit_node SET ${[...columns.map(([name]) => `${name} = ?`), 'rev = rev + 1'].join(', ')} WHERE id = ?`;
      return writer.write(() => {
        db.prepare(sql).run(...columns.map(([, value]) => value), id);
        const node = nodeAt(id);
        if (!node) throw new AppError('noSuchItem', `There is no edit ${id}.`);
        return node;
      }, true);
    },
    interruptedSessions: () => interrupted.all() as string[],
    typicalMs: (endpoint, model) => times.get(endpoint, model) as number | null,
    tripletOf: (nodeId) => kept.get(nodeId) as number | undefined,
    keptAround: (nodeId) => ({
      parent: (parentKept.get(nodeId) as number | undefined) ?? null,
      children: childrenKept.all(nodeId) as number[],
    }),
    minedInstructions: (sourceId) => mined.all(sourceId) as { instruction: string; category: string }[],
    recentInstructions: (limit) => recent.all(limit) as string[],
    tripletPictures(id) {
      const row = pictures.get(id) as (Omit<NonNullable<ReturnType<EditStore['tripletPictures']>>, 'demo'> & { demo: number }) | undefined;
      return row && { ...row, demo: row.demo === 1 };
    },
  };
}
