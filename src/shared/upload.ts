import { z } from 'zod';
import { AppError, toWireError, WireError } from './model/errors.ts';

/** Where the page posts the bytes of a picture, on its own origin in both hosts: /picture?name=harbour.jpg. */
export const UPLOAD_PATH = '/picture';
/** Larger bodies are refused before they are read. */
export const MAX_UPLOAD_BYTES = 64 * 1024 * 1024;

/** A picture that was stored as it came. */
export const TakenPicture = z.object({ hash: z.string(), width: z.number().int(), height: z.number().int(), format: z.string() });
export type TakenPicture = z.infer<typeof TakenPicture>;

/** What is answered: the picture, or why not. */
export const UploadAnswer = z.union([z.object({ picture: TakenPicture }), z.object({ error: WireError })]);
export type UploadAnswer = z.infer<typeof UploadAnswer>;

/** The name a picture was sent under; it is only ever shown. */
export function uploadName(search: URLSearchParams): string {
  return search.get('name')?.slice(0, 200) || 'The picture';
}

/** The error of a body over the limit. */
export function uploadTooLarge(name: string): AppError {
  return new AppError('inputInvalid', `${name} is larger than ${MAX_UPLOAD_BYTES / 1024 / 1024} MB, which is the most that is taken.`, {
    file: name,
    hint: 'Save it as JPEG, or make it smaller.',
  });
}

/** Takes a picture and says how it went; never rejects. */
export async function answerUpload(take: () => Promise<TakenPicture>): Promise<{ status: number; answer: UploadAnswer }> {
  try {
    return { status: 200, answer: { picture: await take() } };
  } catch (error) {
    const wire = toWireError(error);
    return { status: wire.code === 'internal' ? 500 : wire.code === 'engineDown' ? 503 : 400, answer: { error: wire } };
  }
}
