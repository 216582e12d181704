import type { BadRow } from './types.ts';

/** Watches how the score columns of one file are written. */
export interface NumberWatch {
  /** `textOf` gives a column's number as the file writes it; undefined when the row has none there. */
  look(textOf: (column: string) => string | undefined, place: { file: string; line: number }): Generator<BadRow>;
}

/**
 * Readers take a column's type from its first rows, so whole numbers first and fractions later are cut to whole numbers by them. Our
 * own values are right either way; the set's author should know. Told once a column.
 */
export function numberWatch(columns: readonly string[]): NumberWatch {
  const seen = columns.map((column) => ({ column, whole: 0, fraction: 0, told: false }));
  return {
    *look(textOf, { file, line }) {
      for (const one of seen) {
        const number = one.told ? undefined : textOf(one.column);
        if (number === undefined || !NUMBER.test(number)) continue;
        if (/^-?\d+$/.test(number)) one.whole ||= line;
        else one.fraction ||= line;
        if (one.whole === 0 || one.fraction === 0) continue;
        one.told = true;
        const message = `${one.column} is a whole number on line ${one.whole} and a fraction on line ${one.fraction}; readers that take types from the first rows cut it.`;
        yield { type: 'bad', file, line, id: '', fault: 'mixedScores', message, skipped: false };
      }
    },
  };
}

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** How a column's number is found in a line: the same for every row, and dear to make anew. */
const places = new Map<string, RegExp>();

/** Finds a number in the text of a JSON object by its key, as it is written there. */
export function numberInJson(text: string): (column: string) => string | undefined {
  return (column) => {
    let at = places.get(column);
    if (at === undefined) {
      at = new RegExp(`"${column.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}"\\s*:\\s*(-?\\d[^\\s,}]*)\\s*[,}]`);
      places.set(column, at);
    }
    return at.exec(text)?.[1];
  };
}
