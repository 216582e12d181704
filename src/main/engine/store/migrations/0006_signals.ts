/** What local scorers measured, and the limits it was held against. A table of its own, so that lists of triplets stay dense. */
export const sql = `
ALTER TABLE verdict ADD COLUMN signals TEXT;   -- JSON object of numbers by name; NULL = nothing was measured
ALTER TABLE verdict ADD COLUMN checks TEXT;    -- JSON list of SignalCheck; NULL = none
ALTER TABLE attempt ADD COLUMN signals TEXT;   -- of all its verdicts together
CREATE TABLE triplet_signals (
  triplet_id INTEGER PRIMARY KEY REFERENCES triplet(id),
  signals TEXT NOT NULL
) STRICT;
`;
