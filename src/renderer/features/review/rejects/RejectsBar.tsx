import { Button, Group, Select, Title } from '@mantine/core';
import type { GateTally, RejectFilter } from '../../../../shared/model/rejects.ts';
import { RejectSort } from '../../../../shared/model/rejects.ts';
import { DEFAULT_REJECTS, queryFromRejects, type RejectsView } from '../../../app/rejectQuery.ts';
import { go } from '../../../app/route.ts';
import { useLive } from '../../../app/studio.tsx';
import { text } from '../../../text.ts';
import { CategoryField, RunField, SearchField } from '../../../ui/filterParts.tsx';
import { count as countText } from '../../../ui/format.ts';
import { IconKeyboard } from '../../../ui/icons.ts';
import type { Density } from '../Grid.tsx';
import { DensityChoice, GoTo } from '../gridTools.tsx';
import { ReviewTabs } from '../ReviewTabs.tsx';
import { Gates } from './Gates.tsx';

const DECISIONS = ['keep', 'right', 'none'] as const;

interface RejectsBarProps {
  view: RejectsView;
  /** Null while nobody knows. */
  count: number | null;
  exact: boolean;
  gates: GateTally[] | undefined;
  categories: readonly { category: string; count: number }[];
  onUndo: (() => void) | undefined;
  onRedo: (() => void) | undefined;
  onHelp(): void;
  density: Density;
  onDensity(density: Density): void;
  /** A place, from 0. */
  onGoTo(place: number): void;
}

/** What stands above rejected candidates: how many there are, the order, the filters, and what each gate threw away. */
export function RejectsBar(props: RejectsBarProps) {
  const { view, count, exact, gates, categories, onUndo, onRedo, onHelp, density, onDensity, onGoTo } = props;
  const { filter, sort } = view;
  const runs = useLive((s) => s.runs);
  const t = text.rejects;
  const show = (next: RejectsView) => go({ screen: 'rejects', view: next, open: null }, 'replace');
  const set = (part: Partial<RejectFilter>) => show({ filter: { ...filter, ...part }, sort });
  const filtered = queryFromRejects({ ...view, sort: DEFAULT_REJECTS.sort }).size > 0;
  return (
    <div className="nhr-review-bar">
      <Group gap={12} className="nhr-review-title">
        <Title order={1}>{t.title}</Title>
        <ReviewTabs now="rejects" />
        <span className="nhr-quiet" role="status">
          {count === null ? ' ' : t.count(countText(count), exact, count === 1)}
        </span>
        <div className="nhr-grow" />
        <Group gap={4} wrap="nowrap">
          <Button size="xs" variant="default" onClick={onUndo} disabled={!onUndo}>
            {text.reviewing.undo}
          </Button>
          <Button size="xs" variant="default" onClick={onRedo} disabled={!onRedo}>
            {text.reviewing.redo}
          </Button>
        </Group>
        <Select
          size="xs"
          w={180}
          aria-label={text.filters.sort}
          data={RejectSort.options.map((value) => ({ value, label: t.sorts[value] }))}
          value={sort}
          allowDeselect={false}
          onChange={(value) => show({ filter, sort: RejectSort.parse(value) })}
        />
        <DensityChoice density={density} onDensity={onDensity} />
        <Button size="xs" variant="default" px={8} aria-label={text.app.shortcuts} title={text.app.shortcuts} onClick={onHelp}>
          <IconKeyboard aria-hidden size={16} stroke={1.6} />
        </Button>
      </Group>
      <Group gap={8} role="search" aria-label={text.filters.label}>
        <SearchField value={filter.text} onChange={(words) => set({ text: words })} />
        <RunField
          value={filter.runId}
          choices={Object.values(runs).sort((a, b) => b.createdAt - a.createdAt)}
          onChange={(runId) => set({ runId })}
        />
        <CategoryField value={filter.category} choices={categories} onChange={(category) => set({ category })} />
        <Select
          size="xs"
          w={190}
          aria-label={t.decision}
          placeholder={t.anyDecision}
          data={DECISIONS.map((value) => ({ value, label: t.decisions[value] }))}
          value={filter.decision ?? null}
          onChange={(value) => set({ decision: DECISIONS.find((item) => item === value) })}
          clearable
          clearButtonProps={{ 'aria-label': t.anyDecision }}
        />
        {filtered && (
          <Button size="xs" variant="subtle" color="gray" px={8} onClick={() => show({ ...DEFAULT_REJECTS, sort })}>
            {text.filters.reset}
          </Button>
        )}
        {count !== null && count > 0 && <GoTo count={count} onGoTo={onGoTo} />}
      </Group>
      {gates && gates.length > 0 && <Gates tallies={gates} filter={filter} onChange={({ stage, reason }) => set({ stage, reason })} />}
    </div>
  );
}
