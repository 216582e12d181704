import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';
import type { EditNode, EditSessionDetail } from '../../../shared/model/edit.ts';
import { type ScreenAction, useActions } from '../../app/actions.ts';
import { useSavePicture } from '../../app/pictureOut.ts';
import { readError } from '../../app/readError.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { Composer } from './Composer.tsx';
import { NodeFacts } from './NodeFacts.tsx';
import { PairStage } from './PairStage.tsx';
import { RoomHead } from './RoomHead.tsx';
import { Shortcuts } from './Shortcuts.tsx';
import { Tree } from './Tree.tsx';
import { chainTo, newestBatch, pictureOf, typicalMs } from './tree.ts';
import { useRoomKeys } from './useRoomKeys.ts';
import type { useSessionChanges } from './useSession.ts';
import { usePictures, useStart } from './useStart.ts';
import { Variants } from './Variants.tsx';

const t = text.edit;

interface RoomProps {
  session: EditSessionDetail;
  changes: ReturnType<typeof useSessionChanges>;
  /** What the room has to say, over the pictures. */
  children: ReactNode;
}

/** History, pictures to compare, the instruction, and what is known of the picture that is shown. */
export function Room({ session, changes, children }: RoomProps) {
  const { engine, blobUrl } = useStudio();
  const saveOut = useSavePicture();
  const { nodes, batches, currentId } = session;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const current = byId.get(currentId) ?? nodes[0]!;
  const [shownId, setShownId] = useState(currentId);
  const [pinnedId, setPinnedId] = useState<number | null>(null);
  const [undone, setUndone] = useState<number[]>([]);
  const [help, helpIs] = useDisclosure(false);
  const instruction = useRef<HTMLTextAreaElement>(null);
  const start = useStart();
  const over = usePictures((file) => start.mutate({ file }));
  const actors = useQuery(engine.edit.actors.queryOptions());

  const shown = pictured(byId.get(shownId)) ?? current;
  const pinned = pinnedId === null || pinnedId === shown.id ? undefined : pictured(byId.get(pinnedId));
  const base = pinned ?? (shown.parentId === null ? undefined : pictured(byId.get(shown.parentId)));
  const variants = variantsBeside(nodes, shown, current);
  const batch = batches.find(({ id }) => id === variants[0]?.batchId);
  const editor = actors.data?.editors.find(({ profile }) => profile === batch?.editor.profile);

  const goTo = (id: number) => {
    changes.setCurrent.mutate(id);
    setShownId(id);
  };
  const continueFrom = (id: number) => {
    if (!pictured(byId.get(id))) return;
    setUndone([]);
    goTo(id);
  };
  const step = (left: number[], to: number) => {
    setUndone(left);
    goTo(to);
  };
  const { parentId } = current;
  const undo = parentId === null ? undefined : () => step([...undone, current.id], parentId);
  const last = undone.at(-1);
  const redo = last === undefined ? undefined : () => step(undone.slice(0, -1), last);
  const keep = (node: EditNode) => node.parentId !== null && changes.keep.mutate({ node });
  /** The same once more with other seeds, from the same picture. */
  const moreOf = (node: EditNode) => {
    const asked = batches.find(({ id }) => id === node.batchId);
    if (!asked) return;
    const { parentId: from, instruction: words, category, editor: by, judges } = asked;
    const variants = nodes.filter(({ batchId }) => batchId === asked.id).length;
    const ask = { sessionId: session.id, parentId: from, instruction: words, category, variants, editor: by, judges };
    changes.ask.mutate(ask, { onSuccess: () => goTo(from) });
  };
  const pin = () => setPinnedId(pinnedId === shown.id ? null : shown.id);

  useRoomKeys({
    'mod+z': undo,
    'mod+shift+z': redo,
    'mod+y': redo,
    e: () => continueFrom(shown.id),
    k: () => keep(shown),
    c: pin,
    '/': () => instruction.current?.focus(),
    '?': helpIs.open,
    ...Object.fromEntries(variants.slice(0, 9).map((node, i) => [String(i + 1), pictured(node) && (() => setShownId(node.id))])),
  });

  const { palette } = text;
  const actions: ScreenAction[] = [
    { id: 'instruction', name: t.shortcutNames.instruction, keys: '/', run: () => instruction.current?.focus() },
    ...(shown.parentId === null
      ? []
      : [{ id: 'keep', name: shown.keptId === null ? t.keep : t.unkeep, keys: 'K', run: () => keep(shown) }]),
    ...(shown.id === current.id ? [] : [{ id: 'continue', name: t.continueHere, keys: 'E', run: () => continueFrom(shown.id) }]),
    ...(undo ? [{ id: 'undo', name: t.undo, keys: 'Ctrl+Z', run: undo }] : []),
    ...(redo ? [{ id: 'redo', name: t.redo, keys: 'Ctrl+Shift+Z', run: redo }] : []),
    { id: 'pin', name: pinnedId === shown.id ? t.pinned : t.pin, keys: 'C', run: pin },
    { id: 'save', name: palette.savePicture, run: () => saveOut(pictureOf(shown)) },
    { id: 'shortcuts', name: text.app.shortcuts, keys: '?', run: helpIs.open },
  ];
  useActions(actions);

  const nameOf = (node: EditNode) => (node.depth === 0 ? t.root : `${t.generation(node.depth)}, ${t.variant(node.variant + 1)}`);
  const shownAs = (node: EditNode) => {
    const hash = node.pictureHash ?? '';
    return { src: blobUrl(hash), thumb: blobUrl(hash, 512), name: nameOf(node) };
  };
  return (
    <>
      <RoomHead
        session={session}
        onUndo={undo}
        onRedo={redo}
        onTitle={(title) => changes.setTitle.mutate(title)}
        onBudget={(usd) => changes.setBudget.mutate(usd)}
        onHelp={helpIs.open}
      />
      <aside className="nhr-room-history" aria-label={t.history}>
        <Tree nodes={nodes} currentId={current.id} shownId={shown.id} onShow={setShownId} onContinue={continueFrom} />
      </aside>
      <div className="nhr-room-stage" data-over={over || undefined}>
        {children}
        <PairStage a={base ? shownAs(base) : null} b={shownAs(shown)} width={shown.width ?? 1} height={shown.height ?? 1} />
        <Variants
          nodes={variants}
          shownId={shown.id}
          typicalMs={typicalMs(nodes, batches, editor?.profile) ?? editor?.typicalMs ?? null}
          onShow={setShownId}
          onContinue={continueFrom}
          onKeep={keep}
          onCancel={(id) => changes.cancel.mutate([id])}
          onAgain={(node) => changes.again.mutate({ nodeIds: [node.id], askAgain: node.state === 'unknown' })}
        />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard */}
      <aside className="nhr-room-side" tabIndex={0} aria-label={t.instruction}>
        <Composer
          session={session}
          current={current}
          instructionRef={instruction}
          pending={changes.ask.isPending}
          error={changes.ask.error && readError(changes.ask.error)}
          onAsk={(ask) => changes.ask.mutate(ask, { onSuccess: () => setShownId(ask.parentId) })}
          onCancelAll={() => changes.cancel.mutate(undefined)}
        />
        <NodeFacts
          node={shown}
          chain={chainTo(nodes, shown.id)}
          isCurrent={shown.id === current.id}
          isPinned={pinnedId === shown.id}
          onContinue={() => continueFrom(shown.id)}
          onKeep={() => keep(shown)}
          onPin={pin}
          onMore={() => moreOf(shown)}
        />
      </aside>
      <Shortcuts opened={help} onClose={helpIs.close} />
    </>
  );
}

function pictured(node: EditNode | undefined): EditNode | undefined {
  return node?.pictureHash ? node : undefined;
}

/** The variants to show: those made from the picture that is shown, else the ones it was made with. */
function variantsBeside(nodes: readonly EditNode[], shown: EditNode, current: EditNode): EditNode[] {
  const from = newestBatch(nodes, shown.id);
  if (from.length > 0 && shown.id === current.id) return from;
  return shown.batchId === null ? from : nodes.filter((node) => node.batchId === shown.batchId);
}
