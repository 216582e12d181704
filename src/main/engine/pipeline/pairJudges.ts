import type { Scores } from '../../../shared/model/attempt.ts';
import type { JudgeChoice } from '../../../shared/model/edit.ts';
import { AppError } from '../../../shared/model/errors.ts';
import { attemptWorstCost } from '../domain/budget.ts';
import type { Blobs, Calibrations, ImageAnswer, Pixels, ProfileStore, Scorers, WorkStore } from '../ports.ts';
import { createBudgetMeter, roomFor } from './budgetMeter.ts';
import type { GateVerdict } from './context.ts';
import { type CountedModelsDeps, createCountedModels } from './countedModels.ts';
import { judgingRecipe } from './edits/actors.ts';
import { ATTEMPT_STAGES } from './stages/index.ts';

export interface PairJudgesDeps extends CountedModelsDeps {
  profiles: Pick<ProfileStore, 'list'>;
  work: WorkStore;
  blobs: Blobs;
  pixels: Pixels;
  scorers: Scorers;
  calibrations: Calibrations;
}

/** Who judges pairs that were not mined here, and for how much. */
export interface PairJudging {
  judges: JudgeChoice;
  /** The most all of it may cost, in dollars; null = no cap. */
  budgetUsd: number | null;
  /** Sends calls once more that may have been charged and have no answer. */
  askAgain: boolean;
}

/** A pair of stored pictures and what was asked for. */
export interface JudgedPair {
  instruction: string;
  category: string;
  source: string;
  edited: string;
}

export interface PairJudges {
  /** The stage whose verdict a judged pair has in any case, unless an earlier one said no. */
  last: 'softJudge' | 'validator';
  /**
   * The verdicts in order, up to the first no, and the validator's scores. Throws ProviderError for a question without a usable answer,
   * LaneClosed for an endpoint that is of no use, AppError budgetReached, and callUnknown for a call that may have been charged.
   */
  judge(pair: JudgedPair, signal: AbortSignal): Promise<{ verdicts: GateVerdict[]; scores: Scores | null }>;
  /** Dollars spent, calls that may have been charged included, and answers that were in the ledger and cost nothing. */
  tally(): { usd: number; reused: number };
}

/** The name under which the ledger counts what judging imported pairs spends. */
const SCOPE = 'pairs:imported';
/** One seed for all: the same question is found in the ledger, whenever it is put again. */
const SEED = 0;

/**
 * Judges behind lanes, ledger and a budget, as in a run: an answer that was paid for is never paid for twice. Throws AppError noSuchItem
 * for a profile that is not there or has no model for its role, inputInvalid without any judge, for the demo studio, or for a budget
 * without prices.
 */
export function createPairJudges(deps: PairJudgesDeps, { judges, budgetUsd, askAgain }: PairJudging): PairJudges {
  const recipe = judgingRecipe(deps.profiles.list(), judges);
  const last = recipe.stages.findLast((stage) => stage === 'softJudge' || stage === 'validator');
  if (last === undefined) throw new AppError('inputInvalid', 'No judge is chosen.', { hint: 'Choose a soft judge, a validator, or both.' });
  if (recipe.endpoints.some(({ transport }) => transport === 'demo'))
    throw new AppError('inputInvalid', 'The demo studio knows its own pictures only: it would drop every pair from elsewhere.', {
      hint: 'Connect a judge of your own: nhr endpoints --help.',
    });
  const worst = attemptWorstCost(recipe);
  if (budgetUsd !== null && worst.usd === 0)
    throw new AppError('inputInvalid', 'The endpoint profiles of the judges name no prices, so a budget cannot be kept.', {
      field: 'budgetUsd',
      hint: 'Add prices to the profiles, or leave the budget out.',
    });
  const meter = createBudgetMeter({ usd: budgetUsd ?? Number.POSITIVE_INFINITY }, {}, () => 0);
  let reused = 0;
  const modelsFor = createCountedModels(deps, { id: SCOPE, recipe }, askAgain, () => (reused += 1));

  function picture(hash: string): ImageAnswer {
    const found = deps.work.image(hash);
    if (!found) throw new AppError('workspaceCorrupt', `The workspace knows nothing of picture ${hash}.`);
    return found;
  }

  return {
    last,
    async judge({ instruction, category, source, edited }, signal) {
      const held = await roomFor(meter, worst, signal);
      if (held === null)
        throw new AppError('budgetReached', `The budget has no room for another pair: $${meter.spent().usd.toFixed(4)} is spent.`);
      try {
        const { work, blobs, pixels, scorers, calibrations } = deps;
        const stage = { recipe, models: modelsFor(held), work, blobs, pixels, scorers, calibrations, signal };
        const pair = { source: picture(source), edited: picture(edited) };
        const candidate = { prompt: '', instruction, category, seed: SEED, ...pair, signals: {} };
        const verdicts: GateVerdict[] = [];
        for (const name of recipe.stages) {
          const { verdict } = await ATTEMPT_STAGES[name](candidate, stage);
          verdicts.push(verdict as GateVerdict);
          if (!verdict.passed) break;
        }
        return { verdicts, scores: verdicts.find((said) => said.stage === 'validator')?.scores ?? null };
      } finally {
        held.release();
      }
    },
    tally: () => ({ usd: meter.spent().usd, reused }),
  };
}
