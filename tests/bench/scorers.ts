/**
 * What the local gates make of real pairs and of the damage that editors do: tables by profile. Reads ../shared/data, which is not
 * part of the repository; without it there is nothing to measure.
 *   npm run bench scorers        the table; limits on the authors' pairs
 *   node tests/bench/scorers.ts  the same; --json FILE writes every number, --plot FILE the picture of docs/gates.md
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createComponentCounter, differenceMask } from '../../src/main/engine/domain/components.ts';
import { fullReferenceLimits, judgeSignals } from '../../src/main/engine/domain/fullReferenceGate.ts';
import { judgeLowLevel } from '../../src/main/engine/domain/gates.ts';
import { createMeasure } from '../../src/main/engine/domain/pairSignals.ts';
import type { Raster } from '../../src/main/engine/domain/raster.ts';
import { GateProfile } from '../../src/shared/model/gates.ts';
import { LowLevelGate } from '../../src/shared/model/recipe.ts';
import type { Signals } from '../../src/shared/model/signals.ts';
import { DAMAGES, resizeTo, rgbOf } from '../helpers/damage.ts';
import type { BenchLine } from './bench.ts';
import { DATA, halfOf, realPairs } from './realPairs.ts';

const GATE = LowLevelGate.parse({});
const PROFILES = GateProfile.options;
/** What must be caught on every pair of the authors. */
const MUST_CATCH = [
  'shift 2 px',
  'zoom 2 %',
  'noise s=10',
  'noise s=20',
  'blur s=1',
  'blur s=2',
  'red +20',
  'JPEG q10',
  'half size and back',
];

/** Reasons by profile; an empty one = accepted. `paper-exact` rejects by the low-level rule alone. */
type Judged = Record<GateProfile, string>;

const largestComponent = createComponentCounter();
const measure = createMeasure();

/** Both checks, as a run makes them: low-level first, then the full-reference gate of each profile. */
function judgeRasters(source: Raster, edited: Raster, about: { category: string; instruction: string }): { signals: Signals; by: Judged } {
  const pixels = source.width * source.height;
  const mask = new Uint8Array(pixels);
  differenceMask(source.data, edited.data, 3, GATE.threshold, GATE.maskRule, mask);
  const low = judgeLowLevel(largestComponent(mask, source.width, source.height), GATE);
  const signals = measure(source, edited, GATE);
  const by = Object.fromEntries(
    PROFILES.map((profile) => {
      const judged = judgeSignals(signals, fullReferenceLimits({ profile, fullReference: {} }), about);
      return [profile, low.passed ? judged.reason : low.reason];
    }),
  ) as Judged;
  return { signals, by };
}

interface Tally {
  name: string;
  pairs: number;
  rejected: Record<GateProfile, number>;
}

function tally(name: string, judged: Judged[]): Tally {
  const rejected = Object.fromEntries(PROFILES.map((profile) => [profile, judged.filter((by) => by[profile] !== '').length]));
  return { name, pairs: judged.length, rejected: rejected as Record<GateProfile, number> };
}

function say(lines: string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

const COLUMNS = PROFILES.map((profile) => profile.padStart(13)).join('');

function tallyLine({ name, pairs, rejected }: Tally): string {
  return name.padEnd(50) + String(pairs).padStart(6) + PROFILES.map((profile) => `${rejected[profile]}/${pairs}`.padStart(13)).join('');
}

/** The authors' pairs as they are, no-op fakes, and both with every damage. */
async function damageTable(): Promise<{ rows: Tally[]; all: object[] }> {
  const pairs = realPairs('nhr-pairs');
  const loaded = await Promise.all(pairs.map(async (pair) => ({ pair, a: await rgbOf(pair.source), b: await rgbOf(pair.edited) })));
  const rows: Tally[] = [];
  const all: object[] = [];
  for (const [kind, from] of [
    ['real edit', 'b'],
    ['no-op', 'a'],
  ] as const)
    for (const [name, damage] of [['as it is', async (raster: Raster) => raster] as const, ...Object.entries(DAMAGES)]) {
      const judged: Judged[] = [];
      for (const { pair, a, b } of loaded) {
        const { signals, by } = judgeRasters(a, await damage(from === 'b' ? b : a), pair);
        judged.push(by);
        all.push({ id: pair.id, kind, name, by, signals });
      }
      rows.push(tally(`${kind}, ${name}`, judged));
    }
  return { rows, all };
}

/** The pairs of several editors: by half, quality and alignment, and every rejection with its reason. */
async function editorsTable(): Promise<{ rows: Tally[]; rejections: string[]; all: object[] }> {
  const groups = new Map<string, Judged[]>();
  const rejections: string[] = [];
  const all: object[] = [];
  for (const pair of realPairs('edit-pairs')) {
    const half = halfOf(pair);
    const { signals, by } = judgeRasters(await rgbOf(pair.source), await rgbOf(pair.edited), pair);
    for (const name of [half, `${half}, ${pair.quality}`, `${half}, ${pair.quality}, ${pair.aligned?.split(' with ')[0]}`])
      groups.set(name, [...(groups.get(name) ?? []), by]);
    all.push({ id: pair.id, half, quality: pair.quality, aligned: pair.aligned, by, signals });
    if (by.balanced === '' && by.strict === '') continue;
    const text = `${pair.id.padEnd(22)} ${half.padEnd(10)} ${String(pair.quality).padEnd(7)}`;
    rejections.push(
      `${text} balanced: ${(by.balanced || 'accepted').padEnd(12)} strict: ${(by.strict || 'accepted').padEnd(12)} ${pair.instruction}`,
    );
  }
  const rows = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, judged]) => tally(name, judged));
  return { rows, rejections, all };
}

