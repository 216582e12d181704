import { expect, it } from 'vitest';
import { play } from './faults/play.ts';
import { ROWS } from './faults/rows.ts';

// Catches: a fault that is given another name, sent again although it may be paid, not sent again although it was free, booked at the
// wrong price, or that ends the run, loses a row or leaves one under way. `node tests/engine/faultMatrix.ts` prints the same as a table.
it.each(ROWS.map((row) => [row.fault, row.column, row] as const))('%s, %s', async (_fault, column, { make, must }) => {
  const outcome = await play(column, make());
  expect(outcome, outcome.said.join(' | ')).toMatchObject(must);
});
