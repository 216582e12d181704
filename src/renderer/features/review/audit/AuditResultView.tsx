import { Button, Group, Table, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { AuditShare, AuditView } from '../../../../shared/model/audit.ts';
import { DEFAULT_VIEW } from '../../../app/filterQuery.ts';
import { readError } from '../../../app/readError.ts';
import { formatRoute } from '../../../app/route.ts';
import { useStudio } from '../../../app/studio.tsx';
import { text } from '../../../text.ts';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { count, percent } from '../../../ui/format.ts';
import { Section } from '../../../ui/Parts.tsx';
import { tagName } from '../tags.ts';

const TYPES = { csv: 'text/csv', json: 'application/json' } as const;

/** What share of the sample has a fault, by fault, with 95 % intervals; and where. */
export function AuditResultView({ audit, onLook }: { audit: AuditView; onLook(): void }) {
  const { client, engine } = useStudio();
  const result = useQuery(engine.audits.result.queryOptions({ input: { id: audit.id } }));
  const save = useMutation({
    async mutationFn(format: keyof typeof TYPES) {
      const record = await client.audits.record({ id: audit.id, format });
      const address = URL.createObjectURL(new Blob([record.text], { type: TYPES[format] }));
      const link = document.createElement('a');
      link.href = address;
      link.download = record.name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    },
  });
  const t = text.audit;
  return (
    <div className="nhr-audits">
      <Group gap={8} mb={4}>
        <Title order={1}>{t.resultTitle(audit.name)}</Title>
        <div className="nhr-grow" />
        <Button size="xs" variant="default" onClick={() => save.mutate('csv')}>
          {t.csv}
        </Button>
        <Button size="xs" variant="default" onClick={() => save.mutate('json')}>
          {t.json}
        </Button>
        <Button size="xs" variant="default" onClick={onLook}>
          {t.change}
        </Button>
        <Button size="xs" component="a" href={formatRoute({ screen: 'audits' })} autoFocus>
          {t.toAudits}
        </Button>
      </Group>
      <Text c="dimmed" size="sm" mb={20}>
        {t.drawn(count(audit.size), count(audit.population), audit.seed)}{' '}
        {audit.endedAt === null && t.soFar(count(audit.answered), count(audit.size))}
      </Text>
      {(result.error ?? save.error) && <ErrorNote error={readError(result.error ?? save.error)} onRetry={() => void result.refetch()} />}
      {result.data && (
        <>
          <Section title={t.result}>
            <Shares shares={result.data.shares} />
          </Section>
          <Section title={t.found}>
            {result.data.issues.length === 0 ? (
              <Text size="sm" c="dimmed">
                {t.foundNone}
              </Text>
            ) : (
              <ul className="nhr-audit-found">
                {result.data.issues.map((issue) => (
                  <li key={issue.index}>
                    <a className="nhr-link" href={formatRoute({ screen: 'triplets', view: DEFAULT_VIEW, open: issue.tripletId })}>
                      {text.rejects.kept(issue.tripletId)}
                    </a>{' '}
                    {issue.tags.map((tag) => (
                      <span key={tag} className="nhr-badge">
                        {tagName(tag)}
                      </span>
                    ))}{' '}
                    {issue.note}
                  </li>
                ))}
              </ul>
            )}
          </Section>
        </>
      )}
    </div>
  );
}

function Shares({ shares }: { shares: readonly AuditShare[] }) {
  const t = text.audit;
  return (
    <Table verticalSpacing={8} fz="sm" className="nhr-audit-shares">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t.shareColumns.tag}</Table.Th>
          <Table.Th ta="right">{t.shareColumns.count}</Table.Th>
          <Table.Th ta="right">{t.shareColumns.share}</Table.Th>
          <Table.Th ta="right">{t.shareColumns.interval}</Table.Th>
          <Table.Th aria-hidden />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {shares.map(({ tag, count: n, share, low, high }) => (
          <Table.Tr key={tag} data-any={tag === '' || undefined}>
            <Table.Td>{tag === '' ? t.anyIssue : tagName(tag)}</Table.Td>
            <Table.Td ta="right">{count(n)}</Table.Td>
            <Table.Td ta="right">{percent(share)}</Table.Td>
            <Table.Td ta="right">{t.to(percent(low), percent(high))}</Table.Td>
            <Table.Td aria-hidden className="nhr-audit-interval">
              <span>
                <i style={{ left: `${low * 100}%`, width: `${(high - low) * 100}%` }} />
                <b style={{ left: `${share * 100}%` }} />
              </span>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
