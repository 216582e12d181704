import { pairFromCells } from './cells.ts';
import { type ColumnMap, type Preset, withMap } from './columnMap.ts';
import { findTables } from './findTables.ts';
import { countTableRows, tableRows } from './records.ts';
import type { BadRow, ImportContext, Importer, ImportItem } from './types.ts';

/** Importer of any table (JSON Lines, JSON, CSV, Parquet; a file or a folder of them) whose columns a preset names. */
export function tableImporter(format: string, about: string, preset: Preset): Importer {
  return {
    format,
    about,
    async *rows(context) {
      const columns = withMap(preset, context.map);
      for (const file of await findTables(context.path)) yield* tableItems(file, columns, context);
    },
    count: async ({ path }) => total(await findTables(path)),
  };
}

/** Rows of several table files, added up. */
export async function total(files: readonly string[]): Promise<number> {
  let rows = 0;
  for (const file of files) rows += await countTableRows(file);
  return rows;
}

async function* tableItems(file: string, preset: Preset, context: ImportContext): AsyncGenerator<ImportItem> {
  const numbers = createNumberWatch([...preset.adherence, ...preset.aesthetics]);
  for await (const row of tableRows(file)) {
    context.signal.throwIfAborted();
    if ('fault' in row) {
      yield row;
      continue;
    }
    if (row.text !== undefined) yield* numbers.look(row.text, file, row.line);
    yield pairFromCells(row.cells, row, preset, context);
  }
}

/**
 * Watches how a score column is written: readers take its type from the first rows, so whole numbers first and fractions later are cut
 * to whole numbers by them. Our own values are right either way; the set's author should know.
 */
function createNumberWatch(columns: readonly string[]) {
  const seen = columns.map((column) => ({
    column,
    // The name as a key, then a number up to its end.
    pattern: new RegExp(`"${column.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}"\\s*:\\s*(-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)\\s*[,}]`),
    whole: 0,
    fraction: 0,
    told: false,
  }));
  return {
    *look(text: string, file: string, line: number): Generator<BadRow> {
      for (const one of seen) {
        const number = one.told ? undefined : one.pattern.exec(text)?.[1];
        if (number === undefined) continue;
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

/** What a map says a role is called, or the usual name. */
export function named(map: ColumnMap, role: keyof ColumnMap, usual: readonly string[]): readonly string[] {
  return map[role] === undefined ? usual : [map[role]];
}
