import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorkspace } from '../../src/main/engine/store/index.ts';
import { IMPORTERS } from '../../src/main/engine/transfer/import/index.ts';
import { createParquetWriter, type ParquetColumn } from '../../src/main/engine/transfer/parquet/writer.ts';
import { createTarWriter } from '../../src/main/engine/transfer/tar/writer.ts';

const PAIRS = 400;
/** Rows that hold a cut picture, and rows that repeat another. */
const CUT = 14;
const REPEATED = 8;
/** Of the time a whole import takes; a kill each, one after the other on the same workspace. */
const KILLED_AT = [0.15, 0.3, 0.5, 0.7, 0.9];
/** Of sets that differ from another one in the names of their columns alone. */
const KILLED_AT_FEW = [0.3, 0.7];
const TIMEOUT_MS = 120_000;

let dir: string;
let pairs: { source: Buffer; edited: Buffer; loser: Buffer; instruction: string }[];
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'nhr-import-crash-'));
  const jpeg = await sharp({ create: { width: 48, height: 32, channels: 3, background: '#963' } })
    .jpeg()
    .toBuffer();
  // The same picture with another comment is another file.
  const variant = (text: string) => {
    const comment = Buffer.from(text);
    const head = Buffer.from([0xff, 0xfe, 0, comment.length + 2]);
    return Buffer.concat([jpeg.subarray(0, 2), head, comment, jpeg.subarray(2)]);
  };
  pairs = Array.from({ length: PAIRS }, (_, i) => ({
    // Every fourth shares its source with the one before; every fiftieth repeats a row; every thirtieth is cut.
    source: variant(`source ${i - (i % 4 === 3 ? 1 : 0) - (i % 50 === 49 ? 8 : 0)}`),
    edited: i % 30 === 7 ? variant(`cut ${i}`).subarray(0, 200) : variant(`edited ${i - (i % 50 === 49 ? 8 : 0)}`),
    loser: variant(`loser ${i - (i % 50 === 49 ? 8 : 0)}`),
    instruction: `do ${i - (i % 50 === 49 ? 8 : 0)}`,
  }));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Parquet with pictures in the columns of a published set. */
function presetOf(source: string, instruction: string, edited: string, inverse?: string) {
  const isList = instruction.endsWith('_list');
  return async (root: string) => {
    const schema: ParquetColumn[] = [
      { name: source, type: 'image' },
      { name: edited, type: 'image' },
      { name: instruction, type: isList ? { list: 'string' } : 'string' },
      ...(inverse === undefined ? [] : [{ name: inverse, type: 'string' as const }]),
    ];
    const writer = await createParquetWriter({ path: join(root, 'train-0.parquet'), schema, rowGroupRows: 50, rowGroupBytes: 1e7 });
    for (const pair of pairs)
      await writer.write({
        [source]: { bytes: pair.source, path: null },
        [edited]: { bytes: pair.edited, path: null },
        [instruction]: isList ? [pair.instruction] : pair.instruction,
        ...(inverse !== undefined && { [inverse]: `un${pair.instruction}` }),
      });
    await writer.close();
  };
}

