import '../review.css';
import './rejects.css';
import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useCallback } from 'react';
import type { RejectDecision, RejectView } from '../../../../shared/model/rejects.ts';
import type { DecisionKind } from '../../../../shared/model/triplet.ts';
import { readError } from '../../../app/readError.ts';
import { DEFAULT_REJECTS, queryFromRejects, type RejectsView } from '../../../app/rejectQuery.ts';
import { go } from '../../../app/route.ts';
import { useStudio } from '../../../app/studio.tsx';
import { text } from '../../../text.ts';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { BulkBar } from '../BulkBar.tsx';
import { GridArea } from '../GridArea.tsx';
import { RejectDialog } from '../RejectDialog.tsx';
import { Shortcuts } from '../Shortcuts.tsx';
import { useGridPage } from '../useGridPage.ts';
import { useKeys } from '../useKeys.ts';
import { useReasons } from '../useReasons.ts';
import { RejectCompare } from './RejectCompare.tsx';
import { RejectsBar } from './RejectsBar.tsx';
import { rejectLook } from './rejectCard.tsx';
import { useDecideRejects } from './useDecideRejects.ts';
import { useRejects } from './useRejects.ts';

/** What the keys of the grid say of a rejected candidate: accepted after all, rightly rejected, nothing. */
const SAYS = { accept: 'keep', reject: 'right', clear: 'clear' } as const satisfies Record<DecisionKind, RejectDecision>;

/** "What did we throw away?": rejected candidates by stage and reason, reviewed in the grid of the triplets. */
export function RejectsPage({ view, open }: { view: RejectsView; open: number | null }) {
  const { engine } = useStudio();
  const found = useRejects(view);
  const { rows } = found;
  const { decide, ...said } = useDecideRejects();
  const [help, helpIs] = useDisclosure(false);
  const query = queryFromRejects(view).toString();
  const onGo = useCallback((id: number | null, how: 'push' | 'replace') => go({ screen: 'rejects', view, open: id }, how), [view]);
  const placeOf = (input: { list: string; id: number }) => engine.rejects.place.queryOptions({ input });
  const page = useGridPage({ open, ...found, query, placeOf, onGo });
  const { chosen, show } = page;
  const reasons = useReasons({ open, rows, page, onSay: (rejects, tags) => decide(rejects, 'right', tags) });
  const covered = help || reasons.asked !== null;
  const onOpen = useCallback((reject: RejectView) => show(reject.id), [show]);
  const onDecide = useCallback((reject: RejectView, decision: RejectDecision) => decide([reject], decision), [decide]);
  const onKey = useCallback((reject: RejectView, decision: DecisionKind) => decide([reject], SAYS[decision]), [decide]);
  const undo = () => void page.showStep(said.undo());
  const redo = () => void page.showStep(said.redo());
  const decideChosen = (decision: RejectDecision) => {
    decide([...chosen.values()], decision);
    page.chooseNone();
  };
  const several = chosen.size > 0;
  useKeys('grid', open === null && !covered, {
    help: helpIs.open,
    search: page.focusSearch,
    goTo: page.focusGoTo,
    undo,
    redo,
    accept: several ? () => decideChosen('keep') : undefined,
    reject: several ? () => decideChosen('right') : undefined,
    clear: several ? () => decideChosen('clear') : undefined,
    rejectWith: reasons.askHere,
  });
  const unfiltered = { ...DEFAULT_REJECTS, sort: view.sort };
  const filtered = query !== queryFromRejects(unfiltered).toString();
  const t = text.rejects;
  return (
    <div className="nhr-review" ref={page.root}>
      <RejectsBar
        view={view}
        count={found.pending ? null : rows.count}
        exact={found.exact}
        gates={found.gates}
        categories={found.categories}
        filtered={filtered}
        onUndo={said.canUndo ? undo : undefined}
        onRedo={said.canRedo ? redo : undefined}
        onHelp={helpIs.open}
        density={page.density}
        onDensity={page.setDensity}
        onGoTo={page.goTo}
      />
      {several && (
        <BulkBar label={t.bulk} count={chosen.size} loaded={rows.loaded.length} onAll={page.chooseLoaded} onNone={page.chooseNone}>
          <Button size="xs" onClick={() => decideChosen('keep')}>
            {t.keep}
          </Button>
          <Button size="xs" variant="default" onClick={() => decideChosen('right')}>
            {t.right}
          </Button>
          <Button size="xs" variant="default" onClick={reasons.askHere}>
            {t.rightWith}
          </Button>
          <Button size="xs" variant="default" onClick={() => decideChosen('clear')}>
            {t.clear}
          </Button>
        </BulkBar>
      )}
      {said.error && (
        <div className="nhr-review-error">
          <ErrorNote error={readError(said.error)} />
        </div>
      )}
      <GridArea
        query={query}
        label={t.grid}
        look={rejectLook}
        found={found}
        page={page}
        onOpen={onOpen}
        onDecide={onKey}
        covered={open !== null || reasons.asked !== null}
        words={t}
        onUnfilter={filtered ? () => go({ screen: 'rejects', view: unfiltered, open: null }, 'replace') : undefined}
      />
      {open !== null && (
        <RejectCompare
          id={open}
          rows={rows}
          place={page.openPlace}
          onOpen={show}
          onClose={() => show(null)}
          onDecide={onDecide}
          onRightWith={(reject) => reasons.ask([reject])}
          onUndo={undo}
          onRedo={redo}
          advance={reasons.advance}
          onAdvance={reasons.setAdvance}
          onHelp={helpIs.open}
          covered={covered}
        />
      )}
      {reasons.asked && (
        <RejectDialog title={t.rightTitle(reasons.asked.length)} confirm={t.right} onReject={reasons.give} onClose={reasons.close} />
      )}
      <Shortcuts opened={help} onClose={helpIs.close} />
    </div>
  );
}
