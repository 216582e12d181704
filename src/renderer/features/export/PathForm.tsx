import { Button, Group, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { WireError } from '../../../shared/model/errors.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';

interface PathFormProps {
  label: string;
  go: string;
  /** The desktop's own dialog; null in a browser, where the path is typed. */
  pick: { label: string; run(): Promise<string | null> } | null;
  pending: boolean;
  error: WireError | null;
  onGo(path: string): void;
}

/** A path and a button that does something with it. */
export function PathForm({ label, go, pick, pending, error, onGo }: PathFormProps) {
  const [path, setPath] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (path.trim() !== '') onGo(path.trim());
  };
  return (
    <form onSubmit={submit} aria-label={go}>
      <Stack gap="sm">
        <Group gap={8} align="flex-end" wrap="nowrap">
          <TextInput className="nhr-grow" label={label} value={path} onChange={(event) => setPath(event.currentTarget.value)} />
          {pick && (
            <Button variant="default" onClick={async () => setPath((await pick.run()) ?? path)}>
              {pick.label}
            </Button>
          )}
          <Button type="submit" variant="default" loading={pending} disabled={path.trim() === ''}>
            {go}
          </Button>
        </Group>
        {error && <ErrorNote error={error} />}
      </Stack>
    </form>
  );
}
