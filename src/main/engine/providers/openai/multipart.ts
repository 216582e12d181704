import { randomUUID } from 'node:crypto';
import type { Params } from '../../../../shared/model/provider.ts';
import type { SentPicture } from '../pictures.ts';
import type { Sent } from './wire.ts';

interface FormFile {
  /** Of the field. */
  name: string;
  filename: string;
  type: string;
  bytes: Uint8Array;
}

/** A form with files (RFC 7578); a group or a list goes as JSON, as vllm-omni wants its `lora`. The SDK's own cannot be sent through undici's fetch: their FormData classes differ. */
export function form(fields: Params, files: FormFile[]): Sent {
  const boundary = `nhr-${randomUUID()}`;
  const parts: Uint8Array[] = [];
  const text = (words: string) => parts.push(Buffer.from(words));
  for (const [name, value] of Object.entries(fields)) {
    const words = typeof value === 'object' ? JSON.stringify(value) : value;
    text(`--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"\r\n\r\n${words}\r\n`);
  }
  for (const { name, filename, type, bytes } of files) {
    text(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${filename}"\r\nContent-Type: ${type}\r\n\r\n`);
    parts.push(bytes);
    text('\r\n');
  }
  text(`--${boundary}--\r\n`);
  return { type: `multipart/form-data; boundary=${boundary}`, parts };
}

/** A form with pictures: one goes as `image`, several as `image[]`, as OpenAI's SDK names them; vllm-omni and SGLang read both. */
export function imageForm(fields: Params, pictures: SentPicture[]): Sent {
  const name = pictures.length > 1 ? 'image[]' : 'image';
  const files = pictures.map(({ bytes, mime }, i) => ({
    name,
    filename: `image-${i + 1}.${mime.slice('image/'.length)}`,
    type: mime,
    bytes,
  }));
  return form(fields, files);
}

/** As browsers escape a field's name (HTML standard, multipart/form-data encoding). */
function quoted(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
