import type { GenerateContentResponse, ModalityTokenCount } from '@google/genai';
import { ProviderError } from '../../../../shared/model/errors.ts';
import { NO_USAGE, type Usage } from '../../../../shared/model/provider.ts';
import { pictureFromBase64 } from '../pictures.ts';

/** Ends of an answer that are a refusal, in all their spellings. */
const REFUSALS = new Set([
  'SAFETY',
  'RECITATION',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'LANGUAGE',
  'IMAGE_SAFETY',
  'IMAGE_PROHIBITED_CONTENT',
  'IMAGE_RECITATION',
  'IMAGE_OTHER',
  'NO_IMAGE',
]);

type Part = NonNullable<NonNullable<NonNullable<GenerateContentResponse['candidates']>[number]['content']>['parts']>[number];

/** The text of an answer, without its thoughts. Throws ProviderError refused or badOutput, with what was used. */
export function readText(reply: GenerateContentResponse, where: string): string {
  const { parts, finish, usage } = answerOf(reply, where);
  const text = parts.map((part) => part.text ?? '').join('');
  if (finish === 'MAX_TOKENS')
    throw new ProviderError('badOutput', `${where}: the answer was cut at the limit of its length.`, { raw: text.slice(0, 2000), usage });
  if (text.trim() === '')
    throw new ProviderError('badOutput', `${where} gave an answer without words (${finish || 'no reason given'}).`, { usage });
  return text;
}

/** The first picture of an answer, whichever candidate has it. Throws ProviderError refused, or badOutput with the words that came instead. */
export function readPicture(reply: GenerateContentResponse, where: string): Uint8Array {
  const { parts, finish, usage } = answerOf(reply, where);
  const all = [...parts, ...(reply.candidates ?? []).slice(1).flatMap(saidBy)];
  const data = all.find((part) => part.inlineData?.data)?.inlineData?.data;
  if (data !== undefined) return pictureFromBase64(data, where, { ...usage, images: 1 });
  const words = parts
    .map((part) => part.text ?? '')
    .join('')
    .trim();
  const why = words === '' ? finish || 'no reason given' : `it says: ${words.slice(0, 200)}`;
  throw new ProviderError('badOutput', `${where} gave no picture (${why}).`, { raw: words, usage });
}

function answerOf(reply: GenerateContentResponse, where: string): { parts: Part[]; finish: string; usage: Usage } {
  const usage = usageOf(reply);
  const blocked = reply.promptFeedback?.blockReason;
  if (blocked) throw refused(`${where} refused the request: ${blocked}.`, reply.promptFeedback?.blockReasonMessage, usage);
  const candidate = reply.candidates?.[0];
  if (!candidate) throw new ProviderError('badOutput', `${where} gave no answer.`, { usage });
  const finish = String(candidate.finishReason ?? '');
  if (REFUSALS.has(finish)) throw refused(`${where} refused the answer: ${finish}.`, candidate.finishMessage, usage);
  return { parts: saidBy(candidate), finish, usage };
}

/** The parts of a candidate that are its answer. */
function saidBy({ content }: NonNullable<GenerateContentResponse['candidates']>[number]): Part[] {
  return (content?.parts ?? []).filter((part) => part.thought !== true);
}

function refused(message: string, said: string | undefined, usage: Usage): ProviderError {
  return new ProviderError('refused', said ? `${message} ${said}` : message, { usage });
}

/** Tokens by modality, disjoint; thoughts are billed as output. */
export function usageOf(reply: GenerateContentResponse): Usage {
  const said = reply.usageMetadata;
  if (!said) return NO_USAGE;
  const images = (details: ModalityTokenCount[] | undefined) =>
    (details ?? []).reduce((sum, { modality, tokenCount }) => sum + (String(modality) === 'IMAGE' ? (tokenCount ?? 0) : 0), 0);
  const [cached, cachedImages] = [said.cachedContentTokenCount ?? 0, images(said.cacheTokensDetails)];
  const imageInputTokens = Math.max(0, images(said.promptTokensDetails) - cachedImages);
  const imageOutputTokens = images(said.candidatesTokensDetails);
  const prompt = (said.promptTokenCount ?? 0) + (said.toolUsePromptTokenCount ?? 0);
  return {
    ...NO_USAGE,
    inputTokens: Math.max(0, prompt - cached - imageInputTokens),
    imageInputTokens,
    cachedInputTokens: cached,
    outputTokens: Math.max(0, (said.candidatesTokenCount ?? 0) - imageOutputTokens) + (said.thoughtsTokenCount ?? 0),
    imageOutputTokens,
  };
}
