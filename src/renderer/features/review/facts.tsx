import type { ReactNode } from 'react';
import type { LowLevelNumbers, Verdict } from '../../../shared/model/attempt.ts';
import { text } from '../../text.ts';
import { reasonWords } from '../../texts/reasons.ts';
import { count, percent, score } from '../../ui/format.ts';
import { IconCheck, IconX } from '../../ui/icons.ts';
import { VerdictWords } from './VerdictWords.tsx';

/** A score under its name; a dash when nobody gave it. */
export function Score({ name, value }: { name: string; value: number | null }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value === null ? '–' : score(value)}</dd>
    </div>
  );
}

/** A list of names and values. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="nhr-facts">{children}</dl>;
}

/** One of them; nothing when there is no value. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === '') return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What the low-level check counted. */
export function LowLevel({ numbers }: { numbers: LowLevelNumbers }) {
  const t = text.compare;
  const pixels = numbers.width * numbers.height;
  return (
    <section>
      <h3>{t.lowLevel}</h3>
      <Facts>
        <Fact name={t.flagged}>
          {count(numbers.flagged)}
          {pixels > 0 && ` (${percent(numbers.flagged / pixels)})`}
        </Fact>
        <Fact name={t.largest}>{count(numbers.largest)}</Fact>
        <Fact name={t.largestShare}>{numbers.flagged > 0 ? percent(numbers.largest / numbers.flagged) : '–'}</Fact>
        <Fact name={t.components}>{count(numbers.components)}</Fact>
      </Facts>
    </section>
  );
}

/** One gate’s answer, which opens to all it said. */
export function VerdictRow({ verdict }: { verdict: Verdict }) {
  const t = text.compare;
  const { scores } = verdict;
  return (
    <details className="nhr-verdict">
      <summary>
        <span data-passed={verdict.passed}>{verdict.passed ? <IconCheck aria-hidden size={15} /> : <IconX aria-hidden size={15} />}</span>
        <b>{text.stage[verdict.stage]}</b>
        <span className="nhr-quiet">{verdict.passed ? t.passed : reasonWords(verdict.reason) || t.rejected}</span>
        <span className="nhr-grow" />
        {scores && (
          <span className="nhr-quiet" title={`${text.scores.adherence} / ${text.scores.aesthetics}`}>
            {score(scores.adherence)} / {score(scores.aesthetics)}
          </span>
        )}
      </summary>
      <Facts>
        <Fact name={t.model}>{verdict.model}</Fact>
        <Fact name={t.promptVersion}>{verdict.promptVersion}</Fact>
        {verdict.lowLevel && (
          <Fact name={t.largestShare}>
            {verdict.lowLevel.flagged > 0 ? percent(verdict.lowLevel.largest / verdict.lowLevel.flagged) : '–'}
          </Fact>
        )}
      </Facts>
      <VerdictWords verdict={verdict} />
    </details>
  );
}
