import './review.css';
import { Button, Group, SegmentedControl, Skeleton, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import type { DecisionKind, TripletView } from '../../../shared/model/triplet.ts';
import { DEFAULT_VIEW, type GridView, queryFromView, withoutEmpty } from '../../app/filterQuery.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute, go } from '../../app/route.ts';
import { useLive, useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { FilterFields } from '../../ui/FilterFields.tsx';
import { count as countText } from '../../ui/format.ts';
import { IconKeyboard } from '../../ui/icons.ts';
import { Empty } from '../../ui/Parts.tsx';
import { Compare } from './Compare.tsx';
import { Grid } from './Grid.tsx';
import { Shortcuts } from './Shortcuts.tsx';
import { useKeys } from './useKeys.ts';
import { useDecide, useTriplets } from './useTriplets.ts';

/** The grid of all triplets and, over it, the comparison of the one that is open. */
export function ReviewPage({ view, open }: { view: GridView; open: number | null }) {
  const { pages, count, items, fresh } = useTriplets(view);
  const decide = useDecide();
  const [help, helpIs] = useDisclosure(false);
  const [selected, setSelected] = useState<number | null>(open);
  const root = useRef<HTMLDivElement>(null);
  const show = (id: number | null) => {
    if (id !== null) setSelected(id);
    go({ screen: 'triplets', view, open: id }, id === null || open !== null ? 'replace' : 'push');
  };
  const onDecide = useCallback((triplet: TripletView, decision: DecisionKind) => decide.mutate({ triplet, decision }), [decide.mutate]);
  useKeys('grid', open === null && !help, {
    help: helpIs.open,
    search: () => root.current?.querySelector<HTMLElement>('[data-search]')?.focus(),
  });
  const more = useCallback(() => void pages.fetchNextPage(), [pages.fetchNextPage]);
  const filtered = queryFromView(view).toString() !== queryFromView({ ...DEFAULT_VIEW, sort: view.sort }).toString();
  return (
    <div className="nhr-review" ref={root}>
      <Bar view={view} count={count.data} fresh={fresh} onFresh={() => void pages.refetch()} onHelp={helpIs.open} filtered={filtered} />
      {decide.error && (
        <div className="nhr-review-error">
          <ErrorNote error={readError(decide.error)} />
        </div>
      )}
      {pages.error && items.length === 0 ? (
        <div className="nhr-review-error">
          <ErrorNote error={readError(pages.error)} onRetry={() => void pages.refetch()} />
        </div>
      ) : pages.isPending ? (
        <Waiting />
      ) : items.length === 0 ? (
        <Nothing filtered={filtered} view={view} />
      ) : (
        <Grid
          items={items}
          total={count.data?.count ?? items.length}
          hasMore={pages.hasNextPage}
          loading={pages.isFetchingNextPage}
          failed={pages.isFetchNextPageError ? readError(pages.error) : null}
          onMore={more}
          selected={selected}
          onSelect={setSelected}
          onOpen={show}
          onDecide={onDecide}
          covered={open !== null}
        />
      )}
      {open !== null && (
        <Compare
          id={open}
          items={items}
          total={count.data?.count ?? items.length}
          onOpen={show}
          onClose={() => show(null)}
          onDecide={onDecide}
          onNearEnd={() => pages.hasNextPage && !pages.isFetchingNextPage && more()}
          onHelp={helpIs.open}
          covered={help}
          linkTo={(id) => formatRoute({ screen: 'triplets', view, open: id })}
        />
      )}
      <Shortcuts opened={help} onClose={helpIs.close} />
    </div>
  );
}

interface BarProps {
  view: GridView;
  count: { count: number; exact: boolean } | undefined;
  fresh: number;
  filtered: boolean;
  onFresh(): void;
  onHelp(): void;
}

function Bar({ view, count, fresh, filtered, onFresh, onHelp }: BarProps) {
  const { engine } = useStudio();
  const runs = useLive((s) => s.runs);
  const categories = useQuery(engine.triplets.categories.queryOptions());
  const set = (next: GridView) => go({ screen: 'triplets', view: { ...next, filter: withoutEmpty(next.filter) }, open: null }, 'replace');
  return (
    <div className="nhr-review-bar">
      <Group gap={12} className="nhr-review-title">
        <Title order={1}>{text.review.title}</Title>
        <span className="nhr-quiet" role="status">
          {count ? text.review.count(countText(count.count), count.exact, count.count === 1) : ' '}
        </span>
        <div className="nhr-grow" />
        {fresh > 0 && (
          <Button size="xs" variant="light" onClick={onFresh}>
            {text.review.fresh(fresh)}
          </Button>
        )}
        <SegmentedControl
          size="xs"
          aria-label={text.filters.sort}
          data={[
            { value: 'newest', label: text.filters.newest },
            { value: 'best', label: text.filters.best },
          ]}
          value={view.sort}
          onChange={(sort) => set({ ...view, sort: sort === 'best' ? 'best' : 'newest' })}
        />
        <Button size="xs" variant="default" component="a" href={formatRoute({ screen: 'export', filter: view.filter })}>
          {text.review.exportThese}
        </Button>
        <Button size="xs" variant="default" px={8} aria-label={text.app.shortcuts} title={text.app.shortcuts} onClick={onHelp}>
          <IconKeyboard aria-hidden size={16} stroke={1.6} />
        </Button>
      </Group>
      <Group gap={8}>
        <FilterFields
          filter={view.filter}
          onChange={(filter) => set({ ...view, filter })}
          runs={Object.values(runs).sort((a, b) => b.createdAt - a.createdAt)}
          categories={categories.data ?? []}
        />
        {filtered && (
          <Button size="xs" variant="subtle" color="gray" px={8} onClick={() => set({ ...DEFAULT_VIEW, sort: view.sort })}>
            {text.filters.reset}
          </Button>
        )}
      </Group>
    </div>
  );
}

function Nothing({ filtered, view }: { filtered: boolean; view: GridView }) {
  if (filtered)
    return (
      <Empty
        title={text.review.emptyTitle}
        action={
          <Button
            variant="default"
            onClick={() => go({ screen: 'triplets', view: { ...DEFAULT_VIEW, sort: view.sort }, open: null }, 'replace')}
          >
            {text.filters.reset}
          </Button>
        }
      >
        {text.review.emptyText}
      </Empty>
    );
  return (
    <Empty
      title={text.review.noneTitle}
      action={
        <Button component="a" href={formatRoute({ screen: 'runs' })}>
          {text.review.toRuns}
        </Button>
      }
    >
      {text.review.noneText}
    </Empty>
  );
}

function Waiting() {
  return (
    <div className="nhr-grid-waiting" role="status" aria-label={text.app.loading}>
      {Array.from({ length: 12 }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <Skeleton key={i} height={232} radius="md" />
      ))}
    </div>
  );
}
