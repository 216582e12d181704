import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { AppError } from '../../../shared/model/errors.ts';
import * as initial from './migrations/0001_initial.ts';
import * as endpoints from './migrations/0002_endpoints.ts';
import * as imports from './migrations/0003_imports.ts';
import * as edits from './migrations/0004_edits.ts';
import * as review from './migrations/0005_review.ts';
import * as signals from './migrations/0006_signals.ts';
import * as lists from './migrations/0007_lists.ts';
import * as series from './migrations/0008_series.ts';
import * as secondLooks from './migrations/0009_second_looks.ts';
import * as rejects from './migrations/0010_rejects.ts';
import * as difficulty from './migrations/0011_difficulty.ts';
import * as rejectTags from './migrations/0012_reject_tags.ts';
import * as rejectTagIndex from './migrations/0013_reject_tag_index.ts';

export interface Migration {
  name: string;
  sql: string;
}

/** In order; number n is schema version n. A released one never changes: its hash is stored and checked. */
export const MIGRATIONS: readonly Migration[] = [
  { name: '0001_initial', sql: initial.sql },
  { name: '0002_endpoints', sql: endpoints.sql },
  { name: '0003_imports', sql: imports.sql },
  { name: '0004_edits', sql: edits.sql },
  { name: '0005_review', sql: review.sql },
  { name: '0006_signals', sql: signals.sql },
  { name: '0007_lists', sql: lists.sql },
  { name: '0008_series', sql: series.sql },
  { name: '0009_second_looks', sql: secondLooks.sql },
  { name: '0010_rejects', sql: rejects.sql },
  { name: '0011_difficulty', sql: difficulty.sql },
  { name: '0012_reject_tags', sql: rejectTags.sql },
  { name: '0013_reject_tag_index', sql: rejectTagIndex.sql },
];

const hashOf = (sql: string) => createHash('sha256').update(sql).digest('hex');

/**
 * Brings a database to the newest version and gives that version. An existing one is copied to `<file>.bak-v<version>` first.
 * Throws AppError workspaceNewer for a database of a later app, workspaceCorrupt for one that is no workspace or holds a
 * migration that is not the known one.
 */
export function migrate(db: Database, file: string, migrations = MIGRATIONS): number {
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version > migrations.length)
    throw new AppError(
      'workspaceNewer',
      `This workspace was made by a newer NHR Studio: its version is ${version}, this app knows ${migrations.length}.`,
      { file, hint: 'Update the app. The workspace was not touched.' },
    );
  if (version > 0) checkApplied(db, file, migrations.slice(0, version));
  else if (db.prepare(`SELECT 1 FROM sqlite_schema LIMIT 1`).get() !== undefined)
    throw new AppError('workspaceCorrupt', `${file} is the database of something else, not a workspace.`, { file });
  if (version === migrations.length) return version;
  if (version > 0) backUp(db, `${file}.bak-v${version}`);
  db.transaction(() => {
    db.exec('CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL) STRICT');
    for (const [i, migration] of migrations.entries()) {
      if (i < version) continue;
      db.exec(migration.sql);
      db.prepare('INSERT INTO migration VALUES (?, ?, ?)').run(i + 1, migration.name, hashOf(migration.sql));
    }
    db.pragma(`user_version = ${migrations.length}`);
  }).immediate();
  return migrations.length;
}

function checkApplied(db: Database, file: string, expected: readonly Migration[]): void {
  const rows = db.prepare('SELECT name, hash FROM migration ORDER BY version').all() as { name: string; hash: string }[];
  for (const [i, migration] of expected.entries()) {
    if (rows[i]?.name === migration.name && rows[i].hash === hashOf(migration.sql)) continue;
    throw new AppError('workspaceCorrupt', `Migration ${migration.name} of this workspace is not the one this app knows.`, {
      file,
      hint: 'It was made by a development build or changed by hand; open it with the app that made it.',
    });
  }
}

/** A whole copy, on disk under its name only when it is complete. VACUUM INTO does not sync what it writes. */
function backUp(db: Database, target: string): void {
  const partial = `${target}.partial`;
  rmSync(partial, { force: true });
  db.prepare('VACUUM INTO ?').run(partial);
  const handle = openSync(partial, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(partial, target);
}
