/** Second looks: what people say of rejected candidates, and blinded audits of the set; nothing said is lost. */
export const sql = `
-- Append-only: 'keep' = the gate was wrong, 'right' = rightly rejected; clear takes the last one back.
CREATE TABLE attempt_decision (
  id INTEGER PRIMARY KEY,
  attempt_id INTEGER NOT NULL REFERENCES attempt(id),
  decision TEXT NOT NULL CHECK (decision IN ('keep','right','clear')),
  note TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX attempt_decision_attempt ON attempt_decision(attempt_id, id);

-- What is in force now; triplet_id is what a 'keep' put into the set.
CREATE TABLE attempt_review (
  attempt_id INTEGER PRIMARY KEY REFERENCES attempt(id),
  decision TEXT CHECK (decision IN ('keep','right')),
  note TEXT NOT NULL,
  triplet_id INTEGER REFERENCES triplet(id)
) STRICT;

CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  seed INTEGER NOT NULL,
  filter TEXT NOT NULL,            -- TripletFilter as JSON
  population INTEGER NOT NULL,     -- triplets that the sample was drawn from
  size INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;

CREATE TABLE audit_item (
  audit_id INTEGER NOT NULL REFERENCES audit(id),
  idx INTEGER NOT NULL,
  triplet_id INTEGER NOT NULL REFERENCES triplet(id),
  source_hash TEXT NOT NULL,       -- what was looked at: a triplet may change afterwards
  edited_hash TEXT NOT NULL,
  instruction TEXT NOT NULL,
  tags TEXT,                       -- JSON list; NULL = not looked at yet, [] = no issue
  note TEXT NOT NULL DEFAULT '',
  answered_at INTEGER,
  PRIMARY KEY (audit_id, idx)
) STRICT, WITHOUT ROWID;
`;
