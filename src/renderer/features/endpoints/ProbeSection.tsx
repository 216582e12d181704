import { Button, NativeSelect, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ProbeError, ProbeReport } from '../../../shared/contract/endpoints.ts';
import type { EndpointProfile, Role } from '../../../shared/model/provider.ts';
import { readError } from '../../app/readError.ts';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { millis } from '../../ui/format.ts';
import { IconAlertTriangle, IconCheck, IconPlugConnected } from '../../ui/icons.ts';
import { Section } from '../../ui/Parts.tsx';
import type { Probe } from './probes.ts';

const t = text.endpoints;
/** Models shown at once: some APIs list hundreds. */
const SHOWN = 40;

interface ProbeSectionProps {
  /** Null while there are mistakes. */
  profile: EndpointProfile | null;
  probe: Probe;
  onUse(role: Role, model: string): void;
}

/** Reaches the endpoint as it is written now, saved or not, and shows what it said. */
export function ProbeSection({ profile, probe, onUse }: ProbeSectionProps) {
  const changed = probe.report !== null && profile !== null && JSON.stringify(profile) !== JSON.stringify(probe.asked);
  return (
    <Section
      title={t.probe}
      about={t.probeAbout}
      right={
        <Button
          size="xs"
          variant="default"
          disabled={profile === null}
          loading={probe.pending}
          leftSection={<IconPlugConnected aria-hidden size={15} />}
          onClick={() => profile && probe.start(profile)}
        >
          {probe.report ? t.probeAgain : t.probe}
        </Button>
      }
    >
      <div className="nhr-probe" aria-live="polite">
        {profile === null && <p className="nhr-quiet">{t.probeWait}</p>}
        {profile !== null && probe.asked === null && <p className="nhr-quiet">{t.probeNever}</p>}
        {probe.pending && <Skeleton height={44} role="status" aria-label={t.probing} />}
        {probe.error && <ErrorNote error={readError(probe.error)} />}
        {probe.report && <Report report={probe.report} profile={probe.asked} onUse={onUse} />}
        {changed && <p className="nhr-quiet">{t.probeChanged}</p>}
      </div>
    </Section>
  );
}

function Report({
  report,
  profile,
  onUse,
}: {
  report: ProbeReport;
  profile: EndpointProfile | null;
  onUse(role: Role, model: string): void;
}) {
  if (report.error) return <ProbeFailure error={report.error} />;
  return (
    <Stack gap={8}>
      <span className="nhr-state" data-tone={report.ok ? 'good' : 'warn'}>
        {report.ok ? <IconCheck aria-hidden size={16} /> : <IconAlertTriangle aria-hidden size={16} />}
        {t.probeOk(millis(report.ms))}
      </span>
      {report.missingModels.length > 0 && (
        <div className="nhr-probe-missing">
          <Text size="sm">{t.probeMissing(report.missingModels.length)}</Text>
          <ul>
            {report.missingModels.map((model) => (
              <li key={model}>
                <code>{model}</code>
              </li>
            ))}
          </ul>
        </div>
      )}
      {report.notes.map((note) => (
        <Text key={note} size="sm" c="dimmed">
          {note}
        </Text>
      ))}
      {report.models === null ? (
        <p className="nhr-quiet">{t.probeNoList}</p>
      ) : (
        <Models models={report.models} profile={profile} onUse={onUse} />
      )}
    </Stack>
  );
}

interface ModelsProps {
  models: NonNullable<ProbeReport['models']>;
  profile: EndpointProfile | null;
  onUse(role: Role, model: string): void;
}

function Models({ models, profile, onUse }: ModelsProps) {
  const [filter, setFilter] = useState('');
  const used = new Map(Object.entries(profile?.roles ?? {}).map(([role, { model }]) => [model, role as Role]));
  const wanted = models.filter(({ id }) => id.toLowerCase().includes(filter.trim().toLowerCase()));
  // Models that the profile uses come first, then those that go away.
  const sorted = [...wanted].sort((a, b) => Number(used.has(b.id)) - Number(used.has(a.id)) || a.id.localeCompare(b.id));
  const roles = Object.keys(profile?.roles ?? {}) as Role[];
  return (
    <>
      <Text size="sm" fw={600}>
        {t.probeModels(models.length)}
      </Text>
      {models.length > 8 && (
        <TextInput
          size="xs"
          aria-label={t.probeFilter}
          placeholder={t.probeFilter}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
      )}
      <section className="nhr-models" aria-label={t.probeModelsLabel} tabIndex={models.length > 8 ? 0 : undefined}>
        <ul>
          {sorted.slice(0, SHOWN).map(({ id, shutdownDate }) => (
            <li key={id} data-used={used.has(id) || undefined}>
              <div>
                <code>{id}</code>
                {shutdownDate && <small data-tone="warn">{t.goesAway(shutdownDate)}</small>}
              </div>
              {roles.length > 0 && (
                <NativeSelect
                  size="xs"
                  className="nhr-model-use"
                  aria-label={t.probeUse(id)}
                  value=""
                  data={[{ value: '', label: t.probeUseFor }, ...roles.map((role) => ({ value: role, label: t.role[role] }))]}
                  onChange={(event) => event.currentTarget.value !== '' && onUse(event.currentTarget.value as Role, id)}
                />
              )}
            </li>
          ))}
        </ul>
        {sorted.length > SHOWN && <p className="nhr-quiet">{t.probeCut(sorted.length - SHOWN)}</p>}
      </section>
    </>
  );
}

/** Why an endpoint could not be looked at, in words, and what would help. */
export function ProbeFailure({ error }: { error: ProbeError }) {
  return (
    <div className="nhr-probe-failure" role="alert">
      <span className="nhr-state" data-tone="bad">
        <IconAlertTriangle aria-hidden size={16} />
        {t.probeFailed[error.code] ?? t.probeFailedElse}
      </span>
      <Text size="sm">{error.message}</Text>
      {error.hint && (
        <Text size="sm" c="dimmed">
          {error.hint}
        </Text>
      )}
    </div>
  );
}
