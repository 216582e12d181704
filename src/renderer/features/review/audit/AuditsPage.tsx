import './audit.css';
import { Button, Group, NumberInput, Table, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type AuditView, MOST_AUDITED } from '../../../../shared/model/audit.ts';
import { DEFAULT_FILTER } from '../../../app/filterQuery.ts';
import { readError } from '../../../app/readError.ts';
import { formatRoute, go } from '../../../app/route.ts';
import { useStudio } from '../../../app/studio.tsx';
import { text } from '../../../text.ts';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { count } from '../../../ui/format.ts';
import { Empty, Section } from '../../../ui/Parts.tsx';
import { ReviewTabs } from '../ReviewTabs.tsx';

/** Audits so far, each a record of its own, and the start of a new one. */
export function AuditsPage() {
  const { engine } = useStudio();
  const audits = useQuery(engine.audits.list.queryOptions());
  const t = text.audit;
  return (
    <div className="nhr-audits">
      <Group gap={12} mb={8}>
        <Title order={1}>{t.title}</Title>
        <ReviewTabs now="audits" />
      </Group>
      <Text c="dimmed" size="sm" maw={680} mb={20}>
        {t.about}
      </Text>
      {audits.data && <NewAudit key={audits.data.length} number={audits.data.length + 1} />}
      {audits.error && <ErrorNote error={readError(audits.error)} onRetry={() => void audits.refetch()} />}
      {audits.data?.length === 0 && <Empty title={t.noneTitle}>{t.noneText}</Empty>}
      {audits.data && audits.data.length > 0 && <History audits={audits.data} />}
    </div>
  );
}

function NewAudit({ number }: { number: number }) {
  const { client, queries, engine } = useStudio();
  const t = text.audit;
  const [name, setName] = useState(t.nameOf(number));
  const [size, setSize] = useState(100);
  const [seed, setSeed] = useState(number);
  const start = useMutation({
    // All of the set, whatever a person has said of it: an audit is about what the gates let through.
    mutationFn: () => client.audits.start({ name: name.trim(), size, seed, filter: DEFAULT_FILTER }),
    onSuccess(audit) {
      void queries.invalidateQueries({ queryKey: engine.audits.list.key() });
      go({ screen: 'audit', id: audit.id });
    },
  });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate();
  };
  const whole = (set: (value: number) => void) => (value: string | number) => typeof value === 'number' && set(value);
  return (
    <Section title={t.new}>
      <form onSubmit={onSubmit}>
        <Group gap={16} align="flex-start">
          <TextInput label={t.name} value={name} maxLength={120} required onChange={(event) => setName(event.currentTarget.value)} />
          <NumberInput
            label={t.size}
            description={t.sizeAbout}
            inputWrapperOrder={['label', 'input', 'description']}
            min={1}
            max={MOST_AUDITED}
            allowDecimal={false}
            value={size}
            onChange={whole(setSize)}
          />
          <NumberInput
            label={t.seed}
            description={t.seedAbout}
            inputWrapperOrder={['label', 'input', 'description']}
            min={0}
            max={2 ** 31}
            allowDecimal={false}
            value={seed}
            onChange={whole(setSeed)}
          />
          <Button type="submit" mt={25} loading={start.isPending} disabled={name.trim() === ''}>
            {t.start}
          </Button>
        </Group>
      </form>
      {start.error && <ErrorNote error={readError(start.error)} />}
    </Section>
  );
}

function History({ audits }: { audits: readonly AuditView[] }) {
  const t = text.audit;
  return (
    <Section title={t.history}>
      <Table verticalSpacing={8} fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.columns.name}</Table.Th>
            <Table.Th>{t.columns.created}</Table.Th>
            <Table.Th>{t.columns.answered}</Table.Th>
            <Table.Th>{t.columns.drawn}</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {audits.map((audit) => (
            <Table.Tr key={audit.id}>
              <Table.Td>{audit.name}</Table.Td>
              <Table.Td>{new Date(audit.createdAt).toLocaleString()}</Table.Td>
              <Table.Td>{t.of(count(audit.answered), count(audit.size))}</Table.Td>
              <Table.Td>{t.drawn(count(audit.size), count(audit.population), audit.seed)}</Table.Td>
              <Table.Td ta="right">
                <Button
                  size="xs"
                  variant="default"
                  component="a"
                  href={formatRoute({ screen: 'audit', id: audit.id })}
                  aria-label={`${audit.endedAt === null ? t.goOn : t.result}: ${audit.name}`}
                >
                  {audit.endedAt === null ? t.goOn : t.result}
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  );
}
