/**
 * The truth table: what each gate makes of each mistake of the demo editor. Runs the demo provider, the low-level check
 * and the gates in this process with the real worker pool, over scenes drawn like a run draws them.
 *   node tests/bench/truth.ts [--attempts 1200] [--seed 1] [--operation "Change text"]
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fullReferenceLimits, judgeSignals } from '../../src/main/engine/domain/fullReferenceGate.ts';
import { judgeChecks, judgeLowLevel, judgeScores } from '../../src/main/engine/domain/gates.ts';
import { parseScores, parseYesNo } from '../../src/main/engine/domain/replies.ts';
import { judgeText, textAsked } from '../../src/main/engine/domain/textAsked.ts';
import { createPixels } from '../../src/main/engine/pixels/index.ts';
import { createPixelPool } from '../../src/main/engine/pixels/pool.ts';
import type { CallContext, ChatTask } from '../../src/main/engine/ports.ts';
import { chanceOf } from '../../src/main/engine/providers/demo/chance.ts';
import { createDemoProvider } from '../../src/main/engine/providers/demo/index.ts';
import type { Truth } from '../../src/main/engine/providers/demo/memory.ts';
import { MISTAKES } from '../../src/main/engine/providers/demo/mistakes.ts';
import { createScorerProcess } from '../../src/main/engine/scorers/child.ts';
import { createTextReader } from '../../src/main/engine/scorers/ocr.ts';
import type { Role } from '../../src/shared/model/provider.ts';
import { LowLevelGate, SIZE_BUCKETS, TextGate } from '../../src/shared/model/recipe.ts';
import type { BenchLine } from './bench.ts';

/** `lowLevel` alone is the profile paper-exact; `balanced` and `strict` are the full-reference gate under those profiles. */
const GATES = ['lowLevel', 'balanced', 'strict', 'textCheck', 'softJudge', 'softChecks', 'validator'] as const;
/** What stands between an edit and the set here: of the two profiles the one of the demo recipes. */
const STACK: readonly Gate[] = ['lowLevel', 'balanced', 'textCheck', 'softJudge', 'softChecks', 'validator'];
/** What costs nothing, by profile, and with the letters read. */
const LOCAL = {
  'paper-exact': ['lowLevel'],
  balanced: ['lowLevel', 'balanced'],
  strict: ['lowLevel', 'strict'],
  'paper-exact and OCR': ['lowLevel', 'textCheck'],
  'balanced and OCR': ['lowLevel', 'balanced', 'textCheck'],
  'strict and OCR': ['lowLevel', 'strict', 'textCheck'],
} as const satisfies Record<string, readonly Gate[]>;
type Gate = (typeof GATES)[number];
type LocalName = keyof typeof LOCAL;

/** A filter for one kind of bad edits among these and the good ones. */
interface Filter {
  /** Share of the rejected that are bad; null when nothing is rejected. */
  precision: number | null;
  /** Share of the bad that are rejected; null when there are none. */
  recall: number | null;
}
/** A judge's reply without scores. */
const UNREADABLE = { passed: false, reason: 'unreadable' };
const THRESHOLDS = { soft: { adherence: 4, aesthetics: 4 }, hard: { adherence: 4.7, aesthetics: 4.7 } };

interface Row {
  truth: Truth;
  instruction: string;
  /** Every gate that rejects it, and why. */
  rejectedBy: Map<Gate, string>;
  /** What the reader made of a text edit; null for edits that ask for no text. */
  text: 'ok' | 'blind' | 'textMissing' | 'textWrong' | 'oldTextStays' | null;
}

export interface TruthReport {
  attempts: number;
  goodCount: number;
  /** Share of truly good edits that pass every gate, and share of bad ones that do. */
  goodKept: number;
  badThrough: number;
  precision: number;
  recall: number;
  sources: { plausible: number; flawed: number; flawedThrough: number; goodLost: number };
  seconds: number;
  /** Text edits alone: how many, how many are wrong, what the reader rejects of each, and how often it could not see the sign. */
  text: { count: number; bad: number; badRejected: number; goodRejected: number; blind: number };
  /** The local gates alone, as a filter for bad edits. */
  local: Record<LocalName, Filter & { goodLost: number }>;
  table: { name: string; count: number; rejected: Record<Gate, number>; stack: number; local: Record<LocalName, Filter> }[];
}

