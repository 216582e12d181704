import '../compare.css';
import { Button, Group, Kbd, TextInput, VisuallyHidden } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { AuditItem, AuditView } from '../../../../shared/model/audit.ts';
import { ISSUE_TAGS, REVIEW_TAG_MOST } from '../../../../shared/model/review.ts';
import { useActions } from '../../../app/actions.ts';
import { readError } from '../../../app/readError.ts';
import { go } from '../../../app/route.ts';
import { useSaid } from '../../../app/said/useSaid.ts';
import { useLive, useStudio } from '../../../app/studio.tsx';
import { text } from '../../../text.ts';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Bar } from '../../../ui/Parts.tsx';
import { preparePictures } from '../../../ui/viewer/pictures.ts';
import { Stage } from '../../../ui/viewer/Stage.tsx';
import { StageTools, ZoomTools } from '../../../ui/viewer/StageTools.tsx';
import { useStageView } from '../../../ui/viewer/useStageView.ts';
import { viewActions } from '../../../ui/viewer/viewActions.ts';
import { neighbours } from '../ahead.ts';
import { tagName, tagsOf } from '../tags.ts';

interface AuditLookProps {
  audit: AuditView;
  items: readonly AuditItem[];
  onEnd(): void;
}

interface Draft {
  index: number;
  tags: readonly string[];
  other: string;
  note: string;
}

const known: ReadonlySet<string> = new Set(ISSUE_TAGS);

const draftOf = ({ index, tags, note }: AuditItem): Draft => ({
  index,
  tags: (tags ?? []).filter((tag) => known.has(tag)),
  other: (tags ?? []).filter((tag) => !known.has(tag)).join(', '),
  note,
});

