import type { GenerateContentConfig, GenerateContentParameters, Part } from '@google/genai';
import { ProviderError } from '../../../../shared/model/errors.ts';
import type { Endpoint, Json, Params } from '../../../../shared/model/provider.ts';
import { pricesOf } from '../../domain/budget.ts';
import type { CallContext, ChatRequest } from '../../ports.ts';
import type { SentPicture } from '../pictures.ts';

/** Shapes that image models take, by name. A size in pixels cannot be asked for. */
const RATIOS = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'];

/** The nearest of the shapes an image model knows, by the logarithm of the ratio, so that tall and wide count alike. */
export function nearestRatio(width: number, height: number): string {
  const distance = (name: string) => {
    const [w, h] = name.split(':').map(Number) as [number, number];
    return Math.abs(Math.log((width * h) / (height * w)));
  };
  return RATIOS.reduce((best, name) => (distance(name) < distance(best) ? name : best));
}

/**
 * A question with its pictures, labelled in words. Where output costs money its length is limited to what was reserved for it. The
 * binding's parameters are fields of the SDK's config, or of the request itself (`generationConfig: {...}`), and win.
 */
export function chatRequest(
  endpoint: Endpoint,
  request: ChatRequest,
  ctx: CallContext,
  pictures: SentPicture[],
): GenerateContentParameters {
  const prices = pricesOf(endpoint, ctx.model);
  const labels = pictures.length === 2 ? ['First picture:', 'Second picture:'] : [];
  const parts: Part[] = [
    ...pictures.flatMap((picture, i) => [...(labels[i] ? [{ text: labels[i] }] : []), partOf(picture)]),
    { text: request.prompt.text },
  ];
  return asked(endpoint, ctx, parts, {
    temperature: request.temperature,
    seed: request.seed,
    ...(prices.usdPerMillionOutputTokens > 0 && { maxOutputTokens: prices.worstOutputTokens }),
    ...(request.prompt.schema && { responseMimeType: 'application/json', responseJsonSchema: request.prompt.schema.schema }),
  });
}

/** A picture out of words, or out of words and a picture. `size` gives the shape. */
export function pictureRequest(
  endpoint: Endpoint,
  text: string,
  seed: number,
  source: SentPicture | undefined,
  size: { width: number; height: number },
  ctx: CallContext,
): GenerateContentParameters {
  return asked(endpoint, ctx, [...(source ? [partOf(source)] : []), { text }], {
    seed,
    responseModalities: ['IMAGE'],
    imageConfig: { aspectRatio: nearestRatio(size.width, size.height) },
  });
}

/** Fields that the SDK's config has (GenerateContentConfig of @google/genai 3.1); all others it would drop without a word. */
const CONFIG_FIELDS = new Set([
  'audioTimestamp',
  'cachedContent',
  'candidateCount',
  'enableEnhancedCivicAnswers',
  'frequencyPenalty',
  'imageConfig',
  'labels',
  'logprobs',
  'maxOutputTokens',
  'mediaResolution',
  'modelArmorConfig',
  'modelSelectionConfig',
  'presencePenalty',
  'responseJsonSchema',
  'responseLogprobs',
  'responseMimeType',
  'responseModalities',
  'responseSchema',
  'routingConfig',
  'safetySettings',
  'seed',
  'serviceTier',
  'stopSequences',
  'systemInstruction',
  'temperature',
  'thinkingConfig',
  'toolConfig',
  'tools',
  'topK',
  'topP',
]);

function asked(endpoint: Endpoint, ctx: CallContext, parts: Part[], ours: GenerateContentConfig): GenerateContentParameters {
  const own = Object.entries(ctx.params);
  const rest = own.filter(([name]) => !CONFIG_FIELDS.has(name));
  if (rest.length > 0 && endpoint.batch) {
    const names = rest.map(([name]) => name).join(', ');
    throw new ProviderError('badRequest', `${endpoint.id}: ${names} cannot be sent in a batch.`, { unsent: true });
  }
  const config: Params = { ...(ours as Params) };
  for (const [name, value] of own) if (CONFIG_FIELDS.has(name)) config[name] = merged(config[name], value);
  // The server takes one of the two spellings of a schema.
  if (config.responseSchema !== undefined) delete config.responseJsonSchema;
  return {
    model: ctx.model,
    contents: [{ role: 'user', parts }],
    config: {
      ...config,
      // What the SDK does not know goes into the request as it stands, so that the server takes it or says no.
      ...(rest.length > 0 && { httpOptions: { extraBody: Object.fromEntries(rest) } }),
      // A continued answer would be billed once more a hop, out of our sight.
      automaticContinuation: false,
    },
  };
}

/** A group is filled up, so that `imageConfig: { imageSize: 2K }` keeps the shape that was asked for; anything else is replaced. */
function merged(ours: Json | undefined, own: Json): Json {
  const isGroup = (value: Json | undefined): value is Params => typeof value === 'object' && value !== null && !Array.isArray(value);
  return isGroup(ours) && isGroup(own) ? { ...ours, ...own } : own;
}

function partOf({ mime, base64 }: SentPicture): Part {
  return { inlineData: { mimeType: mime, data: base64 } };
}
