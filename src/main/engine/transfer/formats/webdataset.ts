import { readTarSamples } from '../check/readTar.ts';
import { columnNotes } from '../columnNotes.ts';
import { columnsFor, formatFloat, metadataLine, metadataRow } from '../columns.ts';
import type { ExportFormat, FormatContext } from '../export/format.ts';
import { type ExportItem, wordings } from '../export/items.ts';
import { splitConfigs } from './configs.ts';
import { freshTar, writeWith } from './containers.ts';
import { cutShards, provenanceLine } from './shards.ts';

/** Field of a picture: what stands between the sample's key and the end of the name. Keys must not hold dots. */
function pictureField({ options, pictures }: FormatContext, picture: ExportItem['pictures'][number]): string {
  // X2Edit's loader asks for these names whatever the bytes are; it opens pictures by content.
  if (options.fields === 'x2edit') return picture.role === 'source' ? '1.0.jpg' : '2.jpg';
  return `${picture.role}.${pictures.extensionOf(picture)}`;
}

function jsonField(item: ExportItem, { options }: FormatContext): string {
  const texts = wordings(item.row, options);
  if (options.fields === 'nhr')
    return metadataLine(
      metadataRow(item, '', '', texts),
      columnsFor(options).filter(([name]) => !name.endsWith('_file_name')),
    );
  const { row } = item;
  const score = options.scores && row.scores ? Math.sqrt(row.scores.adherence * row.scores.aesthetics) : -1;
  const text = JSON.stringify(row.instruction.toWellFormed());
  const category = JSON.stringify(row.category.toWellFormed());
  return `{"instruction":${text},"instruction_en":${text},"task":${category},"label":${category},"score":${formatFloat(score)}}`;
}

/** WebDataset shards: plain tar, the fields of a sample side by side, samples in shuffled order (readers shuffle only in a buffer). */
export const webdataset: ExportFormat = {
  id: 'webdataset',
  linksPictures: false,
  copiesPictures: () => 1,
  // Readers take the fields of the first samples for those of all; a field's name holds the format.
  oneFormatPerRole: true,
  readBack: (context, lines) =>
    readTarSamples(context, lines, (fields) => {
      const x2edit = context.manifest.options.fields === 'x2edit';
      const find = (start: string) => [...fields].find(([name]) => name.startsWith(start))?.[1];
      return {
        instruction: fields.get('txt')?.toString('utf8'),
        json: fields.get('json')?.toString('utf8'),
        pictures: [
          { role: 'source', bytes: find(x2edit ? '1.0.' : 'source.') },
          { role: 'edited', bytes: find(x2edit ? '2.' : 'edited.') },
        ],
      };
    }),
  async prepare(context) {
    const { plan, pictures, options, dir, signal, progress } = context;
    const pieces = cutShards(plan, { bytes: options.shardBytes }, (split, index) => `${split}-${String(index).padStart(6, '0')}`);
    return {
      pieces,
      async write(piece, note) {
        const path = `data/${piece.id}.tar`;
        return writeWith(await freshTar(dir, path), async (tar) => {
          for (let position = piece.from; position < piece.to; position++) {
            signal.throwIfAborted();
            const item = plan.item(piece.split, plan.rankAt(piece.split, position));
            const written = [];
            for (const picture of item.pictures) {
              const ready = await pictures.content(picture);
              written.push(ready);
              await tar.add(`${item.id}.${pictureField(context, picture)}`, ready.content);
            }
            await tar.add(`${item.id}.json`, Buffer.from(jsonField(item, context)));
            await tar.add(`${item.id}.txt`, Buffer.from(item.row.instruction.toWellFormed()));
            await note(provenanceLine(item, { file: path, row: position - piece.from, split: piece.split }, written));
            progress(1);
          }
          return [{ path, ...(await tar.close()) }];
        });
      },
      finish: async () => [],
      card: {
        configs: splitConfigs(plan.splits, (split) => `data/${split}-*.tar`),
        info: [],
        usage: [
          '```python',
          'import webdataset as wds',
          '',
          'rows = wds.WebDataset("PATH/TO/THIS/FOLDER/data/train-000000.tar", shardshuffle=False).decode("pil")',
          `row = next(iter(rows))  # ${options.fields === 'nhr' ? 'row["source.png"], row["edited.png"] (or .jpg), row["json"]' : 'row["1.0.jpg"], row["2.jpg"], row["json"]'}`,
          '```',
        ],
        columns: [
          [options.fields === 'nhr' ? 'source.<ext>' : '1.0.jpg', 'the picture before the edit'],
          [options.fields === 'nhr' ? 'edited.<ext>' : '2.jpg', 'the picture after the edit'],
          ['txt', 'the instruction'],
          ['json', 'an object with everything else'],
          ...(options.fields === 'nhr'
            ? columnNotes(columnsFor(options).filter(([name]) => !name.endsWith('_file_name'))).map(
                ([name, note]) => [`json: ${name}`, note] as const,
              )
            : []),
        ],
        files: ['Shards are plain tar. Every sample has the same fields; its key is its sample id.'],
      },
    };
  },
};
