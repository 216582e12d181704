import { dirname, join } from 'node:path';
import type { Scores } from '../../../../shared/model/attempt.ts';
import { readSignals } from '../../../../shared/model/signals.ts';
import { isInside } from '../sums.ts';
import { looksSwapped, type Preset, ROLES, type Role } from './columnMap.ts';
import { badRow, type ImportContext, type ImportItem, type ImportRow, type PictureRef, type Place, RowProblem } from './types.ts';

/** One row of a table, as its reader gives it: cells by column. */
export type Cells = Record<string, unknown>;

/** Columns of our own that say what the pictures' bytes are. */
const HASH_COLUMNS = ['source_sha256', 'edited_sha256'] as const;
const HASH = /^[0-9a-f]{64}$/;

/** A pair from the cells of a row, or what is wrong with it. Picture paths start from the folder of the file. */
export function pairFromCells(cells: Cells, place: Place, preset: Preset, context: Pick<ImportContext, 'leaveOut'>): ImportItem {
  const columns = usedColumns(cells, preset);
  const value = (role: Role) => (columns[role] === undefined ? undefined : cells[columns[role]]);
  const id = idText(value('id'));
  const signals = typeof cells.signals === 'string' ? readSignals(cells.signals) : null;
  try {
    const wording = instruction(value('instruction'), columns.instruction ?? preset.instruction[0] ?? 'instruction');
    const row: ImportRow = {
      type: 'pair',
      ...place,
      id,
      source: picture(value('source'), columns.source ?? preset.source[0] ?? 'source', dirname(place.file)),
      edited: picture(value('edited'), columns.edited ?? preset.edited[0] ?? 'edited', dirname(place.file)),
      instruction: wording,
      category: text(value('category'), columns.category),
      style: text(value('style'), columns.style),
      kind: text(value('kind'), columns.kind),
      // Many sets repeat the instruction among its other wordings.
      paraphrases: texts(value('paraphrases'), columns.paraphrases).filter((other) => other !== wording),
      scores: scoresFrom(value('adherence'), value('aesthetics')),
      facts: factsOf(cells, new Set([...Object.values(columns), ...(signals ? ['signals'] : [])]), context),
      signals,
      hashes: hashesOf(cells),
      dropped: '',
    };
    // A set without kinds, or a forward row: then names that say the opposite are a swap. An inverse row has them so by right.
    if ((row.kind === '' || row.kind === 'forward') && looksSwapped(baseName(row.source.name), baseName(row.edited.name)))
      return badRow(place, id, 'swapped', `The names say the opposite: source is ${row.source.name}, edited is ${row.edited.name}.`);
    return row;
  } catch (error) {
    if (error instanceof RowProblem) return badRow(place, id, error.fault, error.message);
    throw error;
  }
}

/** The pair the other way round, when its row says how to come back; else undefined. */
export function inverseOf(row: ImportRow, cells: Cells, preset: Preset): ImportRow | undefined {
  const wording = usedColumns(cells, preset).inverse;
  const instruction = wording === undefined ? '' : cells[wording];
  if (typeof instruction !== 'string' || instruction.trim() === '') return undefined;
  return {
    ...row,
    id: row.id === '' ? '' : `${row.id}#inverse`,
    source: row.edited,
    edited: row.source,
    instruction,
    kind: 'inverse',
    // What was written and measured of the way there says nothing of the way back.
    paraphrases: [],
    scores: null,
    signals: null,
    hashes: row.hashes && { source: row.hashes.edited, edited: row.hashes.source },
    forward: row,
  };
}

