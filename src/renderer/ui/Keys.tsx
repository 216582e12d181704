import './keys.css';
import { Button, Kbd } from '@mantine/core';
import type { ReactNode } from 'react';
import { text } from '../text.ts';
import { Dialog, type DialogProps } from './Dialog.tsx';
import { IconKeyboard } from './icons.ts';

/** The dialog that lists what keys do, over whatever it was asked from. */
export function KeysDialog(props: Omit<DialogProps, 'title' | 'onTop'>) {
  return <Dialog {...props} title={text.app.shortcuts} onTop />;
}

/** Opens the list of keys. */
export function KeysButton({ onClick }: { onClick(): void }) {
  return (
    <Button size="xs" variant="default" px={8} aria-label={text.app.shortcuts} title={text.app.shortcuts} onClick={onClick}>
      <IconKeyboard aria-hidden size={16} stroke={1.6} />
    </Button>
  );
}

/** Keys and what they do, one a line: `KeyRow` is a line. */
export function KeyList({ children }: { children: ReactNode }) {
  return <dl className="nhr-keys">{children}</dl>;
}

/** One line: the key, and what it does. `waiting` marks the one that is being chosen anew. */
export function KeyRow({ shown, waiting = false, children }: { shown: string | undefined; waiting?: boolean; children: ReactNode }) {
  return (
    <div data-waiting={waiting || undefined}>
      <dt>
        <Kbd size="xs">{waiting ? '…' : shown}</Kbd>
      </dt>
      <dd>{children}</dd>
    </div>
  );
}