/** Makes, edits and judges until `attempts` edits are done. */
export async function measureTruth(options: {
  attempts: number;
  seed: number;
  /** Categories to edit by; all when left out. */
  operations?: string[];
  log?: (line: string) => void;
}): Promise<TruthReport> {
  const log = options.log ?? (() => {});
  const dir = mkdtempSync(join(tmpdir(), 'nhr-truth-'));
  const files = new Map<string, string>();
  const scenes = new Map<string, string>();
  const truths = new Map<string, Truth>();
  const bytesOf = new Map<string, Uint8Array>();
  const pool = createPixelPool({ workers: Math.max(1, availableParallelism() - 1), inFlightPerWorker: 2 });
  const pixels = createPixels(pool);
  const scorer = createScorerProcess({
    setup: async () => ({ providers: ['cpu'], batch: {}, idleMs: 60_000, threads: Math.max(1, availableParallelism() - 1) }),
    maxBytes: 6e9,
    idleMs: 60_000,
    onBadProvider: () => undefined,
  });
  const readText = createTextReader(pool, scorer);
  const provider = createDemoProvider({
    run: pool.run,
    readBlob: async (hash) => new Uint8Array(bytesOf.get(hash) as Uint8Array),
    memory: {
      sceneOf: (hash) => scenes.get(hash),
      remember: async (hash, scene) => {
        scenes.set(hash, scene);
      },
    },
    truth: {
      record: async (hash, text) => {
        truths.set(hash, JSON.parse(text) as Truth);
      },
    },
  });
  const ctx: CallContext = { signal: new AbortController().signal, model: 'demo', params: {}, onRemoteId: async () => undefined };
  const ask = (role: Role, task: ChatTask, seed: number) =>
    provider
      .chat({ role, task, prompt: { text: '', version: '', schema: null }, images: [], temperature: 0, seed }, ctx)
      .then((r) => r.value);
  const store = (bytes: Uint8Array) => {
    const hash = createHash('sha256').update(bytes).digest('hex');
    const file = join(dir, `${hash}.jpg`);
    writeFileSync(file, bytes);
    files.set(hash, file);
    bytesOf.set(hash, bytes);
    return hash;
  };

  const rows: Row[] = [];
  const sources = { plausible: 0, flawed: 0, flawedThrough: 0, goodLost: 0 };
  const started = performance.now();

  async function readPair(
    source: string,
    edited: string,
    instruction: string,
    size: { width: number; height: number },
  ): Promise<Row['text']> {
    const asked = textAsked(instruction, '');
    if (asked === null) return null;
    const read = (hash: string) => readText(files.get(hash) as string, size, ctx.signal);
    const { reason, blind } = judgeText(asked, await read(source), await read(edited), TextGate.parse({}));
    return blind ? 'blind' : reason === '' ? 'ok' : reason;
  }

  async function judgePair(
    source: string,
    edited: string,
    instruction: string,
    category: string,
    seed: number,
  ): Promise<Map<Gate, string>> {
    const rejectedBy = new Map<Gate, string>();
    const hold = (gate: Gate, { passed, reason }: { passed: boolean; reason: string }) => {
      if (!passed) rejectedBy.set(gate, reason);
    };
    const gate = LowLevelGate.parse({});
    const numbers = await pixels.lowLevel(files.get(source) as string, files.get(edited) as string, gate);
    hold('lowLevel', judgeLowLevel(numbers, gate));
    const signals = await pixels.fullReference(files.get(source) as string, files.get(edited) as string, gate);
    for (const profile of ['balanced', 'strict'] as const)
      hold(profile, judgeSignals(signals, fullReferenceLimits({ profile, fullReference: {} }), { category, instruction }));
    const pair = { instruction, source, edited };
    const soft = parseScores(await ask('softJudge', { kind: 'scores', ...pair }, seed));
    hold('softJudge', soft ? judgeScores(soft, THRESHOLDS.soft) : UNREADABLE);
    const clean = parseYesNo(await ask('softJudge', { kind: 'unwantedChange', ...pair }, seed));
    const pleasing = parseYesNo(await ask('softJudge', { kind: 'pleasing', ...pair }, seed));
    hold('softChecks', judgeChecks({ noUnwantedChange: clean === true, pleasing: pleasing === true }));
    const hard = parseScores(await ask('validator', { kind: 'scores', ...pair }, seed));
    hold('validator', hard ? judgeScores(hard, THRESHOLDS.hard) : UNREADABLE);
    return rejectedBy;
  }

  try {
    for (let batch = 0; rows.length < options.attempts; batch++) {
      const task: ChatTask = {
        kind: 'design',
        topics: [],
        styles: ['standard'],
        operations: options.operations ?? [],
        minObjects: 1,
        maxObjects: 5,
        count: 10,
        edits: 6,
        composite: options.operations === undefined,
        batch,
        problem: 'measured',
      };
      const designed = JSON.parse(await ask('promptEngineer', task, options.seed)) as {
        scenes: { prompt: string; edits: { instruction: string; category: string }[] }[];
      };
      await Promise.all(
        designed.scenes.map(async ({ prompt, edits }, i) => {
          const chance = chanceOf('truth', options.seed, batch, i);
          const [width, height] = chance.pick(SIZE_BUCKETS).split('x').map(Number) as [number, number];
          const source = store((await provider.generate({ prompt, width, height, seed: chance.int(2 ** 31) }, ctx)).value);
          const plausible = parseYesNo(await ask('plausibilityJudge', { kind: 'plausible', prompt, image: source }, chance.int(2 ** 31)));
          const good = truths.get(source)?.good === true;
          if (!good) sources.flawed++;
          if (good && !plausible) sources.goodLost++;
          if (!good && plausible) sources.flawedThrough++;
          if (!plausible) return;
          sources.plausible++;
          for (const { instruction, category } of edits)
            for (let attempt = 0; attempt < 4; attempt++) {
              const seed = chance.int(2 ** 31);
              const edited = store((await provider.edit({ image: source, instruction, seed }, ctx)).value);
              const truth = truths.get(edited) as Truth;
              const text = await readPair(source, edited, instruction, { width, height });
              const rejectedBy = await judgePair(source, edited, instruction, category, seed);
              if (text !== null && text !== 'ok' && text !== 'blind') rejectedBy.set('textCheck', text);
              rows.push({
                truth: good ? truth : { ...truth, mistake: truth.mistake ?? 'flawedSource', good: false },
                instruction,
                rejectedBy,
                text,
              });
              bytesOf.delete(edited);
              rmSync(files.get(edited) as string, { force: true });
            }
        }),
      );
      log(`${rows.length} attempts, ${((performance.now() - started) / rows.length).toFixed(0)} ms each`);
    }
    return report(rows, sources, (performance.now() - started) / 1000, log);
  } finally {
    await Promise.all([pool.close(), scorer.close()]);
    rmSync(dir, { recursive: true, force: true });
  }
}

