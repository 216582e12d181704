/** Why a person agrees with a gate, as tags; and rejected candidates by instruction, so that few with an operation or some words are found at once. */
export const sql = `
ALTER TABLE attempt_decision ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'; -- JSON list
ALTER TABLE attempt_review ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';   -- of the decision in force
-- What follows the stage is there for filters and orders, so that no row is read for a candidate that is not shown.
CREATE INDEX attempt_rejected_instruction ON attempt(instruction_id, rejected_at, reason, judged_order) WHERE rejected_at IS NOT NULL;
`;
