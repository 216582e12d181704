/** `node tests/engine/faultMatrix.ts [words of a fault or a way]`: every fault on every way to a model, against whole engine runs; exit 1 when one is not as it must be. */
import { format, wrongIn } from './faults/format.ts';
import { play } from './faults/play.ts';
import { ROWS } from './faults/rows.ts';

const wanted = process.argv.slice(2).join(' ');
let wrong = 0;
console.log(format.head);
for (const row of ROWS) {
  if (wanted !== '' && !`${row.fault} ${row.column}`.includes(wanted)) continue;
  const outcome = await play(row.column, row.make());
  const faults = wrongIn(row.must, outcome);
  wrong += faults.length > 0 ? 1 : 0;
  console.log(format.line(row, outcome));
  for (const fault of faults) console.log(`  NOT AS IT MUST BE: ${fault}`);
}
console.log(wrong === 0 ? 'Every line is as it must be.' : `${wrong} lines are not as they must be.`);
process.exit(wrong === 0 ? 0 : 1);
