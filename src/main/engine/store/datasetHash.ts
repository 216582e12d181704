import { hashRows } from '../domain/datasetHash.ts';
import type { StoreContext } from './context.ts';

/** Rows read before others get a turn of the event loop; attempts are hashed in blocks of so many. */
const ROWS_A_TURN = 5_000;

/**
 * One hash over everything a run found, ids and times left out: triplets with their parents named by content, and attempts
 * with where they ended and their scores. Superseded triplets are history and do not count. Blobs count by their SHA-256.
 * Attempts go in as hashes of blocks of 5,000, in the order of the job space, so that millions need no memory.
 */
export async function datasetHash({ db }: StoreContext, runId: string): Promise<string> {
  const lines: string[] = [];
  const parentsOf = db
    .prepare(
      'SELECT t.kind, t.source_hash, t.edited_hash, t.instruction FROM triplet_parent p JOIN triplet t ON t.id = p.parent_id WHERE p.child_id = ? ORDER BY p.idx',
    )
    .raw();
  const triplets = db
    .prepare(
      `SELECT id, kind, state, reason, source_hash, edited_hash, width, height, instruction, category, style, adherence, aesthetics, ll_width, ll_height, ll_flagged, ll_largest, ll_components
       FROM triplet WHERE run_id = ? AND state <> 'superseded' AND id > ? ORDER BY id LIMIT ?`,
    )
    .raw();
  for await (const rows of slices((after) => triplets.all(runId, after, ROWS_A_TURN)))
    for (const [id, ...content] of rows) lines.push(JSON.stringify(['triplet', ...content, parentsOf.all(id)]));

  const attempts = db
    .prepare(
      `SELECT job_index, seed, state, stage, reason, edited_hash, adherence, aesthetics, soft_adherence, soft_aesthetics, ll_width, ll_height, ll_flagged, ll_largest, ll_components
       FROM attempt WHERE run_id = ? AND job_index > ? ORDER BY job_index LIMIT ?`,
    )
    .raw();
  let blocks = 0;
  for await (const rows of slices((after) => attempts.all(runId, after, ROWS_A_TURN)))
    lines.push(JSON.stringify(['attempts', blocks++, hashRows(rows.map((row) => JSON.stringify(row)))]));
  return hashRows(lines);
}

type Row = [key: number, ...unknown[]];

/** Slices of rows, each going on behind the key of the one before, with a turn of the event loop between them. */
async function* slices(read: (after: number) => unknown[]): AsyncGenerator<Row[]> {
  let after = -1;
  for (;;) {
    const rows = read(after) as Row[];
    const last = rows.at(-1);
    if (!last) return;
    yield rows;
    after = last[0];
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
