/** What letters an instruction asks for, and whether letters that were read are those: the rules behind the stage textCheck. */

/** The letters a text edit is about. */
export interface TextAsked {
  /** Must stand in the edited picture. */
  wanted: string[];
  /** Must have gone from it. */
  gone: string[];
}

const ABOUT_TEXT =
  /\b(texts?|signs?|signage|letters?|lettering|words?|caption|title|label|labels|headline|slogan|inscription|logo|banner|billboard|poster|plate|name|number|says?|saying|reads?|reading|spells?|spelling|writ(e|es|ing|ten))\b/i;
/** Quotation marks, each with its partner. A plain apostrophe counts only where a word cannot go on through it. */
const QUOTED =
  /"([^"]+)"|“([^”]+)”|„([^“”]+)[“”]|«([^»]+)»|‘([^’]+)’|(?<![\p{L}\p{N}])'((?:[^']|(?<=\p{L})'(?=\p{L}))+)'(?![\p{L}\p{N}])/gu;
/** Words after "says", "reads", ...: names in capitals, without quotation marks. */
const UNQUOTED =
  /\b(?:says?|saying|reads?|reading|spells?|spelling)\s+(?:the\s+words?\s+)?((?:[\p{Lu}\p{N}][\p{L}\p{N}&'!?.-]*)(?:\s+[\p{Lu}\p{N}][\p{L}\p{N}&'!?.-]*)*)/u;
