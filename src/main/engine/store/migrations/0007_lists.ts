/** Orders by one score, and words found without reading every instruction (parts of three letters and more). */
export const sql = `
-- 0 = nobody scored it, as in geometric: such rows sort last and pages can go on behind them.
ALTER TABLE triplet ADD COLUMN adherence_order REAL GENERATED ALWAYS AS (COALESCE(adherence, 0)) VIRTUAL;
ALTER TABLE triplet ADD COLUMN aesthetics_order REAL GENERATED ALWAYS AS (COALESCE(aesthetics, 0)) VIRTUAL;
CREATE INDEX triplet_adherence ON triplet(state, adherence_order);
CREATE INDEX triplet_aesthetics ON triplet(state, aesthetics_order);

CREATE VIRTUAL TABLE triplet_text USING fts5(instruction, corrected, content = 'triplet', content_rowid = 'id', tokenize = 'trigram', detail = 'none');
CREATE TRIGGER triplet_text_new AFTER INSERT ON triplet BEGIN
  INSERT INTO triplet_text(rowid, instruction, corrected) VALUES (new.id, new.instruction, new.corrected);
END;
CREATE TRIGGER triplet_text_corrected AFTER UPDATE OF instruction, corrected ON triplet BEGIN
  INSERT INTO triplet_text(triplet_text, rowid, instruction, corrected) VALUES ('delete', old.id, old.instruction, old.corrected);
  INSERT INTO triplet_text(rowid, instruction, corrected) VALUES (new.id, new.instruction, new.corrected);
END;
INSERT INTO triplet_text(triplet_text) VALUES ('rebuild');
`;
