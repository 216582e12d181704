/** A workspace of a million triplets over a few hundred real pictures, for what screens do at full scale. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import sharp from 'sharp';
import { openWorkspace } from '../../src/main/engine/store/index.ts';
import { recipe } from '../store/recipe.ts';

export const TRIPLETS = 1_000_000;
const PICTURES = 240;
const MANY_RUN = 'many';
const OBJECTS = ['lamp', 'boat', 'teapot', 'bicycle', 'window', 'garden chair', 'red umbrella', 'wooden fence', 'clock', 'cat'];
const CATEGORIES = ['Add object', 'Remove object', 'Replace object', 'Change color', 'Change background', 'Change season', 'Change text'];
/** Said of one row in a hundred thousand: what a search must find at once. */
export const RARE_WORDS = 'zanzibar';

/** Makes it in `dir`: about 25 seconds. One tenth is dropped, one in ten thousand is decided. */
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
    jobSpace: count,
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
    INSERT INTO triplet (run_id, kind, state, reason, source_hash, edited_hash, width, height, instruction, category, style, adherence, aesthetics, geometric, decision, created_at)
    SELECT '${MANY_RUN}', ${choose('i', ['forward', 'forward', 'inverse', 'composed'])}, iif(i % 10 = 3, 'dropped', 'active'), '',
      (SELECT hash FROM temp.picture WHERE n = i % ${PICTURES}), (SELECT hash FROM temp.picture WHERE n = (i * 7 + 1) % ${PICTURES}), 640, 512,
      'Move the ' || ${choose('i * 3', OBJECTS)} || ' next to the ' || ${choose('i / 7', OBJECTS)} || ' number ' || i || iif(i % 100000 = 77, ' in ${RARE_WORDS}', ''),
      ${choose('i * 11', CATEGORIES)}, 'standard', adherence, aesthetics, sqrt(adherence * aesthetics), iif(i % 10000 = 5, 'accept', NULL), i FROM row`);
  db.exec('ANALYZE');
  db.close();
  const again = openWorkspace(dir, { create: false, now: Date.now, owner: 'bench' });
  await again.repairCounters();
  await again.close();
}

/** A coloured scene with its number, so that a wrong picture in a cell can be seen. */
function pictureOf(n: number): Promise<Buffer> {
  const hue = (n * 47) % 360;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="512"><rect width="640" height="512" fill="hsl(${hue},45%,78%)"/>
    <rect y="330" width="640" height="182" fill="hsl(${(hue + 90) % 360},35%,45%)"/><circle cx="${80 + ((n * 53) % 480)}" cy="${110 + ((n * 31) % 160)}" r="${40 + (n % 50)}" fill="hsl(${(hue + 180) % 360},70%,55%)"/>
    <text x="24" y="490" font-size="64" font-family="DejaVu Sans" fill="#fff">${n}</text></svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 88 }).toBuffer();
}
