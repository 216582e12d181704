import type { LowLevelNumbers } from '../../../shared/model/attempt.ts';
import type { ImportedFacts } from '../ports.ts';
import { sampleId, type TripletContent } from '../transfer/columns.ts';
import type { UncheckedTriplet } from '../transfer/scoreImported.ts';
import { lowLevelValues } from './columns.ts';
import type { StoreContext } from './context.ts';
import { createContentLookup } from './tripletRows.ts';

/** What imports add beside triplets, and what they look up. */
export function createImportStore({ db, writer, now }: StoreContext) {
  const byContent = createContentLookup(db);
  const byItem = db.prepare(`SELECT triplet_id FROM imported WHERE item_id = ? AND item_id <> '' ORDER BY triplet_id LIMIT 1`).pluck();
  const byId = db.prepare('SELECT id FROM triplet WHERE id = ?').pluck();
  const rate = db.prepare('INSERT OR REPLACE INTO rating VALUES (?, ?, ?, ?, ?, ?)');
  const inSet = `state = 'active' AND kind = 'imported'`;
  const unseen = `${inSet} AND ll_width IS NULL AND NOT EXISTS (SELECT 1 FROM verdict WHERE triplet_id = triplet.id)`;
  const unjudged = `${inSet} AND NOT EXISTS (SELECT 1 FROM verdict WHERE triplet_id = triplet.id AND stage = @judge)`;
  const page = (open: string) =>
    db.prepare(
      `SELECT id, source_hash AS sourceHash, edited_hash AS editedHash, instruction, category,
        EXISTS (SELECT 1 FROM verdict WHERE triplet_id = triplet.id AND stage = 'lowLevel') AS isMeasured
       FROM triplet WHERE id > @after AND ${open} ORDER BY id LIMIT @most`,
    );
  const [unseenPage, unjudgedPage] = [page(unseen), page(unjudged)];
  const countUnseen = db.prepare(`SELECT COUNT(*) FROM triplet WHERE ${unseen}`).pluck();
  const countUnjudged = db.prepare(`SELECT COUNT(*) FROM triplet WHERE ${unjudged}`).pluck();
  const setLowLevel = db.prepare(
    'UPDATE triplet SET ll_width = ?, ll_height = ?, ll_flagged = ?, ll_largest = ?, ll_components = ? WHERE id = ?',
  );
  const facts = db.prepare('SELECT item_id AS itemId, kind, paraphrases, facts FROM imported WHERE triplet_id = ?');

  /** Every triplet by its sample id; 100 bytes each, so only made when somebody asks for one. */
  function allBySampleId(): Map<string, number> {
    const ids = new Map<string, number>();
    const rows = db.prepare('SELECT id, source_hash AS sourceHash, edited_hash AS editedHash, instruction FROM triplet').iterate();
    for (const row of rows as Iterable<TripletContent & { id: number }>) ids.set(sampleId(row), row.id);
    return ids;
  }

  return {
    /** True when a triplet with these pictures and this instruction is stored. */
    hasContent: (content: TripletContent): boolean => byContent(content) !== undefined,
    /** Finds triplets by the id an imported set gave them, by their own id, or by sample id. One finder a job: it remembers. */
    itemFinder(): (item: string) => number | undefined {
      let bySampleId: Map<string, number> | undefined;
      return (item) => {
        const imported = byItem.get(item) as number | undefined;
        if (imported !== undefined) return imported;
        if (/^[0-9a-f]{16}$/.test(item)) {
          bySampleId ??= allBySampleId();
          const found = bySampleId.get(item);
          if (found !== undefined) return found;
        }
        return /^\d{1,15}$/.test(item) ? (byId.get(Number(item)) as number | undefined) : undefined;
      };
    },
    /** Keeps a person's rating; the newest of a person counts. */
    async addRating(tripletId: number, rating: { rater: string; adherence: number; aesthetics: number; origin: string }): Promise<void> {
      const { rater, adherence, aesthetics, origin } = rating;
      await writer.write(() => rate.run(tripletId, rater, adherence, aesthetics, origin, now()));
    },
    /** Imported triplets of the set that no check has seen or, with a judge's stage, that it has not; oldest first, ids over `after`. */
    unchecked: (after: number, most: number, judge?: string) =>
      (judge === undefined ? unseenPage.all({ after, most }) : unjudgedPage.all({ after, most, judge })) as UncheckedTriplet[],
    countUnchecked: (judge?: string) => (judge === undefined ? countUnseen.get() : countUnjudged.get({ judge })) as number,
    /** Keeps the numbers of a check. */
    async setLowLevel(tripletId: number, numbers: LowLevelNumbers): Promise<void> {
      await writer.write(() => setLowLevel.run(...lowLevelValues(numbers), tripletId), true);
    },
    /** What the set said that a triplet came from; undefined for a triplet that was not imported. */
    importedFacts(tripletId: number): ImportedFacts | undefined {
      const row = facts.get(tripletId) as { itemId: string; kind: string; paraphrases: string; facts: string } | undefined;
      return row && { ...row, paraphrases: JSON.parse(row.paraphrases), facts: JSON.parse(row.facts) };
    },
  };
}
