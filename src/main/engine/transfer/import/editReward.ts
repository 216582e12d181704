import { dirname } from 'node:path';
import { type Cells, idText, pictureFile } from './cells.ts';
import { findFiles } from './findTables.ts';
import { tableRows } from './records.ts';
import { total } from './table.ts';
import { badRow, type Importer, type ImportItem, type ImportRow, type PictureRef, type Place, RowProblem } from './types.ts';

const TABLE = /\.(jsonl|json|parquet)$/i;

/**
 * EditReward's pairs in both spellings: the training json (path_src, path1 = the preferred one, path2) and the published Parquet
 * (source_img, left_output_image, right_output_image, vote_type). Both candidates are stored; the loser is kept out of the set. Its
 * scores go from 1 to 4, another scale than ours, so they stay with the row and do not become scores.
 */
export const editReward: Importer = {
  format: 'editreward',
  about: 'EditReward pairs, training json or Parquet; the loser is stored but kept out of the set',
  async *rows({ path, signal }) {
    for (const file of await findFiles(path, TABLE, 'json, jsonl or parquet file')) {
      for await (const row of tableRows(file)) {
        signal.throwIfAborted();
        if ('fault' in row) yield row;
        else yield* itemsOf(row.cells, row);
      }
    }
  },
  count: async ({ path }) => total(await findFiles(path, TABLE, 'json, jsonl or parquet file')),
};

function* itemsOf(cells: Cells, place: Place): Generator<ImportItem> {
  const id = idText(cells.unique_key ?? cells.key ?? cells.id);
  try {
    const [first, second] = cells.path_src === undefined ? published(cells, place) : training(cells, place);
    yield pair(place, cells, id, 'a', first!);
    yield pair(place, cells, id, 'b', second!);
  } catch (error) {
    if (!(error instanceof RowProblem)) throw error;
    yield badRow(place, id, error.fault, error.message);
  }
}

interface Candidate {
  source: PictureRef;
  edited: PictureRef;
  preferred: boolean;
  tie: boolean;
}

function training(cells: Cells, place: Place): Candidate[] {
  const tie = cells.tie_case === true || cells.tie_case === 1;
  const source = picture(cells.path_src, 'path_src', place);
  return ['path1', 'path2'].map((column, index) => ({
    source,
    edited: picture(cells[column], column, place),
    preferred: index === 0,
    tie,
  }));
}

function published(cells: Cells, place: Place): Candidate[] {
  const vote = cells.vote_type;
  if (vote !== 'leftvote' && vote !== 'rightvote' && vote !== 'tie')
    throw new RowProblem('fieldInvalid', `vote_type: ${JSON.stringify(vote)} is none of leftvote, rightvote, tie.`);
  const source = picture(cells.source_img, 'source_img', place);
  return (['left', 'right'] as const).map((side) => ({
    source,
    edited: picture(cells[`${side}_output_image`], `${side}_output_image`, place),
    preferred: vote === `${side}vote`,
    tie: vote === 'tie',
  }));
}

function pair(place: Place, cells: Cells, id: string, part: string, { source, edited, preferred, tie }: Candidate): ImportRow {
  const instruction = cells.instruction ?? cells.prompt;
  if (typeof instruction !== 'string' || instruction.trim() === '') throw new RowProblem('fieldMissing', 'instruction: there is none.');
  const facts = Object.entries(cells).filter(
    ([, cell]) => typeof cell === 'string' || typeof cell === 'number' || typeof cell === 'boolean',
  );
  return {
    type: 'pair',
    file: place.file,
    line: place.line,
    id: id === '' ? '' : `${id}/${part}`,
    source,
    edited,
    instruction,
    category: '',
    style: '',
    kind: '',
    paraphrases: [],
    scores: null,
    facts: { ...Object.fromEntries(facts), preferred, tie },
    hashes: null,
    dropped: preferred || tie ? '' : 'notPreferred',
  };
}

function picture(cell: unknown, column: string, place: Place): PictureRef {
  if (cell instanceof Uint8Array) return { name: column, bytes: cell };
  if (typeof cell === 'string') return { name: cell, file: pictureFile(cell, column, dirname(place.file)) };
  const inside = typeof cell === 'object' && cell !== null && 'bytes' in cell ? cell.bytes : undefined;
  if (inside instanceof Uint8Array) return { name: column, bytes: inside };
  throw new RowProblem('fieldMissing', `${column}: there is no picture.`);
}
