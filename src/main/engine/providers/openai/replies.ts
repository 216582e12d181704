import { ProviderError } from '../../../../shared/model/errors.ts';
import { NO_USAGE, type Usage } from '../../../../shared/model/provider.ts';
import { shortRaw } from '../http.ts';
import { pictureFromBase64, requirePicture } from '../pictures.ts';
import { decodeBase64, type LongJson } from './b64.ts';
import { asFields } from './errors.ts';

type Fields = Record<string, unknown>;

const DATA = 'data:';

/** What is in a reply: never a refusal, never empty. */
export interface Read<T> {
  value: T;
  usage: Usage;
  /** Empty where the reply does not name one. */
  model: string;
}

/** Where a picture lies in a reply: bytes, or a link to be fetched. */
export type PictureFound = { bytes: Uint8Array } | { link: string };

/** The fields of a reply; what is no object is no answer. */
function fieldsOf(reply: LongJson, where: string): Fields {
  const fields = asFields(reply.value);
  if (fields) return fields;
  const said = typeof reply.value === 'string' ? reply.value : JSON.stringify(reply.value ?? null);
  const what = /^\s*</.test(said) ? 'an HTML page' : 'something else';
  throw spoilt('badOutput', `${where} sent ${what} instead of an answer.`, said, NO_USAGE);
}

/** The words of a chat completion. Throws ProviderError refused or badOutput, with what was used. */
export function readText(reply: LongJson, where: string): Read<string> {
  const fields = fieldsOf(reply, where);
  const usage = usageOf(fields);
  const choice = choicesOf(fields)[0];
  if (!choice) throw spoilt('badOutput', `${where} answered without any choice.`, fields, usage);
  requireWilling(choice, reply, where, usage);
  const text = partsOf(choice, reply)
    .map((part) => (typeof part.text === 'string' ? reply.text(part.text) : ''))
    .join('');
  // A cut answer is not an answer, even where the part that came could be read.
  if (choice.finish_reason === 'length')
    throw spoilt('badOutput', `The answer of ${where} was cut off after ${usage.outputTokens} tokens.`, text, usage);
  if (text.trim() === '') throw spoilt('badOutput', `${where} answered with no words.`, fields, usage);
  return { value: text, usage, model: modelOf(fields) };
}

/** The picture of a chat completion, in whichever choice it is. Throws ProviderError refused or badOutput. */
export function readChatPicture(reply: LongJson, where: string): Read<PictureFound> {
  const fields = fieldsOf(reply, where);
  const usage = { ...usageOf(fields), images: 1 };
  const choices = choicesOf(fields);
  for (const choice of choices) {
    const url = partsOf(choice, reply)
      .map((part) => asFields(part.image_url)?.url ?? part.image_url)
      .find((found) => typeof found === 'string');
    if (url !== undefined) return { value: pictureAt(url as string, reply, where, usage), usage, model: modelOf(fields) };
  }
  for (const choice of choices) requireWilling(choice, reply, where, usageOf(fields));
  throw spoilt('badOutput', `${where} answered with no picture in ${choices.length} choices.`, fields, usageOf(fields));
}

/** The picture of an images reply. Throws ProviderError badOutput. */
export function readPicture(reply: LongJson, where: string): Read<PictureFound> {
  const fields = fieldsOf(reply, where);
  const usage = { ...usageOf(fields), images: 1 };
  const first = Array.isArray(fields.data) ? asFields(fields.data[0]) : undefined;
  if (typeof first?.b64_json === 'string')
    return { value: { bytes: pictureBytes(first.b64_json, reply, where, usage) }, usage, model: modelOf(fields) };
  if (typeof first?.url === 'string') return { value: pictureAt(first.url, reply, where, usage), usage, model: modelOf(fields) };
  // A file_path would name a file on the server's disk: it means nothing here and is never opened.
  throw spoilt('badOutput', `${where} answered with no picture.`, fields, usageOf(fields));
}

function pictureAt(url: string, reply: LongJson, where: string, usage: Usage): PictureFound {
  return isDataUri(url, reply) ? { bytes: pictureBytes(url, reply, where, usage) } : { link: reply.text(url) };
}

