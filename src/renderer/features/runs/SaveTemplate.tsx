import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { readError } from '../../app/readError.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';

const t = text.figures.template;

/** Keeps the shown recipe as a template of one's own in the workspace. */
export function SaveTemplate({ yaml, name, onSaved }: { yaml: string; name: string; onSaved(id: string): void }) {
  const { client, engine, queries } = useStudio();
  const [opened, modal] = useDisclosure(false);
  const [title, setTitle] = useState<string | null>(null);
  const [about, setAbout] = useState('');
  const save = useMutation({
    mutationFn: () => client.runs.saveTemplate({ title: title ?? name, about, yaml }),
    onSuccess: async (template) => {
      await queries.invalidateQueries({ queryKey: engine.runs.templates.key() });
      modal.close();
      onSaved(template.id);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <>
      <Button size="compact-xs" variant="subtle" color="gray" onClick={modal.open}>
        {t.save}
      </Button>
      <Dialog opened={opened} onClose={modal.close} title={t.save}>
        <form onSubmit={submit}>
          <Stack gap="sm">
            <TextInput
              label={t.title}
              value={title ?? name}
              maxLength={120}
              data-autofocus
              onChange={(event) => setTitle(event.currentTarget.value)}
            />
            <TextInput label={t.about} value={about} maxLength={400} onChange={(event) => setAbout(event.currentTarget.value)} />
            {save.error && <ErrorNote error={readError(save.error)} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={modal.close}>
                {text.app.cancel}
              </Button>
              <Button type="submit" loading={save.isPending}>
                {t.save}
              </Button>
            </Group>
          </Stack>
        </form>
      </Dialog>
    </>
  );
}
