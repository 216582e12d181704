import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { MIGRATIONS, migrate } from '../../src/main/engine/store/migrate.ts';
import { aFolder, open } from './world.ts';

// Catches: plots of runs of an earlier version that are empty, or count a call twice or not at all.
it('a workspace of an earlier version has its calls and attempts in buckets of a minute', async () => {
  const dir = aFolder();
  const file = join(dir, 'nhr.db');
  const before = MIGRATIONS.findIndex(({ name }) => name === '0008_series');
  const db = new Database(file);
  migrate(db, file, MIGRATIONS.slice(0, before));
  const insert = db.prepare(
    `INSERT INTO call (run_id, request_hash, role, endpoint, model, state, error, usd_reserved, usd, ms, sent_at, ended_at) VALUES ('r1', ?, 'validator', 'e', 'm', ?, ?, 1, ?, ?, 1, ?)`,
  );
  for (let i = 0; i < 20; i++) insert.run(Buffer.alloc(16, i), 'settled', '', 0.5, 1000, 60_000 + i);
  insert.run(Buffer.alloc(16, 30), 'failed', 'timeout', 0, 9000, 130_000);
  insert.run(Buffer.alloc(16, 31), 'sent', '', 0, 0, null);
  migrate(db, file, MIGRATIONS.slice(0, before + 1));
  db.close();

  const series = open(dir).screens.series('r1');
  expect(series.endpoints).toMatchObject([
    { endpoint: 'e', roles: ['validator'], calls: 21, failed: 1, usd: 10, errors: [{ code: 'timeout', count: 1 }] },
  ]);
  const [endpoint] = series.endpoints;
  expect(endpoint?.points.map(({ calls }) => calls)).toEqual([20, 1]);
  expect(endpoint?.p50).toBeGreaterThan(830);
  expect(endpoint?.p50).toBeLessThan(1200);
});
