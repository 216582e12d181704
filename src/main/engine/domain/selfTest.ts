import type { Role } from '../../../shared/model/provider.ts';
import type { SelfTestCheck } from '../../../shared/model/selfTest.ts';

/** Calls that a self-test of a role makes (providers/selfTest.ts), so that its price can be said before. */
export const SELF_TEST_CALLS: Record<Role, number> = {
  promptEngineer: 1,
  textToImage: 2,
  plausibilityJudge: 1,
  imageEditor: 2,
  softJudge: 3,
  validator: 3,
  inverter: 1,
};

/**
 * What an editor did with a test picture, as shares of pixels that differ clearly (0 to 1). Null where there is nothing to compare:
 * the call failed or the sizes differ.
 */
export interface EditorFindings {
  /** Source against the answer to "change nothing". */
  noOp: number | null;
  /** Source against the answer to an instruction that changes every pixel. */
  strong: number | null;
  /** The two answers against each other. */
  between: number | null;
}

/** Over this share of changed pixels, "change nothing" gave another picture. */
const OTHER_PICTURE = 0.5;
/** Under this share, an instruction that changes every pixel did nothing. */
const NOTHING_DONE = 0.1;

/** Whether the editor looks at its input picture and at its prompt; servers exist that silently do not (vllm-omni #1702, #2397). */
export function judgeEditor({ noOp, strong, between }: EditorFindings): SelfTestCheck[] {
  const percent = (share: number) => `${(share * 100).toFixed(0)} % of the pixels`;
  const checks: SelfTestCheck[] = [];
  if (noOp !== null)
    checks.push({
      name: 'uses its input picture',
      ok: noOp <= OTHER_PICTURE,
      message:
        noOp <= OTHER_PICTURE
          ? `"change nothing" changed ${percent(noOp)}`
          : `"change nothing" gave another picture: ${percent(noOp)} differ`,
    });
  if (strong !== null)
    checks.push({
      name: 'does what it is told',
      ok: strong >= NOTHING_DONE,
      message: `an instruction that changes everything changed ${percent(strong)}`,
    });
  if (between !== null)
    checks.push({
      name: 'tells instructions apart',
      ok: between >= NOTHING_DONE,
      message:
        between >= NOTHING_DONE ? `the two answers differ in ${percent(between)}` : 'two opposite instructions gave the same picture',
    });
  return checks;
}

/** Adherence of three pairs under one instruction; null where the reply could not be read or did not come. */
export interface JudgeFindings {
  /** Done as asked. */
  good: number | null;
  /** The same picture twice: nothing was done. */
  identical: number | null;
  /** The second picture has nothing to do with the first. */
  unrelated: number | null;
}

/** A judge that sees both pictures puts the good pair clearly over the two bad ones. */
const CLEARLY = 0.5;

/** Whether a judge of pairs sees what it judges. */
export function judgeJudge({ good, identical, unrelated }: JudgeFindings): SelfTestCheck[] {
  const below = (name: string, score: number | null): SelfTestCheck[] =>
    good === null || score === null
      ? []
      : [{ name, ok: good - score >= CLEARLY, message: `adherence ${score.toFixed(1)}, against ${good.toFixed(1)} for a good pair` }];
  return [...below('sees that nothing was done', identical), ...below('sees that the pictures have nothing in common', unrelated)];
}

/** Whether a generator made what was ordered. `between` compares two answers to opposite prompts. */
export function judgeGenerator(sizeAsAsked: boolean, size: string, between: number | null): SelfTestCheck[] {
  const checks: SelfTestCheck[] = [
    {
      name: 'size',
      ok: true,
      message: sizeAsAsked ? size : `${size}: not the size that was asked for; sources are brought to a canonical size`,
    },
  ];
  if (between !== null)
    checks.push({
      name: 'follows its prompt',
      ok: between >= NOTHING_DONE,
      message: between >= NOTHING_DONE ? 'two opposite prompts gave two pictures' : 'two opposite prompts gave the same picture',
    });
  return checks;
}
