import './lab.css';
import { Button, Skeleton, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { CalibrationView } from '../../../shared/model/calibration.ts';
import { DEFAULT_VIEW } from '../../app/filterQuery.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute, go } from '../../app/route.ts';
import { text } from '../../text.ts';
import { BackLink } from '../../ui/BackLink.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Empty, Section } from '../../ui/Parts.tsx';
import { Detail } from './Detail.tsx';
import { FitForm } from './FitForm.tsx';
import { TakeForm } from './TakeForm.tsx';
import { useCalibrations } from './useCalibrations.ts';

const t = text.lab;

/** Local validators: what there is, how well each does, and learning another one. `open` is the one that is shown; null = the newest. */
export function CalibrationPage({ open }: { open: string | null }) {
  const list = useCalibrations();
  const calibrations = list.data?.calibrations ?? [];
  const shown = calibrations.find(({ id }) => id === open) ?? calibrations[0];
  return (
    <div className="nhr-page nhr-lab">
      <div className="nhr-page-head">
        <BackLink href={formatRoute({ screen: 'runs' })}>{t.back}</BackLink>
        <div>
          <Title order={1}>{t.title}</Title>
          <Text c="dimmed" size="sm">
            {t.about}
          </Text>
        </div>
      </div>
      <div className="nhr-lab-columns">
        <div className="nhr-lab-side">
          <FitForm onLearned={(id) => go({ screen: 'calibration', open: id })} />
          {calibrations.length > 0 && <Choice calibrations={calibrations} shown={shown?.id ?? ''} />}
          <TakeForm onTaken={(id) => go({ screen: 'calibration', open: id })} />
          {list.data && list.data.broken.length > 0 && <Broken broken={list.data.broken} />}
        </div>
        <div className="nhr-lab-main">
          {list.isPending && <Skeleton height={420} role="status" aria-label={text.app.loading} />}
          {list.error && !list.data && <ErrorNote error={readError(list.error)} onRetry={() => void list.refetch()} />}
          {list.data && !shown && (
            <Empty
              title={t.emptyTitle}
              action={
                <Button component="a" variant="default" href={formatRoute({ screen: 'triplets', view: DEFAULT_VIEW, open: null })}>
                  {t.toTriplets}
                </Button>
              }
            >
              {t.emptyText}
            </Empty>
          )}
          {shown && <Detail key={shown.id} view={shown} />}
        </div>
      </div>
    </div>
  );
}

const SHOWN_AT_FIRST = 8;

function Choice({ calibrations, shown }: { calibrations: CalibrationView[]; shown: string }) {
  const [all, setAll] = useState(false);
  return (
    <Section title={t.list}>
      <ul className="nhr-lab-list">
        {calibrations.slice(0, all ? undefined : SHOWN_AT_FIRST).map(({ id, calibration }) => (
          <li key={id}>
            <a href={formatRoute({ screen: 'calibration', open: id })} aria-current={id === shown || undefined}>
              <b>{id}</b>
              <span>{t.pairs(calibration.count, calibration.sources)}</span>
            </a>
          </li>
        ))}
      </ul>
      {!all && calibrations.length > SHOWN_AT_FIRST && (
        <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setAll(true)}>
          {t.more(calibrations.length - SHOWN_AT_FIRST)}
        </Button>
      )}
    </Section>
  );
}

function Broken({ broken }: { broken: { file: string; problem: string }[] }) {
  return (
    <Section title={t.broken}>
      <ul className="nhr-lab-broken">
        {broken.map(({ file, problem }) => (
          <li key={file}>{problem}</li>
        ))}
      </ul>
    </Section>
  );
}
