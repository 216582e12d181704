import type { SplitName } from '../../../../shared/model/export.ts';

/** One row as a trainer's manifest may need it. Paths are relative to the dataset, POSIX. */
export interface ManifestRow {
  source: string;
  edited: string;
  instruction: string;
}

/** A trainer's list of rows, as text. `line` is one row; `open`, `between` and `close` stand around the rows. */
export interface TrainerManifest {
  id: string;
  extension: 'json' | 'jsonl';
  /** Whether its paths are absolute. */
  absolute: boolean;
  line(row: ManifestRow): string;
  /** Reads a line back. */
  read(line: string): ManifestRow;
  open: string;
  between: string;
  close: string;
}

const array = { open: '[\n', between: ',\n', close: '\n]\n', extension: 'json' } as const;
const lines = { open: '', between: '\n', close: '\n', extension: 'jsonl' } as const;

/** In all of these "image" or "output" is the target, the picture after the edit. Field names: reference, section 3. */
export const TRAINER_MANIFESTS: readonly TrainerManifest[] = [
  {
    id: 'diffsynth',
    absolute: false,
    ...array,
    line: ({ source, edited, instruction }) => JSON.stringify({ prompt: instruction, image: edited, edit_image: source }),
    read(line) {
      const { prompt, image, edit_image } = JSON.parse(line);
      return { instruction: prompt, edited: image, source: edit_image };
    },
  },
  {
    id: 'musubi',
    absolute: true,
    ...lines,
    line: ({ source, edited, instruction }) => JSON.stringify({ image_path: edited, control_path: source, caption: instruction }),
    read(line) {
      const { image_path, control_path, caption } = JSON.parse(line);
      return { edited: image_path, source: control_path, instruction: caption };
    },
  },
  {
    id: 'omnigen2',
    absolute: true,
    ...lines,
    line: ({ source, edited, instruction }) =>
      JSON.stringify({ task_type: 'edit', instruction, input_images: [source], output_image: edited }),
    read(line) {
      const { instruction, input_images, output_image } = JSON.parse(line);
      return { instruction, source: input_images[0], edited: output_image };
    },
  },
  {
    id: 'step1x',
    absolute: true,
    open: '{\n',
    between: ',\n',
    close: '\n}\n',
    extension: 'json',
    line: ({ source, edited, instruction }) =>
      `${JSON.stringify(edited)}: ${JSON.stringify({ ref_image_path: source, caption: instruction })}`,
    read(line) {
      const [edited, { ref_image_path, caption }] = Object.entries(JSON.parse(`{${line}}`))[0] as [string, Record<string, string>];
      return { edited, source: ref_image_path!, instruction: caption! };
    },
  },
  {
    id: 'uniworld',
    absolute: false,
    ...array,
    line: ({ source, edited, instruction }) =>
      JSON.stringify({
        image: [source, edited],
        conversations: [
          { from: 'human', value: `<image>\n${instruction}` },
          { from: 'gpt', value: '<image>' },
        ],
      }),
    read(line) {
      const { image, conversations } = JSON.parse(line);
      return { source: image[0], edited: image[1], instruction: conversations[0].value.slice('<image>\n'.length) };
    },
  },
  {
    id: 'deepgen',
    absolute: false,
    ...array,
    line: ({ source, edited, instruction }) => JSON.stringify({ input_image: [source], output_image: edited, instruction }),
    read(line) {
      const { input_image, output_image, instruction } = JSON.parse(line);
      return { source: input_image[0], edited: output_image, instruction };
    },
  },
];

/** Where a trainer's manifest of a split is. */
export function manifestPath({ id, extension }: Pick<TrainerManifest, 'id' | 'extension'>, split: SplitName): string {
  return `manifests/${id}-${split}.${extension}`;
}
