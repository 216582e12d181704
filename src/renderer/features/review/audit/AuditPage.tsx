import './audit.css';
import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { readError } from '../../../app/readError.ts';
import { useStudio } from '../../../app/studio.tsx';
import { text } from '../../../text.ts';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { AuditLook } from './AuditLook.tsx';
import { AuditResultView } from './AuditResultView.tsx';

/** One audit: its items one by one while it goes on, its result afterwards. */
export function AuditPage({ id }: { id: number }) {
  const { engine } = useStudio();
  const audit = useQuery(engine.audits.get.queryOptions({ input: { id }, staleTime: Number.POSITIVE_INFINITY }));
  const [looking, setLooking] = useState<boolean | null>(null);
  if (audit.error)
    return (
      <div className="nhr-audits">
        <ErrorNote error={readError(audit.error)} onRetry={() => void audit.refetch()} />
      </div>
    );
  if (!audit.data) return <Skeleton height={400} m={24} role="status" aria-label={text.app.loading} />;
  const { audit: facts, items } = audit.data;
  if (looking ?? facts.endedAt === null) return <AuditLook audit={facts} items={items} onEnd={() => setLooking(false)} />;
  return <AuditResultView audit={facts} onLook={() => setLooking(true)} />;
}
