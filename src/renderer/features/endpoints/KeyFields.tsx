import { Autocomplete, Button, Group, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { WireError } from '../../../shared/model/errors.ts';
import { KeyRef } from '../../../shared/model/provider.ts';
import { readError } from '../../app/readError.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { IconAlertTriangle, IconCheck } from '../../ui/icons.ts';
import { Section } from '../../ui/Parts.tsx';
import { fieldAt } from './draft.ts';
import { shown, useField, useForm } from './fields.tsx';
import { useKeyState } from './useEndpoints.ts';

const t = text.endpoints;
type Kind = keyof typeof t.keyKinds;
/** Milliseconds without a key before a reference is looked up. */
const REST = 300;

/** Where the key is found, live whether it is, and a field to store one that is never shown again. */
export function KeyFields() {
  const { fields } = useForm();
  const { value, set, error } = useField(['key']);
  const { engine } = useStudio();
  const names = useQuery(engine.endpoints.keyNames.queryOptions());
  const { kind, name } = partsOf(shown(value));
  const choose = (next: Kind) => {
    if (next === 'none') return set(undefined);
    set(`${next}:${next === 'stored' && name === '' ? shown(fieldAt(fields, ['id'])) : name}`);
  };
  const put = (next: string) => set(`${kind}:${next}`);
  const problem = name === '' && kind !== 'none' ? t.keyUnnamed : error;
  return (
    <Section title={t.key} about={t.keyAbout}>
      <div className="nhr-form-grid">
        <NativeSelect
          label={t.keyKind}
          value={kind}
          error={kind === 'none' ? error : undefined}
          data={(Object.keys(t.keyKinds) as Kind[]).map((option) => ({ value: option, label: t.keyKinds[option] }))}
          onChange={(event) => choose(event.currentTarget.value as Kind)}
        />
        {kind === 'stored' && <Autocomplete label={t.keyName.stored} data={names.data ?? []} value={name} error={problem} onChange={put} />}
        {(kind === 'env' || kind === 'file') && (
          <TextInput
            label={t.keyName[kind]}
            value={name}
            error={problem}
            spellCheck={false}
            onChange={(event) => put(event.currentTarget.value)}
          />
        )}
      </div>
      {kind === 'file' && <p className="nhr-quiet">{t.keyFileAbout}</p>}
      <KeyState reference={shown(value)} />
      {kind === 'stored' && KeyRef.safeParse(shown(value)).success && <StoreKey key={name} name={name} />}
    </Section>
  );
}

/** A reference in its two parts; what is none at all counts as no key, and its mistake is said there. */
function partsOf(reference: string): { kind: Kind; name: string } {
  const [, kind, name] = /^(stored|env|file):(.*)$/s.exec(reference) ?? [];
  return kind === undefined ? { kind: 'none', name: '' } : { kind: kind as Kind, name: name ?? '' };
}

function KeyState({ reference }: { reference: string }) {
  const [looked] = useDebouncedValue(reference, REST);
  const state = useKeyState(looked, KeyRef.safeParse(looked).success);
  const fresh = looked === reference && state.data;
  const said = !fresh ? t.keyLooking : reference === '' ? t.keyNone : state.data?.found ? t.keyFound : (state.data?.message ?? '');
  const tone = !fresh || reference === '' ? 'quiet' : state.data?.found ? 'good' : 'warn';
  return (
    <p className="nhr-key-state" role="status">
      <span className="nhr-state" data-tone={tone}>
        {tone === 'good' && <IconCheck aria-hidden size={15} />}
        {tone === 'warn' && <IconAlertTriangle aria-hidden size={15} />}
        {KeyRef.safeParse(reference).success ? said : ''}
      </span>
    </p>
  );
}

// The secret lives in this field only, and no longer than until it is stored: a query cache would keep it.
function StoreKey({ name }: { name: string }) {
  const { client, engine, queries } = useStudio();
  const [secret, setSecret] = useState('');
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const [error, setError] = useState<WireError | null>(null);
  const stored = useKeyState(`stored:${name}`).data?.found === true;
  const send = async (value: string, done: string) => {
    setBusy(true);
    setSaid('');
    setError(null);
    try {
      await client.endpoints.setKey({ name, secret: value });
      setSecret('');
      setSaid(done);
      await queries.invalidateQueries({ queryKey: engine.endpoints.keyState.key() });
      await queries.invalidateQueries({ queryKey: engine.endpoints.keyNames.key() });
    } catch (failure) {
      setError(readError(failure));
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (secret !== '') void send(secret, t.keyStored);
  };
  return (
    <form onSubmit={submit} className="nhr-form-more">
      <Group gap={8} align="flex-end">
        <TextInput
          className="nhr-key-secret"
          type="password"
          autoComplete="new-password"
          label={t.keySecret}
          description={t.keySecretAbout}
          value={secret}
          onChange={(event) => setSecret(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={secret === ''} loading={busy && secret !== ''}>
          {t.keyStore}
        </Button>
        {stored && (
          <Button variant="subtle" color="gray" disabled={busy} onClick={() => void send('', t.keyForgotten)}>
            {t.keyForget}
          </Button>
        )}
      </Group>
      <p className="nhr-quiet nhr-key-said" role="status">
        {said}
      </p>
      {error && <ErrorNote error={error} />}
    </form>
  );
}
