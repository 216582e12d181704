import { hashRows } from '../domain/datasetHash.ts';
import type { StoreContext } from './context.ts';

/**
 * One hash over everything a run found, ids and times left out: triplets with their parents named by content, and attempts
 * with where they ended and their scores. Superseded triplets are history and do not count. Blobs count by their SHA-256.
 */
export function datasetHash({ db }: StoreContext, runId: string): string {
  const lines: string[] = [];
  const parentsOf = db
    .prepare(
      'SELECT t.source_hash || t.edited_hash || t.instruction FROM triplet_parent p JOIN triplet t ON t.id = p.parent_id WHERE p.child_id = ? ORDER BY p.idx',
    )
    .pluck();
  const triplets = db.prepare(
    `SELECT id, kind, state, reason, source_hash, edited_hash, instruction, category, style, adherence, aesthetics, ll_flagged, ll_largest, ll_components
     FROM triplet WHERE run_id = ? AND state <> 'superseded'`,
  );
  for (const [id, ...content] of triplets.raw().iterate(runId) as Iterable<unknown[]>)
    lines.push(JSON.stringify(['triplet', ...content, parentsOf.all(id)]));
  const attempts = db.prepare(
    `SELECT job_index, seed, state, stage, reason, edited_hash, adherence, aesthetics, soft_adherence, soft_aesthetics, ll_flagged, ll_largest, ll_components FROM attempt WHERE run_id = ?`,
  );
  for (const row of attempts.raw().iterate(runId) as Iterable<unknown[]>) lines.push(JSON.stringify(['attempt', ...row]));
  return hashRows(lines);
}
