/** A workspace of a million triplets and millions of rejected candidates over a few hundred real pictures, for what screens do at full scale. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import sharp from 'sharp';
import { openWorkspace } from '../../src/main/engine/store/index.ts';
import { recipe } from '../store/recipe.ts';

export const TRIPLETS = 1_000_000;
/** As many as the paper's run threw away, over as many scenes: ten sources and five instructions each, five tries. */
const REJECTED = 2_600_000;
const SCENES = 12_290;
const PICTURES = 240;
const MANY_RUN = 'many';
const OBJECTS = ['lamp', 'boat', 'teapot', 'bicycle', 'window', 'garden chair', 'red umbrella', 'wooden fence', 'clock', 'cat'];
const CATEGORIES = ['Add object', 'Remove object', 'Replace object', 'Change color', 'Change background', 'Change season', 'Change text'];
/** Said of one row in a hundred thousand: what a search must find at once. */
export const RARE_WORDS = 'zanzibar';
/** An operation of one instruction in ten thousand. */
export const RARE_OPERATION = 'Add smoke';

/** Drops all indexes for a bulk load; gives what makes them again. */
export function dropIndexes(db: Database.Database): () => void {
  const indexes = db.prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`).all() as {
    name: string;
    sql: string;
  }[];
  for (const { name } of indexes) db.exec(`DROP INDEX ${name}`);
  return () => {
    for (const { sql } of indexes) db.exec(sql);
  };
}

/** Makes it in `dir`: about two minutes. One triplet in ten is dropped, one in ten thousand is decided. */
export async function makeManyTriplets(dir: string, count = TRIPLETS): Promise<void> {
  const workspace = openWorkspace(dir, { create: true, now: Date.now, owner: 'bench' });
  await workspace.runs.create({
    id: MANY_RUN,
    name: 'A million triplets',
    recipe,
    recipeYaml: '',
    baseDir: '',
    demo: true,
    state: 'paused',
    phase: 'done',
    end: null,
    error: null,
    jobSpace: SCENES * 250,
    createdAt: 1,
  });
  const hashes: string[] = [];
  for (let i = 0; i < PICTURES; i++) {
    const bytes = new Uint8Array(await pictureOf(i));
    const hash = await workspace.blobs.put(bytes, 'jpeg');
    await workspace.work.addImage(hash, { width: 640, height: 512, format: 'jpeg', lossy: true }, bytes.length);
    hashes.push(hash);
  }
  await workspace.close();
  const db = new Database(join(dir, 'nhr.db'));
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -400000');
  const makeIndexes = dropIndexes(db);
  db.exec('CREATE TEMP TABLE picture (n INTEGER PRIMARY KEY, hash TEXT NOT NULL)');
  const put = db.prepare('INSERT INTO temp.picture VALUES (?, ?)');
  for (const [n, hash] of hashes.entries()) put.run(n, hash);
  const choose = (of: string, list: readonly string[]) =>
    `CASE (${of}) % ${list.length} ${list.map((name, at) => `WHEN ${at} THEN '${name}'`).join(' ')} END`;
  const part = (seed: number) => `((i * 2654435761 + ${seed} * 40503) % 1000)`;
  const score = (seed: number) => `round(3.5 + ${part(seed)} / 1000.0 * 1.5, 1)`;
  db.exec(`
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${count}),
    row AS (SELECT i, ${score(1)} AS adherence, ${score(2)} AS aesthetics FROM n)
    INSERT INTO triplet (run_id, kind, state, reason, source_hash, edited_hash, width, height, instruction, category, style, adherence, aesthetics, geometric, decision, difficulty, created_at)
    SELECT '${MANY_RUN}', ${choose('i', ['forward', 'forward', 'inverse', 'composed'])}, iif(i % 10 = 3, 'dropped', 'active'), '',
      (SELECT hash FROM temp.picture WHERE n = i % ${PICTURES}), (SELECT hash FROM temp.picture WHERE n = (i * 7 + 1) % ${PICTURES}), 640, 512,
      'Move the ' || ${choose('i * 3', OBJECTS)} || ' next to the ' || ${choose('i / 7', OBJECTS)} || ' number ' || i || iif(i % 100000 = 77, ' in ${RARE_WORDS}', ''),
      ${choose('i * 11', CATEGORIES)}, 'standard', adherence, aesthetics, sqrt(adherence * aesthetics), iif(i % 10000 = 5, 'accept', NULL), iif(i % 4 < 2, 1 + ${part(3)} % 5, NULL), i FROM row`);
  reject(db, choose);
  makeIndexes();
  db.close();
  const again = openWorkspace(dir, { create: false, now: Date.now, owner: 'bench' });
  await again.repairCounters();
  await again.close();
}

/** What the gates of the run threw away: a removal never at the low-level check. */
function reject(db: Database.Database, choose: (of: string, list: readonly string[]) => string): void {
  const upTo = (rows: number) => `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${rows})`;
  const picture = (of: string) => `(SELECT hash FROM temp.picture WHERE n = (${of}) % ${PICTURES})`;
  const score = (seed: number) => `round(1.5 + (i * 2654435761 + ${seed} * 40503) % 1000 / 1000.0 * 3, 1)`;
  db.exec(`${upTo(SCENES)} INSERT INTO scene SELECT i + 1, '${MANY_RUN}', i, 'Scene number ' || i, 'standard', NULL, 'v1' FROM n`);
  db.exec(`${upTo(SCENES * 5)} INSERT INTO instruction SELECT i + 1, i / 5 + 1, i % 5,
    'Change the ' || ${choose('i * 3', OBJECTS)} || ' on the table to number ' || i || iif(i % 10000 = 77, ' in ${RARE_WORDS}', ''),
    iif(i % 10000 = 77, '${RARE_OPERATION}', ${choose('i', CATEGORIES)}) FROM n`);
  db.exec(
    `${upTo(SCENES * 10)} INSERT INTO source SELECT i + 1, '${MANY_RUN}', i / 10 + 1, i % 10, i * 17, 'passed', '', ${picture('i')} FROM n`,
  );
  // Job / 250 is the scene, job / 5 % 5 the instruction in it, job / 25 the source.
  db.exec(`${upTo(REJECTED)}, job AS (SELECT i, (i / 250) * 5 + i / 5 % 5 AS instruction, i * 2654435761 % 1000 AS r FROM n),
    gate AS (SELECT *, CASE WHEN r < 20 AND instruction % 7 <> 1 THEN 'lowLevel' WHEN r < 600 THEN 'softJudge' ELSE 'validator' END AS stage FROM job)
    INSERT INTO attempt (id, run_id, job_index, source_id, instruction_id, try_index, seed, state, stage, reason, survived, edited_hash,
      adherence, aesthetics, soft_adherence, soft_aesthetics, usd, ms, created_at, ended_at)
    SELECT i + 1, '${MANY_RUN}', i, i / 25 + 1, instruction + 1, i % 5, i * 31, 'rejected', stage,
      CASE stage WHEN 'lowLevel' THEN 'speckle' WHEN 'softJudge' THEN 'lowAdherence' ELSE 'lowScores' END, 1, ${picture('i * 7 + 1')},
      iif(stage = 'validator', ${score(1)}, NULL), iif(stage = 'validator', ${score(2)}, NULL), iif(stage = 'lowLevel', NULL, ${score(3)}),
      iif(stage = 'lowLevel', NULL, ${score(4)}), 0.02, 3000, i, i + 3000 FROM gate`);
  // One in a thousand was looked at, with a reason.
  db.exec(`INSERT INTO attempt_review (attempt_id, decision, note, tags)
    SELECT id, 'right', '', iif(id % 5 = 0, '["inpainting"]', '["residuals"]') FROM attempt WHERE id % 1000 < 5 AND id % 5 = id / 1000 % 5`);
}

/** A coloured scene with its number, so that a wrong picture in a cell can be seen. */
function pictureOf(n: number): Promise<Buffer> {
  const hue = (n * 47) % 360;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="512"><rect width="640" height="512" fill="hsl(${hue},45%,78%)"/>
    <rect y="330" width="640" height="182" fill="hsl(${(hue + 90) % 360},35%,45%)"/><circle cx="${80 + ((n * 53) % 480)}" cy="${110 + ((n * 31) % 160)}" r="${40 + (n % 50)}" fill="hsl(${(hue + 180) % 360},70%,55%)"/>
    <text x="24" y="490" font-size="64" font-family="DejaVu Sans" fill="#fff">${n}</text></svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 88 }).toBuffer();
}
