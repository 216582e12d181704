import { Answer, type Asked, type FakeServer, jsonOf, serve } from './server.ts';
import { paint } from './vllmOmni.ts';

interface Part {
  text?: string;
  inlineData?: { mimeType: string; data: string };
  thought?: boolean;
}

export interface GeminiCall {
  /** models/X, publishers/google/models/X, or projects/.../endpoints/X. */
  model: string;
  version: string;
  headers: Asked['headers'];
  texts: string[];
  pictures: Buffer[];
  /** Its generationConfig. */
  config: Record<string, unknown>;
  /** All of it, as it came. */
  body: Record<string, unknown>;
}

export interface FakeGemini extends FakeServer {
  calls: GeminiCall[];
  /** The next call is answered with this body and status. */
  next(body: object, status?: number): void;
}

export interface FakeGeminiOptions {
  /** Words for a question; "ok" when left out. */
  words?(text: string): string;
}

/**
 * generateContent, models.list and inline batches of the Gemini API and of Vertex AI (base models and tuned endpoints), as far as
 * their answers go: @google/genai's own types and converters say what they look like. Pictures come with a thought before them.
 */
export async function fakeGemini(options: FakeGeminiOptions = {}): Promise<FakeGemini> {
  const calls: GeminiCall[] = [];
  const prepared: Answer[] = [];
  const batches = new Map<
    string,
    { displayName: string; requests: { request: Record<string, unknown>; metadata?: object }[]; polls: number }
  >();

  function generate(model: string, version: string, body: Record<string, unknown>, headers: Asked['headers']): Answer {
    const contents = body.contents as { parts: Part[] }[];
    const parts = contents.flatMap((content) => content.parts);
    const config = (body.generationConfig ?? {}) as Record<string, unknown>;
    const texts = parts.flatMap((part) => part.text ?? []);
    const pictures = parts.flatMap((part) => (part.inlineData ? [Buffer.from(part.inlineData.data, 'base64')] : []));
    calls.push({ model, version, headers, texts, pictures, config, body });
    const chosen = prepared.shift();
    if (chosen) return chosen;
    const wantsPicture = (config.responseModalities as string[] | undefined)?.includes('IMAGE');
    const thought: Part = { text: 'Let me think.', thought: true };
    const made: Part = wantsPicture
      ? {
          inlineData: {
            mimeType: 'image/png',
            data: paint({ width: 1024, height: 1024 }, [...texts, config.seed, ...pictures]).toString('base64'),
          },
        }
      : { text: options.words?.(texts.at(-1) ?? '') ?? 'ok' };
    return new Answer(200, {
      candidates: [{ content: { role: 'model', parts: [thought, made] }, finishReason: 'STOP', index: 0 }],
      usageMetadata: {
        promptTokenCount: 20 + 258 * pictures.length,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 20 },
          ...(pictures.length > 0 ? [{ modality: 'IMAGE', tokenCount: 258 * pictures.length }] : []),
        ],
        candidatesTokenCount: wantsPicture ? 1120 : 7,
        ...(wantsPicture && { candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1120 }] }),
        thoughtsTokenCount: 3,
        totalTokenCount: 100,
      },
      modelVersion: `${model.split('/').at(-1)}-001`,
      responseId: `resp-${calls.length}`,
    });
  }

  function createBatch(model: string, body: Record<string, unknown>): Answer {
    const batch = body.batch as {
      displayName: string;
      inputConfig: { requests: { requests: { request: Record<string, unknown>; metadata?: object }[] } };
    };
    const name = `batches/b${batches.size + 1}`;
    batches.set(name, { displayName: batch.displayName, requests: batch.inputConfig.requests.requests, polls: 0 });
    return new Answer(200, { name, metadata: { name, displayName: batch.displayName, state: 'BATCH_STATE_PENDING', model } });
  }

  function showBatch(name: string, version: string, headers: Asked['headers']): Answer {
    const batch = batches.get(name);
    if (!batch) return new Answer(404, { error: { code: 404, message: 'no such batch', status: 'NOT_FOUND' } });
    batch.polls += 1;
    if (batch.polls === 1)
      return new Answer(200, { name, metadata: { name, displayName: batch.displayName, state: 'BATCH_STATE_RUNNING' } });
    const inlinedResponses = batch.requests.map(({ request, metadata }) => {
      const { body, status } = generate('models/batched', version, request, headers);
      return status === 200 ? { response: body, metadata } : { error: (body as { error: object }).error, metadata };
    });
    const metadata = {
      name,
      displayName: batch.displayName,
      state: 'BATCH_STATE_SUCCEEDED',
      output: { inlinedResponses: { inlinedResponses } },
    };
    return new Answer(200, { name, done: true, metadata, response: { inlinedResponses: { inlinedResponses } } });
  }

  const server = await serve((asked) => {
    const [path = ''] = asked.path.split('?');
    const call = /^\/(v1\w*)\/(.+):(generateContent|batchGenerateContent)$/.exec(path);
    if (call) {
      const [, version, model, method] = call;
      return method === 'generateContent' ? generate(model!, version!, jsonOf(asked), asked.headers) : createBatch(model!, jsonOf(asked));
    }
    const batch = /^\/(v1\w*)\/(batches\/\w+)$/.exec(path);
    if (batch) return showBatch(batch[2]!, batch[1]!, asked.headers);
    if (/\/batches$/.test(path))
      return new Answer(200, { operations: [...batches].map(([name, { displayName }]) => ({ name, metadata: { name, displayName } })) });
    if (/\/models$/.test(path)) return new Answer(200, { models: [{ name: 'models/gemini-a' }, { name: 'models/gemini-b' }] });
    return new Answer(404, { error: { code: 404, message: `no ${path}`, status: 'NOT_FOUND' } });
  });
  return { ...server, calls, next: (body, status = 200) => void prepared.push(new Answer(status, body)) };
}
