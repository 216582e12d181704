import type { Scores } from '../../../shared/model/attempt.ts';
import { looseJsonValues } from './looseJson.ts';

/** One scene as a prompt engineer designed it. */
export interface DesignedScene {
  prompt: string;
  style: string;
  edits: { instruction: string; category: string }[];
}

/** Words an inverse instruction must not hold (paper, section 3): it describes a picture, not a history. */
const FORBIDDEN = /\b(undo(es|ne|ing)?|undid|revert(s|ed|ing)?|restor(e|es|ed|ing|ation)|back)\b/i;
const MAX_SENTENCE = 400;

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a model thought aloud before its answer is not the answer. */
function withoutThoughts(text: string): string {
  const end = text.lastIndexOf('</think>');
  return end < 0 ? text : text.slice(end + '</think>'.length);
}

/** A field whatever its capitals; the first that fits. */
function field(fields: Fields, name: string): unknown {
  const key = Object.keys(fields).find((k) => k.trim().toLowerCase() === name);
  return key === undefined ? undefined : fields[key];
}

function textField(fields: Fields, name: string): string {
  const value = field(fields, name);
  return typeof value === 'string' ? value.replace(/\s+/g, ' ').trim() : '';
}

/**
 * Two scores out of a judge's reply: {"adherence": a, "aesthetics": b}. The last such object counts, since models that
 * think aloud answer at the end. Null when there is none or a score is not in 1..5.
 */
export function parseScores(text: string): Scores | null {
  const last = looseJsonValues(withoutThoughts(text))
    .filter(isFields)
    .map((fields) => [field(fields, 'adherence'), field(fields, 'aesthetics')] as const)
    .filter(([adherence, aesthetics]) => adherence !== undefined && aesthetics !== undefined)
    .at(-1);
  if (!last) return null;
  const adherence = scoreOf(last[0]);
  const aesthetics = scoreOf(last[1]);
  return adherence === null || aesthetics === null ? null : { adherence, aesthetics };
}

function scoreOf(value: unknown): number | null {
  const number = typeof value === 'string' && /^\s*\d(\.\d+)?\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && number >= 1 && number <= 5 ? number : null;
}

/**
 * Yes (true) or no (false) from a reply that begins or ends with that word. "No unwanted changes" is neither: there the
 * word belongs to a phrase. Null when there is no answer, or the beginning and the end disagree.
 */
