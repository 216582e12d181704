import { Skeleton, Text } from '@mantine/core';
import type { RecipeCheck } from '../../../shared/contract/runs.ts';
import { text } from '../../text.ts';
import { count, usd } from '../../ui/format.ts';
import { LinedIssues } from '../../ui/LinedIssues.tsx';
import { DemoBadge, Stat } from '../../ui/Parts.tsx';
import { EstimateView, stageName } from './EstimateView.tsx';

/** What a recipe will do, or what is wrong with it. `fresh` is false while the shown answer is that of an older text. */
export function RecipePlan({ check, fresh, onLine }: { check: RecipeCheck | null; fresh: boolean; onLine(line: number): void }) {
  if (!check) return <Skeleton height={220} role="status" aria-label={text.newRun.checking} />;
  return (
    <div className="nhr-plan-body" data-fresh={fresh} aria-live="polite">
      {check.issues.length > 0 ? <Issues issues={check.issues} onLine={onLine} /> : check.plan && <Plan plan={check.plan} />}
    </div>
  );
}

function Issues({ issues, onLine }: { issues: RecipeCheck['issues']; onLine(line: number): void }) {
  return (
    <>
      <Text fw={600} c="var(--nhr-bad)">
        {text.newRun.issues(issues.length)}
      </Text>
      <LinedIssues issues={issues} onLine={onLine} />
      <Text size="sm" c="dimmed">
        {text.newRun.issuesHint}
      </Text>
    </>
  );
}

function Plan({ plan }: { plan: NonNullable<RecipeCheck['plan']> }) {
  return (
    <>
      <div className="nhr-plan-name">
        <Text fw={600}>{plan.name}</Text>
        {plan.demo && <DemoBadge />}
      </div>
      <dl className="nhr-stats nhr-plan-stats">
        <Stat label={text.newRun.scenes} value={count(plan.scenes)} />
        <Stat label={text.newRun.sources} value={count(plan.sources)} />
        <Stat label={text.newRun.jobSpace} value={count(plan.jobSpace)} />
        <Stat label={text.newRun.attempts} value={count(plan.attempts)} />
        <Stat label={text.newRun.usdBound} value={usd(plan.usdBound)} about={plan.demo ? text.newRun.usdBoundFree : undefined} />
      </dl>
      <EstimateView estimate={plan.estimate} usdBound={plan.usdBound} />
      {plan.notes.map((note) => (
        <Text key={note} size="sm" mt="sm" role="note">
          {note}
        </Text>
      ))}
      <Text size="xs" c="dimmed" mt="md" mb={6}>
        {text.newRun.stages}
      </Text>
      <ol className="nhr-stages">
        {plan.stages.map((stage) => (
          <li key={stage}>{stageName(stage)}</li>
        ))}
      </ol>
    </>
  );
}