/** Looks at the sample one by one, by keyboard alone. Nothing is shown that could sway: only pictures and instruction. */
export function AuditLook({ audit, items, onEnd }: AuditLookProps) {
  const { blobUrl } = useStudio();
  const epoch = useLive((s) => s.epoch);
  const first = items.findIndex(({ tags }) => tags === null);
  const [at, setAt] = useState(first < 0 ? 0 : first);
  const item = items[at] as AuditItem;
  const [drafted, setDraft] = useState<Draft>(draftOf(item));
  const draft = drafted.index === item.index ? drafted : draftOf(item);
  const other = useRef<HTMLInputElement>(null);
  const root = useRef<HTMLDivElement>(null);
  const view = useStageView();
  const say = useSaying(audit.id);
  const t = text.audit;
  const answered = items.filter(({ tags }) => tags !== null).length;
  const faults = [...draft.tags, ...tagsOf(draft.other)];
  const move = (to: number) => {
    const next = items[to];
    if (!next) return;
    setAt(to);
    setDraft(draftOf(next));
    root.current?.focus();
  };
  const next = () => {
    say.mutate({ id: audit.id, index: item.index, tags: faults, note: draft.note.trim() });
    const open = items.findIndex(({ tags }, i) => tags === null && i !== at);
    if (open < 0) return onEnd();
    move(at + 1 < items.length ? at + 1 : open);
  };
  const toggle = (tag: string) =>
    setDraft({ ...draft, tags: draft.tags.includes(tag) ? draft.tags.filter((one) => one !== tag) : [...draft.tags, tag] });
  const leave = () => go({ screen: 'audits' });
  useEffect(() => root.current?.focus(), []);
  useEffect(() => {
    preparePictures(
      neighbours(at, items.length, (place) => items[place]).flatMap(({ sourceHash, editedHash }) => [
        blobUrl(sourceHash),
        blobUrl(editedHash),
      ]),
    );
  }, [items, at, blobUrl]);
  useActions(viewActions(view, false));

  const acts: Record<string, () => void> = {
    Enter: next,
    ArrowRight: () => move(at + 1),
    ArrowLeft: () => move(at - 1),
    b: view.flip,
    v: view.nextMode,
    f: view.zoom.fit,
    o: () => other.current?.focus(),
    s: leave,
    '+': () => view.zoom.zoomBy(1.25),
    '-': () => view.zoom.zoomBy(0.8),
  };
  const latest = useRef(acts);
  latest.current = acts;
  const press = useRef(toggle);
  press.current = toggle;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const field = event.target instanceof HTMLInputElement && event.target.type === 'text';
      if (field && event.key === 'Escape') root.current?.focus();
      if (field && event.key !== 'Enter') return;
      // A focused button or link has Enter for itself; a dialog has all keys.
      const target = event.target instanceof HTMLElement ? event.target : null;
      if (target?.closest('[role="dialog"]') || (event.key === 'Enter' && target?.closest('a, button'))) return;
      if (target?.closest('[role="radiogroup"]') && event.key.startsWith('Arrow')) return;
      const tag = ISSUE_TAGS[Number(event.key) - 1];
      const act = tag ? () => press.current(tag) : latest.current[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!act) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);

  return (
    <div className="nhr-audit" ref={root} tabIndex={-1}>
      <VisuallyHidden component="h1">{audit.name}</VisuallyHidden>
      <div className="nhr-compare-bar">
        <StageTools view={view} label={t.mode} />
        <div className="nhr-grow" />
        <ZoomTools zoom={view.zoom} />
        <Button size="xs" variant="default" onClick={leave}>
          {t.leave}
        </Button>
      </div>
      <Stage key={epoch} view={view} source={{ src: blobUrl(item.sourceHash) }} edited={{ src: blobUrl(item.editedHash) }} picture={item} />
      <aside className="nhr-meta" aria-label={t.panel}>
        <p className="nhr-quiet" role="status">
          <b>{t.item(at + 1, items.length)}</b> {say.isPending ? t.saving : item.tags === null ? '' : t.saved}
        </p>
        <Bar label={t.of(String(answered), String(items.length))} value={answered / items.length} />
        <p className="nhr-instruction nhr-audit-instruction">{item.instruction}</p>
        <h3>{t.panel}</h3>
        <p className="nhr-quiet">{t.panelAbout}</p>
        <fieldset className="nhr-audit-tags" aria-label={t.panel}>
          {ISSUE_TAGS.map((tag, i) => (
            <Button
              key={tag}
              variant={draft.tags.includes(tag) ? 'filled' : 'default'}
              justify="flex-start"
              leftSection={
                <Kbd size="xs" aria-hidden>
                  {i + 1}
                </Kbd>
              }
              aria-pressed={draft.tags.includes(tag)}
              onClick={() => toggle(tag)}
            >
              {tagName(tag)}
            </Button>
          ))}
        </fieldset>
        <TextInput
          ref={other}
          label={t.other}
          description={t.otherAbout}
          value={draft.other}
          maxLength={REVIEW_TAG_MOST * 4}
          onChange={(event) => setDraft({ ...draft, other: event.currentTarget.value })}
        />
        <TextInput
          mt={10}
          label={t.note}
          value={draft.note}
          maxLength={2000}
          onChange={(event) => setDraft({ ...draft, note: event.currentTarget.value })}
        />
        <Group gap={8} mt={16}>
          <Button variant="default" disabled={at === 0} onClick={() => move(at - 1)}>
            {t.back}
          </Button>
          <Button onClick={next}>{faults.length === 0 ? t.noIssue : t.withIssue(faults.length)}</Button>
        </Group>
        {say.error && <ErrorNote error={readError(say.error)} />}
        <p className="nhr-quiet nhr-audit-keys">{t.keys}</p>
      </aside>
    </div>
  );
}

/** Answers in the order they are given; shown at once, kept by the engine before the next one goes out. */
function useSaying(id: number) {
  const { client, queries, engine } = useStudio();
  const key = engine.audits.get.queryKey({ input: { id } });
  return useSaid({
    scope: { id: `audit ${id}` },
    word: (said: { id: number; index: number; tags: string[]; note: string }) => ({ on: 'audit', ...said }),
    mutationFn: (said) => client.audits.answer(said),
    onSay: ({ index, tags, note }) =>
      queries.setQueryData(key, (old) =>
        old ? { ...old, items: old.items.map((item) => (item.index === index ? { ...item, tags, note } : item)) } : old,
      ),
    onSuccess(audit) {
      queries.setQueryData(key, (old) => (old ? { ...old, audit } : old));
      void queries.invalidateQueries({ queryKey: engine.audits.list.key() });
      void queries.invalidateQueries({ queryKey: engine.audits.result.key() });
    },
    // What is shown must be what is stored.
    onError: () => void queries.invalidateQueries({ queryKey: key }),
  });
}
