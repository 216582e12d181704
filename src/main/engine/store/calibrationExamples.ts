import type Database from 'better-sqlite3';
import type { CalibrationSource } from '../../../shared/model/calibration.ts';
import { readSignals } from '../../../shared/model/signals.ts';
import type { ScoredPair } from '../ports.ts';

/** As it is stored: signals are JSON. */
type Row = Omit<ScoredPair, 'signals'> & { signals: string };

/** What stands for a decision on the scale of the scores, where nobody gave any: clearly in the set, and clearly not. */
const ACCEPTED = 5;
const REJECTED = 2;
/** Newest first; more adds nothing to a fit. */
const MOST = 20_000;

const OF_TRIPLETS = `
  COALESCE(s.image_hash, k.root_hash, t.source_hash) AS cluster, t.instruction, t.category, g.signals
  FROM triplet t JOIN triplet_signals g ON g.triplet_id = t.id
    LEFT JOIN source s ON s.id = t.source_id LEFT JOIN interactive k ON k.triplet_id = t.id`;

/** Reads what a calibration can learn from; pairs that nobody measured are counted and left out. */
export function createCalibrationExamples(db: Database.Database) {
  const ratings = db.prepare(
    `SELECT r.triplet_id AS item, r.rater, r.adherence, r.aesthetics, ${OF_TRIPLETS} JOIN rating r ON r.triplet_id = t.id ORDER BY t.id DESC, r.rater LIMIT ${MOST}`,
  );
  const decisions = db.prepare(
    `SELECT t.id AS item, 'review' AS rater, CASE t.decision WHEN 'accept' THEN ${ACCEPTED} ELSE ${REJECTED} END AS adherence,
       CASE t.decision WHEN 'accept' THEN ${ACCEPTED} ELSE ${REJECTED} END AS aesthetics, ${OF_TRIPLETS}
     WHERE t.decision IS NOT NULL ORDER BY t.id DESC LIMIT ${MOST}`,
  );
  const judged = db.prepare(
    `SELECT a.id AS item, 'validator' AS rater, a.adherence, a.aesthetics, COALESCE(s.image_hash, '') AS cluster, i.text AS instruction, i.category, a.signals
     FROM attempt a JOIN instruction i ON i.id = a.instruction_id JOIN source s ON s.id = a.source_id
     WHERE a.run_id = ? AND a.adherence IS NOT NULL AND a.signals IS NOT NULL ORDER BY a.id DESC LIMIT ${MOST}`,
  );
  const unmeasured = {
    ratings: db.prepare(
      'SELECT COUNT(DISTINCT triplet_id) FROM rating r WHERE NOT EXISTS (SELECT 1 FROM triplet_signals g WHERE g.triplet_id = r.triplet_id)',
    ),
    decisions: db.prepare(
      'SELECT COUNT(*) FROM triplet t WHERE decision IS NOT NULL AND NOT EXISTS (SELECT 1 FROM triplet_signals g WHERE g.triplet_id = t.id)',
    ),
    run: db.prepare('SELECT COUNT(*) FROM attempt WHERE run_id = ? AND adherence IS NOT NULL AND signals IS NULL'),
  };

  return (source: CalibrationSource): { pairs: ScoredPair[]; unmeasured: number } => {
    const key = source.from === 'run' ? [source.runId] : [];
    const rows = (source.from === 'ratings' ? ratings : source.from === 'decisions' ? decisions : judged).all(...key) as Row[];
    const pairs = rows.flatMap((row) => {
      const signals = readSignals(row.signals);
      return signals === null ? [] : [{ ...row, signals }];
    });
    return { pairs, unmeasured: unmeasured[source.from].pluck().get(...key) as number };
  };
}
