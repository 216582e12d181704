import type { AttemptStage, GrowthStage } from '../../../../shared/model/recipe.ts';
import type { RunPhase } from '../../../../shared/model/run.ts';
import type { AttemptStageRun, PhaseEnd, RunContext } from '../context.ts';
import { backwardConsistency } from './backwardConsistency.ts';
import { composition } from './composition.ts';
import { edit } from './edit.ts';
import { fullReference } from './fullReference.ts';
import { growth } from './growth.ts';
import { inversion } from './inversion.ts';
import { learned } from './learned.ts';
import { localValidator } from './localValidator.ts';
import { lowLevel } from './lowLevel.ts';
import { mining } from './mining.ts';
import { scenes } from './scenes.ts';
import { selection } from './selection.ts';
import { softChecks } from './softChecks.ts';
import { softJudge } from './softJudge.ts';
import { sources } from './sources.ts';
import { textCheck } from './textCheck.ts';
import { validator } from './validator.ts';

/** What an attempt may go through; the recipe's `stages` says which and in what order. Default: cheap before paid. */
export const ATTEMPT_STAGES: Record<AttemptStage, AttemptStageRun> = {
  edit,
  lowLevel,
  fullReference,
  textCheck,
  learned,
  localValidator,
  softJudge,
  softChecks,
  validator,
};

/** What grows the set after selection; the recipe's `growth` says which and in what order. */
const GROWTH_STAGES: Record<GrowthStage, (ctx: RunContext) => Promise<PhaseEnd>> = {
  inversion,
  composition,
  backwardConsistency,
};

/** Algorithm 1 of the paper, top to bottom. THE ordered list: a run does these, one after the other. */
export const PHASES: { phase: Exclude<RunPhase, 'done'>; run(ctx: RunContext): Promise<PhaseEnd> }[] = [
  { phase: 'scenes', run: scenes },
  { phase: 'sources', run: sources },
  { phase: 'attempts', run: (ctx) => mining(ctx, ATTEMPT_STAGES) },
  { phase: 'selection', run: selection },
  { phase: 'growth', run: (ctx) => growth(ctx, GROWTH_STAGES) },
];
