import type { NamedPicture } from '../../../shared/host.ts';
import type { EditBatch, EditNode } from '../../../shared/model/edit.ts';
import { text } from '../../text.ts';

/** The nodes from the root to one of them, both included. */
export function chainTo(nodes: readonly EditNode[], id: number): EditNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const chain: EditNode[] = [];
  for (let node = byId.get(id); node; node = node.parentId === null ? undefined : byId.get(node.parentId)) chain.unshift(node);
  return chain;
}

/** The tree as lines, each picture followed by what was made of it. Variants without a picture are left out: they lead nowhere. */
export function treeLines(nodes: readonly EditNode[]): EditNode[] {
  const children = new Map<number | null, EditNode[]>();
  for (const node of nodes) {
    if (node.pictureHash === null) continue;
    const list = children.get(node.parentId);
    if (list) list.push(node);
    else children.set(node.parentId, [node]);
  }
  const lines: EditNode[] = [];
  const open = [...(children.get(null) ?? [])];
  for (let node = open.shift(); node; node = open.shift()) {
    lines.push(node);
    open.unshift(...(children.get(node.id) ?? []));
  }
  return lines;
}

/** The newest variants that were asked for at once, from one picture. */
export function newestBatch(nodes: readonly EditNode[], parentId: number): EditNode[] {
  const made = nodes.filter((node) => node.parentId === parentId);
  const batchId = made.at(-1)?.batchId;
  return made.filter((node) => node.batchId === batchId);
}

/** How long the edits of one editor took in this session, on average, in milliseconds; null before the first. */
export function typicalMs(nodes: readonly EditNode[], batches: readonly EditBatch[], profile: string | undefined): number | null {
  const by = new Set(batches.filter(({ editor }) => editor.profile === profile).map(({ id }) => id));
  const times = nodes.flatMap(({ batchId, pictureHash, ms }) => (batchId !== null && by.has(batchId) && pictureHash && ms > 0 ? [ms] : []));
  return times.length === 0 ? null : times.reduce((sum, ms) => sum + ms, 0) / times.length;
}

/** Sharpness and colour of each picture of a chain as shares of the first one's; what was not measured is left out. */
export function decayOf(chain: readonly EditNode[]): { depth: number; sharpness: number; colour: number }[] {
  const [root] = chain;
  if (!root?.quality) return [];
  const share = (now: number, first: number) => (first > 0 ? now / first : 1);
  const { sharpness, colour } = root.quality;
  return chain.flatMap(({ depth, quality }) =>
    quality ? [{ depth, sharpness: share(quality.sharpness, sharpness), colour: share(quality.colour, colour) }] : [],
  );
}

/** A picture of the session with the name its file gets outside. */
export function pictureOf(node: EditNode): NamedPicture {
  return { hash: node.pictureHash ?? '', name: node.depth === 0 ? text.edit.root : `${node.instruction} ${node.seed}` };
}
