import { Button, Group } from '@mantine/core';
import { text } from '../../text.ts';
import { IconChevronLeft, IconChevronRight, IconPlayerTrackNext, IconX } from '../../ui/icons.ts';
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
      <ZoomTools zoom={view.zoom} />
      <Group gap={4} wrap="nowrap">
        <span className="nhr-quiet nhr-position">{position}</span>
        <IconButton
          label={text.reviewing.advance}
          about={text.reviewing.advanceAbout}
          pressed={advance}
          onClick={() => onAdvance(!advance)}
          Icon={IconPlayerTrackNext}
        />
        <IconButton label={words.previous} onClick={onPrevious} Icon={IconChevronLeft} />
        <IconButton label={words.next} onClick={onNext} Icon={IconChevronRight} />
        <IconButton label={text.compare.close} onClick={onClose} Icon={IconX} />
      </Group>
    </div>
  );
}

interface IconButtonProps {
  label: string;
  /** The hint, where the label does not say enough. */
  about?: string;
  /** For one that stays pressed. */
  pressed?: boolean;
  onClick: (() => void) | undefined;
  Icon: typeof IconX;
}

function IconButton({ label, about, pressed, onClick, Icon }: IconButtonProps) {
  return (
    <Button
      size="xs"
      px={7}
      variant={pressed ? 'light' : 'default'}
      aria-label={label}
      aria-pressed={pressed}
      title={about ?? label}
      disabled={!onClick}
      onClick={onClick}
    >
      <Icon aria-hidden size={15} />
    </Button>
  );
}
