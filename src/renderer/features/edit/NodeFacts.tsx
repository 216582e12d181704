import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { geometricScore, type LowLevelNumbers, type Scores } from '../../../shared/model/attempt.ts';
import type { EditNode } from '../../../shared/model/edit.ts';
import { mergeSignals } from '../../../shared/model/signals.ts';
import { DEFAULT_VIEW } from '../../app/filterQuery.ts';
import { formatRoute } from '../../app/route.ts';
import { text } from '../../text.ts';
import { reasonWords } from '../../texts/reasons.ts';
import { count, millis, percent, score, usd } from '../../ui/format.ts';
import { IconCheck, IconCircleCheck, IconCircleX } from '../../ui/icons.ts';
import { Signals } from '../../ui/Signals.tsx';
import { decayOf } from './tree.ts';

const t = text.edit;

interface NodeFactsProps {
  node: EditNode;
  chain: readonly EditNode[];
  isCurrent: boolean;
  isPinned: boolean;
  onContinue(): void;
  onKeep(): void;
  onPin(): void;
  /** The same instruction once more, with other seeds. */
  onMore(): void;
}

/** Everything known of the picture that is shown, and what can be done with it. */
export function NodeFacts({ node, chain, isCurrent, isPinned, onContinue, onKeep, onPin, onMore }: NodeFactsProps) {
  const edited = node.parentId !== null;
  return (
    <section className="nhr-facts-pane" aria-label={t.facts}>
      <h2>{edited ? node.instruction : t.root}</h2>
      <div className="nhr-facts-actions">
        <Button size="xs" px={6} variant={isCurrent ? 'light' : 'default'} disabled={isCurrent} onClick={onContinue}>
          {isCurrent ? t.current : t.continueHere}
        </Button>
        {edited && (
          <Button
            size="xs"
            px={6}
            variant={node.keptId === null ? 'filled' : 'light'}
            leftSection={node.keptId === null ? undefined : <IconCheck aria-hidden size={14} />}
            onClick={onKeep}
          >
            {node.keptId === null ? t.keep : t.unkeep}
          </Button>
        )}
        <Button size="xs" px={6} variant="default" aria-pressed={isPinned} onClick={onPin}>
          {isPinned ? t.pinned : t.pin}
        </Button>
        {edited && (
          <Button size="xs" px={6} variant="default" onClick={onMore}>
            {t.moreOf}
          </Button>
        )}
      </div>
      {node.keptId !== null && (
        <a className="nhr-link" href={formatRoute({ screen: 'triplets', view: DEFAULT_VIEW, open: node.keptId })}>
          {t.toTriplet}
        </a>
      )}
      {edited && <Judgement node={node} />}
      {node.lowLevel && <Changed numbers={node.lowLevel} />}
      <Signals signals={mergeSignals(node.verdicts)} verdicts={node.verdicts} />
      <dl className="nhr-edit-facts">
        <Fact name={t.size}>{`${node.width} × ${node.height}`}</Fact>
        {edited && (
          <>
            <Fact name={t.category}>{node.category}</Fact>
            <Fact name={t.seedOf}>{node.seed}</Fact>
            <Fact name={t.model}>{node.model}</Fact>
            <Fact name={t.cost}>{usd(node.usd)}</Fact>
            <Fact name={t.time}>{millis(node.ms)}</Fact>
          </>
        )}
      </dl>
      <Decay chain={chain} />
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What the low-level check counted. */
function Changed({ numbers }: { numbers: LowLevelNumbers }) {
  const { width, height, flagged, largest, components } = numbers;
  return (
    <dl className="nhr-edit-facts" aria-label={text.compare.lowLevel}>
      <Fact name={text.compare.flagged}>{`${count(flagged)} (${percent(flagged / (width * height))})`}</Fact>
      <Fact name={text.compare.largestShare}>{flagged > 0 ? percent(largest / flagged) : '–'}</Fact>
      <Fact name={text.compare.components}>{count(components)}</Fact>
    </dl>
  );
}

function Judgement({ node }: { node: EditNode }) {
  return (
    <>
      <section className="nhr-edit-scores" aria-label={t.scores}>
        <ScoreLine name={t.validator} scores={node.scores} />
        <ScoreLine name={t.softJudge} scores={node.softScores} />
        {!node.scores && !node.softScores && <p className="nhr-quiet">{t.notScored}</p>}
      </section>
      <ul className="nhr-edit-verdicts">
        {node.verdicts.map((verdict) => (
          <li key={verdict.stage} data-ok={verdict.passed}>
            {verdict.passed ? (
              <IconCircleCheck aria-label={text.compare.passed} size={16} />
            ) : (
              <IconCircleX aria-label={text.compare.rejected} size={16} />
            )}
            <span>{text.stage[verdict.stage]}</span>
            {verdict.reason !== '' && <span className="nhr-quiet">{reasonWords(verdict.reason)}</span>}
          </li>
        ))}
        {node.problems.map((problem) => (
          <li key={problem.stage} data-ok="false">
            <IconCircleX aria-label={t.problems} size={16} />
            <span>{text.stage[problem.stage]}</span>
            <span className="nhr-quiet">{problem.message}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function ScoreLine({ name, scores }: { name: string; scores: Scores | null }) {
  if (!scores) return null;
  return (
    <div className="nhr-score-line">
      <span>{name}</span>
      <b title={text.scores.geometric}>{score(geometricScore(scores))}</b>
      <span className="nhr-quiet">
        {text.scores.adherence} {score(scores.adherence)} · {text.scores.aesthetics} {score(scores.aesthetics)}
      </span>
    </div>
  );
}

const W = 280;
const H = 84;

/** What the chain has lost: a line each for sharpness and colour, 100 % = the original. */
function Decay({ chain }: { chain: readonly EditNode[] }) {
  const points = decayOf(chain);
  const last = points.at(-1);
  if (!last || points.length < 2) return <p className="nhr-quiet nhr-decay">{t.decayNone}</p>;
  const most = Math.max(1.2, ...points.flatMap(({ sharpness, colour }) => [sharpness, colour]));
  const x = (i: number) => 4 + (i * (W - 8)) / (points.length - 1);
  const y = (share: number) => H - 4 - (share / most) * (H - 8);
  const line = (pick: (point: (typeof points)[number]) => number) => points.map((point, i) => `${x(i)},${y(pick(point))}`).join(' ');
  const summary = `${t.sharpness} ${percent(last.sharpness, 0)}, ${t.colour} ${percent(last.colour, 0)}`;
  return (
    <figure className="nhr-decay">
      <figcaption>
        <b>{t.decay}</b>
        <small className="nhr-quiet">{t.decayAbout}</small>
      </figcaption>
      <svg viewBox={`0 0 ${W} ${H}`} role="img" aria-label={`${t.decay}: ${summary}`}>
        <line x1="4" x2={W - 4} y1={y(1)} y2={y(1)} className="nhr-decay-full" />
        <polyline points={line(({ sharpness }) => sharpness)} className="nhr-decay-sharpness" />
        <polyline points={line(({ colour }) => colour)} className="nhr-decay-colour" />
        {points.map((point, i) => (
          <g key={point.depth}>
            <circle cx={x(i)} cy={y(point.sharpness)} r="2.5" className="nhr-decay-sharpness" />
            <circle cx={x(i)} cy={y(point.colour)} r="2.5" className="nhr-decay-colour" />
          </g>
        ))}
      </svg>
      <p className="nhr-decay-words">
        <span className="nhr-decay-sharpness">
          {t.sharpness} {percent(last.sharpness, 0)}
        </span>
        <span className="nhr-decay-colour">
          {t.colour} {percent(last.colour, 0)}
        </span>
        <span className="nhr-quiet">{t.generation(last.depth)}</span>
      </p>
    </figure>
  );
}
