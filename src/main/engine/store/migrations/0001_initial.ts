/** The whole schema of the first version. Times are milliseconds since 1970, hashes of blobs are lower-case hex. */
export const sql = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE run (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  recipe TEXT NOT NULL,            -- JSON, parsed again when read
  recipe_yaml TEXT NOT NULL,       -- as the user wrote it
  base_dir TEXT NOT NULL,          -- where relative paths in the recipe start; empty = the workspace
  demo INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running','paused','interrupted','ended')),
  phase TEXT NOT NULL CHECK (phase IN ('scenes','sources','attempts','selection','growth','done')),
  end_reason TEXT CHECK (end_reason IN ('exhausted','budget','cancelled','failed')),
  error TEXT,                      -- WireError as JSON
  job_space INTEGER,               -- fixed when the sources are gated
  cursor TEXT NOT NULL DEFAULT '{}', -- draw position(s), JSON; moves in the transaction that claims jobs
  wall_ms INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE image (
  hash TEXT PRIMARY KEY,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  format TEXT NOT NULL,
  lossy INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE scene (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES run(id),
  idx INTEGER NOT NULL,            -- order in the run; the draw depends on it
  prompt TEXT NOT NULL,
  style TEXT NOT NULL,
  image_hash TEXT,                 -- a real image instead of a prompt
  prompt_version TEXT NOT NULL,
  UNIQUE (run_id, idx)
) STRICT;

CREATE TABLE instruction (
  id INTEGER PRIMARY KEY,
  scene_id INTEGER NOT NULL REFERENCES scene(id),
  idx INTEGER NOT NULL,
  text TEXT NOT NULL,
  category TEXT NOT NULL,
  UNIQUE (scene_id, idx)
) STRICT;

CREATE TABLE source (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES run(id),
  scene_id INTEGER NOT NULL REFERENCES scene(id),
  idx INTEGER NOT NULL,            -- which of the N seeds
  seed INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('passed','rejected','failed','unknown')),
  reason TEXT NOT NULL,
  image_hash TEXT REFERENCES image(hash),
  UNIQUE (scene_id, idx)
) STRICT;
CREATE INDEX source_by_run ON source(run_id, state);

CREATE TABLE attempt (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES run(id),
  job_index INTEGER NOT NULL,      -- place in the job space
  source_id INTEGER NOT NULL REFERENCES source(id),
  instruction_id INTEGER NOT NULL REFERENCES instruction(id),
  try_index INTEGER NOT NULL,      -- 0 .. M-1
  seed INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued','running','passed','rejected','failed','cancelled','unknown')),
  stage TEXT,                      -- where it was rejected or failed
  reason TEXT NOT NULL DEFAULT '',
  survived INTEGER NOT NULL DEFAULT 0, -- stages whose gate let it through: bit n = stage n of STAGE_BITS (columns.ts)
  edited_hash TEXT,
  adherence REAL, aesthetics REAL, geometric REAL,
  soft_adherence REAL, soft_aesthetics REAL,
  ll_width INTEGER, ll_height INTEGER, ll_flagged INTEGER, ll_largest INTEGER, ll_components INTEGER,
  usd REAL NOT NULL DEFAULT 0,
  ms INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
CREATE UNIQUE INDEX attempt_job ON attempt(run_id, job_index);
-- Every index ends in the row's id, so these give pages in the order of ids: all of one state and stage, newest first.
-- Open rows are found by it too. stage is NULL but for rejected, failed and unknown rows.
CREATE INDEX attempt_page ON attempt(run_id, state, stage);
CREATE INDEX attempt_passed ON attempt(run_id, source_id, instruction_id) WHERE state = 'passed';

CREATE TABLE verdict (
  id INTEGER PRIMARY KEY,
  attempt_id INTEGER,              -- one of the three subjects
  source_id INTEGER,
  triplet_id INTEGER,
  stage TEXT NOT NULL,
  passed INTEGER NOT NULL,
  reason TEXT NOT NULL,
  adherence REAL, aesthetics REAL,
  model TEXT NOT NULL,
  prompt_version TEXT NOT NULL,
  raw TEXT NOT NULL
) STRICT;
CREATE INDEX verdict_attempt ON verdict(attempt_id) WHERE attempt_id IS NOT NULL;
CREATE INDEX verdict_source ON verdict(source_id) WHERE source_id IS NOT NULL;
CREATE INDEX verdict_triplet ON verdict(triplet_id) WHERE triplet_id IS NOT NULL;

CREATE TABLE triplet (
  id INTEGER PRIMARY KEY,
  run_id TEXT REFERENCES run(id),
  kind TEXT NOT NULL CHECK (kind IN ('forward','inverse','composed','interactive','imported')),
  state TEXT NOT NULL CHECK (state IN ('active','dropped','superseded')),
  reason TEXT NOT NULL DEFAULT '',
  source_hash TEXT NOT NULL REFERENCES image(hash),
  edited_hash TEXT NOT NULL REFERENCES image(hash),
  width INTEGER NOT NULL, height INTEGER NOT NULL,
  instruction TEXT NOT NULL,
  category TEXT NOT NULL,
  style TEXT NOT NULL,
  attempt_id INTEGER,              -- forward only
  source_id INTEGER,               -- root image of mined ones
  origin TEXT NOT NULL DEFAULT '', -- imported: file and line
  adherence REAL, aesthetics REAL,
  geometric REAL NOT NULL DEFAULT 0, -- 0 = nobody scored it; it sorts last then
  ll_width INTEGER, ll_height INTEGER, ll_flagged INTEGER, ll_largest INTEGER, ll_components INTEGER,
  decision TEXT CHECK (decision IN ('accept','reject')),
  created_at INTEGER NOT NULL
) STRICT;
-- Two a filter: newest first by the id every index ends in, best first by score, then id.
CREATE INDEX triplet_newest ON triplet(state, kind);
CREATE INDEX triplet_best ON triplet(state, kind, geometric);
CREATE INDEX triplet_run_newest ON triplet(run_id, state, kind);
CREATE INDEX triplet_run_best ON triplet(run_id, state, kind, geometric);
CREATE INDEX triplet_category_newest ON triplet(category, state);
CREATE INDEX triplet_category_best ON triplet(category, state, geometric);
CREATE INDEX triplet_decided_newest ON triplet(decision) WHERE decision IS NOT NULL;
CREATE INDEX triplet_decided_best ON triplet(decision, geometric) WHERE decision IS NOT NULL;
CREATE INDEX triplet_root ON triplet(run_id, source_id) WHERE source_id IS NOT NULL;
CREATE UNIQUE INDEX triplet_origin ON triplet(origin) WHERE origin <> '';

CREATE TABLE triplet_parent (
  child_id INTEGER NOT NULL REFERENCES triplet(id),
  idx INTEGER NOT NULL,
  parent_id INTEGER NOT NULL REFERENCES triplet(id),
  PRIMARY KEY (child_id, idx)
) STRICT, WITHOUT ROWID;
CREATE INDEX parent_child ON triplet_parent(parent_id);

-- Append-only: the newest row of a triplet holds; clear undoes.
CREATE TABLE decision (
  id INTEGER PRIMARY KEY,
  triplet_id INTEGER NOT NULL REFERENCES triplet(id),
  decision TEXT NOT NULL CHECK (decision IN ('accept','reject','clear')),
  note TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX decision_triplet ON decision(triplet_id, id);

-- The ledger: one row for every question put to a model, paid or pretend.
CREATE TABLE call (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL,
  request_hash BLOB NOT NULL,      -- first 16 bytes of SHA-256 over role, endpoint, model, prompt, images, parameters, seed
  role TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  model TEXT NOT NULL,
  model_answered TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('sent','settled','failed','unknown')),
  error TEXT NOT NULL DEFAULT '',
  remote_id TEXT NOT NULL DEFAULT '',
  usd_reserved REAL NOT NULL,
  usd REAL NOT NULL DEFAULT 0,
  input_tokens INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0,
  images INTEGER NOT NULL DEFAULT 0,
  gpu_seconds REAL NOT NULL DEFAULT 0,
  ms INTEGER NOT NULL DEFAULT 0,
  result TEXT,                     -- what was paid for: the reply's text, or the hash of the picture
  sent_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
CREATE UNIQUE INDEX call_settled ON call(request_hash) WHERE state = 'settled';
-- One index a state: the planner does not see that state = 'unknown' lies in an IN of two states.
CREATE INDEX call_sent ON call(run_id) WHERE state = 'sent';
CREATE INDEX call_unknown ON call(request_hash) WHERE state = 'unknown';

-- Sums kept in the transaction of the rows they count. scope is a run id, or '' for the workspace.
CREATE TABLE counter (
  scope TEXT NOT NULL,
  name TEXT NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (scope, name)
) STRICT, WITHOUT ROWID;

-- Validator scores of a run's attempts by category, in bins of 0.1 (10 = 1.0 .. 50 = 5.0).
CREATE TABLE threshold_cube (
  run_id TEXT NOT NULL,
  category TEXT NOT NULL,
  adherence_bin INTEGER NOT NULL,
  aesthetics_bin INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (run_id, category, adherence_bin, aesthetics_bin)
) STRICT, WITHOUT ROWID;

-- The demo studio's memory. A judge may look up the scene of a picture; only the truth table may read truth.
CREATE TABLE demo_scene (image_hash TEXT PRIMARY KEY, scene TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE demo_truth (image_hash TEXT PRIMARY KEY, truth TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;
