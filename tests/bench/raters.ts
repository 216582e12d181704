/** Simulated people: ten signals, four that count straight and one that vetoes, and the noise of raters (scorers, section 6). */
import type { Example } from '../../src/main/engine/domain/calibration/fit.ts';
import { type Random, randomFrom } from '../../src/main/engine/domain/random.ts';
import type { SignalName } from '../../src/shared/model/signals.ts';

/** Signals whose better side is low, so that a larger value here is worse there too. */
const NAMES = [
  'colourDriftMedian',
  'colourDriftP95',
  'blockinessRatio',
  'shift',
  'misfit',
  'ssimOutside',
  'psnrOutside',
  'kinship',
  'zoom',
  'rmsDifference',
] as const satisfies readonly SignalName[];

/**
 * `count` rated pairs of `count / 3` sources. Faults x1..x4 pull the score down in proportion, x5 only beyond one standard
 * deviation and then hard; x6..x10 mean nothing. Scores are rounded to whole numbers, as people give them.
 */
export function simulatedRatings(count: number, seed: number): Example[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, i) => {
    const x = NAMES.map(() => normal(random));
    const pull = 0.9 * x[0]! + 0.72 * x[1]! + 0.5 * x[2]! + 0.4 * x[3]! + 3.1 * Math.max(0, x[4]! - 1);
    const rated = () => Math.max(1, Math.min(5, Math.round(3.4 - pull + 0.6 * normal(random))));
    // A signal is built so that its bad side is where the fault is large.
    const signals = Object.fromEntries(NAMES.map((name, k) => [name, bad(name, x[k]!)]));
    return { signals, classes: new Set(['part'] as const), cluster: `s${Math.floor(i / 3)}`, adherence: rated(), aesthetics: rated() };
  });
}

function bad(name: SignalName, fault: number): number {
  return name === 'ssimOutside' || name === 'psnrOutside' || name === 'kinship' ? -fault : name === 'zoom' ? fault + 10 : fault;
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
