import { AppError, toWireError } from '../../../shared/model/errors.ts';
import { LEARNED_SIGNALS } from '../../../shared/model/gates.ts';
import type { Recipe } from '../../../shared/model/recipe.ts';
import type { Calibrations, Scorers } from '../ports.ts';
import type { RecipeIssue } from './recipeText.ts';

export interface LocalParts {
  calibrations: Pick<Calibrations, 'resolve' | 'read'>;
  scorers: Pick<Scorers, 'missing'>;
}

/**
 * What the stages of a recipe need on this machine and do not find there: weights of learned signals, the calibration of a local
 * validator. Both can go away while a run rests, so they are looked for whenever a run begins to work, before anything is paid for: by a
 * start before it makes the run, by a run that goes on in the run itself, which then pauses with the reason.
 */
export async function missingLocalParts(recipe: Recipe, { calibrations, scorers }: LocalParts): Promise<RecipeIssue[]> {
  const issues: RecipeIssue[] = [];
  if (recipe.stages.includes('localValidator'))
    try {
      calibrations.read(calibrations.resolve(recipe.gates.localValidator.calibration));
    } catch (error) {
      const { message, details } = toWireError(error);
      issues.push({
        path: 'gates.localValidator.calibration',
        message: details.hint ? `${message} ${details.hint}` : message,
        line: null,
      });
    }
  if (recipe.stages.includes('learned')) {
    const missing = await scorers.missing(LEARNED_SIGNALS.filter((name) => recipe.gates.learned[name] !== undefined));
    if (missing.length > 0) {
      const message = `no model for ${missing.join(', ')} is on this machine: see nhr models, or the screen Endpoints, Local scorers`;
      issues.push({ path: 'gates.learned', message, line: null });
    }
  }
  return issues;
}

/** Throws AppError recipeInvalid that names the first thing missing. */
export async function requireLocalParts(recipe: Recipe, parts: LocalParts): Promise<void> {
  const [first] = await missingLocalParts(recipe, parts);
  if (first) throw new AppError('recipeInvalid', `This recipe cannot run here: ${first.message}.`, { field: first.path });
}
