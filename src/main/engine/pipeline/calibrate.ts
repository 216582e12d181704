import type { Scores } from '../../../shared/model/attempt.ts';
import type { Calibration, CalibrationSource } from '../../../shared/model/calibration.ts';
import { AppError } from '../../../shared/model/errors.ts';
import { editClassesOf } from '../../../shared/model/operations.ts';
import { type Example, type Fit, LEAST_EXAMPLES, LEAST_SOURCES } from '../domain/calibration/fit.ts';
import { withoutRaterBias } from '../domain/calibration/raters.ts';
import { deriveSeed } from '../domain/seeds.ts';
import type { ScoredPair } from '../ports.ts';

export interface CalibrateDeps {
  examples(source: CalibrationSource): { pairs: ScoredPair[]; unmeasured: number };
  /** Does the arithmetic where it holds nobody up. */
  fit(input: { examples: Example[]; seed: number }, signal: AbortSignal): Promise<Fit>;
  /** Keeps it; gives its id. */
  add(calibration: Omit<Calibration, 'number'>): string;
  now(): number;
}

/** What a source has to learn from: several people's scores of one pair made one, without their biases. */
export function gatherExamples(deps: Pick<CalibrateDeps, 'examples'>, source: CalibrationSource) {
  const { pairs, unmeasured } = deps.examples(source);
  const scores = withoutRaterBias(pairs);
  const first = new Map<number, ScoredPair>();
  for (const pair of pairs) if (!first.has(pair.item)) first.set(pair.item, pair);
  const examples: Example[] = [...first.values()].map(({ item, cluster, category, instruction, signals }) => ({
    ...(scores.get(item) as Scores),
    signals,
    classes: editClassesOf(category, instruction),
    cluster,
  }));
  const sources = new Set(examples.map(({ cluster }) => cluster)).size;
  return { examples, sources, unmeasured, missing: missingWords(source, examples, sources) };
}

/** Learns a calibration and keeps it; gives its id. AppError inputInvalid says what is missing. */
export async function calibrate(deps: CalibrateDeps, name: string, source: CalibrationSource, signal: AbortSignal): Promise<string> {
  const { examples, sources, missing } = gatherExamples(deps, source);
  if (missing !== '') throw new AppError('inputInvalid', missing);
  const fit = await deps.fit({ examples, seed: deriveSeed(examples.length, 'calibration', name) }, signal);
  return deps.add({ version: 1, name, createdAt: deps.now(), source, count: examples.length, sources, ...fit });
}

const WHERE = {
  ratings: 'Rate triplets on the screen Triplets (open one, then its keys), or import ratings.',
  decisions: 'Accept and reject triplets on the screen Triplets.',
  run: 'Mine with the stages fullReference and validator.',
} as const;

function missingWords(source: CalibrationSource, examples: readonly Example[], sources: number): string {
  if (examples.length < LEAST_EXAMPLES || sources < LEAST_SOURCES)
    return `There are ${examples.length} scored and measured pairs of ${sources} sources; it takes ${LEAST_EXAMPLES} of ${LEAST_SOURCES}. ${WHERE[source.from]}`;
  for (const score of ['adherence', 'aesthetics'] as const)
    if (new Set(examples.map((example) => example[score])).size < 2)
      return `Every pair has the same ${score}, so there is nothing to learn. ${WHERE[source.from]}`;
  return '';
}
