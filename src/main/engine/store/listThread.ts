import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

/** What the thread is asked, and what it answers. */
export interface ListRequest {
  id: number;
  sql: string;
  values: (string | number)[];
}
export type ListReply = { id: number; ids: Uint32Array<ArrayBuffer> } | { id: number; error: string };

/** Reads ids by the million where it holds nobody up: a second connection, which may only read. */
function serve(port: NonNullable<typeof parentPort>, file: string): void {
  const db = new Database(file, { readonly: true });
  db.pragma('cache_size = -65536');
  port.on('message', ({ id, sql, values }: ListRequest) => {
    try {
      const ids = Uint32Array.from(
        db
          .prepare(sql)
          .pluck()
          .all(...values) as number[],
      );
      port.postMessage({ id, ids } satisfies ListReply, [ids.buffer]);
    } catch (error) {
      port.postMessage({ id, error: error instanceof Error ? error.message : String(error) } satisfies ListReply);
    }
  });
}

if (parentPort) serve(parentPort, workerData as string);
