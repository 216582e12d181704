import './review.css';
import { Button } from '@mantine/core';
import { useDisclosure, useLocalStorage } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { DecisionKind, TripletView } from '../../../shared/model/triplet.ts';
import { DEFAULT_VIEW, type GridView, queryFromView } from '../../app/filterQuery.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute, go } from '../../app/route.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Empty } from '../../ui/Parts.tsx';
import { AHEAD, BEHIND } from './ahead.ts';
import { BulkBar } from './BulkBar.tsx';
import { Compare } from './Compare.tsx';
import { type Density, Grid } from './Grid.tsx';
import { GridWaiting } from './gridTools.tsx';
import { RejectDialog } from './RejectDialog.tsx';
import { ReviewBar } from './ReviewBar.tsx';
import { Shortcuts } from './Shortcuts.tsx';
import { tripletLook } from './tripletCard.tsx';
import { useKeys } from './useKeys.ts';
import { useReview } from './useReview.ts';
import { nearPlace, type Rows } from './useRows.ts';
import { useTriplets } from './useTriplets.ts';

const NONE: ReadonlyMap<number, TripletView> = new Map();

/** The grid of all triplets and, over it, the comparison of the one that is open. */
export function ReviewPage({ view, open }: { view: GridView; open: number | null }) {
  const { client } = useStudio();
  const { rows, want, fresh, renew, list, pending, error, failed, exact } = useTriplets(view);
  const review = useReview();
  const [help, helpIs] = useDisclosure(false);
  const [place, setPlace] = useState(0);
  const [jump, setJump] = useState(0);
  const [chosen, setChosen] = useState<ReadonlyMap<number, TripletView>>(NONE);
  const [rejecting, setRejecting] = useState<TripletView[] | null>(null);
  const [advance, setAdvance] = useLocalStorage({ key: 'nhr-advance', defaultValue: true });
  const [density, setDensity] = useLocalStorage<Density>({ key: 'nhr-density', defaultValue: 'medium' });
  const root = useRef<HTMLDivElement>(null);
  const openPlace = useOpenPlace(open, place, rows, list);
  useEffect(() => {
    if (openPlace < 0) return want('open', 0, 0);
    setPlace(openPlace);
    want('open', openPlace - BEHIND, openPlace + AHEAD);
  }, [openPlace, want]);
  const query = queryFromView(view).toString();
  // Another filter or order is another list: it begins at its first row.
  const shown = useRef(query);
  useEffect(() => {
    if (shown.current === query) return;
    shown.current = query;
    setPlace(0);
    setChosen(NONE);
  }, [query]);

  const show = useCallback(
    (id: number | null, at?: number) => {
      if (at !== undefined) setPlace(at);
      go({ screen: 'triplets', view, open: id }, id === null || open !== null ? 'replace' : 'push');
    },
    [view, open],
  );
  const goTo = useCallback((to: number) => {
    setPlace(to);
    setJump((n) => n + 1);
  }, []);
  const onOpen = useCallback((triplet: TripletView) => show(triplet.id), [show]);
  const onDecide = useCallback((triplet: TripletView, decision: DecisionKind) => review.decide([triplet], decision), [review.decide]);
  const toggle = useCallback((triplet: TripletView) => {
    setChosen((old) => {
      const now = new Map(old);
      if (!now.delete(triplet.id)) now.set(triplet.id, triplet);
      return now;
    });
  }, []);
  /** Shows what a step back or forth is about. */
  const showStep = async (id: number | null) => {
    if (id === null) return;
    const known = rows.placeOf(id);
    const to = known ?? (list === undefined ? null : (await client.triplets.place({ list, id })).place);
    if (open !== null) show(id, to ?? undefined);
    else if (to !== null) goTo(to);
  };
  const undo = () => void showStep(review.undo());
  const redo = () => void showStep(review.redo());
  const isChosen = [...chosen.values()];
  const decideChosen = (decision: DecisionKind) => {
    review.decide(isChosen, decision);
    setChosen(NONE);
  };
  const rejectWith = (tags: string[]) => {
    if (!rejecting) return;
    review.decide(rejecting, 'reject', tags);
    setRejecting(null);
    const next = openPlace >= 0 ? rows.at(openPlace + 1) : undefined;
    if (open === null) setChosen(NONE);
    else if (advance && next) show(next.id, openPlace + 1);
  };
  const focus = (what: string) => () => root.current?.querySelector<HTMLElement>(what)?.focus();
  useKeys('grid', open === null && !help && !rejecting, {
    help: helpIs.open,
    search: focus('[data-search]'),
    goTo: focus('[data-goto]'),
    undo,
    redo,
    accept: chosen.size > 0 ? () => decideChosen('accept') : undefined,
    reject: chosen.size > 0 ? () => decideChosen('reject') : undefined,
    clear: chosen.size > 0 ? () => decideChosen('clear') : undefined,
    rejectWith: () => {
      const current = rows.at(place);
      setRejecting(chosen.size > 0 ? isChosen : current ? [current] : null);
    },
  });
  const filtered = query !== queryFromView({ ...DEFAULT_VIEW, sort: view.sort }).toString();
  return (
    <div className="nhr-review" ref={root}>
      <ReviewBar
        view={view}
        count={pending ? null : rows.count}
        exact={exact}
        fresh={fresh}
        onFresh={renew}
        onHelp={helpIs.open}
        filtered={filtered}
        onUndo={review.canUndo ? undo : undefined}
        onRedo={review.canRedo ? redo : undefined}
        density={density}
        onDensity={setDensity}
        onGoTo={goTo}
      />
      {chosen.size > 0 && (
        <BulkBar
          label={text.reviewing.bulk}
          count={chosen.size}
          loaded={rows.loaded.length}
          onAll={() => setChosen(new Map(rows.loaded.map((triplet) => [triplet.id, triplet])))}
          onNone={() => setChosen(NONE)}
        >
          <Button size="xs" onClick={() => decideChosen('accept')}>
            {text.decide.accept}
          </Button>
          <Button size="xs" variant="default" onClick={() => decideChosen('reject')}>
            {text.decide.reject}
          </Button>
          <Button size="xs" variant="default" onClick={() => setRejecting(isChosen)}>
            {text.reviewing.rejectWith}
          </Button>
          <Button size="xs" variant="default" onClick={() => decideChosen('clear')}>
            {text.decide.clear}
          </Button>
        </BulkBar>
      )}
      {review.error && (
        <div className="nhr-review-error">
          <ErrorNote error={readError(review.error)} />
        </div>
      )}
      {error ? (
        <div className="nhr-review-error">
          <ErrorNote error={readError(error)} onRetry={renew} />
        </div>
      ) : pending ? (
        <GridWaiting />
      ) : rows.count === 0 ? (
        <Nothing filtered={filtered} view={view} />
      ) : (
        <Grid
          label={text.review.grid}
          look={tripletLook}
          key={query}
          rows={rows}
          density={density}
          onWant={(from, to) => want('grid', from, to)}
          failed={failed ? readError(failed) : null}
          onRetry={renew}
          place={place}
          onPlace={setPlace}
          onOpen={onOpen}
          onDecide={onDecide}
          chosen={chosen}
          onChoose={toggle}
          covered={open !== null || rejecting !== null}
          jump={jump}
        />
      )}
      {open !== null && (
        <Compare
          id={open}
          rows={rows}
          place={openPlace}
          onOpen={show}
          onClose={() => show(null)}
          onDecide={onDecide}
          onRejectWith={(triplet) => setRejecting([triplet])}
          onUndo={undo}
          onRedo={redo}
          review={review}
          advance={advance}
          onAdvance={setAdvance}
          onHelp={helpIs.open}
          covered={help || rejecting !== null}
          linkTo={(id) => formatRoute({ screen: 'triplets', view, open: id })}
        />
      )}
      {rejecting && <RejectDialog count={rejecting.length} onReject={rejectWith} onClose={() => setRejecting(null)} />}
      <Shortcuts opened={help} onClose={helpIs.close} />
    </div>
  );
}

/** The place of the open triplet: where the keyboard is, among what is loaded, or as the engine says; -1 while nobody knows. */
function useOpenPlace(open: number | null, place: number, rows: Rows<TripletView>, list: string | undefined): number {
  const { engine } = useStudio();
  const near = nearPlace(open, place, rows);
  const enabled = open !== null && near === undefined && list !== undefined;
  const asked = useQuery(engine.triplets.place.queryOptions({ input: { list: list ?? '', id: open ?? 0 }, enabled }));
  return open === null ? -1 : (near ?? asked.data?.place ?? -1);
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
