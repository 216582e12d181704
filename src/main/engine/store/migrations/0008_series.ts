/** How a run went over time: calls and attempts in coarse buckets, so that plots never read the rows they stand for. */
export const sql = `
CREATE TABLE call_series (
  run_id TEXT NOT NULL,
  at INTEGER NOT NULL,             -- start of the bucket, milliseconds since 1970
  endpoint TEXT NOT NULL,
  role TEXT NOT NULL,
  model TEXT NOT NULL,
  bin INTEGER NOT NULL,            -- latency: 4 x log2(ms + 1), rounded down; -1 = no answer came
  error TEXT NOT NULL,             -- error code where no answer came; '' otherwise
  calls INTEGER NOT NULL,
  ms INTEGER NOT NULL,
  usd REAL NOT NULL,
  gpu_seconds REAL NOT NULL,
  PRIMARY KEY (run_id, at, endpoint, role, model, bin, error)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempt_series (
  run_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  PRIMARY KEY (run_id, at, state)
) STRICT, WITHOUT ROWID;

-- Runs of earlier versions: one bucket a minute.
INSERT INTO call_series
  SELECT run_id, ended_at / 60000 * 60000, endpoint, role, model,
    CASE state WHEN 'settled' THEN CAST(4 * log2(ms + 1) AS INTEGER) ELSE -1 END AS bin,
    CASE state WHEN 'settled' THEN '' ELSE error END AS code, COUNT(*), SUM(ms), SUM(usd), SUM(gpu_seconds)
  FROM call WHERE ended_at IS NOT NULL AND state IN ('settled', 'failed') GROUP BY 1, 2, 3, 4, 5, 6, 7;
INSERT INTO attempt_series
  SELECT run_id, ended_at / 60000 * 60000, state, COUNT(*) FROM attempt
  WHERE ended_at IS NOT NULL AND state IN ('passed', 'rejected', 'failed', 'unknown') GROUP BY 1, 2, 3;
`;
