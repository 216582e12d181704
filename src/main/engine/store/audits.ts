import { z } from 'zod';
import type { AuditItem, AuditView } from '../../../shared/model/audit.ts';
import { AppError } from '../../../shared/model/errors.ts';
import { ReviewTags } from '../../../shared/model/review.ts';
import { TripletFilter } from '../../../shared/model/triplet.ts';
import type { StoreContext } from './context.ts';

export type AuditStore = ReturnType<typeof createAuditStore>;

interface AuditRow {
  id: number;
  name: string;
  seed: number;
  filter: string;
  population: number;
  size: number;
  answered: number;
  created_at: number;
  ended_at: number | null;
}

interface ItemRow {
  idx: number;
  triplet_id: number;
  source_hash: string;
  edited_hash: string;
  width: number;
  height: number;
  instruction: string;
  tags: string | null;
  note: string;
}

export interface RecordedItem extends AuditItem {
  tripletId: number;
}

/** Audits and their answers, each stored as it is given. `newestFirst` reads all ids of a filter where it holds nobody up. */
export function createAuditStore({ db, writer, now }: StoreContext, newestFirst: (filter: TripletFilter) => Promise<Uint32Array>) {
  const columns = `a.*, (SELECT COUNT(*) FROM audit_item i WHERE i.audit_id = a.id AND i.tags IS NOT NULL) AS answered`;
  const all = db.prepare(`SELECT ${columns} FROM audit a ORDER BY a.id DESC`);
  const one = db.prepare(`SELECT ${columns} FROM audit a WHERE a.id = ?`);
  const items = db.prepare(
    `SELECT i.*, p.width, p.height FROM audit_item i JOIN image p ON p.hash = i.source_hash WHERE i.audit_id = ? ORDER BY i.idx`,
  );
  const insert = db.prepare('INSERT INTO audit (name, seed, filter, population, size, created_at) VALUES (?, ?, ?, ?, ?, ?)');
  const insertItem = db.prepare(
    `INSERT INTO audit_item (audit_id, idx, triplet_id, source_hash, edited_hash, instruction)
     SELECT ?, ?, id, source_hash, edited_hash, COALESCE(corrected, instruction) FROM triplet WHERE id = ?`,
  );
  const setAnswer = db.prepare('UPDATE audit_item SET tags = ?, note = ?, answered_at = ? WHERE audit_id = ? AND idx = ?');
  const end = db.prepare(
    `UPDATE audit SET ended_at = ? WHERE id = ? AND ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM audit_item WHERE audit_id = audit.id AND tags IS NULL)`,
  );

  function view(id: number): AuditView {
    const row = one.get(id) as AuditRow | undefined;
    if (!row) throw new AppError('noSuchItem', `There is no audit ${id}.`);
    return viewOf(row);
  }

  return {
    view,
    list: (): AuditView[] => (all.all() as AuditRow[]).map(viewOf),
    /** Ids that a filter lets through, lowest first: what a sample is drawn from. */
    async population(filter: TripletFilter): Promise<readonly number[]> {
      return Array.from(await newestFirst(filter)).reverse();
    },
    /** Stores an audit of these triplets, in this order. */
    add: (audit: Pick<AuditView, 'name' | 'seed' | 'filter' | 'population'>, ids: readonly number[]): Promise<AuditView> =>
      writer.write(() => {
        const id = Number(
          insert.run(audit.name, audit.seed, JSON.stringify(audit.filter), audit.population, ids.length, now()).lastInsertRowid,
        );
        for (const [idx, triplet] of ids.entries()) insertItem.run(id, idx, triplet);
        return view(id);
      }, true),
    items: (id: number): RecordedItem[] => (items.all(id) as ItemRow[]).map(itemOf),
    /** Stores one answer; the last open one ends the audit. AppError noSuchItem. */
    answer: (id: number, index: number, tags: readonly string[], note: string): Promise<AuditView> =>
      writer.write(() => {
        if (setAnswer.run(JSON.stringify(tags), note, now(), id, index).changes !== 1)
          throw new AppError('noSuchItem', `Audit ${id} has no item ${index + 1}.`);
        end.run(now(), id);
        return view(id);
      }, true),
  };
}

function viewOf(row: AuditRow): AuditView {
  return {
    id: row.id,
    name: row.name,
    seed: row.seed,
    filter: stored(`filter of audit ${row.id}`, TripletFilter, row.filter),
    population: row.population,
    size: row.size,
    answered: row.answered,
    createdAt: row.created_at,
    endedAt: row.ended_at,
  };
}

function itemOf(row: ItemRow): RecordedItem {
  return {
    index: row.idx,
    tripletId: row.triplet_id,
    sourceHash: row.source_hash,
    editedHash: row.edited_hash,
    width: row.width,
    height: row.height,
    instruction: row.instruction,
    tags: row.tags === null ? null : stored(`tags of item ${row.idx + 1}`, ReviewTags, row.tags),
    note: row.note,
  };
}

/** Stored JSON is parsed like anything from outside. */
function stored<T>(what: string, shape: z.ZodType<T>, text: string): T {
  const read = shape.safeParse(JSON.parse(text));
  if (!read.success) throw new AppError('workspaceCorrupt', `The ${what} cannot be read: ${z.prettifyError(read.error)}`);
  return read.data;
}
