import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { EditAsk } from '../../../shared/contract/edit.ts';
import type { EditNode, EditSessionDetail, EditSessionView } from '../../../shared/model/edit.ts';
import { useLive, useStudio } from '../../app/studio.tsx';

/** A session as it was read, with the news since: a node of a higher revision, or with news of the same one, replaces the read one. */
export function withNews(
  read: EditSessionDetail,
  nodes: Readonly<Record<number, EditNode>>,
  view: EditSessionView | undefined,
): EditSessionDetail {
  const known = new Map(read.nodes.map((node) => [node.id, node]));
  for (const node of Object.values(nodes)) {
    const old = known.get(node.id);
    if (node.sessionId === read.id && (!old || node.rev >= old.rev)) known.set(node.id, node);
  }
  const newest = view && view.updatedAt >= read.updatedAt ? view : {};
  return { ...read, ...newest, nodes: [...known.values()].sort((a, b) => a.id - b.id) };
}

/** A session that follows the engine's news. */
export function useSession(id: string) {
  const { engine } = useStudio();
  const query = useQuery(engine.edit.get.queryOptions({ input: { sessionId: id } }));
  const nodes = useLive((s) => s.editNodes);
  const view = useLive((s) => s.editSessions[id]);
  const session = useMemo(() => query.data && withNews(query.data, nodes, view), [query.data, nodes, view]);
  // Asked for in another window: what was asked is not in the news.
  const strange = session?.nodes.some((node) => node.batchId !== null && !session.batches.some((batch) => batch.id === node.batchId));
  const { refetch } = query;
  useEffect(() => {
    if (strange) void refetch();
  }, [strange, refetch]);
  return { session, error: query.error, refetch };
}

/** What a person does with a session. Each answer is put in the place of what was read before. */
export function useSessionChanges(id: string) {
  const { client, engine, queries } = useStudio();
  const queryKey = engine.edit.get.queryKey({ input: { sessionId: id } });
  const put = (session: EditSessionDetail) => queries.setQueryData(queryKey, session);
  const patch = (part: Partial<EditSessionDetail>) =>
    queries.setQueryData<EditSessionDetail>(queryKey, (session) => session && { ...session, ...part, updatedAt: Date.now() });
  const onSuccess = put;
  return {
    ask: useMutation({
      mutationFn: (ask: EditAsk) => client.edit.ask(ask),
      onSuccess(session) {
        put(session);
        void queries.invalidateQueries({ queryKey: engine.edit.suggestions.key() });
      },
    }),
    again: useMutation({
      mutationFn: (what: { nodeIds?: number[]; askAgain?: boolean }) => client.edit.again({ sessionId: id, ...what }),
      onSuccess,
    }),
    cancel: useMutation({
      mutationFn: (nodeIds?: number[]) => client.edit.cancel({ sessionId: id, ...(nodeIds && { nodeIds }) }),
      onSuccess,
    }),
    keep: useMutation({
      mutationFn: ({ node, category }: { node: EditNode; category?: string }) =>
        node.keptId === null
          ? client.edit.keep({ nodeId: node.id, ...(category && { category }) })
          : client.edit.unkeep({ nodeId: node.id }),
    }),
    setCurrent: useMutation({
      mutationFn: (nodeId: number) => client.edit.setCurrent({ sessionId: id, nodeId }),
      // At once: the picture that is worked on is a matter of the eye.
      onMutate: (nodeId) => void patch({ currentId: nodeId }),
    }),
    setTitle: useMutation({ mutationFn: (title: string) => client.edit.setTitle({ sessionId: id, title }) }),
    setBudget: useMutation({ mutationFn: (usd: number | null) => client.edit.setBudget({ sessionId: id, usd }) }),
  };
}
