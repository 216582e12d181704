import './review.css';
import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useCallback } from 'react';
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
import { useReasons } from './useReasons.ts';
import { useReview } from './useReview.ts';
import { useTriplets } from './useTriplets.ts';

/** The grid of all triplets and, over it, the comparison of the one that is open. */
export function ReviewPage({ view, open }: { view: GridView; open: number | null }) {
  const { engine } = useStudio();
  const found = useTriplets(view);
  const { rows } = found;
  const review = useReview();
  const [help, helpIs] = useDisclosure(false);
  const query = queryFromView(view).toString();
  const onGo = useCallback((id: number | null, how: 'push' | 'replace') => go({ screen: 'triplets', view, open: id }, how), [view]);
  const placeOf = (input: { list: string; id: number }) => engine.triplets.place.queryOptions({ input });
  const page = useGridPage({ open, ...found, query, placeOf, onGo });
  const { openPlace, chosen, show, chooseNone } = page;
  const reasons = useReasons({ open, rows, page, onSay: (triplets, tags) => review.decide(triplets, 'reject', tags) });
  const covered = help || reasons.asked !== null;
  const onOpen = useCallback((triplet: TripletView) => show(triplet.id), [show]);
  const onDecide = useCallback((triplet: TripletView, decision: DecisionKind) => review.decide([triplet], decision), [review.decide]);
  const undo = () => void page.showStep(review.undo());
  const redo = () => void page.showStep(review.redo());
  const isChosen = [...chosen.values()];
  const decideChosen = (decision: DecisionKind) => {
    review.decide(isChosen, decision);
    chooseNone();
  };
  useKeys('grid', open === null && !covered, {
    help: helpIs.open,
    search: page.focusSearch,
    goTo: page.focusGoTo,
    undo,
    redo,
    accept: chosen.size > 0 ? () => decideChosen('accept') : undefined,
    reject: chosen.size > 0 ? () => decideChosen('reject') : undefined,
    clear: chosen.size > 0 ? () => decideChosen('clear') : undefined,
    rejectWith: reasons.askHere,
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
          <Button size="xs" variant="default" onClick={reasons.askHere}>
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
        covered={open !== null || reasons.asked !== null}
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
          onRejectWith={(triplet) => reasons.ask([triplet])}
          onUndo={undo}
          onRedo={redo}
          review={review}
          advance={reasons.advance}
          onAdvance={reasons.setAdvance}
          onHelp={helpIs.open}
          covered={covered}
          linkTo={(id) => formatRoute({ screen: 'triplets', view, open: id })}
        />
      )}
      {reasons.asked && (
        <RejectDialog
          title={text.reviewing.rejectTitle(reasons.asked.length)}
          confirm={text.reviewing.rejectNow}
          onReject={reasons.give}
          onClose={reasons.close}
        />
      )}
      <Shortcuts opened={help} onClose={helpIs.close} />
    </div>
  );
}
