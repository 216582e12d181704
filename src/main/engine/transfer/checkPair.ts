import type { LowLevelNumbers } from '../../../shared/model/attempt.ts';
import { AppError } from '../../../shared/model/errors.ts';
import type { FullReferenceLimits, GateProfile } from '../../../shared/model/gates.ts';
import type { Reason } from '../../../shared/model/reasons.ts';
import type { LowLevelGate } from '../../../shared/model/recipe.ts';
import { fullReferenceLimits, judgeSignals } from '../domain/fullReferenceGate.ts';
import { judgeLowLevel } from '../domain/gates.ts';
import { type GateVerdict, verdict } from '../pipeline/context.ts';
import type { Blobs, Pixels } from '../ports.ts';

/** What the checks of a pair take from the engine. */
export interface CheckPairDeps {
  blobs: Pick<Blobs, 'fileOf'>;
  pixels: Pick<Pixels, 'lowLevel' | 'fullReference'>;
  /** As a recipe has them. Everything is measured under every profile; `paper-exact` rejects by the low-level rule alone. */
  gates: { lowLevel: LowLevelGate; profile: GateProfile; fullReference: Partial<FullReferenceLimits> };
}

/** A stored picture. */
interface Picture {
  hash: string;
}

/** What the checks said. Empty reason = passed. */
export interface CheckedPair {
  reason: Reason | '';
  lowLevel: LowLevelNumbers | null;
  verdicts: GateVerdict[];
}

/** Of two pictures of one size: the low-level check, then the full-reference check; the first that says no ends it. */
export async function checkPair(
  deps: CheckPairDeps,
  { instruction, category, source, edited }: { instruction: string; category: string; source: Picture; edited: Picture },
): Promise<CheckedPair> {
  const { gates } = deps;
  const rule = { threshold: gates.lowLevel.threshold, maskRule: gates.lowLevel.maskRule };
  const files = [deps.blobs.fileOf(source.hash), deps.blobs.fileOf(edited.hash)] as const;
  let lowLevel: LowLevelNumbers;
  try {
    lowLevel = await deps.pixels.lowLevel(...files, rule);
  } catch (error) {
    // The head was readable, so it was stored; the rest of the file is broken.
    if (!(error instanceof AppError) || error.code !== 'inputInvalid') throw error;
    const reason = 'undecodable';
    return { reason, lowLevel: null, verdicts: [verdict({ stage: 'lowLevel', passed: false, reason, raw: error.message })] };
  }
  const low = judgeLowLevel(lowLevel, gates.lowLevel);
  const verdicts = [verdict({ stage: 'lowLevel', passed: low.passed, reason: low.reason, lowLevel })];
  if (low.reason !== '') return { reason: low.reason, lowLevel, verdicts };
  const signals = await deps.pixels.fullReference(...files, rule);
  const said = judgeSignals(signals, fullReferenceLimits(gates), { category, instruction });
  verdicts.push(verdict({ stage: 'fullReference', ...said, signals, model: `fullReference/${gates.profile}` }));
  return { reason: said.reason, lowLevel, verdicts };
}
