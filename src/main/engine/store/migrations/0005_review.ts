/** What people say in review: tags of a decision, a corrected instruction beside the original, ratings; nothing said is lost. */
export const sql = `
ALTER TABLE decision ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'; -- JSON list

-- Append-only: corrections ('' = back to the original) and ratings ('' = taken back; else JSON of two scores).
CREATE TABLE review_entry (
  id INTEGER PRIMARY KEY,
  triplet_id INTEGER NOT NULL REFERENCES triplet(id),
  what TEXT NOT NULL CHECK (what IN ('instruction','rating')),
  value TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX review_entry_triplet ON review_entry(triplet_id);

-- What is in force now, for grid, filters and exports.
ALTER TABLE triplet ADD COLUMN corrected TEXT;                   -- NULL = the original instruction holds
ALTER TABLE triplet ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';  -- of the decision in force
ALTER TABLE triplet ADD COLUMN note TEXT NOT NULL DEFAULT '';    -- of the decision in force
`;
