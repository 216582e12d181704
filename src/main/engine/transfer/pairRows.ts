import { resolve } from 'node:path';
import { z } from 'zod';

/** One pair to score, with absolute picture paths. */
export interface PairRow {
  line: number;
  id: string;
  source: string;
  edited: string;
  instruction: string;
  category: string;
}

const Text = z.string().trim().min(1, 'must not be empty');
const Pair = z.object({
  id: z.union([Text, z.number().int().transform(String)]),
  source: Text,
  edited: Text,
  instruction: Text,
  category: z.string().trim().default(''),
});

/**
 * One line of a pairs file: {"id", "source", "edited", "instruction", "category"?}. Picture paths start from the folder of the
 * file. A line that is none gives the reason as a sentence. Other fields are ignored.
 */
export function parsePair(text: string, line: number, baseDir: string): PairRow | { line: number; id: string; problem: string } {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return { line, id: '', problem: 'The line is not JSON.' };
  }
  const parsed = Pair.safeParse(data);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.join('.') || 'the row';
    const given = typeof data === 'object' && data !== null && 'id' in data && typeof data.id === 'string' ? data.id : '';
    return { line, id: given, problem: `${field}: ${issue?.message ?? 'not readable'}` };
  }
  const pair = parsed.data;
  return { ...pair, line, source: resolve(baseDir, pair.source), edited: resolve(baseDir, pair.edited) };
}
