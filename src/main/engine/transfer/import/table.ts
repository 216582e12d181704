import { inverseOf, pairFromCells, usedColumns } from './cells.ts';
import { type ColumnMap, type Preset, withMap } from './columnMap.ts';
import { typedCells } from './csvCells.ts';
import { findTables } from './findTables.ts';
import { numberInJson, numberWatch } from './numberWatch.ts';
import { countTableRows, tableRows } from './records.ts';
import type { ImportContext, Importer, ImportItem } from './types.ts';

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
    async columns({ path, map }) {
      for (const file of await findTables(path))
        for await (const row of tableRows(file)) {
          if ('fault' in row) continue;
          return { names: Object.keys(row.cells), used: usedColumns(row.cells, withMap(preset, map)) };
        }
      return { names: [], used: {} };
    },
  };
}

/** Rows of several table files, added up. */
export async function total(files: readonly string[]): Promise<number> {
  let rows = 0;
  for (const file of files) rows += await countTableRows(file);
  return rows;
}

async function* tableItems(file: string, preset: Preset, context: ImportContext): AsyncGenerator<ImportItem> {
  const numbers = numberWatch([...preset.adherence, ...preset.aesthetics]);
  const isCsv = /\.csv$/i.test(file);
  for await (const row of tableRows(file)) {
    context.signal.throwIfAborted();
    if ('fault' in row) {
      yield row;
      continue;
    }
    const { cells, text } = row;
    if (text !== undefined) yield* numbers.look(numberInJson(text), row);
    else if (isCsv) yield* numbers.look((column) => (typeof cells[column] === 'string' ? cells[column].trim() : undefined), row);
    const typed = isCsv ? typedCells(cells, preset) : cells;
    const pair = pairFromCells(typed, row, preset, context);
    yield pair;
    const inverse = pair.type === 'pair' ? inverseOf(pair, typed, preset) : undefined;
    if (inverse !== undefined) yield inverse;
  }
}

/** What a map says a role is called, or the usual name. */
export function named(map: ColumnMap, role: keyof ColumnMap, usual: readonly string[]): readonly string[] {
  return map[role] === undefined ? usual : [map[role]];
}
