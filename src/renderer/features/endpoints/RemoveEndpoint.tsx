import { useState } from 'react';
import type { EndpointProfile } from '../../../shared/model/provider.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute } from '../../app/route.ts';
import { text } from '../../text.ts';
import { Confirm } from '../../ui/Dialog.tsx';
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
    <Confirm
      opened={profile !== null}
      onClose={close}
      title={text.endpoints.removeTitle(last?.title || last?.id || '')}
      no={text.endpoints.keep}
      yes={text.endpoints.remove}
      danger
      onYes={go}
      pending={remove.isPending}
      error={remove.error && readError(remove.error)}
    >
      {text.endpoints.removeText}
    </Confirm>
  );
}
