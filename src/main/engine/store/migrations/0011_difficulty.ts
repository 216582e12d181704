/** How hard a mined triplet was to get, with its row: filters, orders and histograms read it from indexes. */
export const sql = `
-- Attempts with a result up to and with the first that passed, of its <source, instruction>, in the order of tries; NULL = not mined, or none passed.
ALTER TABLE triplet ADD COLUMN difficulty INTEGER;
UPDATE triplet SET difficulty = (
  SELECT NULLIF(COUNT(*), 0) FROM attempt a JOIN attempt t ON t.run_id = a.run_id AND t.job_index BETWEEN a.job_index - a.try_index AND
    (SELECT MIN(p.job_index) FROM attempt p INDEXED BY attempt_passed WHERE p.run_id = a.run_id AND p.source_id = a.source_id AND p.instruction_id = a.instruction_id AND p.state = 'passed')
  WHERE a.id = triplet.attempt_id AND t.source_id = a.source_id AND t.instruction_id = a.instruction_id AND t.state IN ('passed','rejected'))
WHERE attempt_id IS NOT NULL;
-- 0 = none: such rows sort last and pages can go on behind them.
ALTER TABLE triplet ADD COLUMN difficulty_order INTEGER GENERATED ALWAYS AS (COALESCE(difficulty, 0)) VIRTUAL;
CREATE INDEX triplet_difficulty ON triplet(state, difficulty_order);
CREATE INDEX triplet_difficulty_best ON triplet(state, difficulty_order, geometric) WHERE difficulty IS NOT NULL;
`;
