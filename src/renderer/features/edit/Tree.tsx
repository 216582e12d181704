import { type KeyboardEvent, useRef } from 'react';
import type { EditNode } from '../../../shared/model/edit.ts';
import { useDragOut } from '../../app/pictureOut.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { score } from '../../ui/format.ts';
import { IconCheck } from '../../ui/icons.ts';
import { Picture } from '../../ui/Picture.tsx';
import { pictureOf, treeLines } from './tree.ts';

const t = text.edit;

interface TreeProps {
  nodes: readonly EditNode[];
  currentId: number;
  shownId: number;
  onShow(id: number): void;
  onContinue(id: number): void;
}

/** Every picture of the session, each under the one it was made from. Arrows move, Enter goes on from there. */
export function Tree({ nodes, currentId, shownId, onShow, onContinue }: TreeProps) {
  const { blobUrl } = useStudio();
  const dragOut = useDragOut();
  const list = useRef<HTMLDivElement>(null);
  const lines = treeLines(nodes);
  const at = lines.findIndex((node) => node.id === shownId);
  const focusable = at < 0 ? currentId : shownId;
  function onKeyDown(event: KeyboardEvent) {
    const parent = lines.findIndex((node) => node.id === lines[at]?.parentId);
    const child = lines.findIndex((node) => node.parentId === lines[at]?.id);
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, ArrowLeft: parent, ArrowRight: child, Home: 0, End: lines.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = lines[to];
    if (!next) return;
    onShow(next.id);
    list.current?.querySelector<HTMLElement>(`[data-node="${next.id}"]`)?.focus();
  }
  return (
    <div ref={list} className="nhr-tree" role="tree" aria-label={t.history} onKeyDown={onKeyDown} tabIndex={-1}>
      {lines.map((node) => (
        <button
          type="button"
          key={node.id}
          data-node={node.id}
          className="nhr-tree-line"
          role="treeitem"
          aria-level={node.depth + 1}
          aria-selected={node.id === shownId}
          aria-current={node.id === currentId ? 'step' : undefined}
          tabIndex={node.id === focusable ? 0 : -1}
          style={{ paddingLeft: 8 + Math.min(node.depth, 6) * 14 }}
          onClick={() => onShow(node.id)}
          onDoubleClick={() => onContinue(node.id)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            onContinue(node.id);
          }}
        >
          <Picture src={blobUrl(node.pictureHash ?? '', 128)} alt="" {...dragOut(pictureOf(node))} />
          <span className="nhr-tree-words">
            <span>{node.depth === 0 ? t.root : node.instruction}</span>
            <small>
              {node.depth === 0 ? `${node.width} × ${node.height}` : t.variant(node.variant + 1)}
              {node.scores && ` · ${score(Math.sqrt(node.scores.adherence * node.scores.aesthetics))}`}
              {node.id === currentId && ` · ${t.current}`}
            </small>
          </span>
          {node.keptId !== null && <IconCheck aria-label={t.kept} size={16} className="nhr-tree-kept" />}
        </button>
      ))}
    </div>
  );
}
