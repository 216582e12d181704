import { Autocomplete, Button, Checkbox, Group, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { JobView } from '../../../shared/model/events.ts';
import { readError } from '../../app/readError.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Section } from '../../ui/Parts.tsx';

const words = text.export;
const HUB = 'https://huggingface.co';

/** Pushes a finished export to a hub. The token lives in the key store; the page holds it no longer than until it is stored. */
export function UploadForm({ onSuccess }: { onSuccess(job: JobView): void }) {
  const { client, engine, desktop, queries } = useStudio();
  const names = useQuery(engine.endpoints.keyNames.queryOptions());
  const [dir, setDir] = useState('');
  const [repo, setRepo] = useState('');
  const [hub, setHub] = useState('');
  const [key, setKey] = useState('huggingface');
  const [secret, setSecret] = useState('');
  const [isPrivate, setPrivate] = useState(true);
  const start = useMutation({
    // The token is put away first and never part of the mutation's own variables, which a cache would keep.
    mutationFn: async () => {
      const name = key.trim();
      if (secret !== '' && !name.startsWith('$')) {
        await client.endpoints.setKey({ name, secret });
        setSecret('');
        await queries.invalidateQueries({ queryKey: engine.endpoints.keyNames.key() });
      }
      const reference = name.startsWith('$') ? `env:${name.slice(1)}` : `stored:${name}`;
      const where = hub.trim() === '' ? {} : { hub: hub.trim() };
      return client.transfer.startUpload({ dir: dir.trim(), repo: repo.trim(), key: reference, isPrivate, ...where });
    },
    onSuccess,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate();
  };
  const ready = dir.trim() !== '' && /^[\w.-]+\/[\w.-]+$/.test(repo.trim()) && key.trim() !== '';
  return (
    <Section title={words.uploadTitle} about={words.uploadAbout}>
      <form onSubmit={submit} aria-label={words.uploadTitle} className="nhr-export-lines">
        <Group gap={8} align="flex-end" wrap="nowrap">
          <TextInput className="nhr-grow" label={words.uploadFolder} value={dir} onChange={(event) => setDir(event.currentTarget.value)} />
          {desktop && (
            <Button variant="default" onClick={async () => setDir((await desktop.pickFolder()) ?? dir)}>
              {words.pick}
            </Button>
          )}
        </Group>
        <div className="nhr-writing">
          <TextInput
            label={words.uploadRepo}
            placeholder="you/edits"
            value={repo}
            spellCheck={false}
            onChange={(event) => setRepo(event.currentTarget.value)}
          />
          <TextInput
            label={words.uploadHub}
            placeholder={HUB}
            value={hub}
            spellCheck={false}
            onChange={(event) => setHub(event.currentTarget.value)}
          />
          <Autocomplete label={words.uploadKey} description={words.uploadKeyAbout} data={names.data ?? []} value={key} onChange={setKey} />
          <PasswordInput
            label={words.uploadNewKey}
            description={words.uploadNewKeyAbout}
            autoComplete="off"
            value={secret}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
        </div>
        {start.error && <ErrorNote error={readError(start.error)} />}
        <Group gap={16}>
          <Button type="submit" variant="default" loading={start.isPending} disabled={!ready}>
            {words.uploadGo}
          </Button>
          <Checkbox label={words.uploadPrivate} checked={isPrivate} onChange={(event) => setPrivate(event.currentTarget.checked)} />
        </Group>
      </form>
    </Section>
  );
}
