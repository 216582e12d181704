import { scoreStage } from './scoring.ts';

/** The hard validator's two scores against the hard thresholds (paper: 4.7 and 4.7). */
export const validator = scoreStage('validator', (recipe) => recipe.gates.validator);
