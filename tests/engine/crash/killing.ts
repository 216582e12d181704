import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openWorkspace } from '../../../src/main/engine/store/index.ts';

/** What a victim says of itself; numbers are those it has shown to the outside, so they may not be lost. */
export type Told =
  | { ready: true }
  | { runId: string; attemptsDone: number; calls: number; usd: number; phase: string; triplets: number }
  | { ended: string; state: string; error: string | null };

export interface Kill {
  /** Phase the victim last told of when it was killed; `ended` when it was done before. */
  phase: string;
  lostAttempts: number;
  lostCalls: number;
  settledTwice: number;
  rowsWithoutBlob: number;
  leftRunning: number;
  faultyCounters: number;
  unknown: number;
  unknownListed: number;
}

const VICTIM = join(import.meta.dirname, 'victim.ts');

/** Starts a victim; `onTold` hears it. The process ends with the caller's timeout at the latest. */
function startVictim(
  dir: string,
  yaml: string,
  onTold: (told: Told) => void,
  timeoutMs: number,
): { child: ChildProcess; exited: Promise<number | null> } {
  const child = spawn(process.execPath, [VICTIM, dir, yaml], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  child.on('message', (told) => onTold(told as Told));
  const exited = new Promise<number | null>((resolve) =>
    // Not 'exit': what it said last may still be on its way then.
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve(code);
    }),
  );
  return { child, exited };
}

/** Lets a victim mine, kills it `afterMs` after it is ready, opens the workspace like a user would, and looks for damage. */
export async function killOnce(dir: string, yaml: string, afterMs: number): Promise<Kill> {
  let phase = 'scenes';
  const shown = new Map<string, { attemptsDone: number; calls: number }>();
  let onReady = () => {};
  const ready = new Promise<void>((resolve) => {
    onReady = resolve;
  });
  const { child, exited } = startVictim(
    dir,
    yaml,
    (told) => {
      if ('ready' in told) onReady();
      else if ('ended' in told) phase = 'ended';
      else {
        phase = told.phase;
        shown.set(told.runId, { attemptsDone: told.attemptsDone, calls: told.calls });
      }
    },
    60_000,
  );
  await Promise.race([ready, exited]);
  await Promise.race([new Promise((resolve) => setTimeout(resolve, afterMs)), exited]);
  child.kill('SIGKILL');
  await exited;
  return { phase, ...(await inspect(dir, shown)) };
}

/** Opens a workspace that nobody has open and looks for damage; `shown` is what was told of it to the outside. */
export async function inspect(dir: string, shown: Map<string, { attemptsDone: number; calls: number }>): Promise<Omit<Kill, 'phase'>> {
  const workspace = openWorkspace(dir, { create: false, now: Date.now, owner: 'crash test' });
  const db = new Database(join(dir, 'nhr.db'), { readonly: true });
  const number = (sql: string, ...values: unknown[]) =>
    db
      .prepare(sql)
      .pluck()
      .get(...values) as number;
  try {
    let lostAttempts = 0;
    let lostCalls = 0;
    for (const [runId, { attemptsDone, calls }] of shown) {
      const done = number(
        `SELECT COUNT(*) FROM attempt WHERE run_id = ? AND state IN ('passed','rejected','failed','cancelled','unknown')`,
        runId,
      );
      lostAttempts += Math.max(0, attemptsDone - done);
      lostCalls += Math.max(0, calls - number('SELECT COUNT(*) FROM call WHERE run_id = ?', runId));
    }
    return {
      lostAttempts,
      lostCalls,
      settledTwice: number(`SELECT COUNT(*) FROM (SELECT 1 FROM call WHERE state = 'settled' GROUP BY request_hash HAVING COUNT(*) > 1)`),
      rowsWithoutBlob: missingBlobs(db, (hash) => workspace.blobs.fileOf(hash)),
      leftRunning: number(
        `SELECT (SELECT COUNT(*) FROM attempt WHERE state = 'running') + (SELECT COUNT(*) FROM run WHERE state = 'running') + (SELECT COUNT(*) FROM call WHERE state = 'sent')`,
      ),
      faultyCounters: (await workspace.faultyCounters()).length,
      unknown: number(`SELECT COUNT(*) FROM call WHERE state = 'unknown'`),
      unknownListed: workspace.screens.unknownCalls().length,
    };
  } finally {
    db.close();
    await workspace.close();
  }
}

const PICTURES = `SELECT image_hash FROM source WHERE image_hash IS NOT NULL UNION SELECT edited_hash FROM attempt WHERE edited_hash IS NOT NULL
  UNION SELECT source_hash FROM triplet UNION SELECT edited_hash FROM triplet UNION SELECT hash FROM image`;
const whole = new Set<string>();

/** Rows that name a picture which is not there, or whose bytes are not its name's. A picture found whole is not read again. */
function missingBlobs(db: Database.Database, fileOf: (hash: string) => string): number {
  let missing = 0;
  for (const hash of db.prepare(PICTURES).pluck().all() as string[]) {
    try {
      const file = fileOf(hash);
      if (whole.has(hash) ? existsSync(file) : createHash('sha256').update(readFileSync(file)).digest('hex') === hash) whole.add(hash);
      else missing += 1;
    } catch {
      missing += 1;
    }
  }
  return missing;
}

/** Runs a victim to the end of its run; gives the run's id. Throws when it does not end well. */
export async function mineToEnd(dir: string, yaml: string, timeoutMs = 300_000): Promise<string> {
  let ended: { id: string; state: string; error: string | null } | undefined;
  const { exited } = startVictim(
    dir,
    yaml,
    (told) => {
      if ('ended' in told) ended = { id: told.ended, state: told.state, error: told.error };
    },
    timeoutMs,
  );
  const code = await exited;
  if (code !== 0 || ended?.state !== 'ended' || ended.error)
    throw new Error(`the run did not end well: exit ${code}, ${JSON.stringify(ended)}`);
  return ended.id;
}

/** The dataset hash of a run in a workspace nobody has open. */
export async function hashOf(dir: string, runId: string): Promise<string> {
  const workspace = openWorkspace(dir, { create: false, now: Date.now, owner: 'crash test' });
  try {
    return await workspace.datasetHash(runId);
  } finally {
    await workspace.close();
  }
}
