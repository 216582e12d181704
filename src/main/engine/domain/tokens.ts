import type { Usage } from '../../../shared/model/provider.ts';

/** Characters of one token of English text, on the low side. */
const CHARACTERS = 3.5;
/** Tokens of a megapixel picture: about 1,300 for Qwen2.5-VL, and of that order elsewhere. What a server counts corrects it. */
const PICTURE = 1300;

/** Tokens a question will take, before anybody has counted them; without those of the answer. */
export function estimateTokens(text: string, pictures: number): number {
  return Math.ceil(text.length / CHARACTERS) + pictures * PICTURE;
}

/** All tokens of a call, as rate limits count them. */
export function totalTokens(usage: Usage): number {
  return usage.inputTokens + usage.imageInputTokens + usage.cachedInputTokens + usage.outputTokens + usage.imageOutputTokens;
}
