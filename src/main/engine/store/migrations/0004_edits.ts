/** Sessions of the edit room: every picture made, and which of them became triplets. */
export const sql = `
CREATE TABLE edit_session (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  origin TEXT NOT NULL,            -- EditOrigin as JSON
  notes TEXT NOT NULL,             -- JSON list: what was done to the picture when it came in
  root_hash TEXT NOT NULL REFERENCES image(hash),
  source_id INTEGER,               -- when it began from a mined triplet: the source of that
  style TEXT NOT NULL,
  demo INTEGER NOT NULL,           -- began from a pretend picture, or a pretend model had a part in it
  budget_usd REAL,                 -- NULL = no limit
  current_node INTEGER NOT NULL,   -- the picture that is worked on
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX edit_session_newest ON edit_session(updated_at);

-- What was asked for at once: one instruction, several variants. The recipe is complete, so that a stopped batch can go on.
CREATE TABLE edit_batch (
  id INTEGER PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES edit_session(id),
  parent_id INTEGER NOT NULL,
  instruction TEXT NOT NULL,
  category TEXT NOT NULL,
  editor TEXT NOT NULL,            -- EditorChoice as JSON
  judges TEXT NOT NULL,            -- JudgeChoice as JSON
  recipe TEXT NOT NULL,            -- endpoints, roles, stages and gates as JSON; never a key
  demo INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX edit_batch_session ON edit_batch(session_id);

CREATE TABLE edit_node (
  id INTEGER PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES edit_session(id),
  parent_id INTEGER REFERENCES edit_node(id),
  batch_id INTEGER REFERENCES edit_batch(id),
  variant INTEGER NOT NULL,
  depth INTEGER NOT NULL,
  seed INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued','running','done','failed','cancelled','interrupted','unknown')),
  reason TEXT NOT NULL DEFAULT '',
  message TEXT NOT NULL DEFAULT '',
  picture_hash TEXT REFERENCES image(hash),
  adherence REAL, aesthetics REAL,
  soft_adherence REAL, soft_aesthetics REAL,
  ll_width INTEGER, ll_height INTEGER, ll_flagged INTEGER, ll_largest INTEGER, ll_components INTEGER,
  sharpness REAL, colour REAL,
  verdicts TEXT NOT NULL DEFAULT '[]', -- JSON list of Verdict; copied to the triplet when it is kept
  problems TEXT NOT NULL DEFAULT '[]', -- JSON list of EditProblem
  model TEXT NOT NULL DEFAULT '',
  endpoint TEXT NOT NULL DEFAULT '',
  usd REAL NOT NULL DEFAULT 0,
  ms INTEGER NOT NULL DEFAULT 0,
  rev INTEGER NOT NULL DEFAULT 0,  -- rises with every change
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER
) STRICT;
CREATE INDEX edit_node_session ON edit_node(session_id);
CREATE INDEX edit_node_parent ON edit_node(parent_id);
CREATE INDEX edit_node_open ON edit_node(state) WHERE state IN ('queued','running');

-- Triplets that were kept, and what an export must know of them.
CREATE TABLE interactive (
  triplet_id INTEGER PRIMARY KEY REFERENCES triplet(id),
  node_id INTEGER NOT NULL UNIQUE,
  seed INTEGER NOT NULL,
  root_hash TEXT NOT NULL          -- the first picture of the session
) STRICT;
`;
