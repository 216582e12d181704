import '../compare.css';
import { Button, Group, Modal, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { geometricScore } from '../../../../shared/model/attempt.ts';
import type { RejectDecision, RejectDetail, RejectView } from '../../../../shared/model/rejects.ts';
import { mergeSignals } from '../../../../shared/model/signals.ts';
import { THUMB } from '../../../app/blobUrl.ts';
import { DEFAULT_VIEW } from '../../../app/filterQuery.ts';
import { readError } from '../../../app/readError.ts';
import { formatRoute } from '../../../app/route.ts';
import { useLive, useStudio } from '../../../app/studio.tsx';
import { text } from '../../../text.ts';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { count } from '../../../ui/format.ts';
import { Signals } from '../../../ui/Signals.tsx';
import { Stage } from '../../../ui/viewer/Stage.tsx';
import { useStageView } from '../../../ui/viewer/useStageView.ts';
import { CompareBar } from '../CompareBar.tsx';
import { CompareWait } from '../CompareWait.tsx';
import { useCompareActions, useNeighbours, useSibling, viewKeys } from '../comparing.ts';
import { DecideButtons } from '../DecideButtons.tsx';
import { Fact, Facts, LowLevel, Score, VerdictRow } from '../facts.tsx';
import { PicturesOut } from '../PicturesOut.tsx';
import { Remarks, Siblings } from '../ReviewFields.tsx';
import { useFlagRule } from '../useFlagRule.ts';
import { useKeys } from '../useKeys.ts';
import type { Rows } from '../useRows.ts';
import { judgedScores, whereRejected } from './rejectCard.tsx';

interface RejectCompareProps {
  id: number;
  /** The candidates of the grid: where previous and next lead. */
  rows: Rows<RejectView>;
  /** The place of this one among them; -1 while it is not known. */
  place: number;
  onOpen(id: number, place: number): void;
  onClose(): void;
  onDecide(reject: RejectView, decision: RejectDecision): void;
  onRightWith(reject: RejectView): void;
  onUndo(): void;
  onRedo(): void;
  /** After a decision the next candidate comes by itself. */
  advance: boolean;
  onAdvance(on: boolean): void;
  onHelp(): void;
  /** Another dialog lies over this one. */
  covered: boolean;
}

/** One rejected candidate over the whole window: pictures, every gate's answer, and what a person says of the rejection. */
export function RejectCompare(props: RejectCompareProps) {
  const { id, rows, place, onOpen, onClose, onDecide, covered, advance } = props;
  const { engine, queries, blobUrl } = useStudio();
  const epoch = useLive((s) => s.epoch);
  const detail = useQuery(engine.rejects.get.queryOptions({ input: { id } }));
  const reject = (place >= 0 ? rows.at(place) : undefined) ?? detail.data;
  const view = useStageView(useFlagRule(reject?.runId));
  const previous = place > 0 ? rows.at(place - 1) : undefined;
  const next = place >= 0 ? rows.at(place + 1) : undefined;
  const { sibling, index, show: showSibling } = useSibling(id, detail.data?.siblings ?? []);
  const read = useCallback(
    (near: number) => void queries.prefetchQuery(engine.rejects.get.queryOptions({ input: { id: near }, staleTime: 60_000 })),
    [queries, engine],
  );
  useNeighbours(rows, place, read);
  const demo = useLive((s) => s.workspace?.demo === true || (reject !== undefined && s.runs[reject.runId]?.demo === true));
  const goPrevious = previous && (() => onOpen(previous.id, place - 1));
  const goNext = next && (() => onOpen(next.id, place + 1));
  const decide = (decision: RejectDecision) => {
    if (!reject) return;
    onDecide(reject, decision);
    if (advance && decision !== 'clear') goNext?.();
  };
  useCompareActions(view, props.onHelp);
  useKeys('compare', !covered, {
    previous: goPrevious,
    next: goNext,
    ...viewKeys(view),
    accept: () => decide('keep'),
    reject: () => decide('right'),
    clear: () => decide('clear'),
    rejectWith: () => reject && props.onRightWith(reject),
    undo: props.onUndo,
    redo: props.onRedo,
    sibling: (key) => showSibling(Number(key) - 1),
    help: props.onHelp,
  });
  const error = detail.error && <ErrorNote error={readError(detail.error)} onRetry={() => void detail.refetch()} />;
  const sideOf = (hash: string) => ({ src: blobUrl(hash), thumb: blobUrl(hash, THUMB.card) });
  return (
    <Modal.Root opened onClose={onClose} fullScreen closeOnEscape={!covered}>
      <Modal.Overlay />
      <Modal.Content className="nhr-compare" aria-label={text.rejects.compare(id)} radius={0}>
        {reject ? (
          <div className="nhr-compare-body" tabIndex={-1} data-autofocus>
            <CompareBar
              view={view}
              demo={demo}
              advance={advance}
              onAdvance={props.onAdvance}
              position={place >= 0 ? text.compare.position(place + 1, count(rows.count)) : ''}
              words={text.rejects}
              onPrevious={goPrevious}
              onNext={goNext}
              onClose={onClose}
            />
            <Stage
              key={epoch}
              view={view}
              source={sideOf(reject.sourceHash)}
              edited={sideOf(sibling?.editedHash ?? reject.editedHash)}
              names={{ source: text.review.source, edited: sibling ? text.reviewing.candidate(index + 1) : text.review.edited }}
              picture={reject}
            />
            <Side
              reject={reject}
              detail={detail.data}
              error={error}
              onDecide={decide}
              onRightWith={() => props.onRightWith(reject)}
              editedHash={sibling?.editedHash ?? reject.editedHash}
              sibling={sibling ? index : null}
              onSibling={showSibling}
            />
          </div>
        ) : (
          <CompareWait error={error} onClose={onClose} />
        )}
      </Modal.Content>
    </Modal.Root>
  );
}

interface SideProps {
  reject: RejectView;
  detail: RejectDetail | undefined;
  error: React.ReactNode;
  onDecide(decision: RejectDecision): void;
  onRightWith(): void;
  /** What is shown as the edit. */
  editedHash: string;
  sibling: number | null;
  onSibling(index: number): void;
}

function Side({ reject, detail, error, onDecide, onRightWith, editedHash, sibling, onSibling }: SideProps) {
  const { decision } = reject;
  const scores = judgedScores(reject);
  const t = text.compare;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
    <aside className="nhr-meta" tabIndex={0} aria-label={text.rejects.facts}>
      <p className="nhr-instruction">{reject.instruction}</p>
      <p className="nhr-reject-where">{whereRejected(reject)}</p>
      <Remarks of={reject} />
      <DecideButtons
        label={text.rejects.decision}
        decision={decision}
        good={{ says: 'keep', label: text.rejects.keep }}
        bad={{ says: 'right', label: text.rejects.right, color: 'gray.7' }}
        clear={{ label: text.rejects.clear, onClear: () => onDecide('clear') }}
        onDecide={onDecide}
      />
      <Group gap={4} className="nhr-decide">
        <Button size="compact-xs" variant="default" onClick={onRightWith}>
          {text.rejects.rightWith}
        </Button>
      </Group>
      <p className="nhr-quiet">{text.rejects.keys}</p>
      {scores && (
        <dl className="nhr-scores" aria-label={t.scores}>
          <Score name={text.scores.geometric} value={geometricScore(scores)} />
          <Score name={text.scores.adherence} value={scores.adherence} />
          <Score name={text.scores.aesthetics} value={scores.aesthetics} />
        </dl>
      )}
      {error}
      <Facts>
        {reject.tripletId !== null && decision === 'keep' && (
          <Fact name={text.rejects.keptAs}>
            <a className="nhr-link" href={formatRoute({ screen: 'triplets', view: DEFAULT_VIEW, open: reject.tripletId })}>
              {text.rejects.kept(reject.tripletId)}
            </a>
          </Fact>
        )}
        <Fact name={t.operation}>{reject.category}</Fact>
        <Fact name={t.style}>{detail?.style ?? ''}</Fact>
        <Fact name={t.size}>
          {reject.width} × {reject.height}
        </Fact>
        <Fact name={t.seed}>{reject.seed}</Fact>
      </Facts>
      <PicturesOut {...reject} editedHash={editedHash} />
      {!detail && !error && <Skeleton height={180} />}
      {detail && <Siblings siblings={detail.siblings} shown={sibling} onShow={onSibling} />}
      {detail?.lowLevel && <LowLevel numbers={detail.lowLevel} />}
      {detail && <Signals signals={mergeSignals(detail.verdicts)} verdicts={detail.verdicts} />}
      {detail && (
        <section>
          <h3>{t.verdicts}</h3>
          {detail.verdicts.length === 0 && <p className="nhr-quiet">{t.noVerdicts}</p>}
          {detail.verdicts.map((verdict, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: verdicts are appended and never change
            <VerdictRow key={`${verdict.stage} ${i}`} verdict={verdict} />
          ))}
        </section>
      )}
      {detail?.prompt && (
        <section>
          <h3>{t.prompt}</h3>
          <p className="nhr-prompt">{detail.prompt}</p>
        </section>
      )}
    </aside>
  );
}
