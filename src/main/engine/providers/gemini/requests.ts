import type { GenerateContentConfig, GenerateContentParameters, Part } from '@google/genai';
import type { Endpoint } from '../../../../shared/model/provider.ts';
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
 * binding's parameters are fields of the SDK's config and win.
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
  return asked(ctx, parts, {
    temperature: request.temperature,
    seed: request.seed,
    ...(prices.usdPerMillionOutputTokens > 0 && { maxOutputTokens: prices.worstOutputTokens }),
    ...(request.prompt.schema && { responseMimeType: 'application/json', responseJsonSchema: request.prompt.schema.schema }),
  });
}

/** A picture out of words, or out of words and a picture. `size` gives the shape. */
export function pictureRequest(
  text: string,
  seed: number,
  source: SentPicture | undefined,
  size: { width: number; height: number },
  ctx: CallContext,
): GenerateContentParameters {
  return asked(ctx, [...(source ? [partOf(source)] : []), { text }], {
    seed,
    responseModalities: ['IMAGE'],
    imageConfig: { aspectRatio: nearestRatio(size.width, size.height) },
  });
}

function asked(ctx: CallContext, parts: Part[], config: GenerateContentConfig): GenerateContentParameters {
  // A continued answer would be billed once more a hop, out of our sight.
  return { model: ctx.model, contents: [{ role: 'user', parts }], config: { ...config, automaticContinuation: false, ...ctx.params } };
}

function partOf({ mime, base64 }: SentPicture): Part {
  return { inlineData: { mimeType: mime, data: base64 } };
}
