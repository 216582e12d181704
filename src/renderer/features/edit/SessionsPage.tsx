import './edit.css';
import { Button, Group, Skeleton, Text, Title } from '@mantine/core';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { EditSessionView } from '../../../shared/model/edit.ts';
import { THUMB } from '../../app/blobUrl.ts';
import { DEFAULT_VIEW } from '../../app/filterQuery.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute } from '../../app/route.ts';
import { useLive, useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { Confirm } from '../../ui/Dialog.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { age, usd } from '../../ui/format.ts';
import { IconTrash } from '../../ui/icons.ts';
import { DemoBadge, Section } from '../../ui/Parts.tsx';
import { Picture } from '../../ui/Picture.tsx';
import { usePictures, useStart } from './useStart.ts';

const t = text.edit;
const PAGE = 30;

/** Where edit sessions begin and where earlier ones are found. */
export function SessionsPage() {
  const { desktop } = useStudio();
  const start = useStart();
  const field = useRef<HTMLInputElement>(null);
  const over = usePictures((file) => start.mutate({ file }));
  const name = start.variables && 'file' in start.variables ? start.variables.file.name : '';
  async function open() {
    if (!desktop) return field.current?.click();
    const path = await desktop.pickFile({ title: t.open, filters: [{ name: 'Pictures', extensions: PICTURES }] });
    if (path) start.mutate({ start: { from: 'path', path } });
  }
  return (
    <div className="nhr-page">
      <div className="nhr-page-head">
        <Title order={1}>{t.title}</Title>
      </div>
      <section className="nhr-drop" data-over={over || undefined} aria-label={t.startTitle}>
        <Title order={2} size="h3">
          {over ? t.dropNow : t.drop}
        </Title>
        <Text size="sm" c="dimmed" maw={560}>
          {t.dropAbout}
        </Text>
        <Group gap="sm" justify="center">
          <Button onClick={() => void open()} loading={start.isPending}>
            {t.open}
          </Button>
          <Button variant="default" component="a" href={formatRoute({ screen: 'triplets', view: DEFAULT_VIEW, open: null })}>
            {t.fromTriplets}
          </Button>
        </Group>
        <input
          ref={field}
          type="file"
          accept="image/*"
          hidden
          aria-label={t.open}
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            event.currentTarget.value = '';
            if (file) start.mutate({ file });
          }}
        />
        <Text size="sm" role="status" className="nhr-drop-status">
          {start.isPending ? (name ? t.taking(name) : t.starting) : ' '}
        </Text>
      </section>
      {start.error && <ErrorNote error={readError(start.error)} onRetry={() => start.variables && start.mutate(start.variables)} />}
      <Sessions />
    </div>
  );
}

const PICTURES = ['jpg', 'jpeg', 'png', 'webp', 'avif', 'tif', 'tiff', 'gif', 'heic', 'heif'];

function Sessions() {
  const { client, engine, queries } = useStudio();
  const live = useLive((s) => s.editSessions);
  const pages = useInfiniteQuery(
    engine.edit.sessions.infiniteOptions({
      input: (before: number | undefined) => ({ limit: PAGE, ...(before === undefined ? {} : { before }) }),
      initialPageParam: undefined as number | undefined,
      getNextPageParam: (last) => last.next ?? undefined,
    }),
  );
  const [asked, setAsked] = useState<{ id: string; title: string } | null>(null);
  const remove = useMutation({
    mutationFn: (sessionId: string) => client.edit.remove({ sessionId }),
    onSuccess: () => queries.invalidateQueries({ queryKey: engine.edit.sessions.key() }),
  });
  const items = (pages.data?.pages ?? []).flatMap((page) => page.items).map((item) => live[item.id] ?? item);
  return (
    <Section title={t.sessions}>
      {pages.error && <ErrorNote error={readError(pages.error)} onRetry={() => void pages.refetch()} />}
      {remove.error && <ErrorNote error={readError(remove.error)} />}
      {pages.isPending ? (
        <div className="nhr-sessions" role="status" aria-label={text.app.loading}>
          {['a', 'b', 'c', 'd'].map((key) => (
            <Skeleton key={key} height={190} radius="md" />
          ))}
        </div>
      ) : items.length === 0 && !pages.error ? (
        <p className="nhr-quiet">{t.sessionsEmpty}</p>
      ) : (
        <ul className="nhr-sessions">
          {items.map((session) => (
            <SessionCard key={session.id} session={session} onRemove={() => setAsked(session)} />
          ))}
        </ul>
      )}
      <Confirm
        opened={asked !== null}
        onClose={() => setAsked(null)}
        title={t.removeTitle}
        no={t.removeNo}
        yes={t.remove}
        danger
        onYes={() => {
          if (asked) remove.mutate(asked.id);
          setAsked(null);
        }}
      >
        {t.removeText(asked?.title ?? '')}
      </Confirm>
      {pages.hasNextPage && (
        <Button mt="md" variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t.more}
        </Button>
      )}
    </Section>
  );
}

function SessionCard({ session, onRemove }: { session: EditSessionView; onRemove(): void }) {
  const { blobUrl } = useStudio();
  return (
    <li className="nhr-session">
      <a href={formatRoute({ screen: 'edit', sessionId: session.id })} aria-label={t.openSession(session.title)}>
        <Picture src={blobUrl(session.rootHash, THUMB.card)} alt="" />
        <b>{session.title}</b>
      </a>
      <div className="nhr-session-facts">
        <span className="nhr-quiet">
          {t.sessionAbout(session.pictures, session.kept)}
          <br />
          {usd(session.spend.usdSettled + session.spend.usdUnknown)} · {age(session.updatedAt, Date.now())}
        </span>
        {session.demo && <DemoBadge />}
        {session.kept === 0 && (
          <Button size="compact-xs" variant="subtle" color="gray" px={6} aria-label={`${t.remove}: ${session.title}`} onClick={onRemove}>
            <IconTrash aria-hidden size={15} />
          </Button>
        )}
      </div>
    </li>
  );
}
