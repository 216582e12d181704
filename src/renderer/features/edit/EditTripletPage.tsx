import './edit.css';
import { Button, Text } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { readError } from '../../app/readError.ts';
import { formatRoute } from '../../app/route.ts';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { useStart } from './useStart.ts';

/** Starts a session from a triplet and goes there. Its address is left behind, so that going back does not start another one. */
export function EditTripletPage({ tripletId, side }: { tripletId: number; side: 'source' | 'edited' }) {
  const start = useStart('replace');
  const begun = useRef(false);
  const begin = () => start.mutate({ start: { from: 'triplet', tripletId, side } });
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    begin();
  });
  return (
    <div className="nhr-page nhr-edit-wait">
      {start.error ? (
        <>
          <ErrorNote error={readError(start.error)} onRetry={begin} />
          <Button mt="md" variant="default" component="a" href={formatRoute({ screen: 'edits' })}>
            {text.edit.back}
          </Button>
        </>
      ) : (
        <Text role="status">{text.edit.starting}</Text>
      )}
    </div>
  );
}
