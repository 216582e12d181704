import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readFiles } from '../check/readFiles.ts';
import type { ExportFormat, FormatContext, NoteLine } from '../export/format.ts';
import { freshFile, type Piece } from '../export/pieces.ts';
import type { FileFacts } from '../manifest.ts';
import { writeWith } from './containers.ts';
import { chunkPieces, provenanceLine } from './shards.ts';

const ROWS_A_PIECE = 1000;

/**
 * The folders of the original InstructPix2Pix: `DIR/prompt.json` with `edit`, `DIR/SEED_0.jpg` before and `DIR/SEED_1.jpg` after the
 * edit, and seeds.json that lists them. Its loader asks for .jpg and opens pictures by content, so bytes are kept under that name.
 */
export const ip2pSeeds: ExportFormat = {
  id: 'ip2p-seeds',
  linksPictures: true,
  readBack: (context, lines) =>
    readFiles(context, lines, async (line, read) => {
      const folder = line.pictures[0]!.path!.split('/').slice(0, -1).join('/');
      return { instruction: (JSON.parse(await read(`${folder}/prompt.json`)) as { edit: string }).edit };
    }),
  async prepare(context) {
    const { plan } = context;
    return {
      pieces: chunkPieces(plan, ROWS_A_PIECE, (split, index) => `${split}-folders-${String(index).padStart(5, '0')}`),
      write: (piece, note) => writeFolders(context, piece, note),
      finish: () => writeSeeds(context),
      card: {
        configs: [],
        info: [],
        usage: ['For `edit_dataset.py` of InstructPix2Pix: give `<split>` as its path. It cuts its own validation part out of seeds.json.'],
        columns: [
          ['KEY/prompt.json', '`edit` = the instruction, `input` = prompt of the original picture, "" = none'],
          ['KEY/SEED_0.jpg', 'the picture before the edit'],
          ['KEY/SEED_1.jpg', 'the picture after the edit'],
        ],
        files: ['KEY is the sample id, SEED the seed of the edit (0 = none). A name that ends in .jpg may hold PNG or WebP bytes.'],
      },
    };
  },
};

async function writeFolders(
  { plan, pictures, options, dir, signal, progress }: FormatContext,
  piece: Piece,
  note: NoteLine,
): Promise<FileFacts[]> {
  const files: FileFacts[] = [];
  for (let position = piece.from; position < piece.to; position++) {
    signal.throwIfAborted();
    const item = plan.item(piece.split, plan.rankAt(piece.split, position));
    const folder = `${piece.split}/${item.id}`;
    await mkdir(join(dir, folder), { recursive: true });
    const input = options.provenance ? item.row.prompt : '';
    const prompt = Buffer.from(`${JSON.stringify({ input: input.toWellFormed(), edit: item.row.instruction.toWellFormed() })}\n`);
    await writeFile(join(dir, folder, 'prompt.json'), prompt);
    files.push({ path: `${folder}/prompt.json`, bytes: prompt.length, sha256: createHash('sha256').update(prompt).digest('hex') });
    const paths = item.pictures.map((_, i) => `${folder}/${item.row.seed ?? 0}_${i}.jpg`);
    const written = await pictures.place(item.pictures.map((picture, i) => ({ picture, to: join(dir, paths[i]!) })));
    for (const [i, facts] of written.entries()) files.push({ path: paths[i]!, ...facts });
    await note(provenanceLine(item, { file: paths[1]!, row: 0, split: piece.split }, written, paths));
    progress(1);
  }
  return files;
}

async function writeSeeds({ plan, dir, signal }: FormatContext): Promise<FileFacts[]> {
  const files: FileFacts[] = [];
  for (const { name, rows } of plan.splits) {
    if (rows === 0) continue;
    const path = `${name}/seeds.json`;
    const facts = await writeWith(await freshFile(join(dir, path)), async (file) => {
      await file.write('[\n');
      for (let position = 0; position < rows; position++) {
        signal.throwIfAborted();
        const { id, row } = plan.item(name, plan.rankAt(name, position));
        await file.write(`${position === 0 ? '' : ',\n'}${JSON.stringify([id, [String(row.seed ?? 0)]])}`);
      }
      await file.write('\n]\n');
      return file.close();
    });
    files.push({ path, ...facts });
  }
  return files;
}
