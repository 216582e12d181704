import { Button, Checkbox, Group } from '@mantine/core';
import { text } from '../../text.ts';
import { IconChevronLeft, IconChevronRight, IconX } from '../../ui/icons.ts';
import { DemoBadge } from '../../ui/Parts.tsx';
import { StageTools, ZoomTools } from '../../ui/viewer/StageTools.tsx';
import type { StageView } from '../../ui/viewer/useStageView.ts';

interface CompareBarProps {
  view: StageView;
  demo: boolean;
  /** After a decision the next one comes by itself. */
  advance: boolean;
  onAdvance(on: boolean): void;
  /** Where in the list this one is; empty while nobody knows. */
  position: string;
  words: { previous: string; next: string };
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
  onClose(): void;
}

/** What stands above the pictures of a comparison: how they are compared, where in the list one is, and the ways on. */
export function CompareBar({ view, demo, advance, onAdvance, position, words, onPrevious, onNext, onClose }: CompareBarProps) {
  return (
    <div className="nhr-compare-bar">
      <StageTools view={view} label={text.compare.mode} />
      <div className="nhr-grow" />
      {demo && <DemoBadge />}
      <Checkbox size="xs" label={text.reviewing.advance} checked={advance} onChange={(event) => onAdvance(event.currentTarget.checked)} />
      <ZoomTools zoom={view.zoom} />
      <Group gap={4} wrap="nowrap">
        <span className="nhr-quiet nhr-position">{position}</span>
        <IconButton label={words.previous} onClick={onPrevious} Icon={IconChevronLeft} />
        <IconButton label={words.next} onClick={onNext} Icon={IconChevronRight} />
        <IconButton label={text.compare.close} onClick={onClose} Icon={IconX} />
      </Group>
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