const SETS: Record<string, (root: string) => Promise<void>> = {
  async nhr(root) {
    mkdirSync(join(root, 'images'), { recursive: true });
    const lines = pairs.map(({ source, edited, instruction }, i) => {
      writeFileSync(join(root, `images/${i}_a.jpg`), source);
      writeFileSync(join(root, `images/${i}_b.jpg`), edited);
      return JSON.stringify({
        source_file_name: `images/${i}_a.jpg`,
        edited_file_name: `images/${i}_b.jpg`,
        edit_instruction: instruction,
      });
    });
    writeFileSync(join(root, 'metadata.jsonl'), lines.join('\n'));
  },
  async hf(root) {
    const schema = [
      { name: 'source_image', type: 'image' as const },
      { name: 'edited_image', type: 'image' as const },
      { name: 'edit_instruction', type: 'string' as const },
    ];
    const writer = await createParquetWriter({ path: join(root, 'train-0.parquet'), schema, rowGroupRows: 50, rowGroupBytes: 1e7 });
    for (const { source, edited, instruction } of pairs)
      await writer.write({
        source_image: { bytes: source, path: 'a' },
        edited_image: { bytes: edited, path: 'b' },
        edit_instruction: instruction,
      });
    await writer.close();
  },
  ip2p: presetOf('input_image', 'edit_prompt', 'edited_image'),
  magicbrush: presetOf('source_img', 'instruction', 'target_img'),
  omniedit: presetOf('src_img', 'edited_prompt_list', 'edited_img'),
  ultraedit: presetOf('source_image', 'edit_prompt', 'edited_image'),
  'hq-edit': presetOf('input_image', 'edit', 'output_image', 'inverse_edit'),
  anyedit: presetOf('image_file', 'edit_instruction', 'edited_file'),
  async editreward(root) {
    mkdirSync(join(root, 'images'), { recursive: true });
    const rows = pairs.map(({ source, edited, loser, instruction }, i) => {
      for (const [side, bytes] of Object.entries({ s: source, a: edited, b: loser }))
        writeFileSync(join(root, `images/${i}_${side}.jpg`), bytes);
      return { path_src: `images/${i}_s.jpg`, path1: `images/${i}_a.jpg`, path2: `images/${i}_b.jpg`, prompt: instruction };
    });
    writeFileSync(join(root, 'train.json'), JSON.stringify(rows));
  },
  async webdataset(root) {
    const tar = await createTarWriter({ path: join(root, 'train-0.tar') });
    for (const [i, { source, edited, instruction }] of pairs.entries()) {
      await tar.add(`${i}.source.jpg`, source);
      await tar.add(`${i}.edited.jpg`, edited);
      await tar.add(`${i}.txt`, Buffer.from(instruction));
    }
    await tar.close();
  },
  async bagel(root) {
    const schema = [
      { name: 'image_list', type: { list: 'binary' as const } },
      { name: 'instruction_list', type: { list: { list: 'string' as const } } },
    ];
    const writer = await createParquetWriter({ path: join(root, 'chunk_0.parquet'), schema, rowGroupRows: 10, rowGroupBytes: 1e7 });
    for (const { source, edited, instruction } of pairs)
      await writer.write({ image_list: [source, edited], instruction_list: [[instruction]] });
    await writer.close();
  },
  async pico(root) {
    mkdirSync(join(root, 'images'), { recursive: true });
    const lines = pairs.map(({ source, edited, instruction }, i) => {
      writeFileSync(join(root, `images/${i}_a.jpg`), source);
      writeFileSync(join(root, `images/${i}_b.jpg`), edited);
      return JSON.stringify({ local_input_image: `images/${i}_a.jpg`, output_image: `images/${i}_b.jpg`, text: instruction });
    });
    writeFileSync(join(root, 'sft.jsonl'), lines.join('\n'));
  },
  async pairs(root) {
    for (const [i, { source, edited, instruction }] of pairs.entries())
      for (const [path, content] of [
        [`control/${i}.jpg`, source],
        [`target/${i}.jpg`, edited],
        [`target/${i}.txt`, instruction],
      ] as const) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), content);
      }
  },
};

interface End {
  state: string;
  message: string;
  reportFile: string;
}

/** When an import is killed: so long after it began, or once it says that such a share of its rows is done. */
type KillAt = { ms: number } | { share: number };

/** Imports until the end, or until it is killed. Gives the end, if it came to one, and how long it took. */
async function importInto(workspace: string, format: string, path: string, killAt?: KillAt): Promise<{ end: End | undefined; ms: number }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'crash/importVictim.ts'), workspace, format, path], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const guard = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  let end: End | undefined;
  let started = 0;
  let ms = 0;
  child.on('message', (told: { ready: true } | { done: number; total: number } | End) => {
    if ('done' in told) {
      if (killAt !== undefined && 'share' in killAt && told.done > 0 && told.done >= killAt.share * told.total) child.kill('SIGKILL');
      return;
    }
    if ('state' in told) {
      end = told;
      ms = performance.now() - started;
      return;
    }
    started = performance.now();
    if (killAt !== undefined && 'ms' in killAt) setTimeout(() => child.kill('SIGKILL'), killAt.ms);
  });
  await new Promise((resolve) => child.on('close', resolve));
  clearTimeout(guard);
  return { end, ms };
}

/** Every row in the order it was stored, without its time; throws when a picture is not there or not whole. */
function contents(workspace: string): unknown[] {
  const db = new Database(join(workspace, 'nhr.db'), { readonly: true });
  const rows = db
    .prepare(
      `SELECT t.*, i.item_id, i.kind AS kind_there, i.paraphrases, i.facts,
         (SELECT group_concat(parent_id) FROM triplet_parent WHERE child_id = t.id) AS parents
       FROM triplet t JOIN imported i ON i.triplet_id = t.id ORDER BY t.id`,
    )
    .all() as { source_hash: string; edited_hash: string }[];
  db.close();
  for (const { source_hash, edited_hash } of rows)
    for (const hash of [source_hash, edited_hash]) {
      const folder = join(workspace, 'blobs', hash.slice(0, 2));
      const name = readdirSync(folder).find((one) => one.startsWith(hash))!;
      expect(
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
      ).toBe(hash);
    }
  return rows.map((row) => ({ ...row, created_at: 0 }));
}

/** Formats with a reader of their own; the others share one and differ in names. */
const OWN_READERS = ['nhr', 'hf', 'webdataset', 'bagel', 'pico', 'pairs', 'editreward'];
const good = PAIRS - CUT - REPEATED;
/** What gives two triplets a row: the way back; the loser, which is never cut. */
const TRIPLETS: Record<string, number> = { 'hq-edit': 2 * good, editreward: good + PAIRS - REPEATED };

