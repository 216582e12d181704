import '../compare.css';
import { Button, Group, Modal, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { RejectDecision, RejectDetail, RejectView } from '../../../../shared/model/rejects.ts';
import { mergeSignals } from '../../../../shared/model/signals.ts';
import { THUMB } from '../../../app/blobUrl.ts';
import { DEFAULT_VIEW } from '../../../app/filterQuery.ts';
import { readError } from '../../../app/readError.ts';
import { formatRoute } from '../../../app/route.ts';
import { useLive, useStudio } from '../../../app/studio.tsx';
import { text } from '../../../text.ts';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { IconChevronLeft, IconChevronRight, IconX } from '../../../ui/icons.ts';
import { preparePictures } from '../../../ui/viewer/pictures.ts';
import { Stage } from '../../../ui/viewer/Stage.tsx';
import { StageTools, ZoomTools } from '../../../ui/viewer/StageTools.tsx';
import { useStageView } from '../../../ui/viewer/useStageView.ts';
import { neighbours } from '../ahead.ts';
import { CompareWait } from '../CompareWait.tsx';
import { DecideButtons } from '../DecideButtons.tsx';
import { Fact, Facts, LowLevel, Score, VerdictRow } from '../facts.tsx';
import { Signals } from '../Signals.tsx';
import { useKeys } from '../useKeys.ts';

interface RejectCompareProps {
  id: number;
  items: RejectView[];
  onOpen(id: number): void;
  onClose(): void;
  onDecide(reject: RejectView, decision: RejectDecision): void;
  onUndo(): void;
  onRedo(): void;
  onHelp(): void;
  onNearEnd(): void;
  covered: boolean;
}

/** One rejected candidate over the whole window: pictures, every gate's answer, and what a person says of the rejection. */
export function RejectCompare(props: RejectCompareProps) {
  const { id, items, onOpen, onClose, onDecide, onNearEnd, covered } = props;
  const { engine, queries, blobUrl } = useStudio();
  const epoch = useLive((s) => s.epoch);
  const detail = useQuery(engine.rejects.get.queryOptions({ input: { id } }));
  const view = useStageView();
  const at = items.findIndex((item) => item.id === id);
  const reject = items[at] ?? detail.data;
  const previous = at > 0 ? items[at - 1] : undefined;
  const next = at >= 0 ? items[at + 1] : undefined;
  useEffect(() => {
    const near = neighbours(at, items.length, (place) => items[place]);
    for (const { id } of near) void queries.prefetchQuery(engine.rejects.get.queryOptions({ input: { id }, staleTime: 60_000 }));
    preparePictures(near.flatMap(({ sourceHash, editedHash }) => [blobUrl(sourceHash), blobUrl(editedHash)]));
    if (at >= 0 && at > items.length - 5) onNearEnd();
  }, [items, at, queries, engine, blobUrl, onNearEnd]);
  const { zoom } = view;
  const decide = (decision: RejectDecision) => {
    if (!reject) return;
    onDecide(reject, decision);
    if (decision !== 'clear' && next) onOpen(next.id);
  };
  useKeys('compare', !covered, {
    previous: previous && (() => onOpen(previous.id)),
    next: next && (() => onOpen(next.id)),
    mode: view.nextMode,
    blink: view.flip,
    fit: zoom.fit,
    full: () => zoom.full(),
    zoomIn: () => zoom.zoomBy(1.25),
    zoomOut: () => zoom.zoomBy(0.8),
    accept: () => decide('keep'),
    reject: () => decide('right'),
    clear: () => decide('clear'),
    undo: props.onUndo,
    redo: props.onRedo,
    help: props.onHelp,
  });
  const error = detail.error && <ErrorNote error={readError(detail.error)} onRetry={() => void detail.refetch()} />;
  const sideOf = (hash: string) => ({ src: blobUrl(hash), thumb: blobUrl(hash, THUMB.card) });
  const step = (label: string, to: RejectView | undefined, Icon: typeof IconX) => (
    <Button size="xs" px={7} variant="default" aria-label={label} title={label} disabled={!to} onClick={() => to && onOpen(to.id)}>
      <Icon aria-hidden size={15} />
    </Button>
  );
  return (
    <Modal.Root opened onClose={onClose} fullScreen closeOnEscape={!covered}>
      <Modal.Overlay />
      <Modal.Content className="nhr-compare" aria-label={text.rejects.compare(id)} radius={0}>
        {reject ? (
          <div className="nhr-compare-body" tabIndex={-1} data-autofocus>
            <div className="nhr-compare-bar">
              <StageTools view={view} label={text.compare.mode} />
              <div className="nhr-grow" />
              <ZoomTools zoom={zoom} />
              <Group gap={4} wrap="nowrap">
                {step(text.rejects.previous, previous, IconChevronLeft)}
                {step(text.rejects.next, next, IconChevronRight)}
                <Button size="xs" px={7} variant="default" aria-label={text.compare.close} title={text.compare.close} onClick={onClose}>
                  <IconX aria-hidden size={15} />
                </Button>
              </Group>
            </div>
            <Stage key={epoch} view={view} source={sideOf(reject.sourceHash)} edited={sideOf(reject.editedHash)} picture={reject} />
            <Side reject={reject} detail={detail.data} error={error} onDecide={decide} />
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
}

function Side({ reject, detail, error, onDecide }: SideProps) {
  const { decision, stage } = reject;
  const t = text.compare;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
    <aside className="nhr-meta" tabIndex={0} aria-label={text.rejects.facts}>
      <p className="nhr-instruction">{reject.instruction}</p>
      <p className="nhr-reject-where">{text.rejects.where(stage ? text.stage[stage] : '', reject.reason)}</p>
      <DecideButtons
        label={text.rejects.decision}
        decision={decision}
        good={{ says: 'keep', label: text.rejects.keep }}
        bad={{ says: 'right', label: text.rejects.right, color: 'gray.7' }}
        clear={{ label: text.rejects.clear, onClear: () => onDecide('clear') }}
        onDecide={onDecide}
      />
      <p className="nhr-quiet">{text.rejects.keys}</p>
      {reject.scores && (
        <dl className="nhr-scores" aria-label={t.scores}>
          <Score name={text.scores.geometric} value={Math.sqrt(reject.scores.adherence * reject.scores.aesthetics)} />
          <Score name={text.scores.adherence} value={reject.scores.adherence} />
          <Score name={text.scores.aesthetics} value={reject.scores.aesthetics} />
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
      {!detail && !error && <Skeleton height={180} />}
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
