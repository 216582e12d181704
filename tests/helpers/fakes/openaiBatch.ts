import { solidPng } from './png.ts';
import { Answer, type Asked, type FakeServer, formOf, jsonOf, serve } from './server.ts';

interface Line {
  custom_id: string;
  url: string;
  body: Record<string, unknown>;
}

interface Batch {
  id: string;
  endpoint: string;
  metadata: unknown;
  lines: Line[];
  polls: number;
  /** Set when it ended: how, and which of its lines were answered. */
  end: { status: 'completed' | 'expired'; answered: (line: Line, i: number) => boolean } | null;
}

export interface FakeOpenAiBatch extends FakeServer {
  batches: Batch[];
  /** Every request of every batch, in words. */
  requests(): string[];
  /** Batches end at their second poll from now on; before, they run for ever. */
  release(): void;
  /** The next batch is taken and no answer given, as when the connection breaks. */
  swallow(): void;
  /** Ends those that run as expired, with only every other request answered. */
  expire(): void;
}

/** OpenAI's files and batches, as far as its OpenAPI document goes: answers in reverse order, expired requests in a file of their own. */
export async function fakeOpenAiBatch(words: (text: string) => string): Promise<FakeOpenAiBatch> {
  const files = new Map<string, string>();
  const batches: Batch[] = [];
  const hung: Promise<never> = new Promise(() => undefined);
  let released = false;
  let swallowing = false;

  async function takeFile(asked: Asked): Promise<Answer> {
    const form = await formOf(asked);
    const file = form.get('file') as File;
    const id = `file-${files.size + 1}`;
    files.set(id, await file.text());
    return new Answer(200, { id, object: 'file', filename: file.name, purpose: form.get('purpose'), bytes: file.size, created_at: 1 });
  }

  async function takeBatch(asked: Asked): Promise<Answer> {
    const { input_file_id: file, endpoint, metadata } = jsonOf(asked) as { input_file_id: string; endpoint: string; metadata: unknown };
    const lines = files
      .get(file)!
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as Line);
    if (lines.some(({ url }) => url !== endpoint)) throw new Answer(400, { error: { message: 'lines for another endpoint' } });
    const batch: Batch = { id: `batch_${batches.length + 1}`, endpoint, metadata, lines, polls: 0, end: null };
    batches.push(batch);
    if (swallowing) {
      swallowing = false;
      await hung;
    }
    return new Answer(200, shown(batch));
  }

  function shown({ id, endpoint, metadata, end }: Batch): object {
    const ended = end && { output_file_id: `out-${id}`, ...(end.status === 'expired' && { error_file_id: `err-${id}` }) };
    const status = end?.status ?? 'in_progress';
    return { id, object: 'batch', endpoint, metadata, status, input_file_id: 'file', completion_window: '24h', created_at: 1, ...ended };
  }

  function poll(batch: Batch): Answer {
    batch.polls += 1;
    if (released && batch.polls > 1) batch.end ??= { status: 'completed', answered: () => true };
    return new Answer(200, shown(batch));
  }

  function contentOf(fileId: string): Answer {
    const batch = batches.find(({ id }) => fileId.endsWith(`-${id}`))!;
    const output = fileId.startsWith('out-');
    const lines = batch.lines.filter((line, i) => batch.end!.answered(line, i) === output);
    const text = lines
      .map((line) => JSON.stringify(output ? answerTo(line) : expired(line)))
      .reverse()
      .join('\n');
    return new Answer(200, `${text}\n`);
  }

  const expired = ({ custom_id }: Line) => ({
    custom_id,
    response: null,
    error: { code: 'batch_expired', message: 'This request could not be executed before the completion window expired.' },
  });

  function answerTo({ custom_id, url, body }: Line): object {
    const picture = () => solidPng(512, 512, [batches.length * 41, Number(custom_id) * 67 + 20, 90]).toString('base64');
    const reply =
      url === '/v1/chat/completions'
        ? {
            model: body.model,
            choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: words(wordsOf(body)) } }],
            usage: { prompt_tokens: 1000, completion_tokens: 10, total_tokens: 1010 },
          }
        : { created: 1, data: [{ b64_json: picture() }], usage: { input_tokens: 1000, output_tokens: 1000, total_tokens: 2000 } };
    return { id: `r-${custom_id}`, custom_id, response: { status_code: 200, request_id: `req-${custom_id}`, body: reply }, error: null };
  }

  const server = await serve(async (asked) => {
    const path = asked.path.split('?')[0]!;
    const content = /^\/v1\/files\/(.+)\/content$/.exec(path);
    if (content) return contentOf(content[1]!);
    if (path === '/v1/files') return await takeFile(asked);
    if (path === '/v1/batches' && asked.method === 'POST') return await takeBatch(asked);
    if (path === '/v1/batches') return new Answer(200, { object: 'list', data: batches.map(shown).reverse(), has_more: false });
    const batch = batches.find(({ id }) => path === `/v1/batches/${id}`);
    return batch ? poll(batch) : new Answer(404, { error: { message: `no ${path}`, code: 'not_found' } });
  });

  return {
    ...server,
    batches,
    requests: () => batches.flatMap(({ lines }) => lines.map(({ url, body }) => `${url} ${JSON.stringify(body)}`)),
    release: () => {
      released = true;
    },
    swallow: () => {
      swallowing = true;
    },
    expire() {
      for (const batch of batches) batch.end ??= { status: 'expired', answered: (_line, i) => i % 2 === 0 };
    },
  };
}

/** The last words of a chat request. */
function wordsOf(body: Record<string, unknown>): string {
  const { content } = (body.messages as { content: { type: string; text?: string }[] }[])[0]!;
  return content.flatMap(({ text }) => text ?? []).at(-1) ?? '';
}
