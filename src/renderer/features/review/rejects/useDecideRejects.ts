import { useCallback, useRef, useState } from 'react';
import type { RejectDecision, RejectDetail, RejectView } from '../../../../shared/model/rejects.ts';
import { useSaid } from '../../../app/said/useSaid.ts';
import { type OnRejects, tellRejects } from '../../../app/said/words.ts';
import { useStudio } from '../../../app/studio.tsx';

/** What is read of the grid: its first rows, and blocks by place. */
interface Block {
  items: RejectView[];
}
interface Said {
  ids: number[];
  decision: RejectDecision;
}

/** What a reviewer says of rejected candidates, with undo: shown at once, sent one after the other, taken back when refused. */
export function useDecideRejects() {
  const { client, engine, queries } = useStudio();
  const [done, setDone] = useState<readonly Said[]>([]);
  const [undone, setUndone] = useState<readonly Said[]>([]);
  /** Candidates that were decided on, as they are now: steps back and forth go over rows that are not loaded any more. */
  const decided = useRef(new Map<number, RejectView>());

  const show = useCallback(
    (change: (reject: RejectView) => RejectView | undefined) => {
      for (const queryKey of [engine.rejects.page.key(), engine.rejects.rows.key()])
        queries.setQueriesData<Block>({ queryKey }, (data) =>
          data?.items.some((item) => change(item)) ? { ...data, items: data.items.map((item) => change(item) ?? item) } : data,
        );
      queries.setQueriesData<RejectDetail>({ queryKey: engine.rejects.get.key() }, (data) => data && { ...data, ...change(data) });
    },
    [queries, engine],
  );
  const put = useCallback(
    (rejects: readonly RejectView[]) => {
      for (const reject of rejects) decided.current.set(reject.id, reject);
      const now = new Map(rejects.map((reject) => [reject.id, reject]));
      show(({ id }) => now.get(id));
    },
    [show],
  );
  const say = useSaid({
    scope: { id: 'decide' },
    word: ({ before, ...said }: Said & { before: RejectView[] }): OnRejects => ({
      on: 'rejects',
      ...said,
      before: before.map(({ id, decision }) => ({ id, decision })),
    }),
    mutationFn: (said) => tellRejects(client, { on: 'rejects', ...said }),
    onSay({ ids, decision }) {
      const now = new Set(ids);
      show((reject) => (now.has(reject.id) ? { ...reject, decision: decision === 'clear' ? null : decision } : undefined));
    },
    onSuccess(rejects) {
      put(rejects);
      void queries.invalidateQueries({ queryKey: engine.rejects.gates.key() });
      void queries.invalidateQueries({ queryKey: engine.triplets.key() });
    },
    onError: (_error, { before }) => put(before),
  });
  const { mutate } = say;
  const decide = useCallback(
    (rejects: readonly RejectView[], decision: RejectDecision) => {
      const changed = rejects.filter((reject) => reject.decision !== (decision === 'clear' ? null : decision));
      if (changed.length === 0) return;
      for (const reject of changed) decided.current.set(reject.id, reject);
      const said = { ids: changed.map(({ id }) => id), decision };
      if (decision !== 'clear') setDone((old) => [...old, said]);
      setUndone([]);
      mutate({ ...said, before: changed }, { onError: () => setDone((old) => old.filter((one) => one !== said)) });
    },
    [mutate],
  );
  const asTheyAre = (ids: readonly number[]) => ids.flatMap((id) => decided.current.get(id) ?? []);
  /** Takes the last decision back; gives the candidate to show. */
  const undo = (): number | null => {
    const last = done.at(-1);
    if (!last) return null;
    setDone(done.slice(0, -1));
    setUndone([...undone, last]);
    mutate({ ids: last.ids, decision: 'clear', before: asTheyAre(last.ids) });
    return last.ids[0] ?? null;
  };
  /** Says the last one taken back again. */
  const redo = (): number | null => {
    const last = undone.at(-1);
    if (!last) return null;
    setUndone(undone.slice(0, -1));
    setDone([...done, last]);
    mutate({ ...last, before: asTheyAre(last.ids) });
    return last.ids[0] ?? null;
  };
  return { decide, undo, redo, canUndo: done.length > 0, canRedo: undone.length > 0, error: say.error };
}
