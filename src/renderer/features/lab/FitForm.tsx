import { Button, Select, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useState } from 'react';
import { CalibrationName, type CalibrationSource } from '../../../shared/model/calibration.ts';
import type { JobView } from '../../../shared/model/events.ts';
import { readError } from '../../app/readError.ts';
import { useLive } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { count } from '../../ui/format.ts';
import { Bar, Section } from '../../ui/Parts.tsx';
import { useCalibrationChanges, useRunChoices, useSupply } from './useCalibrations.ts';

const t = text.lab.fit;
const FROM = ['ratings', 'decisions', 'run'] as const;

/** Which scores to learn from, what there is of them, and the button. `onLearned` is told the id of what this page had learned. */
export function FitForm({ onLearned }: { onLearned(id: string): void }) {
  const runs = useRunChoices();
  const [from, setFrom] = useState<CalibrationSource['from']>('ratings');
  const [chosen, setChosen] = useState<string | null>(null);
  const [name, setName] = useState('local');
  const runId = chosen ?? runs.data?.[0]?.id;
  const source: CalibrationSource | null = from !== 'run' ? { from } : runId === undefined ? null : { from, runId };
  const supply = useSupply(source);
  const { fit, cancel } = useCalibrationChanges();
  const started = useLive((s) => s.jobs.find(({ id }) => id === fit.data?.id)) ?? fit.data;
  const nameFits = CalibrationName.safeParse(name).success;
  const learned = started?.state === 'done' ? started.target : '';
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once for each one learned, whoever listens
  useEffect(() => {
    if (learned !== '') onLearned(learned);
  }, [learned]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (source && nameFits) fit.mutate({ name, source });
  };
  const ready = supply.data !== undefined && supply.data.missing === '';
  return (
    <Section title={t.title} about={t.about}>
      <form className="nhr-lab-form" onSubmit={submit} aria-label={t.title}>
        <Select
          label={t.from}
          data={FROM.map((value) => ({ value, label: t.sources[value] }))}
          value={from}
          allowDeselect={false}
          onChange={(next) => next && setFrom(next as CalibrationSource['from'])}
        />
        {from === 'run' && (
          <Select
            label={t.run}
            data={(runs.data ?? []).map((run) => ({ value: run.id, label: `${run.name} (${run.id})` }))}
            value={runId ?? null}
            allowDeselect={false}
            searchable
            error={runs.data?.length === 0 ? t.noRun : undefined}
            onChange={setChosen}
          />
        )}
        <TextInput
          label={t.name}
          value={name}
          error={nameFits ? undefined : t.nameBad}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {supply.error && <ErrorNote error={readError(supply.error)} onRetry={() => void supply.refetch()} />}
        {source && supply.data && (
          <div className="nhr-quiet" role="status">
            {supply.data.missing || t.there(count(supply.data.examples), count(supply.data.sources))}
            {supply.data.unmeasured > 0 && <div>{t.unmeasured(count(supply.data.unmeasured))}</div>}
          </div>
        )}
        <Button type="submit" loading={fit.isPending || started?.state === 'running'} disabled={!ready || !nameFits}>
          {t.go}
        </Button>
        {fit.error && <ErrorNote error={readError(fit.error)} />}
        {started && <Work job={started} onCancel={() => cancel.mutate(started.id)} cancelling={cancel.isPending} />}
      </form>
    </Section>
  );
}

function Work({ job, onCancel, cancelling }: { job: JobView; onCancel(): void; cancelling: boolean }) {
  if (job.state === 'failed')
    return (
      <p className="nhr-lab-bad" role="alert">
        {job.message}
      </p>
    );
  if (job.state !== 'running')
    return (
      <p className="nhr-quiet" role="status">
        {job.message}
      </p>
    );
  return (
    <div className="nhr-lab-work">
      <Bar label={t.working} value={job.total > 0 ? job.done / job.total : null} />
      <Button size="compact-sm" variant="default" loading={cancelling} onClick={onCancel}>
        {t.cancel}
      </Button>
    </div>
  );
}
