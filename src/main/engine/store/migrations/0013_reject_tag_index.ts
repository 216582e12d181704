/** Rejected candidates by the tags of the decision in force, so that few with a tag are found among millions at once. */
export const sql = `
CREATE TABLE attempt_tag (
  tag TEXT NOT NULL,
  attempt_id INTEGER NOT NULL REFERENCES attempt_review(attempt_id),
  PRIMARY KEY (tag, attempt_id)
) STRICT, WITHOUT ROWID;
INSERT INTO attempt_tag SELECT DISTINCT j.value, r.attempt_id FROM attempt_review r, json_each(r.tags) j WHERE r.tags <> '[]';
CREATE TRIGGER attempt_review_tagged AFTER INSERT ON attempt_review WHEN new.tags <> '[]' BEGIN
  INSERT INTO attempt_tag SELECT DISTINCT value, new.attempt_id FROM json_each(new.tags);
END;
CREATE TRIGGER attempt_review_retagged AFTER UPDATE OF tags ON attempt_review WHEN new.tags <> old.tags BEGIN
  DELETE FROM attempt_tag WHERE attempt_id = old.attempt_id AND tag IN (SELECT value FROM json_each(old.tags));
  INSERT INTO attempt_tag SELECT DISTINCT value, new.attempt_id FROM json_each(new.tags);
END;
`;
