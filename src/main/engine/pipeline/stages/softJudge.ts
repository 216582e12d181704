import { scoreStage } from './scoring.ts';

/** The open judge's two scores against the soft thresholds. */
export const softJudge = scoreStage('softJudge', (recipe) => recipe.gates.softJudge);