function isDataUri(part: string, reply: LongJson): boolean {
  return (reply.cut(part)?.toString('latin1', 0, DATA.length) ?? part).startsWith(DATA);
}

function pictureBytes(part: string, reply: LongJson, where: string, usage: Usage): Uint8Array {
  const cut = reply.cut(part);
  return cut ? requirePicture(decodeBase64(cut), where, usage) : pictureFromBase64(part, where, usage);
}

function choicesOf(fields: Fields): Fields[] {
  return Array.isArray(fields.choices) ? objectsIn(fields.choices) : [];
}

function objectsIn(values: unknown[]): Fields[] {
  return values.map(asFields).filter((fields) => fields !== undefined);
}

/** The parts of a message, however they are written: a string, an array of parts, or pictures in a field of their own. */
function partsOf(choice: Fields, reply: LongJson): Fields[] {
  const message = asFields(choice.message) ?? {};
  const { content, images } = message;
  const parts =
    typeof content === 'string'
      ? [isDataUri(content, reply) ? { image_url: content } : { text: content }]
      : Array.isArray(content)
        ? content
        : [];
  return objectsIn([...parts, ...(Array.isArray(images) ? images : [])]);
}

/** Throws ProviderError refused for the ways in which a chat model says no. */
function requireWilling(choice: Fields, reply: LongJson, where: string, usage: Usage): void {
  const refusal = asFields(choice.message)?.refusal ?? partsOf(choice, reply).find((part) => part.type === 'refusal')?.refusal;
  if (typeof refusal === 'string' && refusal !== '') throw spoilt('refused', `${where} refused: ${refusal.slice(0, 300)}`, refusal, usage);
  if (choice.finish_reason === 'content_filter')
    throw spoilt('refused', `The content filter of ${where} stopped the answer.`, choice, usage);
}

function spoilt(code: 'refused' | 'badOutput', message: string, said: unknown, usage: Usage): ProviderError {
  return new ProviderError(code, message, { raw: shortRaw(typeof said === 'string' ? said : JSON.stringify(said)), usage });
}

function modelOf(fields: Fields): string {
  return typeof fields.model === 'string' ? fields.model : '';
}

/**
 * Tokens by modality, each counted once, and GPU seconds where the server tells: inference_time_s (SGLang), metrics (vllm-omni),
 * timings in milliseconds (llama.cpp). Chat and picture routes name their token counts differently.
 */
export function usageOf(reply: Fields): Usage {
  const usage = asFields(reply.usage) ?? {};
  const input = asFields(usage.prompt_tokens_details) ?? asFields(usage.input_tokens_details) ?? {};
  const output = asFields(usage.completion_tokens_details) ?? asFields(usage.output_tokens_details);
  const [inputs, outputs] = [count(usage.prompt_tokens ?? usage.input_tokens), count(usage.completion_tokens ?? usage.output_tokens)];
  const cached = Math.min(count(input.cached_tokens), inputs);
  const imageInputs = Math.min(count(input.image_tokens), inputs - cached);
  // The picture routes count tokens of pictures alone, unless they say how many were words.
  const madePictures = usage.input_tokens !== undefined && usage.prompt_tokens === undefined;
  const imageOutputs = Math.min(madePictures && !output ? outputs : count(output?.image_tokens), outputs);
  return {
    ...NO_USAGE,
    inputTokens: inputs - cached - imageInputs,
    imageInputTokens: imageInputs,
    cachedInputTokens: cached,
    outputTokens: outputs - imageOutputs,
    imageOutputTokens: imageOutputs,
    gpuSeconds: gpuSecondsOf(reply),
  };
}

function gpuSecondsOf(reply: Fields): number {
  const metrics = asFields(reply.metrics) ?? {};
  const timings = asFields(reply.timings) ?? {};
  const told = [reply.inference_time_s, metrics.inference_time_s, metrics.generation_time_s].map(count).find((seconds) => seconds > 0);
  return told ?? (count(timings.prompt_ms) + count(timings.predicted_ms)) / 1000;
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
