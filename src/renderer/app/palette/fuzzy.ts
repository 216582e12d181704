/** How well a text fits what was typed; larger is better. `marks` are the places of the letters that fit. */
export interface Fit {
  score: number;
  marks: number[];
}

/**
 * Whether the letters of `typed` stand in `text` in their order, and how well: together and at the start of words counts most.
 * Case and spaces do not matter. Null when they do not; everything fits an empty one.
 */
export function matchLetters(typed: string, text: string): Fit | null {
  const letters = [...typed.toLowerCase().replaceAll(/\s+/g, '')];
  const lower = [...text.toLowerCase()];
  if (letters.length === 0) return { score: 0, marks: [] };
  let best: Fit | null = null;
  // A start at every place of the first letter: the first one is not always the best.
  for (let start = lower.indexOf(letters[0]!); start >= 0; start = lower.indexOf(letters[0]!, start + 1)) {
    const found = from(start, letters, lower);
    if (found && (best === null || found.score > best.score)) best = found;
  }
  return best;
}

function from(start: number, letters: readonly string[], text: readonly string[]): Fit | null {
  const marks: number[] = [];
  let score = 0;
  let at = start;
  for (const letter of letters) {
    const next = text.indexOf(letter, at);
    if (next < 0) return null;
    const together = marks.length > 0 && next === at;
    const wordStart = next === 0 || /[\s\-/·:#]/.test(text[next - 1]!);
    score += 1 + (together ? 4 : 0) + (wordStart ? 3 : 0);
    marks.push(next);
    at = next + 1;
  }
  // Of two that fit equally, the shorter one, and the one that begins sooner.
  return { score: score - text.length / 200 - start / 50, marks };
}
