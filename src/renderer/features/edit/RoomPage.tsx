import './edit.css';
import './room.css';
import './roomSide.css';
import { Alert, Button, Skeleton } from '@mantine/core';
import type { EditSessionDetail } from '../../../shared/model/edit.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute } from '../../app/route.ts';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Room } from './Room.tsx';
import { useSession, useSessionChanges } from './useSession.ts';

/** One edit session. */
export function RoomPage({ id }: { id: string }) {
  const { session, error, refetch } = useSession(id);
  if (session) return <Opened session={session} />;
  return (
    <div className="nhr-page nhr-edit-wait">
      {error ? (
        <>
          <ErrorNote error={readError(error)} onRetry={() => void refetch()} />
          <Button mt="md" variant="default" component="a" href={formatRoute({ screen: 'edits' })}>
            {text.edit.back}
          </Button>
        </>
      ) : (
        <Skeleton height={520} radius="md" role="status" aria-label={text.app.loading} />
      )}
    </div>
  );
}

function Opened({ session }: { session: EditSessionDetail }) {
  const changes = useSessionChanges(session.id);
  const trouble = [changes.keep, changes.again, changes.cancel, changes.setCurrent, changes.setTitle, changes.setBudget].find(
    (mutation) => mutation.error !== null,
  );
  return (
    <div className="nhr-room">
      <Room session={session} changes={changes}>
        {session.interrupted > 0 && (
          <Alert className="nhr-note nhr-note-warn" role="status">
            {text.edit.interrupted(session.interrupted)}
            <Button ml="sm" size="xs" variant="default" loading={changes.again.isPending} onClick={() => changes.again.mutate({})}>
              {text.edit.goOn}
            </Button>
          </Alert>
        )}
        {trouble?.error && <ErrorNote error={readError(trouble.error)} />}
        {session.notes.map((note) => (
          <p key={note} className="nhr-quiet nhr-room-note">
            {note}
          </p>
        ))}
      </Room>
    </div>
  );
}
