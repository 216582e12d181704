import { Anchor, Button, Checkbox, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import type { ModelCard } from '../../../shared/model/scorers.ts';
import { readError } from '../../app/readError.ts';
import { text } from '../../text.ts';
import { Confirm, Dialog } from '../../ui/Dialog.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { bytes } from '../../ui/format.ts';
import { IconCheck, IconDownload } from '../../ui/icons.ts';
import { JobLine } from './JobLine.tsx';
import { useRefreshAfter, useScorerChanges, useScorerJob } from './useScorers.ts';

const t = text.scorers.models;
type Asked = 'trust' | 'import' | 'remove' | null;

/** One model: what it is for, its licence, how it stands here, and the next step. */
export function ModelItem({ card }: { card: ModelCard }) {
  const job = useScorerJob(card.folder);
  useRefreshAfter(job);
  const [dialog, setDialog] = useState<Asked>(null);
  const { accept, get } = useScorerChanges();
  const running = job?.state === 'running';
  const accepted = card.acceptedAt !== null;
  const unknown = card.files.filter((file) => !file.present && file.pinnedBy === 'nobody').map((file) => file.name);
  const fetchIt = () => (unknown.length > 0 ? setDialog('trust') : get.mutate({ id: card.id, trustFirstUse: false }));
  return (
    <>
      <article className="nhr-model" aria-label={card.title}>
        <header>
          <Title order={3}>{card.title}</Title>
          <span className="nhr-quiet">{t.role[card.role]}</span>
          <span className="nhr-grow" />
          <span className="nhr-state" data-tone={card.state === 'ready' ? 'good' : 'quiet'}>
            {card.state === 'ready' && <IconCheck aria-hidden size={15} />}
            {t.state[card.state]}
          </span>
        </header>
        <Text size="sm">{card.about}</Text>
        <p className="nhr-quiet">
          {t.size(bytes(card.bytes))} · {t.licence(card.licence.id)} (
          <Anchor href={card.licence.url} target="_blank" rel="noreferrer" size="sm">
            {t.read}
          </Anchor>
          {accepted && `, ${t.accepted(new Date(card.acceptedAt!).toISOString().slice(0, 10))}`}) {card.licence.note}
        </p>
        {!accepted && (
          <Checkbox
            label={t.accept}
            checked={accept.isPending}
            disabled={accept.isPending}
            onChange={() => accept.mutate({ id: card.id, licence: card.licence.id })}
          />
        )}
        {[accept.error, get.error].map((error) => error && <ErrorNote key={error.message} error={readError(error)} />)}
        {job && (running || card.state !== 'ready') && <JobLine job={job} />}
        <Group gap={8}>
          {card.state !== 'ready' && !running && (
            <Button
              size="xs"
              disabled={!accepted}
              loading={get.isPending}
              leftSection={<IconDownload aria-hidden size={15} />}
              onClick={fetchIt}
            >
              {card.state === 'partial' ? t.goOn : t.get}
            </Button>
          )}
          {card.state !== 'ready' && !running && (
            <Button size="xs" variant="default" disabled={!accepted} onClick={() => setDialog('import')}>
              {t.import}
            </Button>
          )}
          {card.state !== 'absent' && !running && (
            <Button size="xs" variant="subtle" color="gray" onClick={() => setDialog('remove')}>
              {t.remove}
            </Button>
          )}
        </Group>
        {card.state !== 'absent' && <Hashes card={card} />}
      </article>
      <TrustDialog card={card} names={unknown} opened={dialog === 'trust'} onClose={() => setDialog(null)} />
      <ImportDialog card={card} opened={dialog === 'import'} onClose={() => setDialog(null)} />
      <RemoveDialog card={card} opened={dialog === 'remove'} onClose={() => setDialog(null)} />
    </>
  );
}

function Hashes({ card }: { card: ModelCard }) {
  return (
    <details className="nhr-model-hashes">
      <summary>{t.hashes}</summary>
      <p className="nhr-quiet">{t.from(card.source, card.revision)}</p>
      <ul>
        {card.files.map((file) => (
          <li key={file.name}>
            <span>{file.name}</span> <small>{t.pinned[file.pinnedBy]}</small>
            {file.sha256 && <code>{file.sha256}</code>}
          </li>
        ))}
      </ul>
    </details>
  );
}

interface DialogProps {
  card: ModelCard;
  opened: boolean;
  onClose(): void;
}

function TrustDialog({ card, names, opened, onClose }: DialogProps & { names: string[] }) {
  const { get } = useScorerChanges();
  const go = () => get.mutate({ id: card.id, trustFirstUse: true }, { onSuccess: onClose });
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      title={t.trustTitle(card.title)}
      no={text.app.cancel}
      yes={t.trustGo}
      onYes={go}
      pending={get.isPending}
      error={get.error && readError(get.error)}
    >
      {t.trustAbout(names.join(', '))}
    </Confirm>
  );
}

function ImportDialog({ card, opened, onClose }: DialogProps) {
  const [path, setPath] = useState('');
  const { importModel } = useScorerChanges();
  const go = () => importModel.mutate({ id: card.id, path: path.trim() }, { onSuccess: onClose });
  return (
    <Dialog opened={opened} onClose={onClose} title={t.importTitle(card.title)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (path.trim() !== '') go();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t.path}
            description={t.importAbout(card.files.map((file) => file.name).join(', '))}
            value={path}
            spellCheck={false}
            data-autofocus
            onChange={(event) => setPath(event.currentTarget.value)}
          />
          {importModel.error && <ErrorNote error={readError(importModel.error)} />}
          <Group justify="flex-end" mt="xs">
            <Button variant="default" onClick={onClose}>
              {text.app.cancel}
            </Button>
            <Button type="submit" disabled={path.trim() === ''} loading={importModel.isPending}>
              {t.importGo}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function RemoveDialog({ card, opened, onClose }: DialogProps) {
  const { remove } = useScorerChanges();
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      title={t.removeTitle(card.title)}
      no={t.keep}
      yes={t.remove}
      danger
      onYes={() => remove.mutate(card.id, { onSuccess: onClose })}
      pending={remove.isPending}
      error={remove.error && readError(remove.error)}
    >
      {t.removeAbout}
    </Confirm>
  );
}