const BEFORE_GONE =
  /\b(from|instead of|rather than|remove|removes|removing|delete|deleting|erase|erasing|without|get rid of)\b[^"“”„«»]*$/i;
const BEFORE_SWAPPED = /\b(change|changing|replace|replacing|swap|swapping|turn|alter|substitute)\b[^"“”„«»]*$/i;
const BEFORE_NEW = /\b(to|with|into|by|for|say|says|saying|read|reads|reading|spell|spells|text|add|write|word|words)\b[\s:,]*$/i;

/**
 * The letters an instruction asks for: what stands in quotation marks, or in capitals after "says" or "reads". Null when it is not
 * about text (a "vintage" look is not) or names none. `category` decides where the wording does not.
 */
export function textAsked(instruction: string, category: string): TextAsked | null {
  if (!/\btext\b/i.test(category) && !ABOUT_TEXT.test(instruction.replace(QUOTED, ' '))) return null;
  const quotes = [...instruction.matchAll(QUOTED)].map((match) => ({
    text: match
      .slice(1)
      .find((group) => group !== undefined)!
      .trim(),
    from: match.index,
    to: match.index + match[0].length,
  }));
  const asked: TextAsked = { wanted: [], gone: [] };
  for (const [at, { text, from }] of quotes.entries()) {
    if (fold(text) === '') continue;
    const before = instruction.slice(quotes[at - 1]?.to ?? 0, from);
    const next = quotes[at + 1];
    const after = next === undefined ? '' : instruction.slice(quotes[at]!.to, next.from);
    const swapped =
      BEFORE_SWAPPED.test(before) && !BEFORE_NEW.test(before.replace(/\b(the|text|words?)\b[\s:,]*$/i, '')) && BEFORE_NEW.test(after);
    if (BEFORE_GONE.test(before) || swapped) asked.gone.push(text);
    else asked.wanted.push(text);
  }
  if (quotes.length === 0) {
    const named = UNQUOTED.exec(instruction)?.[1]?.replace(/[.?!]+$/, '');
    if (named !== undefined && fold(named) !== '') asked.wanted.push(named);
  }
  return asked.wanted.length + asked.gone.length === 0 ? null : asked;
}

/** Letters that readers of pictures mistake for each other, as one of them. */
const CONFUSED: Record<string, string> = { '0': 'O', '1': 'I', L: 'I', '|': 'I', '5': 'S', $: 'S', '8': 'B', '2': 'Z', '6': 'G' };

/** A text as it is compared: capitals, no spaces or marks, confusable letters made one. */
export function fold(text: string): string {
  const capitals = text.normalize('NFKC').toUpperCase();
  return [...capitals]
    .map((letter) => CONFUSED[letter] ?? letter)
    .join('')
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** 1 = the same after folding, 0 = nothing in common: one less the edit distance over the longer length. */
export function likeness(a: string, b: string): number {
  const [x, y] = [[...fold(a)], [...fold(b)]];
  const longer = Math.max(x.length, y.length);
  if (longer === 0) return 0;
  let row = Array.from({ length: y.length + 1 }, (_, j) => j);
  for (let i = 1; i <= x.length; i++) {
    const next = [i];
    for (let j = 1; j <= y.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (x[i - 1] === y[j - 1] ? 0 : 1)));
    row = next;
  }
  return 1 - row[y.length]! / longer;
}

/** A line that was read; `confidence` 0 to 1. */
export interface ReadLine {
  text: string;
  confidence: number;
}

/** Neighbouring words that one wanted text may be spread over. */
const MOST_WORDS = 12;

/** The part of what was read that is most like a text: any run of neighbouring words, over lines. */
export function bestMatch(text: string, lines: readonly ReadLine[]): { likeness: number; confidence: number; read: string } {
  const words = lines.flatMap((line) =>
    line.text
      .split(/\s+/)
      .filter(Boolean)
      .map((word) => ({ word, confidence: line.confidence })),
  );
  let best = { likeness: 0, confidence: 0, read: '' };
  const length = fold(text).length;
  for (let from = 0; from < words.length; from++)
    for (let to = from + 1; to <= Math.min(words.length, from + MOST_WORDS); to++) {
      const run = words.slice(from, to);
      const read = run.map(({ word }) => word).join(' ');
      if (fold(read).length > 2 * length + 4) break;
      const like = likeness(text, read);
      if (like > best.likeness) best = { likeness: like, confidence: Math.min(...run.map((item) => item.confidence)), read };
    }
  return best;
}

export interface TextGate {
  /** Least likeness of the letters read to those asked for. */
  minMatch: number;
  /** Least certainty of the reader about them. */
  minConfidence: number;
}

export type TextReason = 'textMissing' | 'textWrong' | 'oldTextStays';

/** Less likeness than this and it is another text, not a misspelled one. */
const SAME_TEXT = 0.5;

/**
 * Whether the letters read in the edited picture are those asked for. Every wanted text must be there and every old one gone.
 * `match` is the worst likeness (for an old text, one less its likeness), `confidence` the reader's least certainty about the texts found.
 * `blind` is true when the old text cannot be read in the source either, so that missing it says nothing: the check then lets pass.
 */
export function judgeText(
  asked: TextAsked,
  source: readonly ReadLine[],
  edited: readonly ReadLine[],
  gate: TextGate,
): { passed: boolean; reason: '' | TextReason; match: number; confidence: number; blind: boolean } {
  const found = asked.wanted.map((text) => bestMatch(text, edited));
  const stays = asked.gone
    // An old text inside the new one (OPEN in REOPENED) is meant to be there.
    .filter((old) => !asked.wanted.some((text) => fold(text).includes(fold(old))))
    .map((old) => ({ before: count(old, source, gate.minMatch), after: count(old, edited, gate.minMatch), best: bestMatch(old, edited) }));
  // A second sign with the same word may stay: at least one of them must have gone.
  const leftOver = stays.filter(({ before, after }) => after > 0 && after >= Math.max(1, before));
  const match = Math.min(1, ...found.map((item) => item.likeness), ...leftOver.map((item) => 1 - item.best.likeness));
  const confidence = Math.min(1, ...found.filter((item) => item.likeness >= SAME_TEXT).map((item) => item.confidence));
  const wrong = found.find((item) => item.likeness < gate.minMatch);
  // Old words that are not even read in the source: the reader does not see this sign.
  const blind =
    wrong !== undefined &&
    leftOver.length === 0 &&
    asked.gone.length > 0 &&
    asked.gone.every((old) => bestMatch(old, source).likeness < SAME_TEXT);
  const unsure = confidence < gate.minConfidence;
  if (blind || (wrong === undefined && leftOver.length === 0 && !unsure)) return { passed: true, reason: '', match, confidence, blind };
  const reason = leftOver.length > 0 ? 'oldTextStays' : wrong !== undefined && wrong.likeness < SAME_TEXT ? 'textMissing' : 'textWrong';
  return { passed: false, reason, match, confidence, blind };
}

/** How often a text was read. */
function count(text: string, lines: readonly ReadLine[], minMatch: number): number {
  let rest = [...lines];
  for (let times = 0; ; times++) {
    const at = rest.findIndex((line) => bestMatch(text, [line]).likeness >= minMatch);
    if (at < 0) return times;
    rest = rest.toSpliced(at, 1);
  }
}
