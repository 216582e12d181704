import { Button, Group, NativeSelect, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ExecutionProvider, type ProviderChoice, type ProviderTrial } from '../../../shared/model/scorers.ts';
import { readError } from '../../app/readError.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { Confirm } from '../../ui/Dialog.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { age, millis, percent } from '../../ui/format.ts';
import { IconAlertTriangle, IconCheck, IconDownload, IconRefresh } from '../../ui/icons.ts';
import { Section } from '../../ui/Parts.tsx';
import { JobLine } from './JobLine.tsx';
import { useChoice, useRefreshAfter, useScorerChanges, useScorerJob, useSettings } from './useScorers.ts';

const t = text.scorers.runs;

/** Which provider does the work, what every other one lacks, and what to do about it. */
export function ProviderSection() {
  const choice = useChoice();
  const { tryAgain } = useScorerChanges();
  const busy = choice.isPending || tryAgain.isPending;
  return (
    <Section
      title={t.title}
      about={t.about}
      right={
        <Button
          size="xs"
          variant="default"
          loading={tryAgain.isPending}
          disabled={choice.isPending}
          leftSection={<IconRefresh aria-hidden size={15} />}
          onClick={() => tryAgain.mutate()}
        >
          {t.again}
        </Button>
      }
    >
      <div aria-live="polite" aria-busy={busy}>
        {choice.isPending && <Skeleton height={150} role="status" aria-label={t.trying} />}
        {choice.error && !choice.data && <ErrorNote error={readError(choice.error)} onRetry={() => void choice.refetch()} />}
        {tryAgain.error && <ErrorNote error={readError(tryAgain.error)} />}
        {choice.data && <Choice choice={choice.data} />}
      </div>
    </Section>
  );
}

function Choice({ choice }: { choice: ProviderChoice }) {
  const reasons = choice.trials.filter((trial) => trial.reason !== '');
  return (
    <Stack gap={10}>
      <span className="nhr-state" data-tone="good">
        <IconCheck aria-hidden size={16} />
        {t.on(t.provider[choice.chosen])}
      </span>
      <table className="nhr-table" aria-label={t.table}>
        <thead>
          <tr>
            <th>{t.columns.provider}</th>
            <th>{t.columns.state}</th>
            <th className="nhr-num">{t.columns.ms}</th>
            <th className="nhr-num">{t.columns.share}</th>
          </tr>
        </thead>
        <tbody>
          {choice.trials.map((trial) => (
            <tr key={trial.provider}>
              <td>{capital(t.provider[trial.provider])}</td>
              <td>{t.state[stateOf(trial, choice.chosen)]}</td>
              <td className="nhr-num">{trial.ms === null ? '' : millis(trial.ms)}</td>
              <td className="nhr-num">{trial.share === null ? '' : percent(trial.share, 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {reasons.length > 0 && (
        <ul className="nhr-scorer-reasons">
          {reasons.map((trial) => (
            <li key={trial.provider}>
              <IconAlertTriangle aria-hidden size={15} />
              <span>{trial.reason}</span>
            </li>
          ))}
        </ul>
      )}
      <Group gap={12} align="flex-end">
        <Preference />
        {choice.trials.some((trial) => trial.provider === 'cuda' && !trial.ok) && <InstallCuda />}
      </Group>
      <Text size="xs" c="dimmed">
        {t.tried(choice.runtime, age(choice.triedAt, Date.now()))}
      </Text>
    </Stack>
  );
}

function stateOf(trial: ProviderTrial, chosen: ExecutionProvider): keyof typeof t.state {
  if (trial.provider === chosen) return 'used';
  if (!trial.ok) return 'no';
  return trial.software ? 'software' : 'works';
}

/** Which provider is tried first; the others follow in the platform's order. */
function Preference() {
  const settings = useSettings();
  const { settings: change } = useScorerChanges();
  if (!settings.data) return <Skeleton height={58} width={220} />;
  const first = settings.data.providerOrder[0] ?? '';
  const options = ExecutionProvider.options.filter((name) => name !== 'cpu');
  const choose = (value: string) => {
    const wish = ExecutionProvider.safeParse(value);
    const rest = wish.success && wish.data !== 'cpu' ? ExecutionProvider.options.filter((name) => name !== wish.data) : [];
    change.mutate({ ...settings.data, providerOrder: wish.success ? [wish.data, ...rest] : [] });
  };
  return (
    <NativeSelect
      label={t.prefer}
      value={first}
      disabled={change.isPending}
      error={change.error ? readError(change.error).message : undefined}
      data={[
        { value: '', label: t.preferOwn },
        ...options.map((value) => ({ value, label: capital(t.provider[value]) })),
        { value: 'cpu', label: t.preferOnly },
      ]}
      onChange={(event) => choose(event.currentTarget.value)}
    />
  );
}

function InstallCuda() {
  const [asking, setAsking] = useState(false);
  const { engine } = useStudio();
  const words = useQuery(engine.scorers.cudaWords.queryOptions({ enabled: asking }));
  const { install } = useScorerChanges();
  const job = useScorerJob(null);
  useRefreshAfter(job);
  const go = () => install.mutate(undefined, { onSuccess: () => setAsking(false) });
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconDownload aria-hidden size={15} />}
        disabled={job?.state === 'running'}
        onClick={() => setAsking(true)}
      >
        {t.install}
      </Button>
      {job && <JobLine job={job} />}
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={t.installTitle}
        size="lg"
        no={text.app.cancel}
        yes={t.installGo}
        onYes={go}
        pending={install.isPending}
        error={install.error && readError(install.error)}
      >
        {words.isPending ? <Skeleton height={90} /> : (words.data?.join(' ') ?? '')}
      </Confirm>
    </>
  );
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
