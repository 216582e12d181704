import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { WireError } from '../../shared/model/errors.ts';
import { text } from '../text.ts';
import { ErrorNote } from './ErrorNote.tsx';

export interface DialogProps {
  opened: boolean;
  onClose(): void;
  title: string;
  size?: 'md' | 'lg' | 'xl';
  /** Over a full-screen comparison. */
  onTop?: boolean;
  /** False while Escape means something else in it. */
  closeOnEscape?: boolean;
  children: ReactNode;
}

const ON_TOP = 400;

/** A dialog in the middle of the screen, with a named button to close it. */
export function Dialog({ opened, onClose, title, size = 'md', onTop = false, closeOnEscape = true, children }: DialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      closeButtonProps={{ 'aria-label': text.app.close }}
      centered
      size={size}
      closeOnEscape={closeOnEscape}
      {...(onTop ? { zIndex: ON_TOP } : {})}
    >
      {children}
    </Modal>
  );
}

interface ConfirmProps extends DialogProps {
  /** What the two buttons say. */
  no: string;
  yes: string;
  onYes(): void;
  /** Something is lost by a yes. */
  danger?: boolean;
  pending?: boolean;
  error?: WireError | null | undefined;
}

/** A question before something is done. The answer that changes nothing has the focus. */
export function Confirm({ children, no, yes, onYes, danger = false, pending = false, error, ...dialog }: ConfirmProps) {
  return (
    <Dialog {...dialog}>
      <Stack gap="sm">
        {typeof children === 'string' ? <Text size="sm">{children}</Text> : children}
        {error && <ErrorNote error={error} />}
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={dialog.onClose} data-autofocus>
            {no}
          </Button>
          <Button {...(danger ? { color: 'red.9' } : {})} loading={pending} onClick={onYes}>
            {yes}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
