import { AppError } from '../../../shared/model/errors.ts';
import { MAX_UPLOAD_BYTES, type TakenPicture, UPLOAD_PATH, UploadAnswer, uploadTooLarge } from '../../../shared/upload.ts';

/** Sends a picture to the engine. Throws AppError inputInvalid that names it when it cannot be used, engineDown without an engine. */
export async function uploadPicture(file: Blob, name: string): Promise<TakenPicture> {
  if (file.size > MAX_UPLOAD_BYTES) throw uploadTooLarge(name);
  const body = await file.arrayBuffer();
  let reply: Response;
  try {
    reply = await fetch(`${UPLOAD_PATH}?name=${encodeURIComponent(name)}`, { method: 'POST', body });
  } catch {
    throw new AppError('engineDown', `${name} could not be sent: the engine does not answer.`, { hint: 'Try again when it is back.' });
  }
  const answer = UploadAnswer.safeParse(await reply.json().catch(() => null));
  if (!answer.success) throw new AppError('internal', `${name} could not be sent (status ${reply.status}).`);
  if ('picture' in answer.data) return answer.data.picture;
  const { code, message, details } = answer.data.error;
  throw new AppError(code, message, details);
}

/** The first picture of a drop or a paste; undefined when there is none. */
export function pictureIn(data: DataTransfer | null): File | undefined {
  const files = [...(data?.files ?? [])];
  return files.find((file) => file.type.startsWith('image/')) ?? files[0];
}
