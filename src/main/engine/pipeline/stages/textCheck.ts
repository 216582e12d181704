import type { SignalCheck } from '../../../../shared/model/signals.ts';
import { judgeText, textAsked } from '../../domain/textAsked.ts';
import { type AttemptStageRun, verdict } from '../context.ts';
import { pair } from './pair.ts';

/** For an edit of text: reads the letters in both pictures and holds them against those asked for. Costs nothing; other edits pass, and it says so. */
export const textCheck: AttemptStageRun = async (candidate, { recipe, scorers, blobs, signal }) => {
  const { source, edited } = pair(candidate);
  const gate = recipe.gates.textCheck;
  const asked = textAsked(candidate.instruction, candidate.category);
  const check = (name: 'ocrMatch' | 'ocrConfidence', outcome: SignalCheck['outcome'], why: string): SignalCheck => ({
    signal: name,
    min: name === 'ocrMatch' ? gate.minMatch : gate.minConfidence,
    max: null,
    outcome,
    why,
  });
  const base = { stage: 'textCheck' as const, model: 'PP-OCRv4' };
  if (asked === null) {
    const raw = JSON.stringify({ skipped: 'the instruction asks for no text' });
    return { verdict: verdict({ ...base, passed: true, reason: '', checks: [check('ocrMatch', 'skipped', 'noText')], raw }), usd: 0 };
  }
  const before = await scorers.readText(blobs.fileOf(source.hash), source, signal);
  const after = await scorers.readText(blobs.fileOf(edited.hash), edited, signal);
  const { passed, reason, match, confidence, blind } = judgeText(asked, before, after, gate);
  const outcome = (bad: boolean): [SignalCheck['outcome'], string] =>
    blind ? ['skipped', 'unreadable'] : bad ? ['failed', reason] : ['passed', ''];
  return {
    verdict: verdict({
      ...base,
      passed,
      reason,
      signals: { ocrMatch: match, ocrConfidence: confidence },
      checks: [
        check('ocrMatch', ...outcome(match < gate.minMatch)),
        check('ocrConfidence', ...outcome(match >= gate.minMatch && confidence < gate.minConfidence)),
      ],
      raw: JSON.stringify({ ...asked, source: before, edited: after }),
    }),
    usd: 0,
  };
};