/** Pictures of one set against another picture of the same size: all of them are unrelated. */
async function unrelated(): Promise<Tally> {
  const pairs = realPairs('edit-pairs');
  const judged: Judged[] = [];
  for (const [i, pair] of pairs.entries()) {
    const other = pairs[(i + 17) % pairs.length]!;
    if (other.source === pair.source) continue;
    const a = await rgbOf(pair.source);
    judged.push(judgeRasters(a, await resizeTo(await rgbOf(other.edited), a.width, a.height), pair).by);
  }
  return tally('another picture in the place of the edit', judged);
}

const BAR = 90;
const SHADES = ['#9aa0a6', '#1a9c8c', '#3b5bdb'];

/** Shares of real edits with each damage that each profile rejects, as bars: a picture for docs/gates.md. */
function plot(rows: readonly Tally[]): string {
  const shown = rows.filter(({ name }) => name.startsWith('real edit'));
  const lines = shown.flatMap(({ name, pairs, rejected }, i) => [
    `<text x="8" y="${56 + 26 * i}">${name.replace('real edit, ', '')}</text>`,
    ...PROFILES.map(
      (profile, j) =>
        `<rect x="${170 + 110 * j}" y="${45 + 26 * i}" width="${BAR}" height="14" fill="#8883"/><rect x="${170 + 110 * j}" y="${45 + 26 * i}" width="${(BAR * rejected[profile]) / pairs}" height="14" fill="${SHADES[j]}"/>`,
    ),
  ]);
  const heads = PROFILES.map((profile, j) => `<text x="${170 + 110 * j}" y="30" font-weight="bold">${profile}</text>`);
  const style = 'font-family="system-ui, sans-serif" font-size="13" fill="#777"';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="500" height="${50 + 26 * shown.length}" ${style}>\n<title>Share of damaged edits that each profile rejects</title>\n${[...heads, ...lines].join('\n')}\n</svg>\n`;
}

/** The tables on the terminal, and what must hold on the authors' pairs. */
export async function run(json?: string, plotFile?: string): Promise<BenchLine[]> {
  if (realPairs('nhr-pairs').length === 0) {
    say([`skipped: there are no pairs in ${DATA}`]);
    return [];
  }
  const damage = await damageTable();
  const editors = await editorsTable();
  const strangers = await unrelated();
  say([
    `Rejected, of the authors' pairs${' '.repeat(19)} pairs${COLUMNS}`,
    ...damage.rows.map(tallyLine),
    '',
    `Rejected, of the pairs of several editors${' '.repeat(9)} pairs${COLUMNS}`,
    ...editors.rows.map(tallyLine),
    tallyLine(strangers),
    '',
    'Every pair of several editors that balanced or strict rejects:',
    ...editors.rejections,
  ]);
  if (json) writeFileSync(json, JSON.stringify({ damage: damage.all, editors: editors.all }, null, 1));
  if (plotFile) writeFileSync(plotFile, plot(damage.rows));
  const row = (name: string) => damage.rows.find((one) => one.name === name)!;
  const line = (name: string, value: number, unit: string, limit: string, ok: boolean): BenchLine => ({ name, value, unit, limit, ok });
  const kept = row('real edit, as it is');
  return [
    line(
      "authors' pairs that balanced accepts",
      kept.pairs - kept.rejected.balanced,
      'pairs',
      `= ${kept.pairs}`,
      kept.rejected.balanced === 0,
    ),
    ...['real edit', 'no-op'].flatMap((kind) =>
      MUST_CATCH.map((name) => {
        const { pairs, rejected } = row(`${kind}, ${name}`);
        return line(`${kind} with ${name}, caught by balanced`, rejected.balanced, 'pairs', `= ${pairs}`, rejected.balanced === pairs);
      }),
    ),
    line(
      'no-op fakes caught by balanced',
      row('no-op, as it is').rejected.balanced,
      'pairs',
      `= ${kept.pairs}`,
      row('no-op, as it is').rejected.balanced === kept.pairs,
    ),
  ];
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { json: { type: 'string' }, plot: { type: 'string' } } });
  for (const { name, value, limit, ok } of await run(values.json, values.plot)) say([`${ok ? 'ok ' : 'BAD'} ${name}: ${value} ${limit}`]);
}
