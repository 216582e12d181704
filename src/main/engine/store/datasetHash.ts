import { hash } from 'node:crypto';
import { hashRows } from '../domain/datasetHash.ts';
import type { StoreContext } from './context.ts';

/** Rows read before others get a turn of the event loop. */
const ROWS_A_TURN = 1_000;
const DIGEST_BYTES = 32;

/**
 * One hash over everything a run found, ids and times left out: triplets with their parents named by content, and attempts
 * with where they ended and their scores. Superseded triplets are history and do not count. Blobs count by their SHA-256.
 */
export async function datasetHash(store: StoreContext, runId: string): Promise<string> {
  const lines = await tripletLines(store, runId);
  lines.push(JSON.stringify(['attempts', await attemptsHash(store, runId)]));
  return hashRows(lines);
}

async function tripletLines({ db }: StoreContext, runId: string): Promise<string[]> {
  const lines: string[] = [];
  const parentsOf = db
    .prepare(
      'SELECT t.kind, t.source_hash, t.edited_hash, t.instruction FROM triplet_parent p JOIN triplet t ON t.id = p.parent_id WHERE p.child_id = ? ORDER BY p.idx',
    )
    .raw();
  // The + keeps the planner on the order of ids: with an index of the run it would sort everything again for each slice.
  const triplets = db
    .prepare(
      `SELECT id, kind, state, reason, source_hash, edited_hash, width, height, instruction, category, style, adherence, aesthetics, ll_width, ll_height, ll_flagged, ll_largest, ll_components
       FROM triplet WHERE +run_id = ? AND state <> 'superseded' AND id > ? ORDER BY id LIMIT ?`,
    )
    .raw();
  for await (const rows of slices((after) => triplets.all(runId, after, ROWS_A_TURN)))
    for (const [id, ...content] of rows) lines.push(JSON.stringify(['triplet', ...content, parentsOf.all(id)]));
  return lines;
}

/**
 * SHA-256 over the digests of the attempts in the order of the job space, zeros where there is none. They are read in the order
 * they lie in, which is many times faster, and each digest goes to its place.
 */
async function attemptsHash({ db }: StoreContext, runId: string): Promise<string> {
  const last = db.prepare('SELECT MAX(job_index) FROM attempt WHERE run_id = ?').pluck().get(runId) as number | null;
  const digests = Buffer.alloc(((last ?? -1) + 1) * DIGEST_BYTES);
  const attempts = db
    .prepare(
      `SELECT id, job_index, seed, state, stage, reason, edited_hash, adherence, aesthetics, soft_adherence, soft_aesthetics, ll_width, ll_height, ll_flagged, ll_largest, ll_components
       FROM attempt WHERE +run_id = ? AND id > ? ORDER BY id LIMIT ?`,
    )
    .raw();
  for await (const rows of slices((after) => attempts.all(runId, after, ROWS_A_TURN)))
    for (const [, ...content] of rows)
      hash('sha256', JSON.stringify(content), 'buffer').copy(digests, (content[0] as number) * DIGEST_BYTES);
  return hash('sha256', digests);
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
