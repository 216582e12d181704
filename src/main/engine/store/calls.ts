import type { CallStore, LedgerRow } from '../ports.ts';
import type { StoreContext } from './context.ts';

interface CallRow {
  id: number;
  run_id: string;
  state: LedgerRow['state'];
  result: string | null;
  model_answered: string;
  usd: number;
  usd_reserved: number;
}

const COLUMNS = 'id, run_id, state, result, model_answered, usd, usd_reserved';

/** The ledger's rows: one for every question put to a model. */
export function createCallStore({ db, writer, counters, now }: StoreContext): CallStore {
  const settled = db.prepare(`SELECT ${COLUMNS} FROM call WHERE request_hash = ? AND state = 'settled'`);
  const lost = db.prepare(`SELECT ${COLUMNS} FROM call WHERE state = 'unknown' AND request_hash = ? ORDER BY id DESC LIMIT 1`);
  const one = db.prepare(`SELECT ${COLUMNS} FROM call WHERE id = ?`);
  const open = db.prepare(
    `INSERT INTO call (run_id, request_hash, role, endpoint, model, state, usd_reserved, sent_at) VALUES (?, ?, ?, ?, ?, 'sent', ?, ?)`,
  );
  const settle = db.prepare(
    `UPDATE OR IGNORE call SET state = 'settled', model_answered = ?, result = ?, usd = ?, input_tokens = ?, output_tokens = ?, images = ?, gpu_seconds = ?, ms = ?, remote_id = ?, ended_at = ? WHERE id = ? AND state = 'sent'`,
  );
  const end = db.prepare('UPDATE call SET state = ?, error = ?, ms = ?, ended_at = ? WHERE id = ? AND state = ?');

  function finish(id: number, from: 'sent' | 'unknown', to: 'failed' | 'unknown', error: string, ms: number): void {
    const row = one.get(id) as CallRow | undefined;
    if (!row || end.run(to, error, ms, now(), id, from).changes !== 1) return;
    counters.bump(row.run_id, `call.${from}`, -1);
    counters.bump(row.run_id, from === 'sent' ? 'usd.reserved' : 'usd.unknown', -row.usd_reserved);
    counters.bump(row.run_id, `call.${to}`, 1);
    if (to === 'unknown') counters.bump(row.run_id, 'usd.unknown', row.usd_reserved);
    if (from === 'sent') counters.bump(row.run_id, 'apiMs', ms);
  }

  return {
    find(hash) {
      const row = (settled.get(hash) ?? lost.get(hash)) as CallRow | undefined;
      return row && { id: row.id, state: row.state, result: row.result, modelAnswered: row.model_answered, usd: row.usd };
    },
    open(call) {
      return writer.write(() => {
        counters.bump(call.runId, 'call.sent', 1);
        counters.bump(call.runId, 'usd.reserved', call.usdReserved);
        return Number(
          open.run(call.runId, call.requestHash, call.role, call.endpoint, call.model, call.usdReserved, now()).lastInsertRowid,
        );
      }, true);
    },
    async settle(id, done) {
      await writer.write(() => {
        const row = one.get(id) as CallRow;
        const { inputTokens, outputTokens, images, gpuSeconds } = done.usage;
        const changed = settle.run(
          done.modelAnswered,
          done.result,
          done.usd,
          inputTokens,
          outputTokens,
          images,
          gpuSeconds,
          done.ms,
          done.remoteId,
          now(),
          id,
        ).changes;
        // The unique index refuses a second settled row of one request; that one is a fault to be seen, not an answer.
        if (changed !== 1) return finish(id, 'sent', 'failed', 'duplicate', done.ms);
        counters.bump(row.run_id, 'call.sent', -1);
        counters.bump(row.run_id, 'call.settled', 1);
        counters.bump(row.run_id, 'usd.reserved', -row.usd_reserved);
        counters.bump(row.run_id, 'usd.settled', done.usd);
        counters.bump(row.run_id, 'gpuSeconds', gpuSeconds);
        counters.bump(row.run_id, 'apiMs', done.ms);
      }, true);
    },
    fail: (id, error, ms) => writer.write(() => finish(id, 'sent', 'failed', error, ms)),
    lose: (id, ms) => writer.write(() => finish(id, 'sent', 'unknown', 'no answer', ms), true),
    release: (id) => writer.write(() => finish(id, 'unknown', 'failed', 'released', 0), true),
  };
}
