import { Button } from '@mantine/core';
import { wilson } from '../../../../shared/model/intervals.ts';
import type { GateTally, RejectFilter } from '../../../../shared/model/rejects.ts';
import { text } from '../../../text.ts';
import { reasonTitle } from '../../../texts/reasons.ts';
import { count, percent } from '../../../ui/format.ts';

interface GatesProps {
  tallies: readonly GateTally[];
  filter: RejectFilter;
  onChange(part: Pick<RejectFilter, 'stage' | 'reason'>): void;
}

/** What each gate threw away, as chips that choose, and how often it was wrong as far as people looked. */
export function Gates({ tallies, filter, onChange }: GatesProps) {
  const t = text.rejects;
  const stages = [...new Set(tallies.map(({ stage }) => stage))];
  const inStage = tallies.filter(({ stage }) => filter.stage === undefined || stage === filter.stage);
  const chosen = inStage.filter(({ reason }) => filter.reason === undefined || reason === filter.reason);
  const sum = (part: 'rejected' | 'keep' | 'right', of: readonly GateTally[]) => of.reduce((total, tally) => total + tally[part], 0);
  const keep = sum('keep', chosen);
  const looked = keep + sum('right', chosen);
  const share = wilson({ count: keep, of: looked });
  return (
    <div className="nhr-gates">
      <fieldset aria-label={t.stages}>
        <Chip name={t.allStages} n={sum('rejected', tallies)} on={filter.stage === undefined} onClick={() => onChange({})} />
        {stages.map((stage) => (
          <Chip
            key={stage}
            name={text.stage[stage]}
            n={sum(
              'rejected',
              tallies.filter((tally) => tally.stage === stage),
            )}
            on={filter.stage === stage}
            onClick={() => onChange({ stage })}
          />
        ))}
      </fieldset>
      {filter.stage !== undefined && (
        <fieldset aria-label={t.reasons}>
          <Chip
            name={t.allReasons}
            n={sum('rejected', inStage)}
            on={filter.reason === undefined}
            onClick={() => onChange({ stage: filter.stage })}
          />
          {inStage.map(({ reason, rejected }) => (
            <Chip
              key={reason}
              name={reason === '' ? t.noReason : reasonTitle(reason)}
              n={rejected}
              on={filter.reason === reason}
              onClick={() => onChange({ stage: filter.stage, reason })}
            />
          ))}
        </fieldset>
      )}
      <p className="nhr-quiet" role="status">
        {share
          ? `${t.reviewed(count(looked), count(keep))}: ${t.interval(percent(share.share), percent(share.low), percent(share.high))}`
          : t.notLooked}
      </p>
    </div>
  );
}

function Chip({ name, n, on, onClick }: { name: string; n: number; on: boolean; onClick(): void }) {
  return (
    <Button size="compact-sm" radius="xl" fw={400} variant={on ? 'light' : 'default'} aria-pressed={on} onClick={onClick}>
      {name} <b>{count(n)}</b>
    </Button>
  );
}
