import '../review.css';
import './rejects.css';
import { Button } from '@mantine/core';
import { useDisclosure, useLocalStorage } from '@mantine/hooks';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { RejectDecision, RejectView } from '../../../../shared/model/rejects.ts';
import type { DecisionKind } from '../../../../shared/model/triplet.ts';
import { readError } from '../../../app/readError.ts';
import { DEFAULT_REJECTS, queryFromRejects, type RejectsView } from '../../../app/rejectQuery.ts';
import { formatRoute, go } from '../../../app/route.ts';
import { useStudio } from '../../../app/studio.tsx';
import { text } from '../../../text.ts';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Empty } from '../../../ui/Parts.tsx';
import { AHEAD, BEHIND } from '../ahead.ts';
import { BulkBar } from '../BulkBar.tsx';
import { type Density, Grid } from '../Grid.tsx';
import { GridWaiting } from '../gridTools.tsx';
import { Shortcuts } from '../Shortcuts.tsx';
import { useKeys } from '../useKeys.ts';
import { RejectCompare } from './RejectCompare.tsx';
import { RejectsBar } from './RejectsBar.tsx';
import { rejectLook } from './rejectCard.tsx';
import { useDecideRejects } from './useDecideRejects.ts';
import { useOpenReject, useRejects } from './useRejects.ts';

const NONE: ReadonlyMap<number, RejectView> = new Map();
/** What the keys of the grid say of a rejected candidate: accepted after all, rightly rejected, nothing. */
const SAYS = { accept: 'keep', reject: 'right', clear: 'clear' } as const satisfies Record<DecisionKind, RejectDecision>;

/** "What did we throw away?": rejected candidates by stage and reason, reviewed in the grid of the triplets. */
export function RejectsPage({ view, open }: { view: RejectsView; open: number | null }) {
  const { client } = useStudio();
  const { rows, want, list, pending, error, failed, exact, gates, categories, renew } = useRejects(view);
  const { decide, ...said } = useDecideRejects();
  const [help, helpIs] = useDisclosure(false);
  const [place, setPlace] = useState(0);
  const [jump, setJump] = useState(0);
  const [chosen, setChosen] = useState<ReadonlyMap<number, RejectView>>(NONE);
  const [density, setDensity] = useLocalStorage<Density>({ key: 'nhr-density', defaultValue: 'medium' });
  const root = useRef<HTMLDivElement>(null);
  const openPlace = useOpenReject(open, place, rows, list);
  useEffect(() => {
    if (openPlace < 0) return want('open', 0, 0);
    setPlace(openPlace);
    want('open', openPlace - BEHIND, openPlace + AHEAD);
  }, [openPlace, want]);
  const query = queryFromRejects(view).toString();
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
      go({ screen: 'rejects', view, open: id }, id === null || open !== null ? 'replace' : 'push');
    },
    [view, open],
  );
  const goTo = useCallback((to: number) => {
    setPlace(to);
    setJump((n) => n + 1);
  }, []);
  const onOpen = useCallback((reject: RejectView) => show(reject.id), [show]);
  const onDecide = useCallback((reject: RejectView, decision: RejectDecision) => decide([reject], decision), [decide]);
  const onKey = useCallback((reject: RejectView, decision: DecisionKind) => decide([reject], SAYS[decision]), [decide]);
  const toggle = useCallback((reject: RejectView) => {
    setChosen((old) => {
      const now = new Map(old);
      if (!now.delete(reject.id)) now.set(reject.id, reject);
      return now;
    });
  }, []);
  /** Shows what a step back or forth is about. */
  const showStep = async (id: number | null) => {
    if (id === null) return;
    const to = rows.placeOf(id) ?? (list === undefined ? null : (await client.rejects.place({ list, id })).place);
    if (open !== null) show(id, to ?? undefined);
    else if (to !== null) goTo(to);
  };
  const undo = () => void showStep(said.undo());
  const redo = () => void showStep(said.redo());
  const decideChosen = (decision: RejectDecision) => {
    // As they are now: one may have been decided on since it was chosen.
    decide(
      [...chosen.values()].map((reject) => rows.at(rows.placeOf(reject.id) ?? -1) ?? reject),
      decision,
    );
    setChosen(NONE);
  };
  const focus = (what: string) => () => root.current?.querySelector<HTMLElement>(what)?.focus();
  const several = chosen.size > 0;
  useKeys('grid', open === null && !help, {
    help: helpIs.open,
    search: focus('[data-search]'),
    goTo: focus('[data-goto]'),
    undo,
    redo,
    accept: several ? () => decideChosen('keep') : undefined,
    reject: several ? () => decideChosen('right') : undefined,
    clear: several ? () => decideChosen('clear') : undefined,
  });
  const t = text.rejects;
  return (
    <div className="nhr-review" ref={root}>
      <RejectsBar
        view={view}
        count={pending ? null : rows.count}
        exact={exact}
        gates={gates}
        categories={categories}
        onUndo={said.canUndo ? undo : undefined}
        onRedo={said.canRedo ? redo : undefined}
        onHelp={helpIs.open}
        density={density}
        onDensity={setDensity}
        onGoTo={goTo}
      />
      {several && (
        <BulkBar
          label={t.bulk}
          count={chosen.size}
          loaded={rows.loaded.length}
          onAll={() => setChosen(new Map(rows.loaded.map((reject) => [reject.id, reject])))}
          onNone={() => setChosen(NONE)}
        >
          <Button size="xs" onClick={() => decideChosen('keep')}>
            {t.keep}
          </Button>
          <Button size="xs" variant="default" onClick={() => decideChosen('right')}>
            {t.right}
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
      {error ? (
        <div className="nhr-review-error">
          <ErrorNote error={readError(error)} onRetry={renew} />
        </div>
      ) : pending ? (
        <GridWaiting />
      ) : rows.count === 0 ? (
        <Nothing filtered={queryFromRejects({ ...view, sort: DEFAULT_REJECTS.sort }).size > 0} view={view} />
      ) : (
        <Grid
          key={query}
          label={t.grid}
          look={rejectLook}
          rows={rows}
          density={density}
          onWant={(from, to) => want('grid', from, to)}
          failed={failed ? readError(failed) : null}
          onRetry={renew}
          place={place}
          onPlace={setPlace}
          onOpen={onOpen}
          onDecide={onKey}
          chosen={chosen}
          onChoose={toggle}
          covered={open !== null}
          jump={jump}
        />
      )}
      {open !== null && (
        <RejectCompare
          id={open}
          rows={rows}
          place={openPlace}
          onOpen={show}
          onClose={() => show(null)}
          onDecide={onDecide}
          onUndo={undo}
          onRedo={redo}
          onHelp={helpIs.open}
          covered={help}
        />
      )}
      <Shortcuts opened={help} onClose={helpIs.close} />
    </div>
  );
}

function Nothing({ filtered, view }: { filtered: boolean; view: RejectsView }) {
  const t = text.rejects;
  if (filtered)
    return (
      <Empty
        title={t.emptyTitle}
        action={
          <Button
            variant="default"
            onClick={() => go({ screen: 'rejects', view: { ...DEFAULT_REJECTS, sort: view.sort }, open: null }, 'replace')}
          >
            {text.filters.reset}
          </Button>
        }
      >
        {t.emptyText}
      </Empty>
    );
  return (
    <Empty
      title={t.noneTitle}
      action={
        <Button component="a" href={formatRoute({ screen: 'runs' })}>
          {text.review.toRuns}
        </Button>
      }
    >
      {t.noneText}
    </Empty>
  );
}
