import { Switch } from '@mantine/core';
import type { ProbeReport } from '../../../shared/contract/endpoints.ts';
import { Dialect, type EndpointProfile, Transport } from '../../../shared/model/provider.ts';
import { text } from '../../text.ts';
import { Section } from '../../ui/Parts.tsx';
import { ChoiceField, NumberField, shown, TextField, useField } from './fields.tsx';
import { GradioFields } from './GradioFields.tsx';
import { KeyFields } from './KeyFields.tsx';
import { PriceFields } from './PriceFields.tsx';
import { RoleFields } from './RoleFields.tsx';

const t = text.endpoints;

interface ProfileFormProps {
  /** Null while there are mistakes: what needs a sound profile waits. */
  profile: EndpointProfile | null;
  fixedId: boolean;
  /** What the endpoint listed when it was probed; null before. */
  models: ProbeReport['models'];
}

/** The whole profile as a form: sections in the order in which a person fills them. */
export function ProfileForm({ profile, fixedId, models }: ProfileFormProps) {
  const transport = Transport.safeParse(useField(['transport']).value).data;
  const dialect = useField(['dialect']).value ?? 'openai';
  return (
    <>
      <Section title={t.basics}>
        <div className="nhr-form-grid">
          <TextField path={['id']} label={t.fields.id} about={t.fields.idAbout} disabled={fixedId} />
          <TextField path={['title']} label={t.fields.title} about={t.fields.titleAbout} />
          <ChoiceField
            path={['transport']}
            label={t.fields.transport}
            fallback=""
            options={Transport.options.map((value) => ({ value, label: t.transport[value] }))}
          />
          {transport === 'openai' && (
            <ChoiceField
              path={['dialect']}
              label={t.fields.dialect}
              fallback="openai"
              options={Dialect.options.map((value) => ({ value, label: t.dialect[value] }))}
            />
          )}
          {transport === 'gemini' && <TextField path={['apiVersion']} label={t.fields.apiVersion} placeholder={t.fields.apiVersionAbout} />}
          {transport && transport !== 'demo' && (
            <div className="nhr-form-wide">
              <TextField
                path={['baseUrl']}
                label={t.fields.baseUrl}
                about={transport === 'openai' && dialect !== 'openai' ? t.fields.baseUrlOwn : t.fields.baseUrlAbout[transport]}
                placeholder="http://127.0.0.1:8000"
              />
            </div>
          )}
          {transport === 'gemini' && <VertexFields />}
        </div>
      </Section>
      {transport !== 'demo' && <KeyFields />}
      <RoleFields models={models} />
      {transport === 'gradio' && <GradioFields profile={profile} />}
      <Section title={t.limits} about={t.limitsAbout}>
        <div className="nhr-form-grid nhr-form-four">
          <NumberField path={['concurrency']} label={t.concurrency} placeholder="4" />
          <NumberField path={['callsPerMinute']} label={t.callsPerMinute} placeholder={t.noLimit} />
          <NumberField path={['tokensPerMinute']} label={t.tokensPerMinute} placeholder={t.noLimit} />
          <NumberField path={['deadlineSeconds']} label={t.deadlineSeconds} placeholder="120" />
        </div>
        <BatchFields transport={transport} />
      </Section>
      <PriceFields />
    </>
  );
}

function VertexFields() {
  const vertex = useField(['vertex']);
  const on = vertex.value !== undefined;
  return (
    <>
      <Switch
        className="nhr-form-wide"
        size="sm"
        label={t.fields.vertex}
        checked={on}
        onChange={(event) => vertex.set(event.currentTarget.checked ? { project: '', location: 'global' } : undefined)}
      />
      {on && (
        <>
          <TextField path={['vertex', 'project']} label={t.fields.project} />
          <TextField path={['vertex', 'location']} label={t.fields.location} placeholder="global" />
        </>
      )}
    </>
  );
}

const BATCH = { maxItems: 500, waitSeconds: 30, pollSeconds: 30, deadlineHours: 24 } as const;

// Shown where batches are sold, and where one is set although they are not, so that it can be taken out.
function BatchFields({ transport }: { transport: Transport | undefined }) {
  const batch = useField(['batch']);
  const dialect = useField(['dialect']).value ?? 'openai';
  const on = batch.value !== undefined;
  const vertex = useField(['vertex']).value !== undefined;
  const sold = (transport === 'gemini' && !vertex) || (transport === 'openai' && dialect === 'openai');
  if (!sold && !on) return null;
  return (
    <div className="nhr-form-more">
      <Switch
        size="sm"
        label={t.batch}
        description={t.batchAbout}
        error={batch.error}
        checked={on}
        onChange={(event) => batch.set(event.currentTarget.checked ? BATCH : undefined)}
      />
      {on && (
        <div className="nhr-form-grid nhr-form-four">
          {(Object.keys(BATCH) as (keyof typeof BATCH)[]).map((name) => (
            <NumberField key={name} path={['batch', name]} label={t.batchFields[name]} placeholder={shown(BATCH[name])} />
          ))}
        </div>
      )}
    </div>
  );
}
