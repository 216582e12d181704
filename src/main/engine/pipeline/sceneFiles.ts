import { createReadStream } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { AppError } from '../../../shared/model/errors.ts';

const Edit = z.object({ instruction: z.string().trim().min(1), category: z.string().trim().min(1).default('Other') });
const SceneLine = z.object({ prompt: z.string().trim().min(1), style: z.string().min(1).default('standard'), edits: z.array(Edit).min(1) });
const ImageLine = z.object({
  image: z.string().min(1),
  instruction: z.string().trim().min(1),
  category: z.string().trim().min(1).default('Other'),
});

export interface FileScene {
  prompt: string;
  style: string;
  edits: { text: string; category: string }[];
}

export interface FolderImage {
  name: string;
  instructions: { text: string; category: string }[];
  read(): Promise<Uint8Array>;
}

/** A file of scenes, one JSON object a line. Throws AppError inputInvalid that names file, line and field. */
export async function readSceneFile(path: string, baseDir: string): Promise<FileScene[]> {
  const scenes: FileScene[] = [];
  for await (const line of jsonLines(absolute(path, baseDir), SceneLine)) {
    scenes.push({ ...line, edits: line.edits.map((edit) => ({ text: edit.instruction, category: edit.category })) });
  }
  return scenes;
}

/** A folder of real images with its instructions file, grouped by image in order of first mention. */
export async function readImageFolder(path: string, instructions: string | undefined, baseDir: string): Promise<FolderImage[]> {
  const folder = absolute(path, baseDir);
  const list = instructions === undefined ? join(folder, 'instructions.jsonl') : absolute(instructions, baseDir);
  const byImage = new Map<string, FolderImage>();
  for await (const line of jsonLines(list, ImageLine)) {
    const file = resolve(folder, line.image);
    let entry = byImage.get(file);
    if (!entry) {
      await access(file).catch(() => {
        throw new AppError('inputInvalid', `${line.image} is named in the instructions but is not in the folder.`, {
          file: list,
          hint: `Looked for ${file}.`,
        });
      });
      entry = { name: line.image, instructions: [], read: () => readFile(file) };
      byImage.set(file, entry);
    }
    entry.instructions.push({ text: line.instruction, category: line.category });
  }
  return [...byImage.values()];
}

async function* jsonLines<T extends z.ZodType>(file: string, schema: T): AsyncGenerator<z.infer<T>> {
  await access(file).catch(() => {
    throw new AppError('inputInvalid', `${file} cannot be read.`, {
      file,
      hint: 'Check the path in the recipe; relative paths start from the recipe.',
    });
  });
  let number = 0;
  let found = 0;
  for await (const text of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    if (text.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new AppError('inputInvalid', `Line ${number} of ${file} is not JSON.`, { file, line: number, hint: 'One JSON object a line.' });
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new AppError('inputInvalid', `Line ${number} of ${file}: ${issue?.message ?? 'not as expected'}.`, {
        file,
        line: number,
        field: issue?.path.join('.') ?? '',
      });
    }
    found += 1;
    yield parsed.data;
  }
  if (found === 0) throw new AppError('inputInvalid', `${file} holds no lines.`, { file });
}

function absolute(path: string, baseDir: string): string {
  return isAbsolute(path) ? path : resolve(baseDir, path);
}
