import { Button, NumberInput, Popover, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { EditSessionDetail } from '../../../shared/model/edit.ts';
import { formatRoute } from '../../app/route.ts';
import { text } from '../../text.ts';
import { usd } from '../../ui/format.ts';
import { IconArrowBackUp, IconArrowForwardUp, IconArrowLeft } from '../../ui/icons.ts';
import { KeysButton } from '../../ui/Keys.tsx';
import { DemoBadge } from '../../ui/Parts.tsx';

const t = text.edit;

interface RoomHeadProps {
  session: EditSessionDetail;
  onUndo: (() => void) | undefined;
  onRedo: (() => void) | undefined;
  onTitle(title: string): void;
  onBudget(usd: number | null): void;
  onHelp(): void;
}

/** Name of the session, the way back, undo and redo, and what it has cost. */
export function RoomHead({ session, onUndo, onRedo, onTitle, onBudget, onHelp }: RoomHeadProps) {
  const [title, setTitle] = useState(session.title);
  const save = () => {
    if (title.trim() === '') setTitle(session.title);
    else if (title.trim() !== session.title) onTitle(title.trim());
  };
  return (
    <header className="nhr-room-head">
      <Button size="xs" px={8} variant="default" component="a" href={formatRoute({ screen: 'edits' })} aria-label={t.back} title={t.back}>
        <IconArrowLeft aria-hidden size={15} />
      </Button>
      <h1 className="nhr-hidden">{session.title}</h1>
      <TextInput
        size="xs"
        className="nhr-room-title"
        aria-label={t.rename}
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
        onBlur={save}
        onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
      />
      <Button size="xs" px={8} variant="default" disabled={!onUndo} onClick={onUndo} aria-label={t.undo} title={`${t.undo} (Ctrl+Z)`}>
        <IconArrowBackUp aria-hidden size={16} />
      </Button>
      <Button size="xs" px={8} variant="default" disabled={!onRedo} onClick={onRedo} aria-label={t.redo} title={`${t.redo} (Ctrl+Shift+Z)`}>
        <IconArrowForwardUp aria-hidden size={16} />
      </Button>
      <span className="nhr-grow" />
      {session.demo && <DemoBadge />}
      <Spend session={session} onBudget={onBudget} />
      <KeysButton onClick={onHelp} />
    </header>
  );
}

function Spend({ session, onBudget }: { session: EditSessionDetail; onBudget(usd: number | null): void }) {
  const { usdSettled, usdReserved, usdUnknown } = session.spend;
  const [budget, setBudget] = useState<number | string>(session.budgetUsd ?? '');
  const more = [
    ...(usdReserved > 0 ? [`${usd(usdReserved)} ${t.reserved}`] : []),
    ...(usdUnknown > 0 ? [`${usd(usdUnknown)} ${t.unknown}`] : []),
  ];
  return (
    <Popover width={280} position="bottom-end" withArrow trapFocus>
      <Popover.Target>
        <Button size="xs" variant="default" aria-label={`${t.spent}: ${usd(usdSettled)}`}>
          {t.spent} {usd(usdSettled)}
          {session.budgetUsd !== null && ` / ${usd(session.budgetUsd)}`}
          {more.length > 0 && <span className="nhr-quiet nhr-spend-more">{more.join(', ')}</span>}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <NumberInput
          size="xs"
          label={t.budget}
          placeholder={t.budgetPlace}
          min={0}
          step={0.1}
          value={budget}
          onChange={setBudget}
          onBlur={() => onBudget(typeof budget === 'number' && budget > 0 ? budget : null)}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
