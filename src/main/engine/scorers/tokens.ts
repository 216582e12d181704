/** Text as tokens, in the scorer process: a tokenizer of 34 MB takes a second to read, which the engine does not have. */
import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import type { ModelInput } from './wire.ts';

type TextInput = Extract<ModelInput, { kind: 'text' }>;

const tokenizers = new Map<string, { tokenizer: Tokenizer; pad: number }>();

type Integers = Extract<ModelInput, { kind: 'integers' }>;

/** The tokens of a text, cut and padded to the length the model wants, and which of them are real. Throws when a file of the tokenizer is damaged. */
export function tokensOf({ text, length, tokenizer: file, config: configFile }: TextInput): { ids: Integers; mask: Integers } {
  let kept = tokenizers.get(file);
  if (!kept) {
    const config = JSON.parse(readFileSync(configFile, 'utf8')) as { pad_token?: string | { content: string } };
    const tokenizer = new Tokenizer(JSON.parse(readFileSync(file, 'utf8')), config);
    const name = typeof config.pad_token === 'object' ? config.pad_token.content : (config.pad_token ?? '');
    kept = { tokenizer, pad: tokenizer.token_to_id(name) ?? 0 };
    tokenizers.set(file, kept);
  }
  const { ids } = kept.tokenizer.encode(text);
  if (ids.some((id) => !Number.isInteger(id))) throw new Error(`it has no token for a part of ${JSON.stringify(text)}`);
  // A text that is too long keeps its end mark: the model reads its summary there.
  const cut = ids.length > length ? [...ids.slice(0, length - 1), ids.at(-1)!] : ids;
  const padded = (from: number[], filler: number): Integers => ({
    kind: 'integers',
    data: [...from, ...Array<number>(length - from.length).fill(filler)],
    shape: [length],
  });
  return { ids: padded(cut, kept.pad), mask: padded(Array<number>(cut.length).fill(1), 0) };
}
