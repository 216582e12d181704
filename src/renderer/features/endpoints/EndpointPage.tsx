import './endpointChecks.css';
import './endpoints.css';
import { Button, Skeleton } from '@mantine/core';
import { readError } from '../../app/readError.ts';
import { formatRoute } from '../../app/route.ts';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Empty } from '../../ui/Parts.tsx';
import { toYaml } from './draft.ts';
import { EndpointEditor } from './EndpointEditor.tsx';
import { useProfiles } from './useEndpoints.ts';

/** One saved endpoint: change it, probe it, test it, see its queue. */
export function EndpointPage({ id }: { id: string }) {
  const profiles = useProfiles();
  const saved = profiles.data?.find((profile) => profile.id === id);
  if (saved) return <EndpointEditor place={formatRoute({ screen: 'endpoint', id })} original={toYaml(saved)} saved={saved} taken={[]} />;
  return (
    <div className="nhr-page">
      {profiles.error && <ErrorNote error={readError(profiles.error)} onRetry={() => void profiles.refetch()} />}
      {profiles.isPending && <Skeleton height={480} role="status" aria-label={text.app.loading} />}
      {profiles.data && (
        <Empty
          title={text.endpoints.missing}
          action={
            <Button component="a" href={formatRoute({ screen: 'endpoints' })} variant="default">
              {text.endpoints.back}
            </Button>
          }
        />
      )}
    </div>
  );
}
