import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { geometricScore } from '../../../shared/model/attempt.ts';
import type { EditNode } from '../../../shared/model/edit.ts';
import { useDragOut } from '../../app/pictureOut.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { duration, score } from '../../ui/format.ts';
import { IconCheck, IconRefresh, IconX } from '../../ui/icons.ts';
import { Bar } from '../../ui/Parts.tsx';
import { Picture } from '../../ui/Picture.tsx';
import { pictureOf } from './tree.ts';

const t = text.edit;

interface VariantsProps {
  nodes: readonly EditNode[];
  shownId: number;
  /** Mean milliseconds of earlier edits by this editor; null before the first. */
  typicalMs: number | null;
  onShow(id: number): void;
  onContinue(id: number): void;
  onKeep(node: EditNode): void;
  onCancel(id: number): void;
  onAgain(node: EditNode): void;
}

/** The variants that were asked for at once, as they come in. */
export function Variants({ nodes, ...rest }: VariantsProps) {
  if (nodes.length === 0) return <p className="nhr-quiet nhr-variants-none">{t.noVariants}</p>;
  const ended = nodes.filter(({ state }) => state !== 'queued' && state !== 'running').length;
  return (
    <>
      <p className="nhr-hidden" role="status">
        {t.progress(ended, nodes.length)}
      </p>
      <ul className="nhr-variants" aria-label={t.variants}>
        {nodes.map((node, i) => (
          <Card key={node.id} node={node} number={i + 1} {...rest} />
        ))}
      </ul>
    </>
  );
}

function Card({
  node,
  number,
  shownId,
  typicalMs,
  onShow,
  onContinue,
  onKeep,
  onCancel,
  onAgain,
}: Omit<VariantsProps, 'nodes'> & { node: EditNode; number: number }) {
  const { blobUrl } = useStudio();
  const dragOut = useDragOut();
  const open = node.state === 'queued' || node.state === 'running';
  const name = t.variant(number);
  const scores = node.scores ?? node.softScores;
  return (
    <li className="nhr-variant" data-shown={node.id === shownId || undefined} data-state={node.state}>
      {node.pictureHash ? (
        <button
          type="button"
          className="nhr-variant-picture"
          aria-pressed={node.id === shownId}
          aria-label={name}
          onClick={() => onShow(node.id)}
          onDoubleClick={() => onContinue(node.id)}
        >
          <Picture src={blobUrl(node.pictureHash, 512)} alt="" {...dragOut(pictureOf(node))} />
        </button>
      ) : (
        <div className="nhr-variant-picture nhr-variant-none">
          <span>{open ? '' : t.state[node.state]}</span>
          {!open && <small>{node.state === 'unknown' ? t.askAgainAbout : node.message}</small>}
        </div>
      )}
      <div className="nhr-variant-line">
        <b>{number}</b>
        <span className="nhr-quiet" title={`${t.seedOf} ${node.seed}`}>
          {open ? (
            <Working node={node} typicalMs={typicalMs} />
          ) : scores ? (
            score(geometricScore(scores))
          ) : node.pictureHash ? (
            t.notScored
          ) : (
            `${t.seedOf} ${node.seed}`
          )}
        </span>
        {open && (
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            px={4}
            aria-label={`${t.cancel}: ${name}`}
            title={t.cancel}
            onClick={() => onCancel(node.id)}
          >
            <IconX aria-hidden size={15} />
          </Button>
        )}
        {!open && node.pictureHash && (
          <Button
            size="compact-xs"
            variant={node.keptId === null ? 'default' : 'light'}
            px={6}
            aria-label={`${node.keptId === null ? t.keep : t.kept}: ${name}`}
            aria-pressed={node.keptId !== null}
            title={node.keptId === null ? t.keep : t.unkeep}
            leftSection={node.keptId === null ? undefined : <IconCheck aria-hidden size={13} />}
            onClick={() => onKeep(node)}
          >
            {node.keptId === null ? t.keepShort : t.kept}
          </Button>
        )}
        {!open && (!node.pictureHash || node.problems.length > 0) && (
          <Button
            size="compact-xs"
            variant="default"
            px={6}
            aria-label={`${node.state === 'unknown' ? t.askAgain : t.retry}: ${name}`}
            title={node.state === 'unknown' ? t.askAgain : t.retry}
            onClick={() => onAgain(node)}
          >
            <IconRefresh aria-hidden size={14} />
          </Button>
        )}
      </div>
      <div className="nhr-variant-progress">{open && <Progress node={node} typicalMs={typicalMs} name={name} />}</div>
    </li>
  );
}

/** Milliseconds since an edit began, once a second while it is under way. */
function useElapsed(since: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (since === null) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [since]);
  return since === null ? 0 : Math.max(0, now - since);
}

function Working({ node, typicalMs }: { node: EditNode; typicalMs: number | null }) {
  const elapsed = useElapsed(node.startedAt);
  const said = node.wait?.etaSeconds;
  const seconds = said ?? (node.step === 'edit' && typicalMs !== null ? (typicalMs - elapsed) / 1000 : null);
  const words = node.wait && node.wait.rank > 0 ? t.rank(node.wait.rank) : node.step ? t.step[node.step] : t.state[node.state];
  return (
    <>
      {words}
      {seconds !== null && seconds > 1 && ` · ${t.left(duration(seconds))}`}
    </>
  );
}

/** How far it is: what the server says, else the time that such edits take, never quite full. */
function Progress({ node, typicalMs, name }: { node: EditNode; typicalMs: number | null; name: string }) {
  const elapsed = useElapsed(node.startedAt);
  const guessed = typicalMs !== null && node.startedAt !== null ? Math.min(0.95, elapsed / Math.max(1, typicalMs)) : null;
  const value = node.pictureHash ? 0.97 : (node.wait?.fraction ?? guessed);
  return <Bar label={`${name}: ${t.state[node.state]}`} value={value} />;
}