/** The column of a row that each role is read from. */
export function usedColumns(cells: Cells, preset: Preset): Partial<Record<Role, string>> {
  return Object.fromEntries(
    ROLES.flatMap((role) => {
      const column = preset[role].find((name) => cells[name] !== undefined && cells[name] !== null);
      return column === undefined ? [] : [[role, column]];
    }),
  );
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Bytes, an image struct {bytes, path}, or a path relative to the folder. */
function picture(cell: unknown, column: string, folder: string): PictureRef {
  if (cell instanceof Uint8Array) return { name: column, bytes: cell };
  if (typeof cell === 'string') return { name: cell, file: pictureFile(cell, column, folder) };
  if (typeof cell === 'object' && cell !== null) {
    const { bytes, path } = cell as { bytes?: unknown; path?: unknown };
    const name = typeof path === 'string' && path !== '' ? path : column;
    if (bytes instanceof Uint8Array) return { name, bytes };
    if (typeof path === 'string' && path !== '') return { name, file: pictureFile(path, column, folder) };
  }
  throw new RowProblem('fieldMissing', `${column}: there is no picture.`);
}

/** Absolute path of a picture. Throws RowProblem pathOutside for one that is absolute, steps up, or is an address. */
export function pictureFile(path: string, column: string, folder: string): string {
  if (path === '') throw new RowProblem('fieldMissing', `${column}: there is no picture.`);
  if (!isInside(path.replace(/^(\.\/)+/, '')))
    throw new RowProblem('pathOutside', `${column}: ${JSON.stringify(path)} is no relative path inside the set's folder.`);
  return join(folder, path);
}

function instruction(cell: unknown, column: string): string {
  const first = Array.isArray(cell) ? cell.find((item) => typeof item === 'string' && item.trim() !== '') : cell;
  if (first === undefined || first === null) throw new RowProblem('fieldMissing', `${column}: there is no instruction.`);
  if (typeof first !== 'string') throw new RowProblem('fieldInvalid', `${column}: the instruction must be a text.`);
  if (first.trim() === '') throw new RowProblem('fieldMissing', `${column}: the instruction is empty.`);
  return first;
}

function text(cell: unknown, column: string | undefined): string {
  if (cell === undefined || cell === null) return '';
  if (typeof cell !== 'string') throw new RowProblem('fieldInvalid', `${column}: it must be a text.`);
  return cell;
}

function texts(cell: unknown, column: string | undefined): string[] {
  if (cell === undefined || cell === null) return [];
  if (!Array.isArray(cell) || cell.some((item) => typeof item !== 'string'))
    throw new RowProblem('fieldInvalid', `${column}: it must be a list of texts.`);
  return cell as string[];
}

export function idText(cell: unknown): string {
  return typeof cell === 'string' ? cell : typeof cell === 'number' || typeof cell === 'bigint' ? String(cell) : '';
}

/** Both scores, or null when the set has none (missing, or -1). Throws RowProblem scoreInvalid for anything but numbers from 1 to 5. */
export function scoresFrom(adherence: unknown, aesthetics: unknown): Scores | null {
  const [a, b] = [score(adherence, 'adherence'), score(aesthetics, 'aesthetics')];
  return a === null || b === null ? null : { adherence: a, aesthetics: b };
}

function score(cell: unknown, name: string): number | null {
  if (cell === undefined || cell === null || cell === -1 || cell === -1n) return null;
  const value = typeof cell === 'bigint' ? Number(cell) : cell;
  if (typeof value !== 'number') throw new RowProblem('scoreInvalid', `${name}: ${JSON.stringify(cell)} is no number.`);
  if (!(value >= 1 && value <= 5)) throw new RowProblem('scoreInvalid', `${name}: ${value} is not from 1 to 5.`);
  return value;
}

function hashesOf(cells: Cells): ImportRow['hashes'] {
  const [source, edited] = HASH_COLUMNS.map((column) => cells[column]);
  if (typeof source !== 'string' || typeof edited !== 'string' || !HASH.test(source) || !HASH.test(edited)) return null;
  return { source, edited };
}

/** Cells that have no place of their own. Bytes are not kept; their columns are named in the report. */
function factsOf(cells: Cells, used: ReadonlySet<string>, context: Pick<ImportContext, 'leaveOut'>): Record<string, unknown> {
  const facts: Record<string, unknown> = {};
  for (const [column, cell] of Object.entries(cells)) {
    if (used.has(column) || cell === null || cell === undefined) continue;
    if (holdsBytes(cell)) context.leaveOut(column);
    else facts[column] = plain(cell);
  }
  return facts;
}

function holdsBytes(cell: unknown): boolean {
  if (cell instanceof Uint8Array) return true;
  if (Array.isArray(cell)) return cell.some(holdsBytes);
  return typeof cell === 'object' && cell !== null && !(cell instanceof Date) && Object.values(cell).some(holdsBytes);
}

/** As JSON can hold it: whole numbers of 64 bits that a number cannot hold become text. */
function plain(cell: unknown): unknown {
  if (typeof cell === 'bigint') return Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell);
  if (Array.isArray(cell)) return cell.map(plain);
  if (typeof cell !== 'object' || cell === null || cell instanceof Date) return cell;
  return Object.fromEntries(Object.entries(cell).map(([name, inside]) => [name, plain(inside)]));
}
