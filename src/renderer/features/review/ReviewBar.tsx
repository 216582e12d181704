import { Button, Group, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { TripletSort } from '../../../shared/contract/triplets.ts';
import { DEFAULT_VIEW, type GridView, withoutEmpty } from '../../app/filterQuery.ts';
import { newestFirst } from '../../app/live.ts';
import { formatRoute, go } from '../../app/route.ts';
import { useLive, useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { FilterFields } from '../../ui/FilterFields.tsx';
import { count as countText } from '../../ui/format.ts';
import { KeysButton } from '../../ui/Keys.tsx';
import type { Density } from './Grid.tsx';
import { DensityChoice, GoTo, SortChoice, UndoRedo, Unfilter } from './gridTools.tsx';
import { MoreFilters } from './MoreFilters.tsx';
import { ReviewTabs } from './ReviewTabs.tsx';

interface ReviewBarProps {
  view: GridView;
  /** Null while nobody knows. */
  count: number | null;
  exact: boolean;
  fresh: number;
  filtered: boolean;
  onFresh(): void;
  onHelp(): void;
  onUndo: (() => void) | undefined;
  onRedo: (() => void) | undefined;
  density: Density;
  onDensity(density: Density): void;
  /** A place, from 0. */
  onGoTo(place: number): void;
}

/** What stands above the grid: how many there are, the order, the filters. */
export function ReviewBar(props: ReviewBarProps) {
  const { view, count, exact, fresh, filtered, onFresh, onHelp, onUndo, onRedo, density, onDensity, onGoTo } = props;
  const { engine } = useStudio();
  const runs = useLive((s) => s.runs);
  const categories = useQuery(engine.triplets.categories.queryOptions());
  const set = (next: GridView) => go({ screen: 'triplets', view: { ...next, filter: withoutEmpty(next.filter) }, open: null }, 'replace');
  return (
    <div className="nhr-review-bar">
      <Group gap={12} className="nhr-review-title">
        <Title order={1}>{text.review.title}</Title>
        <ReviewTabs now="triplets" />
        <span className="nhr-quiet" role="status">
          {count === null ? ' ' : text.review.count(countText(count), exact, count === 1)}
        </span>
        <div className="nhr-grow" />
        {fresh > 0 && (
          <Button size="xs" variant="light" onClick={onFresh}>
            {text.review.fresh(fresh)}
          </Button>
        )}
        <UndoRedo onUndo={onUndo} onRedo={onRedo} />
        <SortChoice
          width={140}
          options={TripletSort.options}
          words={text.filters}
          value={view.sort}
          onChange={(sort) => set({ ...view, sort })}
        />
        <DensityChoice density={density} onDensity={onDensity} />
        {count !== null && count > 0 && <GoTo count={count} onGoTo={onGoTo} />}
        <Button size="xs" variant="default" component="a" href={formatRoute({ screen: 'export', filter: view.filter })}>
          {text.review.exportThese}
        </Button>
        <KeysButton onClick={onHelp} />
      </Group>
      <Group gap={8}>
        <FilterFields
          filter={view.filter}
          onChange={(filter) => set({ ...view, filter })}
          runs={newestFirst(Object.values(runs))}
          categories={categories.data ?? []}
        />
        <MoreFilters filter={view.filter} onChange={(filter) => set({ ...view, filter })} />
        {filtered && <Unfilter onClick={() => set({ ...DEFAULT_VIEW, sort: view.sort })} />}
      </Group>
    </div>
  );
}
