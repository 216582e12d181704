import { AppError } from '../../../shared/model/errors.ts';
import type { Role, Usage } from '../../../shared/model/provider.ts';
import type { CallStore, Charged, LedgerRow } from '../ports.ts';
import type { StoreContext } from './context.ts';

interface CallRow {
  id: number;
  run_id: string;
  request_hash: Uint8Array;
  role: Role;
  endpoint: string;
  model: string;
  state: LedgerRow['state'];
  result: string | null;
  model_answered: string;
  usd: number;
  usd_reserved: number;
  remote_id: string;
}

const COLUMNS = 'id, run_id, request_hash, role, endpoint, model, state, result, model_answered, usd, usd_reserved, remote_id';

function ledgerRow(row: CallRow): LedgerRow {
  return { id: row.id, state: row.state, result: row.result, modelAnswered: row.model_answered, usd: row.usd, remoteId: row.remote_id };
}

/** What the series counts a call by. */
function facts({ run_id, endpoint, role, model }: Pick<CallRow, 'run_id' | 'endpoint' | 'role' | 'model'>) {
  return { runId: run_id, endpoint, role, model };
}

/** The token columns, in their order. */
function tokensOf(usage: Usage): [number, number, number, number, number] {
  return [usage.inputTokens, usage.imageInputTokens, usage.cachedInputTokens, usage.outputTokens, usage.imageOutputTokens];
}

