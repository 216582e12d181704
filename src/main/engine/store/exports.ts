import { readSignals } from '../../../shared/model/signals.ts';
import type { TripletFilter, TripletKind } from '../../../shared/model/triplet.ts';
import type { ExportRow, TripletContent } from '../transfer/columns.ts';
import type { Loser, StoredFacts } from '../transfer/export/deps.ts';
import { type LowLevelColumns, lowLevelOf, type ScoreColumns, scoresOf } from './columns.ts';
import type { StoreContext } from './context.ts';
import { createEditExports } from './editExports.ts';
import { filterSql } from './tripletViews.ts';

interface Row extends ScoreColumns, LowLevelColumns {
  id: number;
  run_id: string | null;
  kind: TripletKind;
  source_hash: string;
  edited_hash: string;
  root_hash: string;
  width: number;
  height: number;
  instruction: string;
  /** A reviewer's better wording; it goes out instead of the original. */
  corrected: string | null;
  category: string;
  style: string;
  prompt: string;
  soft_adherence: number | null;
  soft_aesthetics: number | null;
  seed: number | null;
  attempt_id: number | null;
  difficulty: number | null;
  /** Of interactive ones. */
  node_id: number | null;
  demo: number;
  decision: ExportRow['decision'];
  /** JSON. */
  signals: string | null;
  /** JSON list. */
  paraphrases: string;
}

interface FactsRow {
  format: string;
  bytes: number;
  lossy: number;
}

interface ParentRow extends TripletContent {
  /** Of the child. */
  id: number;
}

interface HumanRow extends ScoreColumns {
  id: number;
  raters: number;
}

/** Rows that are read with one question each to the tables they stand in. */
const PAGE_ROWS = 256;

