import { Group, Select, Title } from '@mantine/core';
import type { GateTally, RejectFilter } from '../../../../shared/model/rejects.ts';
import { RejectSort } from '../../../../shared/model/rejects.ts';
import { newestFirst } from '../../../app/live.ts';
import { DEFAULT_REJECTS, type RejectsView } from '../../../app/rejectQuery.ts';
import { go } from '../../../app/route.ts';
import { useLive } from '../../../app/studio.tsx';
import { text } from '../../../text.ts';
import { CategoryField, ChoiceField, RunField, SearchField } from '../../../ui/filterParts.tsx';
import { count as countText } from '../../../ui/format.ts';
import { KeysButton } from '../../../ui/Keys.tsx';
import type { Density } from '../Grid.tsx';
import { DensityChoice, GoTo, SortChoice, UndoRedo, Unfilter } from '../gridTools.tsx';
import { ReviewTabs } from '../ReviewTabs.tsx';
import { tagChoices } from '../tags.ts';
import { Gates } from './Gates.tsx';

const DECISIONS = ['keep', 'right', 'none'] as const;

interface RejectsBarProps {
  view: RejectsView;
  /** Null while nobody knows. */
  count: number | null;
  exact: boolean;
  filtered: boolean;
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
  const { view, count, exact, filtered, gates, categories, onUndo, onRedo, onHelp, density, onDensity, onGoTo } = props;
  const { filter, sort } = view;
  const runs = useLive((s) => s.runs);
  const t = text.rejects;
  const show = (next: RejectsView) => go({ screen: 'rejects', view: next, open: null }, 'replace');
  const set = (part: Partial<RejectFilter>) => show({ filter: { ...filter, ...part }, sort });
  return (
    <div className="nhr-review-bar">
      <Group gap={12} className="nhr-review-title">
        <Title order={1}>{t.title}</Title>
        <ReviewTabs now="rejects" />
        <span className="nhr-quiet" role="status">
          {count === null ? ' ' : t.count(countText(count), exact, count === 1)}
        </span>
        <div className="nhr-grow" />
        <UndoRedo onUndo={onUndo} onRedo={onRedo} />
        <SortChoice
          width={180}
          options={RejectSort.options}
          words={t.sorts}
          value={sort}
          onChange={(next) => show({ filter, sort: next })}
        />
        <DensityChoice density={density} onDensity={onDensity} />
        {count !== null && count > 0 && <GoTo count={count} onGoTo={onGoTo} />}
        <KeysButton onClick={onHelp} />
      </Group>
      <Group gap={8} role="search" aria-label={text.filters.label}>
        <SearchField value={filter.text} onChange={(words) => set({ text: words })} />
        <RunField value={filter.runId} choices={newestFirst(Object.values(runs))} onChange={(runId) => set({ runId })} />
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
        <ChoiceField
          label={text.reviewing.tag}
          all={text.reviewing.anyTag}
          data={tagChoices(filter.tag)}
          value={filter.tag}
          onChange={(tag) => set({ tag })}
        />
        {filtered && <Unfilter onClick={() => show({ ...DEFAULT_REJECTS, sort })} />}
      </Group>
      {gates && gates.length > 0 && <Gates tallies={gates} filter={filter} onChange={({ stage, reason }) => set({ stage, reason })} />}
    </div>
  );
}
