import './compare.css';
import { Button, Group, Modal, SegmentedControl, Skeleton, Slider } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { DecisionKind, TripletDetail, TripletView } from '../../../shared/model/triplet.ts';
import { readError } from '../../app/readError.ts';
import { useLive, useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { count } from '../../ui/format.ts';
import { IconChevronLeft, IconChevronRight, IconMinus, IconPlus, IconX } from '../../ui/icons.ts';
import { DemoBadge } from '../../ui/Parts.tsx';
import { MODES, type Mode, Stage } from '../../ui/Stage.tsx';
import { useZoom } from '../../ui/useZoom.ts';
import { Meta } from './Meta.tsx';
import { useKeys } from './useKeys.ts';

interface CompareProps {
  id: number;
  /** The triplets of the grid: where previous and next lead. */
  items: TripletView[];
  total: number;
  onOpen(id: number): void;
  onClose(): void;
  onDecide(triplet: TripletView, decision: DecisionKind): void;
  /** Called when few triplets are left before the end of what is loaded. */
  onNearEnd(): void;
  onHelp(): void;
  /** Another dialog lies over this one. */
  covered: boolean;
  linkTo(id: number): string;
}

/** One triplet over the whole window: pictures to compare, everything known of it, and the decision. */
export function Compare(props: CompareProps) {
  const { id, items, total, onOpen, onClose, onDecide, onNearEnd, onHelp, covered, linkTo } = props;
  const { engine, queries, blobUrl } = useStudio();
  const detail = useQuery(engine.triplets.get.queryOptions({ input: { id } }));
  const listed = items.find((item) => item.id === id);
  const triplet: TripletView | undefined = detail.data ?? listed;
  const at = items.findIndex((item) => item.id === id);
  const previous = at > 0 ? items[at - 1] : undefined;
  const next = at >= 0 ? items[at + 1] : undefined;
  const nearEnd = at >= 0 && at > items.length - 5;
  useEffect(() => {
    if (nearEnd) onNearEnd();
  }, [nearEnd, onNearEnd]);
  // The next one is read and its pictures are fetched while this one is looked at.
  useEffect(() => {
    if (!next) return;
    void queries.prefetchQuery(engine.triplets.get.queryOptions({ input: { id: next.id } }));
    for (const hash of [next.sourceHash, next.editedHash]) new Image().src = blobUrl(hash);
  }, [next, queries, engine, blobUrl]);
  return (
    <Modal.Root opened onClose={onClose} fullScreen closeOnEscape={!covered}>
      <Modal.Overlay />
      <Modal.Content className="nhr-compare" aria-label={text.compare.title(id)} radius={0}>
        {triplet ? (
          <Comparison
            key={`${triplet.width}x${triplet.height}`}
            triplet={triplet}
            detail={detail.data}
            error={detail.error ? <ErrorNote error={readError(detail.error)} onRetry={() => void detail.refetch()} /> : null}
            position={at >= 0 ? text.compare.position(at + 1, count(Math.max(total, items.length))) : ''}
            onPrevious={previous && (() => onOpen(previous.id))}
            onNext={next && (() => onOpen(next.id))}
            onClose={onClose}
            onDecide={onDecide}
            onHelp={onHelp}
            covered={covered}
            linkTo={linkTo}
          />
        ) : detail.error ? (
          <div className="nhr-compare-wait">
            <ErrorNote error={readError(detail.error)} onRetry={() => void detail.refetch()} />
            <Button mt="md" variant="default" onClick={onClose} data-autofocus>
              {text.compare.close}
            </Button>
          </div>
        ) : (
          <Skeleton height="100%" role="status" aria-label={text.app.loading} />
        )}
      </Modal.Content>
    </Modal.Root>
  );
}

interface ComparisonProps {
  triplet: TripletView;
  detail: TripletDetail | undefined;
  error: React.ReactNode;
  position: string;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
  onClose(): void;
  onDecide(triplet: TripletView, decision: DecisionKind): void;
  onHelp(): void;
  /** Another dialog lies over this one. */
  covered: boolean;
  linkTo(id: number): string;
}

function Comparison({ triplet, detail, error, position, onPrevious, onNext, onClose, onDecide, onHelp, covered, linkTo }: ComparisonProps) {
  const { blobUrl } = useStudio();
  const calm = useReducedMotion();
  // A new life of the engine: pictures that failed while it was away are asked for again.
  const epoch = useLive((s) => s.epoch);
  const pretend = useLive((s) => s.workspace?.demo === true || (triplet.runId !== null && s.runs[triplet.runId]?.demo === true));
  const demo = pretend || detail?.edit?.demo === true;
  const modes: readonly Mode[] = calm ? MODES.filter((mode) => mode !== 'blink') : MODES;
  const [mode, setMode] = useState<Mode>('slider');
  const [gain, setGain] = useState(4);
  const stage = useRef<HTMLDivElement>(null);
  const zoom = useZoom(stage, triplet, mode === 'side' ? 2 : 1);
  useKeys('compare', !covered, {
    previous: onPrevious,
    next: onNext,
    mode: () => setMode(modes[(modes.indexOf(mode) + 1) % modes.length] ?? 'slider'),
    fit: zoom.fit,
    full: zoom.full,
    zoomIn: () => zoom.zoomBy(1.25),
    zoomOut: () => zoom.zoomBy(0.8),
    accept: () => onDecide(triplet, 'accept'),
    reject: () => onDecide(triplet, 'reject'),
    clear: () => onDecide(triplet, 'clear'),
    help: onHelp,
  });
  return (
    <div className="nhr-compare-body" tabIndex={-1} data-autofocus>
      <div className="nhr-compare-bar">
        <SegmentedControl
          size="xs"
          aria-label={text.compare.mode}
          data={modes.map((value) => ({ value, label: text.compare.modes[value] }))}
          value={mode}
          onChange={(value) => setMode(modes.find((m) => m === value) ?? 'slider')}
        />
        {mode === 'difference' && (
          <Slider
            className="nhr-gain"
            size="sm"
            min={1}
            max={16}
            value={gain}
            onChange={setGain}
            label={(value) => `× ${value}`}
            thumbLabel={text.compare.gain}
          />
        )}
        <div className="nhr-grow" />
        {demo && <DemoBadge />}
        <Group gap={4} wrap="nowrap" role="group" aria-label={text.compare.zoom}>
          <IconButton label={text.compare.zoomOut} onClick={() => zoom.zoomBy(0.8)} Icon={IconMinus} />
          <span className="nhr-zoom">{Math.round(zoom.scale * 100)} %</span>
          <IconButton label={text.compare.zoomIn} onClick={() => zoom.zoomBy(1.25)} Icon={IconPlus} />
          <Button size="xs" px={8} variant="default" onClick={zoom.fit} aria-pressed={zoom.fitted}>
            {text.compare.fit}
          </Button>
          <Button size="xs" px={8} variant="default" onClick={zoom.full}>
            {text.compare.full}
          </Button>
        </Group>
        <Group gap={4} wrap="nowrap">
          <span className="nhr-quiet nhr-position">{position}</span>
          <IconButton label={text.compare.previous} onClick={onPrevious} Icon={IconChevronLeft} />
          <IconButton label={text.compare.next} onClick={onNext} Icon={IconChevronRight} />
          <IconButton label={text.compare.close} onClick={onClose} Icon={IconX} />
        </Group>
      </div>
      <Stage
        key={epoch}
        mode={mode}
        source={blobUrl(triplet.sourceHash)}
        edited={blobUrl(triplet.editedHash)}
        picture={triplet}
        zoom={zoom}
        gain={gain}
        stageRef={stage}
      />
      <Meta triplet={triplet} detail={detail} error={error} onDecide={onDecide} linkTo={linkTo} />
    </div>
  );
}

function IconButton({ label, onClick, Icon }: { label: string; onClick: (() => void) | undefined; Icon: typeof IconX }) {
  return (
    <Button size="xs" px={7} variant="default" aria-label={label} title={label} disabled={!onClick} onClick={onClick}>
      <Icon aria-hidden size={15} />
    </Button>
  );
}
