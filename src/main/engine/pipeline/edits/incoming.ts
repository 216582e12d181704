import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { EditStart } from '../../../../shared/contract/edit.ts';
import type { EditOrigin } from '../../../../shared/model/edit.ts';
import { AppError } from '../../../../shared/model/errors.ts';
import { Recipe } from '../../../../shared/model/recipe.ts';
import { MAX_UPLOAD_BYTES, uploadTooLarge } from '../../../../shared/upload.ts';
import type { Blobs, EditStore, ImageAnswer, ImageFacts, Pixels, SizeRule, WorkStore } from '../../ports.ts';

/** What BAGEL's own transform brings pictures to (endpoints reference). */
const BAGEL_SIZE: SizeRule = { maxLongSide: 1024, minShortSide: 512, multipleOf: 16 };
const USUAL_SIZE: SizeRule = Recipe.shape.sourceSize.parse(undefined);

export interface IncomingDeps {
  blobs: Blobs;
  pixels: Pick<Pixels, 'inspect' | 'canonicalise'>;
  work: Pick<WorkStore, 'addImage' | 'image'>;
  edits: Pick<EditStore, 'tripletPictures'>;
}

/** The first picture of a session, and all that is known of where it came from. */
export interface Incoming {
  picture: ImageAnswer;
  origin: EditOrigin;
  title: string;
  notes: string[];
  sourceId: number | null;
  style: string;
  demo: boolean;
}

/**
 * Stores a picture as it came, byte for byte. Throws AppError inputInvalid that names the picture for bytes that are empty, too many,
 * no picture, damaged, or of too many pixels.
 */
export async function takePicture(deps: IncomingDeps, bytes: Uint8Array, name: string): Promise<ImageAnswer> {
  if (bytes.length > MAX_UPLOAD_BYTES) throw uploadTooLarge(name);
  const facts = await named(name, () => deps.pixels.inspect(bytes));
  return keep(deps, bytes, facts);
}

/** The picture a session starts from, in the form of a source (RGB, upright, no metadata, sides by the rule), with what that changed. */
export async function firstPicture(deps: IncomingDeps, start: EditStart, bagelSize: boolean): Promise<Incoming> {
  if (start.from === 'triplet') return fromTriplet(deps, start);
  const name = start.from === 'path' ? basename(start.path) : start.name;
  const raw = start.from === 'path' ? await takePicture(deps, await readPicture(start.path), start.path) : deps.work.image(start.hash);
  if (!raw) throw new AppError('noSuchItem', `The picture ${name} is not in the workspace.`, { hint: 'Drop it in once more.' });
  const bytes = await deps.blobs.read(raw.hash);
  const {
    bytes: canonical,
    changed,
    ...facts
  } = await named(name, () => deps.pixels.canonicalise(bytes, bagelSize ? BAGEL_SIZE : USUAL_SIZE));
  const picture = changed ? await keep(deps, canonical, facts) : raw;
  const notes = changed ? [whatChanged(raw, picture)] : [];
  return { picture, origin: { kind: 'file', name, hash: raw.hash }, title: name, notes, sourceId: null, style: 'standard', demo: false };
}

function whatChanged(raw: ImageFacts, now: ImageFacts): string {
  const resized = raw.width !== now.width || raw.height !== now.height;
  const plain = `kept as plain RGB (${now.format}): turned upright, transparency on white, metadata taken out`;
  return resized ? `Brought from ${raw.width} x ${raw.height} to ${now.width} x ${now.height}, ${plain}.` : `The picture is ${plain}.`;
}

function fromTriplet(deps: IncomingDeps, { tripletId, side }: Extract<EditStart, { from: 'triplet' }>): Incoming {
  const triplet = deps.edits.tripletPictures(tripletId);
  if (!triplet) throw new AppError('noSuchItem', `There is no triplet ${tripletId}.`);
  const hash = side === 'source' ? triplet.sourceHash : triplet.editedHash;
  const picture = deps.work.image(hash);
  if (!picture) throw new AppError('workspaceCorrupt', `Triplet ${tripletId} names picture ${hash}, which has no row.`);
  const { sourceId, style, demo } = triplet;
  return { picture, origin: { kind: 'triplet', tripletId, side }, title: `Triplet ${tripletId}`, notes: [], sourceId, style, demo };
}

async function readPicture(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > MAX_UPLOAD_BYTES) throw uploadTooLarge(path);
    return await readFile(path);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const problem = code === 'ENOENT' ? 'is not there' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`;
    throw new AppError('inputInvalid', `${path} ${problem}.`, { file: path, hint: 'Name a picture: JPEG, PNG, WebP, AVIF, TIFF or GIF.' });
  }
}

async function keep(deps: IncomingDeps, bytes: Uint8Array, { width, height, format, lossy }: ImageFacts): Promise<ImageAnswer> {
  const facts = { width, height, format, lossy };
  const hash = await deps.blobs.put(bytes, format);
  await deps.work.addImage(hash, facts, bytes.length);
  return { hash, ...facts };
}

/** Errors of the pixel worker speak of "the picture": here it has a name. */
async function named<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'inputInvalid') throw error;
    throw new AppError('inputInvalid', error.message.replace(/^The picture\b/, name), { ...error.details, file: name });
  }
}
