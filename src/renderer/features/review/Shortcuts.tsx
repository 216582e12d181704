import './shortcuts.css';
import { Button, Group } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { text } from '../../text.ts';
import { KeyList, KeyRow, KeysDialog } from '../../ui/Keys.tsx';
import { changeKey, type KeyRefusal, resetKey, resetKeys } from './changeKeys.ts';
import { chosenKeys } from './keyChoices.ts';
import { type ActionName, type KeyAction, keysNow } from './keys.ts';

const PLACES = ['grid', 'compare'] as const;

/** The list of keys, made from the table that the keys themselves are read from; each can be changed, and is kept. */
export function Shortcuts({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const [waiting, setWaiting] = useState<ActionName | null>(null);
  const close = () => {
    setWaiting(null);
    onClose();
  };
  return (
    <KeysDialog opened={opened} onClose={close} closeOnEscape={waiting === null} size="xl">
      {opened && <Keys waiting={waiting} setWaiting={setWaiting} />}
    </KeysDialog>
  );
}

function Keys({ waiting, setWaiting }: { waiting: ActionName | null; setWaiting(name: ActionName | null): void }) {
  const chosen = useStore(chosenKeys);
  const [said, setSaid] = useState('');
  const keys = keysNow();
  const labelOf = (name: ActionName) => keys.find((action) => action.name === name)?.label ?? name;
  useEffect(() => {
    if (waiting === null) return;
    // Before everything else that listens: the key is an answer, not a command.
    const listen = (event: KeyboardEvent) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (event.key === 'Escape') {
        setWaiting(null);
        return setSaid('');
      }
      if (['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return;
      const refused: KeyRefusal | null =
        event.ctrlKey || event.altKey || event.metaKey ? { why: 'reserved' } : changeKey(waiting, event.key);
      if (refused)
        return setSaid(refused.why === 'taken' ? text.keys.taken(event.key.toUpperCase(), refused.by.label) : text.keys.reserved);
      setWaiting(null);
      setSaid(text.keys.changed(labelOf(waiting)));
    };
    window.addEventListener('keydown', listen, true);
    return () => window.removeEventListener('keydown', listen, true);
  });
  const reset = (name: ActionName) => {
    const by = resetKey(name);
    setSaid(by ? text.keys.taken(text.keys.usual, by.label) : text.keys.changed(labelOf(name)));
  };
  return (
    <>
      <Group justify="space-between" mb={14} wrap="nowrap">
        <span className="nhr-quiet" role="status">
          {waiting ? text.keys.press(labelOf(waiting)) : ''} {said || (waiting ? '' : text.keys.about)}
        </span>
        <Button size="compact-sm" variant="default" disabled={Object.keys(chosen).length === 0} onClick={resetKeys}>
          {text.keys.resetAll}
        </Button>
      </Group>
      <div className="nhr-shortcuts">
        {PLACES.map((place) => (
          <section key={place}>
            <h3>{text.shortcuts[place]}</h3>
            <KeyList>
              {keys
                .filter((action) => action.shown && action.where.includes(place))
                .map((action) => (
                  <Row
                    key={action.name}
                    action={action}
                    waiting={waiting === action.name}
                    changed={action.name in chosen}
                    onChange={() => {
                      setSaid('');
                      setWaiting(action.name);
                    }}
                    onReset={() => reset(action.name)}
                  />
                ))}
              {place === 'compare' && <Row action={{ label: text.shortcuts.close, shown: 'Esc', fixed: true }} />}
            </KeyList>
          </section>
        ))}
        <section>
          <h3>{text.viewer.keysTitle}</h3>
          <KeyList>
            {text.viewer.keys.map(([shown, label]) => (
              <Row key={shown} action={{ label, shown, fixed: true }} />
            ))}
          </KeyList>
        </section>
      </div>
    </>
  );
}

interface RowProps {
  action: Pick<KeyAction, 'label' | 'shown' | 'fixed'>;
  waiting?: boolean;
  changed?: boolean;
  onChange?(): void;
  onReset?(): void;
}

function Row({ action, waiting = false, changed = false, onChange, onReset }: RowProps) {
  const { label, shown, fixed } = action;
  return (
    <KeyRow shown={shown} waiting={waiting}>
      {label}
      {!fixed && (
        <button type="button" className="nhr-key-change" aria-label={text.keys.changeOf(label)} onClick={onChange}>
          {text.keys.change}
        </button>
      )}
      {changed && (
        <button type="button" className="nhr-key-change" aria-label={text.keys.resetOf(label)} onClick={onReset}>
          {text.keys.reset}
        </button>
      )}
    </KeyRow>
  );
}