export function parseYesNo(text: string): boolean | null {
  const bare = withoutThoughts(text)
    .replace(/[*_`"'“”#{}[\]]/g, ' ')
    .trim();
  const first = /^\W*(?:[\p{L} ]{0,30}:\s*)?(yes|no|true|false)\s*(?:$|[.,;:!)\n—–-])/iu.exec(bare)?.[1];
  const last = /(?:^|[\s:])(yes|no|true|false)[\s.!)]*$/i.exec(bare)?.[1];
  const answers = [first, last].filter((word) => word !== undefined).map((word) => /^(yes|true)$/i.test(word));
  if (answers.length === 0 || answers.some((answer) => answer !== answers[0])) return null;
  return answers[0]!;
}

/**
 * One instruction out of an inverter's reply, without quotes, label or fence. Null for an empty reply, more than one
 * sentence, more than 400 characters, or a forbidden word.
 */
export function parseSentence(text: string): string | null {
  const fromJson = looseJsonValues(withoutThoughts(text))
    .filter(isFields)
    .map((fields) => textField(fields, 'instruction'));
  const lines = withoutThoughts(text)
    .split(/\r?\n/)
    .filter((line) => !/^\s*```/.test(line))
    .map((line) => bareLine(line))
    .filter((line) => line !== '' && !line.endsWith(':') && !/^(sure|certainly|of course|here you go)\W*$/i.test(line));
  const sentence = fromJson.find((found) => found !== '') ?? (lines.length === 1 ? lines[0]! : '');
  if (!/\p{L}/u.test(sentence) || sentence.length > MAX_SENTENCE) return null;
  if (/[.!?]["'”’]?\s+\p{Lu}/u.test(sentence) || FORBIDDEN.test(sentence)) return null;
  return sentence;
}

function bareLine(line: string): string {
  let bare = line.replace(/\s+/g, ' ').trim();
  bare = bare.replace(/^(?:[-*•]|\d+[.)])\s+/, '').replace(/^\W*(?:inverse|instruction|inverse instruction|answer)\W*:\s*/i, '');
  bare = bare.replace(/^[*_`\s]+|[*_`\s]+$/g, '');
  const quoted = /^["“'‘](.*)["”'’]([.!]?)$/.exec(bare);
  return quoted ? `${quoted[1]}${/[.!]$/.test(quoted[1]!) ? '' : quoted[2]}`.trim() : bare;
}

/**
 * The scenes of a prompt engineer's reply, {"scenes": [{"prompt", "style", "edits": [{"instruction", "category"}]}]}, and
 * everything that is wrong with it, in words that can be sent back to the model. Only sound scenes are given, at most
 * `count`; one that is left out is named in `problems`. A reply that was cut short gives the scenes it holds.
 */
export function parseDesign(
  text: string,
  expected: { count: number; edits: number; composite: boolean },
): { scenes: DesignedScene[]; problems: string[] } {
  const problems: string[] = [];
  const scenes: DesignedScene[] = [];
  const prompts = new Set<string>();
  const found = designedItems(looseJsonValues(withoutThoughts(text)));
  if (found.length === 0) return { scenes, problems: ['The reply holds no JSON object with a list named "scenes".'] };
  for (const [i, item] of found.entries()) {
    const scene = sceneOf(item);
    const faults = scene ? faultsOf(scene, expected) : ['it has no prompt or no list of edits'];
    const key = scene ? sameText(scene.prompt) : '';
    if (scene && prompts.has(key)) faults.push('its prompt was used before');
    if (scene && faults.length === 0) {
      scenes.push(scene);
      prompts.add(key);
    } else problems.push(`Scene ${i + 1}: ${faults.join('; ')}.`);
  }
  if (scenes.length < expected.count) problems.push(`${expected.count} scenes were asked for, ${scenes.length} can be used.`);
  if (scenes.length > expected.count) problems.push(`${expected.count} scenes were asked for, ${scenes.length} came.`);
  return { scenes: scenes.slice(0, expected.count), problems };
}

function designedItems(values: readonly unknown[]): unknown[] {
  const lists = values.filter(isFields).map((fields) => field(fields, 'scenes'));
  const list = lists.filter((value) => Array.isArray(value)).at(-1) ?? values.find((value) => Array.isArray(value) && value.some(isFields));
  if (Array.isArray(list)) return list;
  return values.filter((value) => isFields(value) && field(value, 'edits') !== undefined);
}

function sceneOf(item: unknown): DesignedScene | null {
  if (!isFields(item)) return null;
  const prompt = textField(item, 'prompt');
  const edits = field(item, 'edits');
  if (prompt === '' || !Array.isArray(edits)) return null;
  const read = edits.map((edit) => (isFields(edit) ? edit : {}));
  return {
    prompt,
    style: textField(item, 'style') || 'standard',
    edits: read.map((edit) => ({ instruction: textField(edit, 'instruction'), category: textField(edit, 'category') })),
  };
}

function faultsOf(scene: DesignedScene, expected: { edits: number; composite: boolean }): string[] {
  const faults: string[] = [];
  if (scene.edits.length !== expected.edits) faults.push(`it has ${scene.edits.length} edits instead of ${expected.edits}`);
  if (scene.edits.some((edit) => edit.instruction === '' || edit.category === '')) faults.push('an edit has no instruction or no category');
  const texts = scene.edits.map((edit) => sameText(edit.instruction));
  if (new Set(texts).size < texts.length) faults.push('two edits are the same');
  if (expected.composite && !scene.edits.at(-1)?.category.includes(' and '))
    faults.push('the last edit must join two or more operations, with their categories joined by " and "');
  return faults;
}

/** Texts that differ only in capitals, spaces or punctuation are the same. */
function sameText(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