function stopped({ rejectedBy }: Row): boolean {
  return STACK.some((gate) => rejectedBy.has(gate));
}

const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

function report(rows: Row[], sources: TruthReport['sources'], seconds: number, log: (line: string) => void): TruthReport {
  const names = ['good', ...MISTAKES, 'flawedSource'];
  const good = rows.filter((r) => r.truth.good);
  const bad = rows.filter((r) => !r.truth.good);
  const localOf = (list: Row[]) =>
    Object.fromEntries(
      Object.entries(LOCAL).map(([name, gates]) => {
        const caught = (among: Row[]) => among.filter((r) => gates.some((gate) => r.rejectedBy.has(gate))).length;
        const [rightly, wrongly] = [caught(list), caught(good)];
        const recall = list.length === 0 ? null : rightly / list.length;
        const precision = rightly + wrongly === 0 ? null : rightly / (rightly + wrongly);
        return [name, { precision, recall, goodLost: share(wrongly, good.length) }];
      }),
    ) as TruthReport['local'];
  const table = names
    .map((name) => {
      const mine = rows.filter((r) => (r.truth.mistake ?? 'good') === name);
      const shareOf = (test: (r: Row) => boolean) => share(mine.filter(test).length, mine.length);
      const rejected = Object.fromEntries(GATES.map((g) => [g, shareOf((r) => r.rejectedBy.has(g))])) as Record<Gate, number>;
      return { name, count: mine.length, rejected, stack: shareOf((r) => stopped(r)), local: localOf(mine) };
    })
    .filter((line) => line.count > 0);
  const passed = rows.filter((r) => !stopped(r));
  for (const r of rows.filter((x) => x.truth.good === stopped(x)))
    log(
      `  ${r.truth.good ? 'good lost' : 'bad kept'}: ${r.truth.mistake ?? ''} ${r.truth.strength.toFixed(2)} [${[...r.rejectedBy].map(([gate, reason]) => `${gate}: ${reason}`).join(', ')}] ${r.instruction}`,
    );
  const kept = good.filter((r) => !stopped(r)).length;
  const texts = rows.filter((r) => r.text !== null);
  const unreadable = (list: Row[]) => list.filter((r) => r.rejectedBy.has('textCheck')).length;
  return {
    attempts: rows.length,
    goodCount: good.length,
    goodKept: share(kept, good.length),
    badThrough: share(passed.length - kept, bad.length),
    precision: share(kept, passed.length),
    recall: share(kept, good.length),
    sources,
    seconds,
    text: {
      count: texts.length,
      bad: texts.filter((r) => !r.truth.good).length,
      badRejected: unreadable(texts.filter((r) => !r.truth.good)),
      goodRejected: unreadable(texts.filter((r) => r.truth.good)),
      blind: texts.filter((r) => r.text === 'blind').length,
    },
    local: localOf(bad),
    table,
  };
}