/** What an export reads. Rows of one root picture come together, roots by hash: the order depends on content alone. */
export function createExportQueries({ db }: StoreContext) {
  // All four take a JSON list of ids.
  const page = db.prepare(
    `SELECT t.id, t.run_id, t.kind, t.source_hash, t.edited_hash, t.width, t.height, t.instruction, t.corrected, t.category, t.style,
       t.adherence, t.aesthetics, t.ll_width, t.ll_height, t.ll_flagged, t.ll_largest, t.ll_components, t.attempt_id, t.difficulty, t.decision,
       COALESCE(s.image_hash, k.root_hash, t.source_hash) AS root_hash, COALESCE(c.prompt, '') AS prompt,
       COALESCE(a.soft_adherence, n.soft_adherence) AS soft_adherence, COALESCE(a.soft_aesthetics, n.soft_aesthetics) AS soft_aesthetics,
       COALESCE(a.seed, k.seed) AS seed, k.node_id, COALESCE(b.demo, 0) AS demo, COALESCE(i.paraphrases, '[]') AS paraphrases, g.signals
     FROM json_each(?) j CROSS JOIN triplet t ON t.id = j.value
       LEFT JOIN triplet_signals g ON g.triplet_id = t.id LEFT JOIN imported i ON i.triplet_id = t.id LEFT JOIN source s ON s.id = t.source_id
       LEFT JOIN scene c ON c.id = s.scene_id LEFT JOIN attempt a ON a.id = t.attempt_id LEFT JOIN interactive k ON k.triplet_id = t.id
       LEFT JOIN edit_node n ON n.id = k.node_id LEFT JOIN edit_batch b ON b.id = n.batch_id
     ORDER BY j.key`,
  );
  const parents = db.prepare(
    `SELECT p.child_id AS id, t.source_hash AS sourceHash, t.edited_hash AS editedHash, COALESCE(t.corrected, t.instruction) AS instruction
     FROM json_each(?) j CROSS JOIN triplet_parent p ON p.child_id = j.value JOIN triplet t ON t.id = p.parent_id ORDER BY p.child_id, p.idx`,
  );
  const ratings = db.prepare(
    `SELECT r.triplet_id AS id, AVG(r.adherence) AS adherence, AVG(r.aesthetics) AS aesthetics, COUNT(*) AS raters
     FROM json_each(?) j CROSS JOIN rating r ON r.triplet_id = j.value GROUP BY r.triplet_id`,
  );
  const pictures = db.prepare(
    `SELECT i.hash, i.format, i.bytes, i.lossy FROM json_each(?) j CROSS JOIN triplet t ON t.id = j.value
       CROSS JOIN image i ON i.hash IN (t.source_hash, t.edited_hash)`,
  );
  /** Pictures of the page read last and of the one before it: an export asks for them next. */
  let recent: [Map<string, StoredFacts>, Map<string, StoredFacts>] = [new Map(), new Map()];
  const edits = createEditExports(db);
  // The second condition lets it use the index, which knows no empty ones; without it every row is read.
  const origin = db.prepare(`SELECT 1 FROM triplet WHERE origin = ? AND origin <> ''`).pluck();

  function* rows(filter: TripletFilter): Generator<ExportRow> {
    const where = filterSql(filter);
    // Ids in order first, then whole pages: other reads (and the run that goes on) may use the connection between two rows.
    const ids = db
      .prepare(
        `SELECT t.id FROM triplet t LEFT JOIN source s ON s.id = t.source_id LEFT JOIN interactive k ON k.triplet_id = t.id ${where.sql.length > 0 ? `WHERE ${where.sql.join(' AND ')}` : ''}
         ORDER BY COALESCE(s.image_hash, k.root_hash, t.source_hash), t.id`,
      )
      .pluck()
      .all(...where.values) as number[];
    for (let from = 0; from < ids.length; from += PAGE_ROWS) {
      const asked = JSON.stringify(ids.slice(from, from + PAGE_ROWS));
      const rows = page.all(asked) as Row[];
      const parentsOf = Map.groupBy(parents.all(asked) as ParentRow[], ({ id }) => id);
      recent = [new Map((pictures.all(asked) as (FactsRow & { hash: string })[]).map((row) => [row.hash, factsOf(row)])), recent[0]];
      const humans = new Map((ratings.all(asked) as HumanRow[]).map((row) => [row.id, humanOf(row)]));
      for (const row of rows) yield rowOf(row, parentsOf.get(row.id) ?? [], humans.get(row.id) ?? null);
    }
  }

  function rowOf(row: Row, from: readonly ParentRow[], human: ExportRow['human']): ExportRow {
    return {
      runId: row.run_id,
      kind: row.kind,
      sourceHash: row.source_hash,
      editedHash: row.edited_hash,
      rootHash: row.root_hash,
      width: row.width,
      height: row.height,
      instruction: row.corrected ?? row.instruction,
      category: row.category,
      style: row.style,
      prompt: row.prompt,
      scores: scoresOf(row),
      softScores: scoresOf({ adherence: row.soft_adherence, aesthetics: row.soft_aesthetics }),
      lowLevel: lowLevelOf(row),
      signals: readSignals(row.signals),
      seed: row.seed,
      difficulty: row.difficulty,
      parents: from.map(({ sourceHash, editedHash, instruction }) => ({ sourceHash, editedHash, instruction })),
      decision: row.decision,
      paraphrases: JSON.parse(row.paraphrases) as string[],
      attemptId: row.attempt_id,
      ...(row.node_id !== null && { edit: { nodeId: row.node_id, demo: row.demo === 1 }, chain: edits.chain(row.id) }),
      human,
    };
  }

  const facts = db.prepare('SELECT format, bytes, lossy FROM image WHERE hash = ?');
  function picture(hash: string): StoredFacts | undefined {
    const known = recent[0].get(hash) ?? recent[1].get(hash);
    if (known) return known;
    const row = facts.get(hash) as FactsRow | undefined;
    return row && factsOf(row);
  }

  const validator = db
    .prepare(`SELECT model || ' ' || prompt_version FROM verdict WHERE attempt_id = ? AND stage = 'validator' ORDER BY id DESC LIMIT 1`)
    .pluck();
  // The tries of a group stand side by side in the job space (index = group x M + try).
  const others = db.prepare(
    `SELECT t.id, t.edited_hash AS editedHash, t.adherence, t.aesthetics, t.seed, COALESCE(t.stage, '') AS stage, t.reason
     FROM attempt a JOIN attempt t ON t.run_id = a.run_id AND t.source_id = a.source_id AND t.instruction_id = a.instruction_id
     WHERE a.id = ? AND t.id <> a.id AND t.state IN ('passed', 'rejected') AND t.edited_hash IS NOT NULL AND t.adherence IS NOT NULL
       AND t.job_index BETWEEN a.job_index - 1000 AND a.job_index + 1000`,
  );

  function contest(row: ExportRow): { validator: string; losers: Loser[] } | null {
    if (row.edit) return edits.contest(row.edit.nodeId);
    if (row.attemptId === null) return null;
    const by = validator.get(row.attemptId) as string | undefined;
    if (by === undefined) return null;
    const losers = (others.all(row.attemptId) as (ScoreColumns & Omit<Loser, 'scores' | 'validator'> & { id: number })[]).flatMap(
      (other) => {
        const { id, adherence, aesthetics, ...rest } = other;
        const scores = scoresOf({ adherence, aesthetics });
        return scores === null ? [] : [{ ...rest, scores, validator: (validator.get(id) as string | undefined) ?? '' }];
      },
    );
    return { validator: by, losers: losers.sort((a, b) => (a.editedHash < b.editedHash ? -1 : 1)) };
  }

  /** Bytes of both pictures of a row, on average over the newest thousand that pass: enough for an estimate. */
  function pictureBytesPerRow(filter: TripletFilter): number {
    const where = filterSql(filter);
    const average = db
      .prepare(
        `SELECT AVG(a.bytes + b.bytes) FROM (SELECT t.source_hash, t.edited_hash FROM triplet t ${where.sql.length > 0 ? `WHERE ${where.sql.join(' AND ')}` : ''}
           ORDER BY t.id DESC LIMIT 1000) r JOIN image a ON a.hash = r.source_hash JOIN image b ON b.hash = r.edited_hash`,
      )
      .pluck()
      .get(...where.values) as number | null;
    return average ?? 0;
  }

  return { rows, picture, contest, pictureBytesPerRow, hasOrigin: (text: string) => origin.get(text) === 1 };
}

function factsOf({ format, bytes, lossy }: FactsRow): StoredFacts {
  return { format, bytes, lossy: lossy === 1 };
}

function humanOf({ raters, ...given }: HumanRow): ExportRow['human'] {
  const scores = scoresOf(given);
  return scores && { ...scores, raters };
}
