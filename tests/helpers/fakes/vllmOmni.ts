import { createHash } from 'node:crypto';
import { pictureSize, solidPng } from './png.ts';
import { Answer, type Asked, type FakeServer, formOf, jsonOf, serve } from './server.ts';

/**
 * vllm-omni with one model loaded, as far as its answers go: model_extras/bagel.py (names it reads), serving_chat.py (pictures as
 * content parts, words in a choice before), api_server.py (image routes; another model is a 400 with `detail`).
 */
export async function fakeVllmOmni(model: string): Promise<FakeServer & { knobs(): Record<string, unknown>[] }> {
  const knobs: Record<string, unknown>[] = [];

  function requireModel(asked: unknown): void {
    if (asked !== undefined && asked !== model)
      throw new Answer(400, { detail: `Model mismatch: ${asked} is not served here, ${model} is.` });
  }

  function chat(asked: Asked): Answer {
    const { messages, modalities, model: wanted, ...rest } = jsonOf(asked);
    if (wanted !== model)
      return new Answer(404, {
        error: { message: `The model \`${wanted}\` does not exist.`, type: 'NotFoundError', param: 'model', code: 404 },
      });
    const parts = (messages as { content: string | Record<string, never>[] }[])[0]!.content;
    const list = (typeof parts === 'string' ? [{ type: 'text', text: parts }] : parts) as {
      type: string;
      text?: string;
      image_url?: { url: string };
    }[];
    const words = list.find((part) => part.type === 'text')?.text ?? '';
    const shown = list.filter((part) => part.type === 'image_url').map((part) => Buffer.from(part.image_url!.url.split(',')[1]!, 'base64'));
    if (!(modalities as string[] | undefined)?.includes('image'))
      return new Answer(200, completion(model, [{ content: `I see ${shown.length} pictures.` }]));
    const fields = { ...(rest.extra_body as object | undefined), ...rest } as Record<string, unknown>;
    knobs.push(fields);
    if (!/^<\|im_start\|>[\s\S]*<\|im_end\|>$/.test(words))
      throw new Answer(400, { error: { message: 'bad prompt', type: 'BadRequestError', code: 400 } });
    if ('cfg_interval' in fields && !(Array.isArray(fields.cfg_interval) && fields.cfg_interval.length === 2))
      throw new Answer(400, { error: { message: 'cfg_interval must be a pair', type: 'BadRequestError', code: 400 } });
    const size = shown[0] ? pictureSize(shown[0]) : { width: Number(fields.width ?? 512), height: Number(fields.height ?? 512) };
    const made = paint(size, [words, fields.seed, ...shown]);
    const picture = { type: 'image_url', image_url: { url: `data:image/png;base64,${made.toString('base64')}` } };
    return new Answer(200, completion(model, [{ content: 'Done.' }, { content: [picture] }]));
  }

  async function edits(asked: Asked): Promise<Answer> {
    const form = await formOf(asked);
    requireModel(form.get('model') ?? undefined);
    const files = [...form.getAll('image'), ...form.getAll('image[]')] as File[];
    if (files.length === 0) return new Answer(422, { detail: [{ loc: ['body', 'image'], msg: 'Field required', type: 'missing' }] });
    const shown = await Promise.all(files.map(async (file) => Buffer.from(await file.arrayBuffer())));
    return pictureReply(paint(sizeOf(form.get('size'), shown[0]), [form.get('prompt'), form.get('seed'), ...shown]));
  }

  const server = await serve(async (asked) => {
    if (asked.path === '/v1/models')
      return new Answer(200, { object: 'list', data: [{ id: model, object: 'model', created: 1, owned_by: 'vllm' }] });
    if (asked.path === '/health') return new Answer(200, {});
    if (asked.path === '/v1/chat/completions') return chat(asked);
    if (asked.path === '/v1/images/edits') return await edits(asked);
    if (asked.path === '/v1/images/generations') {
      const fields = jsonOf(asked);
      requireModel(fields.model);
      return pictureReply(paint(sizeOf(fields.size), [fields.prompt, fields.seed]));
    }
    return new Answer(404, { detail: 'Not Found' });
  });
  return { ...server, knobs: () => knobs };
}

function completion(model: string, messages: object[]): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model,
    choices: messages.map((message, index) => ({ index, message: { role: 'assistant', ...message }, finish_reason: 'stop' })),
    usage: { prompt_tokens: 30, completion_tokens: 5, total_tokens: 35 },
  };
}

function pictureReply(made: Buffer): Answer {
  return new Answer(200, {
    created: 1,
    data: [{ b64_json: made.toString('base64') }],
    output_format: 'png',
    size: 'auto',
    metrics: { inference_time_s: 2.5 },
  });
}

function sizeOf(said: unknown, first?: Buffer): { width: number; height: number } {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(String(said ?? '')) ?? [];
  return width ? { width: Number(width), height: Number(height) } : first ? pictureSize(first) : { width: 1024, height: 1024 };
}

/** A colour that everything asked for decides: another seed, instruction or source gives another picture. */
export function paint({ width, height }: { width: number; height: number }, asked: unknown[]): Buffer {
  const digest = createHash('sha256');
  for (const part of asked) digest.update(Buffer.isBuffer(part) ? part : String(part));
  const [red, green, blue] = digest.digest();
  return solidPng(width, height, [red!, green!, blue!]);
}