function both({ recall, precision }: Filter): string {
  const cell = (value: number | null) => (value === null ? '-' : (100 * value).toFixed(1)).padStart(5);
  return `${cell(recall)} / ${cell(precision)}`;
}

function localLine(name: string, count: string, cell: (local: LocalName) => string): string {
  return [name.padEnd(14), count.padStart(6), ...(Object.keys(LOCAL) as LocalName[]).map((local) => cell(local).padStart(18))].join('');
}

/** The report as lines of text. */
export function printed(r: TruthReport): string[] {
  const percent = (v: number) => `${(v * 100).toFixed(1)} %`.padStart(9);
  const head = ['mistake'.padEnd(14), 'count'.padStart(6), ...[...GATES, 'all'].map((g) => g.padStart(11))].join('');
  const lines = r.table.map((t) =>
    [
      t.name.padEnd(14),
      String(t.count).padStart(6),
      ...GATES.map((g) => percent(t.rejected[g]).padStart(11)),
      percent(t.stack).padStart(11),
    ].join(''),
  );
  return [
    `Share rejected, by mistake and gate (${r.attempts} attempts in ${r.seconds.toFixed(0)} s)`,
    head,
    ...lines,
    `good edits kept ${percent(r.goodKept).trim()}, bad edits let through ${percent(r.badThrough).trim()}, precision ${percent(r.precision).trim()}, recall ${percent(r.recall).trim()}`,
    `text edits: ${r.text.count}, of which ${r.text.bad} wrong; the reader rejects ${r.text.badRejected} of the wrong and ${r.text.goodRejected} of the right ones, and cannot see the sign in ${r.text.blind}`,
    `Local gates alone: recall / precision, by mistake among these and the good edits, in per cent`,
    localLine('mistake', 'count', (name) => name.replace(' and ', ' + ')),
    ...r.table.filter(({ name }) => name !== 'good').map((t) => localLine(t.name, String(t.count), (name) => both(t.local[name]))),
    localLine('all of them', String(r.attempts - r.goodCount), (name) => both(r.local[name])),
    localLine('good lost', String(r.goodCount), (name) => (100 * r.local[name].goodLost).toFixed(1)),
    `sources: ${r.sources.plausible} passed, ${r.sources.flawed} flawed of which ${r.sources.flawedThrough} got through, ${r.sources.goodLost} good ones lost`,
  ];
}

/** Attempts at text alone: in a run over all operations they are a twenty-fifth. */
const TEXT_ATTEMPTS = 200;

/** The bench: the tables on the terminal, the limits that the demo's judges must keep, and those of the reader on text edits. */
export async function run(): Promise<BenchLine[]> {
  const found = await measureTruth({ attempts: 1200, seed: 1 });
  for (const text of printed(found)) process.stdout.write(`${text}\n`);
  const texts = await measureTruth({ attempts: TEXT_ATTEMPTS, seed: 2, operations: ['Change text'] });
  process.stdout.write('Text edits alone\n');
  for (const text of printed(texts)) process.stdout.write(`${text}\n`);
  const letters = texts.table.filter(({ name }) => name === 'wrongText' || name === 'noOp');
  const wrong = letters.reduce((sum, { count }) => sum + count, 0);
  const caught = letters.reduce((sum, { count, rejected }) => sum + count * rejected.textCheck, 0) / Math.max(1, wrong);
  const lost = texts.table.find(({ name }) => name === 'good')?.rejected.textCheck ?? 0;
  const line = (name: string, value: number, ok: boolean, limit: string): BenchLine => ({ name, value: value * 100, unit: '%', ok, limit });
  return [
    line('good edits that every gate lets through', found.goodKept, found.goodKept >= 0.95, 'at least 95 %'),
    line('edits with other letters than asked for, caught by the reader', caught, caught >= 0.95, 'at least 95 %'),
    line('good text edits that the reader rejects', lost, lost <= 0.05, 'at most 5 %'),
    line(
      'good edits that balanced lets through',
      1 - found.local.balanced.goodLost,
      found.local.balanced.goodLost <= 0.03,
      'at least 97 %',
    ),
    line(
      'good text edits that balanced lets through',
      1 - texts.local.balanced.goodLost,
      texts.local.balanced.goodLost <= 0.03,
      'at least 97 %',
    ),
    line('flawed edits that every gate lets through', found.badThrough, found.badThrough <= 0.02, 'at most 2 %'),
  ];
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      attempts: { type: 'string', default: '1200' },
      seed: { type: 'string', default: '1' },
      operation: { type: 'string', multiple: true },
    },
  });
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const done = await measureTruth({
    attempts: Number(values.attempts),
    seed: Number(values.seed),
    log: say,
    ...(values.operation ? { operations: values.operation } : {}),
  });
  for (const line of printed(done)) say(line);
}
