/**
 * What `sizeMismatch: align` makes of real pairs at other sizes, by half of their sources: `gates.align` was chosen on one half, the
 * other one reports. Reads ../shared/data, which is not part of the repository; without it there is nothing to measure.
 *   node scripts/nhr.mjs bench sizes
 */
import { alignmentSignals, createAlignment } from '../../src/main/engine/domain/alignment.ts';
import { alignLimits, judgeAlignment } from '../../src/main/engine/domain/alignmentGate.ts';
import { randomFrom } from '../../src/main/engine/domain/random.ts';
import type { Raster } from '../../src/main/engine/domain/raster.ts';
import { resizeTo, rgbOf } from '../helpers/damage.ts';
import { apart, otherSizes, squares } from '../helpers/otherSizes.ts';
import type { BenchLine } from './bench.ts';
import { DATA, HALVES, type Half, halfOf, realPairs } from './realPairs.ts';

/** Pixels of the source that a corner may lie off before the edit is in the wrong place. */
const OFF = 1;
const BALANCED = alignLimits({ profile: 'balanced', align: {} });
const OTHER = 'another picture';
/** Limits that were looked at before one was chosen. */
const CERTAINTIES = [0.05, 0.1, 0.15, 0.2, 0.25];

/** One picture of another size, and what the fit said of it. */
interface Fit {
  id: string;
  half: Half;
  name: string;
  certainty: number;
  residual: number;
  /** Why balanced's limits together reject it; empty = it is laid on the source. */
  reason: string;
  /** How far a corner lies from where it was put, in pixels of the source; infinite for another picture. */
  off: number;
  seconds: number;
}

/** Balanced's limits on certainty and residual: those on what is cut off and stretched reject by what was done, not by what was found. */
const through = ({ certainty, residual }: Fit) => certainty >= BALANCED.minCertainty && residual <= BALANCED.maxResidual;

async function fits(): Promise<Fit[]> {
  const align = createAlignment();
  const pairs = [...realPairs('nhr-pairs'), ...realPairs('edit-pairs')];
  const found: Fit[] = [];
  for (const [i, pair] of pairs.entries()) {
    const [source, edit] = [await rgbOf(pair.source), await rgbOf(pair.edited)];
    const lay = (name: string, came: Raster, offOf: (at: ReturnType<typeof align>) => number) => {
      const begun = performance.now();
      const at = align(source, came);
      const seconds = (performance.now() - begun) / 1000;
      const signals = alignmentSignals(at, source, came);
      const { reason } = judgeAlignment(signals, BALANCED, { ...pair, sameShape: false });
      const half = halfOf(pair);
      const [certainty, residual] = [signals.fitCertainty ?? 0, signals.fitResidual ?? Number.POSITIVE_INFINITY];
      found.push({ id: pair.id, half, name, certainty, residual, reason, off: offOf(at), seconds });
    };
    const larger = 1.1 + 0.7 * randomFrom(i)();
    const [width, height] = [Math.round(larger * source.width), Math.round(larger * source.height)];
    const enlarged = { scaleX: width / source.width, scaleY: height / source.height, offsetX: 0, offsetY: 0 };
    const all = [...(await otherSizes(edit, randomFrom(100 + i))), ...(await squares(edit))];
    for (const [name, came, truth] of all) lay(name, came, ({ place }) => apart(place, truth, source));
    lay('enlarged', await resizeTo(edit, width, height), ({ place }) => apart(place, enlarged, source));
    const other = pairs[(i + 17) % pairs.length]!;
    if (other.source === pair.source) continue;
    const picture = await rgbOf(other.edited);
    const same = picture.width === source.width && picture.height === source.height;
    const came = same ? await resizeTo(picture, Math.round(0.8 * picture.width), Math.round(0.8 * picture.height)) : picture;
    lay(OTHER, came, () => Number.POSITIVE_INFINITY);
  }
  return found;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** One size in one half: let through, off by more than a pixel among those, the median corner among the rest. */
function cell(list: Fit[]): string {
  const passed = list.filter(through);
  const off = passed.filter((fit) => fit.off > OFF);
  const [count, wrong] = [`${passed.length}/${list.length}`, String(off.length)];
  return `${count.padStart(12)}${wrong.padStart(6)}${median(passed.map((fit) => fit.off))
    .toFixed(2)
    .padStart(8)}`;
}

/** The tables on the terminal, and what must hold on the half that the limits were not chosen on. */
export async function run(): Promise<BenchLine[]> {
  const say = (line: string) => process.stdout.write(`${line.trimEnd()}\n`);
  const found = await fits();
  if (found.length === 0) {
    say(`skipped: there are no pairs in ${DATA}`);
    return [];
  }
  const of = (half: Half, name?: string) => found.filter((fit) => fit.half === half && (name ? fit.name === name : fit.name !== OTHER));
  const names = [...new Set(found.map(({ name }) => name))].filter((name) => name !== OTHER);
  const head = ' let through   off  median';
  say(`${''.padEnd(30)}${HALVES.map((half) => half.padStart(head.length)).join('')}`);
  say(`${'balanced, real edits'.padEnd(30)}${HALVES.map(() => head).join('')}`);
  for (const name of names) say(`${name.padEnd(30)}${HALVES.map((half) => cell(of(half, name)).padStart(head.length)).join('')}`);
  say(`${'all sizes'.padEnd(30)}${HALVES.map((half) => cell(of(half)).padStart(head.length)).join('')}`);
  const others = (half: Half, test: (fit: Fit) => boolean) => {
    const list = of(half, OTHER);
    return `${list.filter(test).length}/${list.length}`.padStart(12).padEnd(head.length);
  };
  say(`${'another picture'.padEnd(30)}${HALVES.map((half) => others(half, through)).join('')}`);
  say(`${'another picture, all limits'.padEnd(30)}${HALVES.map((half) => others(half, ({ reason }) => reason === '')).join('')}`);
  say('');
  say("By the least certainty, with balanced's residual: edits let through, and other pictures");
  for (const least of CERTAINTIES) {
    const cells = HALVES.map((half) => {
      const found = (list: Fit[]) => list.filter((fit) => fit.certainty >= least && fit.residual <= BALANCED.maxResidual).length;
      return `${found(of(half))}/${of(half).length}`.padStart(12) + `${found(of(half, OTHER))}/${of(half, OTHER).length}`.padStart(14);
    });
    say(`${least.toFixed(2).padEnd(30)}${cells.join('')}`);
  }
  say('');
  for (const half of HALVES) {
    const wrong = of(half).filter((fit) => through(fit) && fit.off > OFF);
    for (const { id, name, off, certainty, residual } of wrong)
      say(`off, ${half}: ${id}, ${name}: ${off.toFixed(1)} px, certainty ${certainty.toFixed(2)}, residual ${residual.toFixed(2)} px`);
  }
  const held = of('held out', OTHER);
  const laid = held.filter(({ reason }) => reason === '').length;
  return [
    { name: 'other pictures laid on a source, held-out half', value: laid, unit: `of ${held.length}`, limit: '= 0', ok: laid === 0 },
    { name: 'fit of a picture, median', value: median(found.map(({ seconds }) => seconds)), unit: 's', limit: '', ok: true },
  ];
}
