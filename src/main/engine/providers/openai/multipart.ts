import { randomUUID } from 'node:crypto';
import type { SentPicture } from '../pictures.ts';
import type { Sent } from './wire.ts';

/**
 * A form with pictures (RFC 7578). One picture goes as `image`, several as `image[]`, as OpenAI's own SDK does it; vllm-omni and
 * SGLang read both.
 */
export function imageForm(fields: Record<string, string | number | boolean>, pictures: SentPicture[]): Sent {
  const boundary = `nhr-${randomUUID()}`;
  const parts: Uint8Array[] = [];
  const text = (words: string) => parts.push(Buffer.from(words));
  for (const [name, value] of Object.entries(fields))
    text(`--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"\r\n\r\n${value}\r\n`);
  const name = pictures.length > 1 ? 'image[]' : 'image';
  for (const [i, { bytes, mime }] of pictures.entries()) {
    const file = `image-${i + 1}.${mime.slice('image/'.length)}`;
    text(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${file}"\r\nContent-Type: ${mime}\r\n\r\n`);
    parts.push(bytes);
    text('\r\n');
  }
  text(`--${boundary}--\r\n`);
  return { type: `multipart/form-data; boundary=${boundary}`, bytes: Buffer.concat(parts) };
}

/** As browsers escape a field's name (HTML standard, multipart/form-data encoding). */
function quoted(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
