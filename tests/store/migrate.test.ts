import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { MIGRATIONS, type Migration, migrate } from '../../src/main/engine/store/migrate.ts';
import { openStore } from '../../src/main/engine/store/open.ts';
import { aCall, aFolder, anOutcome, aTriplet, open, stage } from './world.ts';

const addNote: Migration = {
  name: '0002_note',
  sql: `ALTER TABLE run ADD COLUMN note TEXT NOT NULL DEFAULT 'none'; UPDATE run SET note = name;`,
};
const options = { create: false, now: () => 1, owner: 'test' };

const NEWEST = MIGRATIONS.length;

/** Every row of every table, as text. */
function everything(file: string): Record<string, string[]> {
  const db = new Database(file, { readonly: true });
  const tables = db
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'migration' ORDER BY name`)
    .pluck()
    .all() as string[];
  const rows = tables.map(
    (name) =>
      [
        name,
        db
          .prepare(`SELECT * FROM "${name}"`)
          .raw()
          .all()
          .map((row) => JSON.stringify(row)),
      ] as const,
  );
  db.close();
  return Object.fromEntries(rows);
}

async function aWorkspaceWithRows(): Promise<string> {
  const dir = aFolder();
  const workspace = open(dir);
  const { jobs } = await stage(workspace);
  const [id] = await workspace.work.claim('r1', { all: 1 }, [jobs[0]!]);
  await workspace.work.finish('r1', id!, 'Addition', anOutcome());
  await workspace.triplets.add(aTriplet({ attemptId: id! }));
  await workspace.close();
  return dir;
}

it('carries every row over, and leaves a whole copy of the old database beside it', async () => {
  const dir = await aWorkspaceWithRows();
  const before = everything(join(dir, 'nhr.db'));
  const opened = openStore(dir, options, [...MIGRATIONS, addNote]);
  expect(opened.version).toBe(NEWEST + 1);
  await opened.close();

  const after = everything(join(dir, 'nhr.db'));
  for (const table of Object.keys(before).filter((name) => name !== 'run')) expect(after[table]).toEqual(before[table]);
  expect(JSON.parse(after.run![0]!).at(-1)).toBe('r1');

  const backups = readdirSync(dir).filter((name) => name.includes('.bak'));
  expect(backups).toEqual([`nhr.db.bak-v${NEWEST}`]);
  const copy = everything(join(dir, `nhr.db.bak-v${NEWEST}`));
  // The copy was made before recovery: that alone may differ.
  expect({ ...copy, run: [] }).toEqual({ ...before, run: [] });
});

it('stores the name and hash of each migration, and refuses a workspace whose old migration is another', async () => {
  const dir = await aWorkspaceWithRows();
  const changed = [{ name: MIGRATIONS[0]!.name, sql: `${MIGRATIONS[0]!.sql}-- one more word` }, ...MIGRATIONS.slice(1)];
  expect(() => openStore(dir, options, changed)).toThrow(
    expect.objectContaining({ code: 'workspaceCorrupt', message: expect.stringContaining('0001_initial') }),
  );
  // And it is not left locked or changed by the refusal.
  await openStore(dir, options).close();
});

it('brings a workspace of the first version to the newest, rows and all', async () => {
  const dir = aFolder();
  const db = new Database(join(dir, 'nhr.db'));
  migrate(db, join(dir, 'nhr.db'), MIGRATIONS.slice(0, 1));
  const columns = 'run_id, request_hash, role, endpoint, model, state, usd_reserved, usd, sent_at';
  db.prepare(`INSERT INTO call (${columns}) VALUES ('r', x'00', 'validator', 'e', 'm', 'settled', 1, 0.5, 1)`).run();
  db.close();
  const workspace = open(dir);
  expect(await workspace.calls.open(aCall({ requestHash: Buffer.alloc(1) }))).toMatchObject({ known: { state: 'settled', usd: 0.5 } });
  await workspace.close();
});

// Catches: tags said before there was an index of them, which a filter by tag would then never find.
it('brings the tags of rejected candidates into their index', () => {
  const file = join(aFolder(), 'nhr.db');
  const db = new Database(file);
  migrate(db, file, MIGRATIONS.slice(0, 12));
  db.pragma('foreign_keys = OFF');
  const put = db.prepare(`INSERT INTO attempt_review (attempt_id, decision, note, tags) VALUES (?, 'right', '', ?)`);
  for (const [id, tags] of [['a', 'b'], [], ['b', 'b']].entries()) put.run(id + 1, JSON.stringify(tags));
  migrate(db, file);
  expect(db.prepare('SELECT tag, attempt_id FROM attempt_tag ORDER BY 1, 2').raw().all()).toEqual([
    ['a', 1],
    ['b', 1],
    ['b', 3],
  ]);
  db.close();
});

it('leaves the old version untouched when a migration fails half way', async () => {
  const dir = await aWorkspaceWithRows();
  const before = everything(join(dir, 'nhr.db'));
  const broken = { name: '0002_broken', sql: 'DELETE FROM verdict; INSERT INTO nowhere VALUES (1);' };
  expect(() => openStore(dir, options, [...MIGRATIONS, broken])).toThrow('nowhere');
  expect(everything(join(dir, 'nhr.db'))).toEqual(before);
  // The next try finds a copy of the first one and still goes through.
  const opened = openStore(dir, options, [...MIGRATIONS, addNote]);
  expect(opened.version).toBe(NEWEST + 1);
  await opened.close();
});

it('makes no copy of a new database, and opens a present one without touching its schema', async () => {
  const dir = aFolder();
  await open(dir).close();
  await open(dir).close();
  expect(readdirSync(dir).filter((name) => name.includes('.bak'))).toEqual([]);
});
