import { dirname } from 'node:path';
import { type Cells, idText, pictureFile } from './cells.ts';
import { findFiles } from './findTables.ts';
import { tableRows } from './records.ts';
import { total } from './table.ts';
import { badRow, type Importer, type ImportItem, type ImportRow, type PictureRef, type Place, RowProblem } from './types.ts';

/** Pico-Banana-400K's three kinds of lines: single edits, preference rows (`rejected_images`), and chains (`files`). */
export const pico: Importer = {
  format: 'pico',
  about: 'Pico-Banana jsonl: single edits, preference rows and multi-turn chains; sources mapped to local files first',
  async *rows({ path, signal }) {
    for (const file of await findFiles(path, /\.jsonl$/i, 'jsonl file')) {
      for await (const row of tableRows(file)) {
        signal.throwIfAborted();
        if ('fault' in row) yield row;
        else yield* itemsOf(row.cells, row);
      }
    }
  },
  count: async ({ path }) => total(await findFiles(path, /\.jsonl$/i, 'jsonl file')),
};

function* itemsOf(cells: Cells, place: Place): Generator<ImportItem> {
  try {
    if (Array.isArray(cells.files)) yield* chain(cells, place);
    else yield* single(cells, place);
  } catch (error) {
    if (!(error instanceof RowProblem)) throw error;
    yield badRow(place, '', error.fault, error.message);
  }
}

function* single(cells: Cells, place: Place): Generator<ImportRow> {
  const source = local(cells.local_input_image, 'local_input_image', place, cells.open_image_input_url);
  const instruction = text(cells.text, 'text');
  const summary = typeof cells.summarized_text === 'string' && cells.summarized_text.trim() !== '' ? [cells.summarized_text] : [];
  const common = { instruction, source, paraphrases: summary, category: idText(cells.edit_type), facts: kept(cells) };
  yield pair(place, { ...common, id: '', edited: local(cells.output_image, 'output_image', place), dropped: '' });
  if (!Array.isArray(cells.rejected_images)) return;
  for (const [index, path] of cells.rejected_images.entries())
    yield pair(place, { ...common, id: '', edited: local(path, `rejected_images[${index}]`, place), dropped: 'notPreferred' });
}

/** Each turn is a pair of its own; which chain and turn it was stays with it. */
function* chain(cells: Cells, place: Place): Generator<ImportRow> {
  const files = new Map<string, unknown>(
    (cells.files as { id?: unknown; url?: unknown; local_path?: unknown }[]).map(({ id, url, local_path }) => [
      String(id),
      local_path ?? url,
    ]),
  );
  const prompts = cells.metadata_edit_turn_prompts;
  if (!Array.isArray(prompts)) throw new RowProblem('fieldMissing', 'metadata_edit_turn_prompts: there are no instructions.');
  const names = [
    'original_input_image',
    ...prompts.map((_, turn) => (turn === prompts.length - 1 ? 'final_image' : `edit_turn${turn + 1}`)),
  ];
  for (const [turn, prompt] of prompts.entries())
    yield pair(place, {
      id: '',
      source: local(files.get(names[turn]!), names[turn]!, place),
      edited: local(files.get(names[turn + 1]!), names[turn + 1]!, place),
      instruction: text(prompt, `metadata_edit_turn_prompts[${turn}]`),
      paraphrases: [],
      category: '',
      facts: { ...kept(cells), turn: turn + 1, turns: prompts.length },
      dropped: '',
    });
}

type Own = Pick<ImportRow, 'id' | 'source' | 'edited' | 'instruction' | 'paraphrases' | 'category' | 'facts' | 'dropped'>;

function pair(place: Place, own: Own): ImportRow {
  return { type: 'pair', file: place.file, line: place.line, style: '', kind: '', scores: null, hashes: null, ...own };
}

function local(cell: unknown, column: string, place: Place, url?: unknown): PictureRef {
  if ((cell === undefined || cell === null) && typeof url === 'string')
    throw new RowProblem(
      'fileMissing',
      `${column}: only the address ${url} is known. Map it to a local file first; nothing is downloaded here.`,
    );
  if (typeof cell !== 'string') throw new RowProblem('fieldMissing', `${column}: there is no picture.`);
  return { name: cell, file: pictureFile(cell, column, dirname(place.file)) };
}

function text(cell: unknown, column: string): string {
  if (typeof cell !== 'string' || cell.trim() === '') throw new RowProblem('fieldMissing', `${column}: there is no instruction.`);
  return cell;
}

function kept({ text: _text, summarized_text: _summary, edit_type: _type, ...facts }: Cells): Cells {
  return facts;
}
