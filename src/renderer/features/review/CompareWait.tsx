import { Button, Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { text } from '../../text.ts';

/** In place of a comparison: it is on its way, or why it is not there, with the way back. */
export function CompareWait({ error, onClose }: { error: ReactNode; onClose(): void }) {
  if (!error) return <Skeleton height="100%" role="status" aria-label={text.app.loading} />;
  return (
    <div className="nhr-compare-wait">
      {error}
      <Button mt="md" variant="default" onClick={onClose} data-autofocus>
        {text.compare.close}
      </Button>
    </div>
  );
}
