import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SplitName } from '../../../../shared/model/export.ts';
import { checkManifests } from '../check/checkManifests.ts';
import { readFiles } from '../check/readFiles.ts';
import type { ExportFormat, FormatContext } from '../export/format.ts';
import { freshFile, writeText } from '../export/pieces.ts';
import type { FileFacts } from '../manifest.ts';
import { writeWith } from './containers.ts';
import { manifestPath, TRAINER_MANIFESTS } from './trainerManifests.ts';
import { planTree, type Tree } from './tree.ts';

/** The image tree once, with a manifest for every trainer that reads paths from a text file. */
export const manifests: ExportFormat = {
  id: 'manifests',
  linksPictures: true,
  readBack: async function* (context, provenance) {
    yield* readFiles(context, provenance, async () => ({}));
    await checkManifests(context);
  },
  async prepare(context) {
    const tree = await planTree(context);
    return {
      pieces: tree.pieces,
      write: (piece, note) => tree.write(piece, note),
      async finish() {
        const files: FileFacts[] = [];
        for (const { name, rows } of context.plan.splits) if (rows > 0) files.push(...(await writeSplit(context, tree, name)));
        return [...files, ...(await writeSettings(context))];
      },
      card: {
        configs: [],
        info: [],
        usage: [
          'One tree of pictures and a list of rows for each of these trainers: DiffSynth-Studio, musubi-tuner, OmniGen2, Step1X-Edit, UniWorld',
          '(GPT-Image-Edit) and DeepGen. Lists with absolute paths start with the folder named at export; to move them, replace that text.',
          'In all of them "image" or "output" is the picture **after** the edit.',
        ],
        columns: [],
        files: [
          '`manifests/<trainer>-<split>`. `step1x/` holds further names of pictures that are the target of several rows: its list goes by target path.',
        ],
      },
    };
  },
};

function rootOf({ options, target }: FormatContext): string {
  return (options.dataRoot === '' ? target : options.dataRoot).replace(/\/+$/, '');
}

async function writeSplit(context: FormatContext, tree: Tree, split: SplitName): Promise<FileFacts[]> {
  const root = rootOf(context);
  const files: FileFacts[] = [];
  for (const trainer of TRAINER_MANIFESTS) {
    const path = manifestPath(trainer, split);
    // A dictionary by target path would lose every row but one of those that share a target.
    const targets = trainer.id === 'step1x' ? new Set<string>() : undefined;
    const facts = await writeWith(await freshFile(join(context.dir, path)), async (file) => {
      await file.write(trainer.open);
      for (const { item, paths, position } of tree.rows(split)) {
        context.signal.throwIfAborted();
        let edited = `${split}/${paths[1]}`;
        if (targets?.has(edited)) {
          const picture = item.pictures[1]!;
          edited = `step1x/${item.id}.${context.pictures.extensionOf(picture)}`;
          await mkdir(dirname(join(context.dir, edited)), { recursive: true });
          const [written] = await context.pictures.place([{ picture, to: join(context.dir, edited) }]);
          files.push({ path: edited, ...written! });
        }
        targets?.add(edited);
        const full = (at: string) => (trainer.absolute ? `${root}/${at}` : at);
        const row = { source: full(`${split}/${paths[0]}`), edited: full(edited), instruction: item.row.instruction.toWellFormed() };
        await file.write(`${position === 0 ? '' : trainer.between}${trainer.line(row)}`);
      }
      await file.write(trainer.close);
      return file.close();
    });
    files.push({ path, ...facts });
  }
  return files;
}

/** The files that name the lists: OmniGen2's yml, musubi's toml, UniWorld's data.txt. */
async function writeSettings(context: FormatContext): Promise<FileFacts[]> {
  const root = rootOf(context);
  const split = context.plan.splits.find(({ rows }) => rows > 0)!.name;
  const at = (id: string, extension: 'json' | 'jsonl') => `${root}/${manifestPath({ id, extension }, split)}`;
  const texts: [string, string][] = [
    [
      'manifests/omnigen2.yml',
      `ratio_type: inside_ratio\n\ndata:\n  - path: ${JSON.stringify(at('omnigen2', 'jsonl'))}\n    type: edit\n    ratio: !!float 1\n`,
    ],
    [
      'manifests/musubi.toml',
      `[general]\nresolution = [1024, 1024]\nbatch_size = 1\nenable_bucket = true\n\n[[datasets]]\nimage_jsonl_file = ${JSON.stringify(at('musubi', 'jsonl'))}\ncache_directory = ${JSON.stringify(`${root}/cache`)}\n`,
    ],
    ['manifests/step1x.toml', `[[datasets]]\nmetadata_file = ${JSON.stringify(at('step1x', 'json'))}\n`],
    ['manifests/uniworld.txt', `${root},${at('uniworld', 'json')},false\n`],
  ];
  const files: FileFacts[] = [];
  for (const [path, text] of texts) files.push(await writeText(context.dir, path, text));
  return files;
}
