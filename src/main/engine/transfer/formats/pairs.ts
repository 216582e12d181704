import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readFiles } from '../check/readFiles.ts';
import type { ExportFormat, FormatContext } from '../export/format.ts';
import { type Piece, writeText } from '../export/pieces.ts';
import type { FileFacts } from '../manifest.ts';
import { chunkPieces, provenanceLine } from './shards.ts';

const ROWS_A_PIECE = 1000;

/**
 * Two folders with equal base names: `target/` holds the picture after the edit and a caption, `control/` the picture before it. In
 * these trainers "image" is the target. Pictures are hard links.
 */
export const pairs: ExportFormat = {
  id: 'pairs',
  linksPictures: true,
  // What both trainers list; anything else becomes PNG and is counted.
  takes: ['jpeg', 'png'],
  readBack: (context, lines) =>
    readFiles(context, lines, async (line, read) => {
      const [source, edited] = line.pictures;
      const stem = edited!.path!.replace(/\.[^.]+$/, '');
      if (
        stem.split('/').at(-1) !==
        source!
          .path!.replace(/\.[^.]+$/, '')
          .split('/')
          .at(-1)
      )
        context.add('row', line.file, null, 'Target and control do not have the same base name.');
      return { instruction: await read(`${stem}.txt`) };
    }),
  async prepare(context) {
    const { plan } = context;
    return {
      pieces: chunkPieces(plan, ROWS_A_PIECE, (split, index) => `${split}-pairs-${String(index).padStart(5, '0')}`),
      write: (piece, note) => writePairs(context, piece, note),
      finish: () => writeSettings(context),
      card: {
        configs: [],
        info: [],
        usage: [
          'Pair folders for ai-toolkit and musubi-tuner: `ai-toolkit.yaml` and `musubi.toml` hold the part of their settings that names the',
          'dataset. The target is the picture **after** the edit, the control the picture **before** it.',
        ],
        columns: [
          ['target/KEY', 'the picture after the edit'],
          ['target/KEY.txt', 'the instruction'],
          ['control/KEY', 'the picture before the edit'],
        ],
        files: ['KEY is the sample id.'],
      },
    };
  },
};

async function writePairs({ plan, pictures, dir, signal, progress }: FormatContext, piece: Piece, note: (line: object) => Promise<void>) {
  const files: FileFacts[] = [];
  const folders = { source: `${piece.split}/control`, edited: `${piece.split}/target` } as Record<string, string>;
  for (const folder of Object.values(folders)) await mkdir(join(dir, folder), { recursive: true });
  for (let position = piece.from; position < piece.to; position++) {
    signal.throwIfAborted();
    const item = plan.item(piece.split, plan.rankAt(piece.split, position));
    const paths = item.pictures.map((picture) => `${folders[picture.role]}/${item.id}.${pictures.extensionOf(picture)}`);
    const written = await pictures.place(item.pictures.map((picture, i) => ({ picture, to: join(dir, paths[i]!) })));
    for (const [i, facts] of written.entries()) files.push({ path: paths[i]!, ...facts });
    const caption = Buffer.from(item.row.instruction.toWellFormed());
    const path = `${folders.edited}/${item.id}.txt`;
    await writeFile(join(dir, path), caption);
    files.push({ path, bytes: caption.length, sha256: createHash('sha256').update(caption).digest('hex') });
    await note(provenanceLine(item, { file: paths[1]!, row: 0, split: piece.split }, written, paths));
    progress(1);
  }
  return files;
}

async function writeSettings({ options, target, plan, dir }: FormatContext): Promise<FileFacts[]> {
  const root = (options.dataRoot === '' ? target : options.dataRoot).replace(/\/+$/, '');
  const folder = (split: string, side: string) => JSON.stringify(`${root}/${split}/${side}`);
  const train = plan.splits.find(({ rows }) => rows > 0)!.name;
  const toolkit = [
    '# The datasets part of an ai-toolkit job (FLUX.1 Kontext, Qwen-Image-Edit).',
    'datasets:',
    `  - folder_path: ${folder(train, 'target')}  # the picture after the edit`,
    `    control_path: ${folder(train, 'control')}  # the picture before it`,
    '    caption_ext: "txt"',
    '    caption_dropout_rate: 0.05',
    '    shuffle_tokens: false',
    '    resolution: [512, 768, 1024]',
    '',
  ];
  const musubi = [
    '# Dataset settings of musubi-tuner.',
    '[general]',
    'resolution = [1024, 1024]',
    'caption_extension = ".txt"',
    'batch_size = 1',
    'enable_bucket = true',
    'bucket_no_upscale = true',
    '',
    '[[datasets]]',
    `image_directory = ${folder(train, 'target')}  # the picture after the edit`,
    `control_directory = ${folder(train, 'control')}  # the picture before it`,
    `cache_directory = ${folder(train, 'cache')}`,
    'num_repeats = 1',
    '',
  ];
  return [await writeText(dir, 'ai-toolkit.yaml', toolkit.join('\n')), await writeText(dir, 'musubi.toml', musubi.join('\n'))];
}
