/** What imported sets say of their rows, human ratings, and a way to find a triplet by its content. */
export const sql = `
CREATE TABLE imported (
  triplet_id INTEGER PRIMARY KEY REFERENCES triplet(id),
  item_id TEXT NOT NULL,           -- its id in the set it came from; '' = none
  kind TEXT NOT NULL,              -- its kind there (forward, inverse, ...); '' = not said
  paraphrases TEXT NOT NULL,       -- JSON list of texts
  facts TEXT NOT NULL              -- JSON object: the columns that have no place of their own
) STRICT;
CREATE INDEX imported_item ON imported(item_id) WHERE item_id <> '';

CREATE TABLE rating (
  triplet_id INTEGER NOT NULL REFERENCES triplet(id),
  rater TEXT NOT NULL,
  adherence REAL NOT NULL, aesthetics REAL NOT NULL,
  origin TEXT NOT NULL,            -- file and line
  created_at INTEGER NOT NULL,
  PRIMARY KEY (triplet_id, rater)  -- the newest rating of a person counts
) STRICT, WITHOUT ROWID;

-- Half a hash finds the pair; the whole row is compared then.
CREATE INDEX triplet_edited ON triplet(substr(edited_hash, 1, 16));
`;
