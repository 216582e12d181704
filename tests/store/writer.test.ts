import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { createCounters } from '../../src/main/engine/store/counters.ts';
import { createWriter } from '../../src/main/engine/store/writer.ts';
import { aFolder } from './world.ts';

/** A writer on a small database, with every COMMIT counted. */
function aWriter() {
  const dir = aFolder();
  let commits = 0;
  const db = new Database(join(dir, 'w.db'), { verbose: (sql) => void (sql === 'COMMIT' && commits++) });
  onTestFinished(() => void db.close());
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE item (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE)');
  db.exec('CREATE TABLE counter (scope TEXT, name TEXT, value REAL, PRIMARY KEY (scope, name))');
  const writer = createWriter(db, dir);
  const counters = createCounters(db);
  writer.join(counters);
  const insert = db.prepare('INSERT INTO item (word) VALUES (?)');
  const add = (word: string, urgent = false) =>
    writer.write(() => {
      counters.bump('', 'items', 1);
      return Number(insert.run(word).lastInsertRowid);
    }, urgent);
  const words = () => db.prepare('SELECT word FROM item ORDER BY id').pluck().all();
  return { db, writer, counters, add, words, commits: () => commits };
}

it('puts urgent writes of one turn into one commit, and what they gave back comes in order', async () => {
  const { add, commits, words } = aWriter();
  const ids = await Promise.all(Array.from({ length: 50 }, (_, i) => add(`w${i}`, i % 2 === 0)));
  expect(ids).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  expect(commits()).toBe(1);
  expect(words()).toHaveLength(50);
});

it('never lets a lazy write wait longer than the limit, and cuts what no transaction should hold', async () => {
  const { add, commits } = aWriter();
  const started = performance.now();
  await add('alone');
  expect(performance.now() - started).toBeLessThan(1000);
  await Promise.all(Array.from({ length: 12_000 }, (_, i) => add(`w${i}`)));
  expect(commits()).toBe(1 + 3);
});

it('refuses the one unit that throws, keeps all others of its commit, and counts only those', async () => {
  const { add, words, counters, commits, writer } = aWriter();
  await add('taken', true);
  const results = await Promise.allSettled([
    add('a'),
    add('taken'),
    add('b'),
    writer.write(() => {
      counters.bump('', 'items', 100);
      throw new Error('my own fault');
    }),
    add('c', true),
  ]);
  expect(results.map((result) => (result.status === 'fulfilled' ? result.value : (result.reason.code ?? result.reason.message)))).toEqual([
    2,
    'conflict',
    3,
    'my own fault',
    4,
  ]);
  expect(words()).toEqual(['taken', 'a', 'b', 'c']);
  expect(counters.read('').get('items')).toBe(4);
  expect(commits()).toBe(2);
});

it('refuses everything that waits when the disk is full, and goes on by itself once there is room', async () => {
  const { db, add, words, counters } = aWriter();
  await add('before', true);
  const pages = db.pragma('page_count', { simple: true }) as number;
  db.pragma(`max_page_count = ${pages}`);
  const long = 'x'.repeat(5000);
  const results = await Promise.allSettled(Array.from({ length: 6000 }, (_, i) => add(`${i}${long}`)));
  expect(new Set(results.map((result) => (result.status === 'rejected' ? result.reason.code : 'stored')))).toEqual(new Set(['diskFull']));
  const started = performance.now();
  await expect(add(`again${long}`)).rejects.toMatchObject({ code: 'diskFull' });
  expect(performance.now() - started).toBeLessThan(1000);
  db.pragma('max_page_count = 1000000');
  await add('after', true);
  expect(words()).toEqual(['before', 'after']);
  expect(counters.read('').get('items')).toBe(2);
});

it('writes what waits when it closes, and refuses what comes later', async () => {
  const { add, writer, words } = aWriter();
  const last = add('last');
  await writer.close();
  await last;
  await expect(add('too late')).rejects.toMatchObject({ code: 'engineDown' });
  expect(words()).toEqual(['last']);
});
