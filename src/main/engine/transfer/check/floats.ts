import { COLUMNS } from '../columns.ts';

/** Fields that must be written with a decimal point: readers take a column's type from its first rows. */
const FLOAT_COLUMNS: ReadonlySet<string> = new Set([
  ...COLUMNS.filter(([, type]) => type === 'float').map(([name]) => name),
  'margin',
  'score',
  'confidence',
]);
const FLOAT_ENDINGS = /_(adherence|aesthetics|score)$/;

/** What is wrong with the numbers of a JSON text. Looks at the text itself: after parsing, 5 and 5.0 are the same. */
export function floatFaults(text: string): string[] {
  const faults: string[] = [];
  for (const [, name, value] of text.matchAll(/"(\w+)"\s*:\s*(-?[0-9][^,}\s]*)/g))
    if ((FLOAT_COLUMNS.has(name!) || FLOAT_ENDINGS.test(name!)) && !/^-?\d+\.\d+(e[+-]?\d+)?$/i.test(value!))
      faults.push(`${name} is written ${value}, without a decimal point.`);
  return faults;
}
