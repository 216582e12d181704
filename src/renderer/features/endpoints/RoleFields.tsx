import { ActionIcon, Autocomplete, Button, Switch, TextInput } from '@mantine/core';
import type { ProbeReport } from '../../../shared/contract/endpoints.ts';
import { Role } from '../../../shared/model/provider.ts';
import { text } from '../../text.ts';
import { IconPlus, IconX } from '../../ui/icons.ts';
import { Section } from '../../ui/Parts.tsx';
import { BagelFields } from './BagelFields.tsx';
import { shown, useField } from './fields.tsx';

const t = text.endpoints;
/** Roles that a BAGEL-shaped model can play. */
const PAINTERS: readonly Role[] = ['imageEditor', 'textToImage'];

/** Which roles the endpoint plays, with which model and parameters. */
export function RoleFields({ models }: { models: ProbeReport['models'] }) {
  return (
    <Section title={t.roles} about={t.rolesAbout}>
      <ul className="nhr-roles">
        {Role.options.map((role) => (
          <li key={role}>
            <RoleRow role={role} models={models} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function RoleRow({ role, models }: { role: Role; models: ProbeReport['models'] }) {
  const binding = useField(['roles', role]);
  const on = binding.value !== undefined;
  return (
    <fieldset className="nhr-role" aria-label={t.role[role]}>
      <Switch
        size="sm"
        label={
          <>
            {t.role[role]} <small>{t.roleAbout[role]}</small>
          </>
        }
        aria-label={t.roleOn(t.role[role])}
        checked={on}
        onChange={(event) => binding.set(event.currentTarget.checked ? { model: '' } : undefined)}
      />
      {on && (
        <div className="nhr-role-body">
          <ModelField role={role} models={models} />
          <Params role={role} />
          {PAINTERS.includes(role) && <BagelFields role={role} />}
        </div>
      )}
    </fieldset>
  );
}

function ModelField({ role, models }: { role: Role; models: ProbeReport['models'] }) {
  const { value, set, error } = useField(['roles', role, 'model']);
  const listed = models?.find(({ id }) => id === value);
  const notListed = models !== null && value !== '' && value !== undefined && !listed;
  const about = listed?.shutdownDate ? t.goesAway(listed.shutdownDate) : notListed ? t.notListed : models === null ? t.modelAbout : '';
  return (
    <Autocomplete
      label={t.model}
      aria-label={t.modelOf(t.role[role])}
      description={<span data-tone={listed?.shutdownDate || notListed ? 'warn' : undefined}>{about || '\u00a0'}</span>}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      data={(models ?? []).map(({ id }) => id)}
      limit={50}
      value={shown(value)}
      error={error}
      onChange={(next) => set(next)}
    />
  );
}

function Params({ role }: { role: Role }) {
  const { value, set } = useField(['roles', role, 'params']);
  const rows = Object.entries(typeof value === 'object' && value !== null ? value : {});
  const put = (next: [string, unknown][]) => set(next.length === 0 ? undefined : Object.fromEntries(next));
  return (
    <fieldset className="nhr-params" aria-label={t.paramsOf(t.role[role])}>
      {rows.map(([name, item], i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the name is being typed; the place is what stays
        <div key={i} className="nhr-param">
          <TextInput
            size="xs"
            aria-label={`${t.paramName} ${i + 1}`}
            placeholder={t.paramName}
            value={name}
            onChange={(event) => {
              const typed = event.currentTarget.value;
              // Two rows of one name would become one: the second name is not taken.
              if (!rows.some(([other], at) => at !== i && other === typed)) put(rows.map((row, at) => (at === i ? [typed, item] : row)));
            }}
          />
          <TextInput
            size="xs"
            aria-label={`${t.paramValue} ${name || i + 1}`}
            placeholder={t.paramValue}
            value={shown(item)}
            onChange={(event) => {
              const typed = paramValue(event.currentTarget.value);
              put(rows.map((row, at) => (at === i ? [name, typed] : row)));
            }}
          />
          <ActionIcon variant="subtle" color="gray" aria-label={t.paramRemove(name)} onClick={() => put(rows.filter((_, at) => at !== i))}>
            <IconX aria-hidden size={16} />
          </ActionIcon>
        </div>
      ))}
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        disabled={rows.some(([name]) => name === '')}
        leftSection={<IconPlus aria-hidden size={14} />}
        onClick={() => put([...rows, ['', '']])}
      >
        {t.paramAdd}
      </Button>
    </fieldset>
  );
}

/** What was typed as the value it means: a number and true or false stand for themselves, all else is text. */
export function literal(typed: string): string | number | boolean {
  if (typed === 'true' || typed === 'false') return typed === 'true';
  // Only a number that reads back as it was typed: "1." is still being typed.
  return typed !== '' && String(Number(typed)) === typed ? Number(typed) : typed;
}

/** A parameter's value: like literal, and a group or list where JSON of one was typed. */
function paramValue(typed: string): unknown {
  if (!/^\s*[[{]/.test(typed)) return literal(typed);
  try {
    return JSON.parse(typed);
  } catch {
    return typed;
  }
}