/** Kills an import again and again, lets it come to its end, and holds the workspace against that of one that nobody killed. */
async function killAgainAndAgain(format: string, set: string, [calm, killed]: [string, string], shares: readonly number[]): Promise<void> {
  const whole = await importInto(calm, format, set);
  expect(whole.end?.state).toBe('done');
  let stopped = 0;
  // The calm one may have been the slower one: when every kill came too late, all are made again in half of the time.
  for (let ms = whole.ms; stopped === 0; ms /= 2) {
    expect(ms).toBeGreaterThan(1);
    rmSync(killed, { recursive: true, force: true });
    for (const share of shares) if ((await importInto(killed, format, set, { ms: ms * share })).end === undefined) stopped += 1;
  }
  const last = await importInto(killed, format, set);
  expect(last.end?.state).toBe('done');
  expect(contents(killed)).toEqual(contents(calm));
  expect(readFileSync(last.end!.reportFile, 'utf8')).toBe(readFileSync(whole.end!.reportFile, 'utf8'));
  const workspace = openWorkspace(killed, { create: false, now: Date.now, owner: 'test' });
  expect(workspace.faultyCounters()).toEqual([]);
  await workspace.close();
}

// Catches: an import format without a test of kills. Ratings bring no pairs: theirs is below.
test('every format of pairs is killed', () => {
  expect([...Object.keys(SETS), 'ratings'].sort()).toEqual(IMPORTERS.map(({ format }) => format).sort());
});

// Catches: rows lost or stored twice by a kill, another order after it, rows without their picture or parent, counters that are off.
test.each(Object.keys(SETS))('%s: killed again and again and started again, an import ends in the same set and report', async (format) => {
  const set = join(dir, format, 'set');
  mkdirSync(set, { recursive: true });
  await SETS[format]!(set);
  const workspaces: [string, string] = [join(dir, format, 'calm'), join(dir, format, 'killed')];
  await killAgainAndAgain(format, set, workspaces, OWN_READERS.includes(format) ? KILLED_AT : KILLED_AT_FEW);
  expect(contents(workspaces[0])).toHaveLength(TRIPLETS[format] ?? good);
});

const RATINGS = 30_000;
/** Ratings whose item is not there. */
const UNKNOWN_EVERY = 1_000;
const KILLED_AT_RATINGS = [0.02, 0.3, 0.6, 0.9];

/** Every rating without its time. */
function ratingsIn(workspace: string): unknown[] {
  const db = new Database(join(workspace, 'nhr.db'), { readonly: true });
  const rows = db.prepare('SELECT triplet_id, rater, adherence, aesthetics, origin FROM rating ORDER BY triplet_id, rater').all();
  db.close();
  return rows;
}

// Catches: a rating counted before it is stored, lost or counted twice by a kill, an earlier rating of a person that wins over a later one,
// a commit a rating (which takes minutes for so many).
test('ratings: killed again and again and started again, an import ends in the same ratings and report', async () => {
  const root = join(dir, 'ratings');
  const pairsAt = join(root, 'pairs');
  mkdirSync(pairsAt, { recursive: true });
  await SETS.nhr!(pairsAt);
  const [calm, killed] = [join(root, 'calm'), join(root, 'killed')];
  expect((await importInto(calm, 'nhr', pairsAt)).end?.state).toBe('done');
  cpSync(calm, killed, { recursive: true });

  const items = contents(calm).map((row) => (row as { id: number }).id);
  const lines = Array.from({ length: RATINGS }, (_, i) => {
    const item = i % UNKNOWN_EVERY === UNKNOWN_EVERY - 1 ? 'nobody' : items[i % items.length];
    return `${item},rater ${i % 40},${(i % 5) + 1},${((i * 7) % 9) / 2 + 1}`;
  });
  const set = join(root, 'ratings.csv');
  writeFileSync(set, `item_id,rater_id,instruction,aesthetics\n${lines.join('\n')}\n`);

  const whole = await importInto(calm, 'ratings', set);
  expect(whole.end?.state).toBe('done');
  let stopped = 0;
  for (const share of KILLED_AT_RATINGS) if ((await importInto(killed, 'ratings', set, { share })).end === undefined) stopped += 1;
  expect(stopped).toBeGreaterThan(0);
  const last = await importInto(killed, 'ratings', set);
  expect(last.end?.state).toBe('done');
  expect(last.end?.message).toBe(whole.end?.message);
  expect(ratingsIn(killed)).toEqual(ratingsIn(calm));
  expect(ratingsIn(calm).length).toBeGreaterThan(items.length);
  expect(readFileSync(last.end!.reportFile, 'utf8')).toBe(readFileSync(whole.end!.reportFile, 'utf8'));
});
