import './review.css';
import { Button } from '@mantine/core';
import { useDisclosure, useLocalStorage } from '@mantine/hooks';
import { useCallback, useState } from 'react';
import type { DecisionKind, TripletView } from '../../../shared/model/triplet.ts';
import { DEFAULT_VIEW, type GridView, queryFromView } from '../../app/filterQuery.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute, go } from '../../app/route.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { BulkBar } from './BulkBar.tsx';
import { Compare } from './Compare.tsx';
import { GridArea } from './GridArea.tsx';
import { RejectDialog } from './RejectDialog.tsx';
import { ReviewBar } from './ReviewBar.tsx';
import { Shortcuts } from './Shortcuts.tsx';
import { tripletLook } from './tripletCard.tsx';
import { useGridPage } from './useGridPage.ts';
import { useKeys } from './useKeys.ts';
import { useReview } from './useReview.ts';
import { useTriplets } from './useTriplets.ts';

/** The grid of all triplets and, over it, the comparison of the one that is open. */
export function ReviewPage({ view, open }: { view: GridView; open: number | null }) {
  const { engine } = useStudio();
  const found = useTriplets(view);
  const { rows } = found;
  const review = useReview();
  const [help, helpIs] = useDisclosure(false);
  const [rejecting, setRejecting] = useState<TripletView[] | null>(null);
  const [advance, setAdvance] = useLocalStorage({ key: 'nhr-advance', defaultValue: true });
  const query = queryFromView(view).toString();
  const onGo = useCallback((id: number | null, how: 'push' | 'replace') => go({ screen: 'triplets', view, open: id }, how), [view]);
  const placeOf = (input: { list: string; id: number }) => engine.triplets.place.queryOptions({ input });
  const page = useGridPage({ open, ...found, query, placeOf, onGo });
  const { place, openPlace, chosen, show, chooseNone } = page;
  const onOpen = useCallback((triplet: TripletView) => show(triplet.id), [show]);
  const onDecide = useCallback((triplet: TripletView, decision: DecisionKind) => review.decide([triplet], decision), [review.decide]);
  const undo = () => void page.showStep(review.undo());
  const redo = () => void page.showStep(review.redo());
  const isChosen = [...chosen.values()];
  const decideChosen = (decision: DecisionKind) => {
    review.decide(isChosen, decision);
    chooseNone();
  };
  const rejectWith = (tags: string[]) => {
    if (!rejecting) return;
    review.decide(rejecting, 'reject', tags);
    setRejecting(null);
    const next = openPlace >= 0 ? rows.at(openPlace + 1) : undefined;
    if (open === null) chooseNone();
    else if (advance && next) show(next.id, openPlace + 1);
  };
  useKeys('grid', open === null && !help && !rejecting, {
    help: helpIs.open,
    search: page.focusSearch,
    goTo: page.focusGoTo,
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
  const unfiltered = { ...DEFAULT_VIEW, sort: view.sort };
  const filtered = query !== queryFromView(unfiltered).toString();
  return (
    <div className="nhr-review" ref={page.root}>
      <ReviewBar
        view={view}
        count={found.pending ? null : rows.count}
        exact={found.exact}
        fresh={found.fresh}
        onFresh={found.renew}
        onHelp={helpIs.open}
        filtered={filtered}
        onUndo={review.canUndo ? undo : undefined}
        onRedo={review.canRedo ? redo : undefined}
        density={page.density}
        onDensity={page.setDensity}
        onGoTo={page.goTo}
      />
      {chosen.size > 0 && (
        <BulkBar label={text.reviewing.bulk} count={chosen.size} loaded={rows.loaded.length} onAll={page.chooseLoaded} onNone={chooseNone}>
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
      <GridArea
        query={query}
        label={text.review.grid}
        look={tripletLook}
        found={found}
        page={page}
        onOpen={onOpen}
        onDecide={onDecide}
        covered={open !== null || rejecting !== null}
        words={text.review}
        onUnfilter={filtered ? () => go({ screen: 'triplets', view: unfiltered, open: null }, 'replace') : undefined}
      />
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