/** The ledger's rows: one for every question put to a model. */
export function createCallStore({ db, writer, counters, series, now }: StoreContext): CallStore {
  const settled = db.prepare(`SELECT ${COLUMNS} FROM call WHERE request_hash = ? AND state = 'settled'`);
  // Without the hint the planner walks the whole table backwards to please the ORDER BY: milliseconds at every call.
  const unknown = db.prepare(
    `SELECT ${COLUMNS} FROM call INDEXED BY call_unknown WHERE state = 'unknown' AND request_hash = ? ORDER BY id DESC LIMIT 1`,
  );
  const one = db.prepare(`SELECT ${COLUMNS} FROM call WHERE id = ?`);
  const open = db.prepare(
    `INSERT INTO call (run_id, request_hash, role, endpoint, model, state, usd_reserved, sent_at) VALUES (?, ?, ?, ?, ?, 'sent', ?, ?)`,
  );
  const answer = `model_answered = ?, result = ?, usd = ?, input_tokens = ?, image_input_tokens = ?, cached_input_tokens = ?, output_tokens = ?,
    image_output_tokens = ?, images = ?, gpu_seconds = ?, seed_honoured = ?, ms = ms + ?, remote_id = ?, ended_at = ?`;
  // The usual case in one statement: OR IGNORE, because the unique index refuses a second settled row of one request.
  const settleSent = db.prepare(`UPDATE OR IGNORE call SET state = 'settled', ${answer} WHERE id = ? AND state = 'sent'`);
  const settleRow = db.prepare(`UPDATE call SET state = ?, error = ?, ${answer} WHERE id = ?`);
  /** Most workspaces never lose a call; until one is lost nobody looks for them. */
  let someUnknown = db.prepare(`SELECT 1 FROM call WHERE state = 'unknown' LIMIT 1`).get() !== undefined;
  /** Calls under way in this process: what their sums need, without reading the row again. */
  const sent = new Map<number, Pick<CallRow, 'run_id' | 'usd_reserved' | 'role' | 'endpoint' | 'model'>>();
  const remote = db.prepare('UPDATE call SET remote_id = ? WHERE id = ?');
  const charged = db.prepare(
    `UPDATE call SET usd = ?, input_tokens = ?, image_input_tokens = ?, cached_input_tokens = ?, output_tokens = ?, image_output_tokens = ?,
      images = ?, gpu_seconds = ? WHERE id = ?`,
  );
  const unknownOfRun = db.prepare(
    `SELECT role, COUNT(*) AS calls FROM call INDEXED BY call_unknown WHERE state = 'unknown' AND run_id = ? GROUP BY role`,
  );
  const end = db.prepare('UPDATE call SET state = ?, error = ?, ms = ms + ?, ended_at = ? WHERE id = ?');

  /** The row, if it is in one of the states a change may come from; AppError conflict when it is not: final states stay. */
  function rowIn(id: number, allowed: LedgerRow['state'][]): CallRow {
    const row = one.get(id) as CallRow | undefined;
    if (!row) throw new AppError('noSuchItem', `There is no call ${id}.`);
    if (!allowed.includes(row.state)) throw new AppError('conflict', `Call ${id} is ${row.state} already.`);
    return row;
  }

  /** Moves a row between the sums of its states; `unknown` counts in the workspace too. */
  function move(row: Pick<CallRow, 'run_id' | 'state' | 'usd_reserved'>, to: LedgerRow['state']): void {
    const held = { sent: 'usd.reserved', unknown: 'usd.unknown' } as Partial<Record<LedgerRow['state'], string>>;
    for (const [state, by] of [
      [row.state, -1],
      [to, 1],
    ] as const) {
      counters.bump(row.run_id, `call.${state}`, by);
      if (state === 'unknown') {
        someUnknown = true;
        counters.bump('', 'call.unknown', by);
      }
      const sum = held[state];
      if (sum) counters.bump(row.run_id, sum, by * row.usd_reserved);
    }
  }

  /** What a call that failed had used all the same: a refusal or a cut answer is charged. */
  function charge(id: number, runId: string, { usd, usage }: Charged): void {
    charged.run(usd, ...tokensOf(usage), usage.images, usage.gpuSeconds, id);
    counters.bump(runId, 'usd.settled', usd);
    counters.bump(runId, 'gpuSeconds', usage.gpuSeconds);
  }

  function finish(
    id: number,
    from: LedgerRow['state'][],
    to: 'failed' | 'unknown',
    error: string,
    ms: number,
    cost: Charged | null = null,
  ): void {
    const row = rowIn(id, from);
    sent.delete(id);
    end.run(to, error, Math.round(ms), now(), id);
    move(row, to);
    counters.bump(row.run_id, 'apiMs', Math.round(ms));
    // One given up earlier is in the series already.
    if (from.includes('sent')) series.call({ ...facts(row), error, ms, usd: cost?.usd ?? 0, gpuSeconds: cost?.usage.gpuSeconds ?? 0 });
    if (cost) charge(id, row.run_id, cost);
  }

  /** An answer to a call that was given up, or a second answer to one request: it was paid for, so it is there to be seen. */
  function settleElse(id: number, values: readonly (string | number)[]): void {
    const row = rowIn(id, ['sent', 'unknown']);
    const duplicate = settled.get(row.request_hash) !== undefined;
    const state = duplicate ? 'failed' : 'settled';
    settleRow.run(state, duplicate ? 'duplicate' : '', ...values, now(), id);
    move(row, state);
    if (duplicate) counters.bump(row.run_id, 'call.duplicate', 1);
  }

  return {
    open(call) {
      return writer.write(() => {
        const known = (settled.get(call.requestHash) ?? (someUnknown ? unknown.get(call.requestHash) : undefined)) as CallRow | undefined;
        if (known?.state === 'settled' || (known && call.onUnknown === 'hold')) return { known: ledgerRow(known) };
        if (known && call.onUnknown === 'release') finish(known.id, ['unknown'], 'failed', 'asked again at no cost', 0);
        counters.bump(call.runId, 'call.sent', 1);
        counters.bump(call.runId, 'usd.reserved', call.usdReserved);
        const { runId, requestHash, role, endpoint, model, usdReserved } = call;
        const id = Number(open.run(runId, requestHash, role, endpoint, model, usdReserved, now()).lastInsertRowid);
        sent.set(id, { run_id: runId, usd_reserved: usdReserved, role, endpoint, model });
        return { id };
      }, true);
    },
    async settle(id, done) {
      const { images, gpuSeconds } = done.usage;
      const ms = Math.round(done.ms);
      const values = [
        done.modelAnswered,
        done.result,
        done.usd,
        ...tokensOf(done.usage),
        images,
        gpuSeconds,
        done.seedHonoured,
        ms,
        done.remoteId,
      ] as const;
      await writer.write(() => {
        const row = sent.get(id) ?? rowIn(id, ['sent', 'unknown']);
        if (settleSent.run(...values, now(), id).changes === 1) move({ ...row, state: 'sent' }, 'settled');
        else settleElse(id, values);
        sent.delete(id);
        counters.bump(row.run_id, 'usd.settled', done.usd);
        counters.bump(row.run_id, 'gpuSeconds', gpuSeconds);
        counters.bump(row.run_id, 'apiMs', ms);
        series.call({ ...facts(row), error: '', ms, usd: done.usd, gpuSeconds });
      }, true);
    },
    fail: (id, error, ms, cost) =>
      writer.write(() => finish(id, ['sent', 'unknown'], 'failed', error, ms, cost ?? null), cost !== undefined),
    unknownByRole: (runId) => unknownOfRun.all(runId) as { role: Role; calls: number }[],
    lose: (id, ms) => writer.write(() => finish(id, ['sent'], 'unknown', 'no answer', ms), true),
    setRemoteId(id, remoteId) {
      return writer.write(() => {
        rowIn(id, ['sent']);
        remote.run(remoteId, id);
      }, true);
    },
  };
}
