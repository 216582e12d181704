import { scoresFrom } from './cells.ts';
import { findFiles } from './findTables.ts';
import { tableRows } from './records.ts';
import { total } from './table.ts';
import { badRow, type Importer, type ImportItem, RowProblem } from './types.ts';

/** Human ratings: item_id, rater_id, instruction (1 to 5), aesthetics (1 to 5). The items are triplets that are here already. */
export const ratings: Importer = {
  format: 'ratings',
  about: 'CSV of human ratings (item_id, rater_id, instruction, aesthetics) of triplets that are in the workspace',
  async *rows({ path, signal }) {
    for (const file of await findFiles(path, /\.csv$/i, 'csv file')) {
      for await (const row of tableRows(file)) {
        signal.throwIfAborted();
        yield 'fault' in row ? row : ratingOf(row.cells, row);
      }
    }
  },
  count: async ({ path }) => total(await findFiles(path, /\.csv$/i, 'csv file')),
};

function ratingOf(cells: Record<string, unknown>, { file, line }: { file: string; line: number }): ImportItem {
  const place = { file, line };
  const [id, rater] = [cells.item_id, cells.rater_id].map((cell) => (typeof cell === 'string' ? cell.trim() : ''));
  if (!id || !rater) return badRow(place, id ?? '', 'fieldMissing', 'item_id and rater_id must be given.');
  try {
    const scores = scoresFrom(number(cells.instruction, 'instruction'), number(cells.aesthetics, 'aesthetics'));
    if (scores === null) return badRow(place, id, 'fieldMissing', 'instruction and aesthetics must be given.');
    return { type: 'rating', ...place, id, rater, ...scores };
  } catch (error) {
    if (!(error instanceof RowProblem)) throw error;
    return badRow(place, id, error.fault, error.message);
  }
}

function number(cell: unknown, column: string): number | undefined {
  if (typeof cell !== 'string' || cell.trim() === '') return undefined;
  const value = Number(cell);
  if (Number.isNaN(value)) throw new RowProblem('scoreInvalid', `${column}: ${JSON.stringify(cell)} is no number.`);
  return value;
}
