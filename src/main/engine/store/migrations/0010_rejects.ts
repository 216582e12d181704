/** Rejected candidates by stage in two orders, so that a million of them are as quick to look through as a few. */
export const sql = `
-- The stage of a candidate that a gate threw away and of which there is a picture; NULL for all others.
ALTER TABLE attempt ADD COLUMN rejected_at TEXT GENERATED ALWAYS AS (CASE WHEN state = 'rejected' AND edited_hash IS NOT NULL THEN stage END) VIRTUAL;
-- Product of the scores of the last judge that gave any: it orders as the geometric score does. 0 = nobody scored it.
ALTER TABLE attempt ADD COLUMN judged_order REAL GENERATED ALWAYS AS (COALESCE(adherence * aesthetics, soft_adherence * soft_aesthetics, 0)) VIRTUAL;
-- What follows the order is there for filters, so that no row is read for a candidate that is not shown.
CREATE INDEX attempt_rejected_new ON attempt(rejected_at, id, run_id, reason, instruction_id, judged_order) WHERE rejected_at IS NOT NULL;
CREATE INDEX attempt_rejected_score ON attempt(rejected_at, judged_order, id, run_id, reason, instruction_id) WHERE rejected_at IS NOT NULL;
CREATE INDEX attempt_review_decision ON attempt_review(decision) WHERE decision IS NOT NULL;
`;
