import { Button } from '@mantine/core';
import type { DecisionKind } from '../../../shared/model/triplet.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute } from '../../app/route.ts';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Empty } from '../../ui/Parts.tsx';
import type { CardLook } from './Card.tsx';
import { Grid } from './Grid.tsx';
import { GridWaiting } from './gridTools.tsx';
import type { GridPage } from './useGridPage.ts';
import type { Rows } from './useRows.ts';

interface GridAreaProps<T> {
  /** What is looked at: another one is another grid. */
  query: string;
  label: string;
  look: CardLook<T>;
  found: {
    rows: Rows<T>;
    want(reason: string, from: number, to: number): void;
    pending: boolean;
    error: Error | null;
    failed: Error | null;
    /** Reads all of it again. */
    renew(): void;
  };
  page: GridPage<T>;
  onOpen(item: T): void;
  onDecide(item: T, decision: DecisionKind): void;
  covered: boolean;
  /** What is said where nothing is: of a filter that lets nothing through, else of a workspace without any. */
  words: { emptyTitle: string; emptyText: string; noneTitle: string; noneText: string };
  /** Takes all filters away; undefined when there are none. */
  onUnfilter: (() => void) | undefined;
}

/** The grid, or what stands in its place: what went wrong, that it is on its way, or why nothing is there. */
export function GridArea<T extends { id: number }>(props: GridAreaProps<T>) {
  const { query, label, look, found, page, onOpen, onDecide, covered, words, onUnfilter } = props;
  const { rows, want, pending, error, failed, renew } = found;
  if (error)
    return (
      <div className="nhr-review-error">
        <ErrorNote error={readError(error)} onRetry={renew} />
      </div>
    );
  if (pending) return <GridWaiting />;
  if (rows.count === 0 && onUnfilter)
    return (
      <Empty
        title={words.emptyTitle}
        action={
          <Button variant="default" onClick={onUnfilter}>
            {text.filters.reset}
          </Button>
        }
      >
        {words.emptyText}
      </Empty>
    );
  if (rows.count === 0)
    return (
      <Empty
        title={words.noneTitle}
        action={
          <Button component="a" href={formatRoute({ screen: 'runs' })}>
            {text.review.toRuns}
          </Button>
        }
      >
        {words.noneText}
      </Empty>
    );
  return (
    <Grid
      key={query}
      label={label}
      look={look}
      rows={rows}
      density={page.density}
      onWant={(from, to) => want('grid', from, to)}
      failed={failed ? readError(failed) : null}
      onRetry={renew}
      place={page.place}
      onPlace={page.setPlace}
      onOpen={onOpen}
      onDecide={onDecide}
      chosen={page.chosen}
      onChoose={page.choose}
      covered={covered}
      jump={page.jump}
    />
  );
}
