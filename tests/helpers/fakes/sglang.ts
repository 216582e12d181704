import { pictureSize } from './png.ts';
import { Answer, type Asked, type FakeServer, formOf, jsonOf, serve } from './server.ts';
import { paint } from './vllmOmni.ts';

/** The first bytes of a JPEG: enough to be told from a PNG. */
const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex');
const FOREIGN = ['cfg_text_scale', 'cfg_img_scale', 'cfg_interval', 'cfg_renorm_type', 'cfg_renorm_min', 'timestep_shift'];

/**
 * SGLang's picture server with BAGEL, as far as its answers go: image_api.py (link unless b64_json is asked for, JPEG unless PNG
 * is), configs/sample/bagel.py (BAGEL's own names are refused).
 */
export async function fakeSglang(model: string): Promise<FakeServer & { fields(): Record<string, string>[] }> {
  const seen: Record<string, string>[] = [];
  const kept: Buffer[] = [];

  function answer(fields: Record<string, string>, shown: Buffer[]): Answer {
    seen.push(fields);
    const foreign = FOREIGN.filter((name) => name in fields);
    if (foreign.length > 0) return new Answer(400, { detail: `Unsupported BAGEL fields: ${foreign.join(', ')}` });
    const [, width, height] = /^(\d+)x(\d+)$/.exec(fields.size ?? '') ?? [];
    const size = width
      ? { width: Number(width), height: Number(height) }
      : shown[0]
        ? pictureSize(shown[0])
        : { width: 1024, height: 1024 };
    const made = fields.output_format === 'png' ? paint(size, [fields.prompt, fields.seed ?? '1024', ...shown]) : JPEG;
    kept.push(made);
    const path = { file_path: `/outputs/${kept.length}.png` };
    const data =
      fields.response_format === 'b64_json'
        ? { b64_json: made.toString('base64') }
        : { url: `/v1/images/${kept.length - 1}/content?variant=0` };
    return new Answer(200, {
      id: 'img_1',
      created: 1,
      data: [{ ...data, ...path }],
      peak_memory_mb: 40_000,
      inference_time_s: 5.25,
      usage: { image_count: 1 },
    });
  }

  async function edits(asked: Asked): Promise<Answer> {
    const form = await formOf(asked);
    const files = [...form.getAll('image'), ...form.getAll('image[]')] as File[];
    const shown = await Promise.all(files.map(async (file) => Buffer.from(await file.arrayBuffer())));
    const words = [...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    return answer(Object.fromEntries(words), shown);
  }

  const server = await serve(async (asked, response) => {
    if (asked.path === '/v1/models')
      return new Answer(200, { object: 'list', data: [{ id: model, object: 'model', created: 1, owned_by: 'sglang' }] });
    if (asked.path === '/v1/images/edits') return await edits(asked);
    if (asked.path === '/v1/images/generations')
      return answer(Object.fromEntries(Object.entries(jsonOf(asked)).map(([name, value]) => [name, String(value)])), []);
    const content = /^\/v1\/images\/(\d+)\/content/.exec(asked.path);
    if (!content) return new Answer(404, { detail: 'Not Found' });
    response.writeHead(200, { 'content-type': 'image/png' }).end(kept[Number(content[1])]);
    return undefined;
  });
  return { ...server, fields: () => seen };
}
