import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { EndpointProfile } from '../../../shared/model/provider.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute } from '../../app/route.ts';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { keepDraft } from './drafts.ts';
import { useEndpointChanges } from './useEndpoints.ts';

/** The question before a profile is deleted. Shown while a profile is given. */
export function RemoveEndpoint({ profile, onClose, onRemoved }: { profile: EndpointProfile | null; onClose(): void; onRemoved?(): void }) {
  const { remove } = useEndpointChanges();
  // The words stay while the dialog fades out.
  const [last, setLast] = useState(profile);
  if (profile && profile !== last) setLast(profile);
  const close = () => {
    remove.reset();
    onClose();
  };
  const go = () => {
    if (!profile) return;
    remove.mutate(profile.id, {
      onSuccess: () => {
        keepDraft(formatRoute({ screen: 'endpoint', id: profile.id }), undefined);
        close();
        onRemoved?.();
      },
    });
  };
  return (
    <Modal
      opened={profile !== null}
      onClose={close}
      title={text.endpoints.removeTitle(last?.title || last?.id || '')}
      closeButtonProps={{ 'aria-label': text.app.close }}
      centered
    >
      <Stack gap="sm">
        <Text size="sm">{text.endpoints.removeText}</Text>
        {remove.error && <ErrorNote error={readError(remove.error)} />}
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={close} data-autofocus>
            {text.endpoints.keep}
          </Button>
          <Button color="red.9" loading={remove.isPending} onClick={go}>
            {text.endpoints.remove}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
