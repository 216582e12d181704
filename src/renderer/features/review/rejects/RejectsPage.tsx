import '../review.css';
import './rejects.css';
import { Button, Group, NativeSelect, Skeleton, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useCallback, useState } from 'react';
import type { RejectDecision, RejectView } from '../../../../shared/model/rejects.ts';
import { readError } from '../../../app/readError.ts';
import type { RejectQuery } from '../../../app/rejectQuery.ts';
import { formatRoute, go } from '../../../app/route.ts';
import { useLive } from '../../../app/studio.tsx';
import { text } from '../../../text.ts';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { IconKeyboard } from '../../../ui/icons.ts';
import { Empty } from '../../../ui/Parts.tsx';
import { ReviewTabs } from '../ReviewTabs.tsx';
import { Shortcuts } from '../Shortcuts.tsx';
import { useKeys } from '../useKeys.ts';
import { Gates } from './Gates.tsx';
import { RejectCompare } from './RejectCompare.tsx';
import { RejectGrid } from './RejectGrid.tsx';
import { useRejects } from './useRejects.ts';

const DECISIONS = ['keep', 'right', 'none'] as const;

/** "What did we throw away?": rejected candidates by stage and reason, reviewed like the triplets. */
export function RejectsPage({ filter, open }: { filter: RejectQuery; open: number | null }) {
  const runs = useLive((s) => s.runs);
  const known = useLive((s) => s.epoch !== '');
  const listed = Object.values(runs).sort((a, b) => b.createdAt - a.createdAt);
  const runId = filter.runId ?? listed[0]?.id;
  const rejects = useRejects(runId === undefined ? null : { ...filter, runId });
  const { pages, gates, items, decide } = rejects;
  const [selected, setSelected] = useState<number | null>(open);
  const [help, helpIs] = useDisclosure(false);
  const t = text.rejects;
  const set = (part: RejectQuery) => go({ screen: 'rejects', filter: { ...filter, ...part }, open: null }, 'replace');
  const show = (id: number | null) => {
    if (id !== null) setSelected(id);
    go({ screen: 'rejects', filter, open: id }, id === null || open !== null ? 'replace' : 'push');
  };
  const showStep = (id: number | null) => {
    if (id === null) return;
    if (open !== null) show(id);
    else setSelected(id);
  };
  const undo = () => showStep(rejects.undo());
  const redo = () => showStep(rejects.redo());
  const onDecide = useCallback((reject: RejectView, decision: RejectDecision) => decide([reject], decision), [decide]);
  const more = useCallback(() => void pages.fetchNextPage(), [pages.fetchNextPage]);
  const onNearEnd = useCallback(() => {
    if (pages.hasNextPage && !pages.isFetchingNextPage) more();
  }, [pages.hasNextPage, pages.isFetchingNextPage, more]);
  useKeys('grid', open === null && !help, { help: helpIs.open, undo, redo });
  const nothing = known && (runId === undefined || (gates.data?.length === 0 && items.length === 0 && !pages.isPending));
  return (
    <div className="nhr-review">
      <div className="nhr-review-bar">
        <Group gap={12} className="nhr-review-title">
          <Title order={1}>{t.title}</Title>
          <ReviewTabs now="rejects" />
          <div className="nhr-grow" />
          <Button size="xs" variant="default" onClick={undo} disabled={!rejects.canUndo}>
            {text.reviewing.undo}
          </Button>
          <Button size="xs" variant="default" onClick={redo} disabled={!rejects.canRedo}>
            {text.reviewing.redo}
          </Button>
          <Button size="xs" variant="default" px={8} aria-label={text.app.shortcuts} title={text.app.shortcuts} onClick={helpIs.open}>
            <IconKeyboard aria-hidden size={16} stroke={1.6} />
          </Button>
        </Group>
        <Group gap={8}>
          <NativeSelect
            size="xs"
            aria-label={t.run}
            data={listed.map((run) => ({ value: run.id, label: run.name }))}
            value={runId ?? ''}
            onChange={({ currentTarget: { value } }) => go({ screen: 'rejects', filter: { runId: value }, open: null }, 'replace')}
          />
          <NativeSelect
            size="xs"
            aria-label={t.decision}
            data={[{ value: '', label: t.anyDecision }, ...DECISIONS.map((value) => ({ value, label: t.decisions[value] }))]}
            value={filter.decision ?? ''}
            onChange={({ currentTarget: { value } }) => set({ decision: DECISIONS.find((item) => item === value) })}
          />
          <span className="nhr-quiet">{t.about}</span>
        </Group>
        {gates.data && gates.data.length > 0 && (
          <Gates tallies={gates.data} filter={filter} onChange={({ stage, reason }) => set({ stage, reason })} />
        )}
      </div>
      {rejects.error && (
        <div className="nhr-review-error">
          <ErrorNote error={readError(rejects.error)} />
        </div>
      )}
      {pages.error && items.length === 0 ? (
        <div className="nhr-review-error">
          <ErrorNote error={readError(pages.error)} onRetry={() => void pages.refetch()} />
        </div>
      ) : nothing ? (
        <Empty
          title={t.noneTitle}
          action={
            <Button component="a" href={formatRoute({ screen: 'runs' })}>
              {text.review.toRuns}
            </Button>
          }
        >
          {t.noneText}
        </Empty>
      ) : pages.isPending ? (
        <div className="nhr-grid-waiting" role="status" aria-label={text.app.loading}>
          {Array.from({ length: 12 }, (_, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
            <Skeleton key={i} height={232} radius="md" />
          ))}
        </div>
      ) : items.length === 0 && !pages.hasNextPage ? (
        <Empty
          title={t.emptyTitle}
          action={
            <Button variant="default" onClick={() => set({ stage: undefined, reason: undefined, decision: undefined })}>
              {text.filters.reset}
            </Button>
          }
        >
          {t.emptyText}
        </Empty>
      ) : (
        <RejectGrid
          items={items}
          hasMore={pages.hasNextPage}
          loading={pages.isFetchingNextPage}
          onMore={more}
          selected={selected}
          onSelect={setSelected}
          onOpen={show}
          onDecide={onDecide}
          covered={open !== null}
        />
      )}
      {open !== null && (
        <RejectCompare
          id={open}
          items={items}
          onOpen={show}
          onClose={() => show(null)}
          onDecide={onDecide}
          onUndo={undo}
          onRedo={redo}
          onHelp={helpIs.open}
          onNearEnd={onNearEnd}
          covered={help}
        />
      )}
      <Shortcuts opened={help} onClose={helpIs.close} />
    </div>
  );
}
