import './scorers.css';
import { Button, Group, Skeleton, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { ScorerSettings } from '../../../shared/model/scorers.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute } from '../../app/route.ts';
import { text } from '../../text.ts';
import { BackLink } from '../../ui/BackLink.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { bytes, count } from '../../ui/format.ts';
import { Section, Stat } from '../../ui/Parts.tsx';
import { ModelItem } from './ModelItem.tsx';
import { ProviderSection } from './ProviderSection.tsx';
import { useModels, useProcess, useScorerChanges, useSettings } from './useScorers.ts';

const t = text.scorers;

/** Models that run on this machine: where, which, and how they get here. */
export function ScorersPage() {
  return (
    <div className="nhr-page nhr-scorers">
      <div className="nhr-page-head">
        <BackLink href={formatRoute({ screen: 'endpoints' })}>{t.back}</BackLink>
        <div>
          <Title order={1}>{t.title}</Title>
          <Text c="dimmed" size="sm">
            {t.about}
          </Text>
        </div>
      </div>
      <div className="nhr-scorers-columns">
        <div>
          <Models />
        </div>
        <div>
          <ProviderSection />
          <ProcessSection />
          <HubSection />
        </div>
      </div>
    </div>
  );
}

function Models() {
  const models = useModels();
  return (
    <Section title={t.models.title} about={t.models.about}>
      {models.isPending && <Skeleton height={320} role="status" aria-label={text.app.loading} />}
      {models.error && !models.data && <ErrorNote error={readError(models.error)} onRetry={() => void models.refetch()} />}
      {models.data?.map((card) => (
        <ModelItem key={card.id} card={card} />
      ))}
    </Section>
  );
}

function ProcessSection() {
  const process = useProcess();
  const { freeMemory } = useScorerChanges();
  const state = process.data?.state ?? 'idle';
  const notes = process.data?.notes ?? [];
  return (
    <Section
      title={t.process.title}
      about={t.process.about}
      right={
        <Button
          size="xs"
          variant="default"
          disabled={state !== 'running'}
          loading={freeMemory.isPending}
          onClick={() => freeMemory.mutate()}
        >
          {t.process.free}
        </Button>
      }
    >
      {process.isPending && <Skeleton height={60} role="status" aria-label={text.app.loading} />}
      {process.error && !process.data && <ErrorNote error={readError(process.error)} onRetry={() => void process.refetch()} />}
      {freeMemory.error && <ErrorNote error={readError(freeMemory.error)} />}
      {process.data && (
        <>
          <span className="nhr-state" data-tone={state === 'broken' ? 'bad' : state === 'running' ? 'accent' : 'quiet'}>
            <span className="nhr-dot" data-live={(state === 'running' && process.data.waiting > 0) || undefined} />
            {t.process.state[state]}
          </span>
          <dl className="nhr-scorer-numbers">
            {(['done', 'waiting', 'failed', 'retried', 'crashes'] as const).map((name) => (
              <Stat key={name} label={t.process[name]} value={count(process.data[name])} />
            ))}
            <Stat label={t.process.memory} value={process.data.bytes === 0 ? '–' : bytes(process.data.bytes)} />
          </dl>
          {notes.length > 0 && (
            <>
              <Text size="sm" fw={600}>
                {t.process.notes}
              </Text>
              <ul className="nhr-scorer-notes">
                {[...new Set(notes)].map((note) => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            </>
          )}
        </>
      )}
    </Section>
  );
}

function HubSection() {
  const settings = useSettings();
  return (
    <Section title={t.hub.title} about={t.hub.about}>
      {settings.isPending && <Skeleton height={120} role="status" aria-label={text.app.loading} />}
      {settings.error && !settings.data && <ErrorNote error={readError(settings.error)} onRetry={() => void settings.refetch()} />}
      {settings.data && <HubForm key={JSON.stringify(settings.data)} settings={settings.data} />}
    </Section>
  );
}

function HubForm({ settings }: { settings: ScorerSettings }) {
  const [hub, setHub] = useState(settings.hub);
  const [key, setKey] = useState(settings.key);
  const { settings: change } = useScorerChanges();
  const wish = ScorerSettings.safeParse({ ...settings, hub: hub.trim(), key: key.trim() });
  const wrong = (field: string) => wish.error?.issues.find(({ path }) => path[0] === field)?.message;
  return (
    <form
      className="nhr-scorer-hub"
      onSubmit={(event) => {
        event.preventDefault();
        if (wish.success) change.mutate(wish.data);
      }}
    >
      <TextInput
        label={t.hub.address}
        value={hub}
        error={wrong('hub')}
        spellCheck={false}
        onChange={(event) => setHub(event.currentTarget.value)}
      />
      <TextInput
        label={t.hub.key}
        description={t.hub.keyAbout}
        value={key}
        error={wrong('key')}
        spellCheck={false}
        onChange={(event) => setKey(event.currentTarget.value)}
      />
      {change.error && <ErrorNote error={readError(change.error)} />}
      <Group gap={10}>
        <Button
          type="submit"
          variant="default"
          disabled={!wish.success || (hub === settings.hub && key === settings.key)}
          loading={change.isPending}
        >
          {t.hub.save}
        </Button>
        <span className="nhr-quiet" role="status">
          {change.isSuccess ? t.hub.saved : ''}
        </span>
      </Group>
    </form>
  );
}
