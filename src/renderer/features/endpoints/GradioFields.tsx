import { Button, NativeSelect, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { BagelParams } from '../../../shared/model/bagel.ts';
import type { GradioApp, GradioFunction, GradioParameter } from '../../../shared/model/gradio.ts';
import type { EndpointProfile } from '../../../shared/model/provider.ts';
import { readError } from '../../app/readError.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Section } from '../../ui/Parts.tsx';
import { NumberField, shown, TextField, useField } from './fields.tsx';
import { ProbeFailure } from './ProbeSection.tsx';
import { literal } from './RoleFields.tsx';

const t = text.endpoints;
const KNOBS = Object.keys(BagelParams.shape) as (keyof BagelParams)[];
const NAMES = ['$image', '$prompt', '$seed', '$width', '$height', '$ratio'] as const;

/** Which functions of a Gradio app do the work and what fills their parameters, chosen from what the app says of itself. */
export function GradioFields({ profile }: { profile: EndpointProfile | null }) {
  const { client } = useStudio();
  const read = useMutation({ mutationFn: (given: EndpointProfile) => client.endpoints.describeGradio({ profile: given }) });
  const app = read.data?.app ?? null;
  return (
    <Section
      title={t.gradio}
      about={t.gradioAbout}
      right={
        <Button
          size="xs"
          variant="default"
          disabled={profile === null}
          loading={read.isPending}
          onClick={() => profile && read.mutate(profile)}
        >
          {t.gradioRead}
        </Button>
      }
    >
      <Stack gap="md">
        {read.isPending && <Skeleton height={80} role="status" aria-label={text.app.loading} />}
        {read.error && <ErrorNote error={readError(read.error)} />}
        {read.data?.error && <ProbeFailure error={read.data.error} />}
        {app && (
          <Text size="sm" c="dimmed" role="status">
            {t.gradioApp(app.version, app.functions.length)}
          </Text>
        )}
        <div className="nhr-form-grid">
          <FunctionField name="edit" label={t.gradioEdit} app={app} />
          <FunctionField name="generate" label={t.gradioGenerate} app={app} />
          <NumberField path={['gradio', 'output']} label={t.gradioOutput} placeholder="0" />
          <TextField path={['gradio', 'user']} label={t.gradioUser} placeholder={t.gradioUserAbout} />
        </div>
        {app && <Inputs app={app} />}
      </Stack>
    </Section>
  );
}

function FunctionField({ name, label, app }: { name: 'edit' | 'generate'; label: string; app: GradioApp | null }) {
  const { value, set, error } = useField(['gradio', name]);
  if (!app) return <TextField path={['gradio', name]} label={label} placeholder={t.gradioAuto} />;
  const names = app.functions.filter((fn) => fn.outputs.some((output) => output.picture)).map((fn) => fn.name);
  const now = shown(value);
  return (
    <NativeSelect
      label={label}
      value={now}
      error={error}
      data={[
        { value: '', label: t.gradioAuto },
        ...[...new Set([...(now ? [now] : []), ...names])].map((fn) => ({ value: fn, label: fn })),
      ]}
      onChange={(event) => set(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
    />
  );
}

/** The parameters of the chosen functions, or of every function that gives a picture while none is chosen. */
function Inputs({ app }: { app: GradioApp }) {
  const chosen = [shown(useField(['gradio', 'edit']).value), shown(useField(['gradio', 'generate']).value)].filter(Boolean);
  const functions = app.functions.filter((fn) =>
    chosen.length > 0 ? chosen.includes(fn.name) : fn.outputs.some((output) => output.picture),
  );
  return functions.map((fn) => <FunctionInputs key={fn.name} fn={fn} />);
}

function FunctionInputs({ fn }: { fn: GradioFunction }) {
  const lossy = fn.outputs.find((output) => output.picture && (output.format === 'webp' || output.format === 'jpeg'));
  return (
    <fieldset className="nhr-gradio" aria-label={t.gradioInputs(fn.name)}>
      <Text size="sm" fw={600}>
        {t.gradioInputs(fn.name)}
      </Text>
      {lossy && <p className="nhr-lossy">{t.lossy(lossy.format)}</p>}
      {fn.parameters.map((parameter) => (
        <Parameter key={parameter.name} parameter={parameter} byName={fn.byName[parameter.name]} />
      ))}
    </fieldset>
  );
}

function Parameter({ parameter, byName }: { parameter: GradioParameter; byName: unknown }) {
  const { name } = parameter;
  const { value, set, error } = useField(['gradio', 'inputs', name]);
  const named = typeof value === 'string' && value.startsWith('$');
  const how = value === undefined ? 'auto' : named ? value : 'literal';
  const choose = (next: string) => {
    if (next === 'auto') set(undefined);
    else set(next === 'literal' ? parameter.default : next);
  };
  return (
    <div className="nhr-gradio-row">
      <div>
        <code>{name}</code>
        <Text size="xs" c="dimmed">
          {facts(parameter)}
        </Text>
      </div>
      <NativeSelect
        size="xs"
        aria-label={t.gradioFill(name)}
        value={how}
        data={[
          { value: 'auto', label: byName === undefined ? t.fillOwn : t.fillAuto(fillWords(byName)) },
          { value: 'literal', label: t.fill.literal },
          ...NAMES.map((fill) => ({ value: fill, label: t.fill[fill] })),
          ...KNOBS.map((knob) => ({ value: `$bagel.${knob}`, label: t.fillBagel(t.bagel[knob]) })),
        ]}
        onChange={(event) => choose(event.currentTarget.value)}
      />
      {how === 'literal' ? <Literal parameter={parameter} value={value} error={error} onChange={set} /> : <span />}
    </div>
  );
}

function Literal({
  parameter,
  value,
  error,
  onChange,
}: {
  parameter: GradioParameter;
  value: unknown;
  error: string | undefined;
  onChange(value: unknown): void;
}) {
  const label = t.gradioLiteral(parameter.name);
  const choices = parameter.type === 'boolean' ? ['true', 'false'] : parameter.choices.map(String);
  const put = (typed: string) => onChange(parameter.type === 'text' ? typed : literal(typed));
  if (choices.length > 0)
    return (
      <NativeSelect
        size="xs"
        aria-label={label}
        value={shown(value)}
        error={error}
        data={choices}
        onChange={(event) => put(event.currentTarget.value)}
      />
    );
  return <TextInput size="xs" aria-label={label} value={shown(value)} error={error} onChange={(event) => put(event.currentTarget.value)} />;
}

/** What fills a parameter by itself, in words. */
function fillWords(byName: unknown): string {
  const name = NAMES.find((fill) => fill === byName);
  if (name) return t.fill[name];
  const knob = KNOBS.find((item) => `$bagel.${item}` === byName);
  return knob ? t.bagel[knob] : shown(byName);
}

function facts({ name, label, component, minimum, maximum, hasDefault, default: own }: GradioParameter): string {
  const range = minimum !== null && maximum !== null ? `${minimum} to ${maximum}` : '';
  const start = hasDefault && typeof own !== 'object' ? `default ${shown(own)}` : '';
  return [label === name ? '' : label, component, range, start].filter(Boolean).join(' · ');
}
