import { deriveKey } from './seeds.ts';

/** A triplet with its inverse: two edges between two images. An empty inverseInstruction means that there is no inverse. */
export interface ForwardEdge {
  id: number;
  /** The inverse triplet's own id; without it the forward's id stands for both. */
  inverseId?: number;
  sourceHash: string;
  editedHash: string;
  instruction: string;
  category: string;
  inverseInstruction: string;
  inverseCategory: string;
}

export interface PlannedComposition {
  /** Triplets walked through, in order. */
  parents: number[];
  sourceHash: string;
  editedHash: string;
  /** One per edge, in order; see joinInstructions. */
  instructions: string[];
  /** The edges' categories joined with ' and '. */
  category: string;
}

interface Edge {
  id: number;
  from: string;
  to: string;
  instruction: string;
  category: string;
}

/**
 * Bootstrap composition (paper, section 3): for two edits e1, e2 of one I0, <I_e1, inverse(e1) + e2, I_e2>; and further,
 * every ordered pair of images that is not joined by one edge but by a path of 2 to maxEdits edges, forward or inverse.
 * The path taken is the shortest, so no image is passed twice and no edge is followed by its own inverse.
 *
 * `forwards` are the triplets of one root image (several unconnected roots give the cap to each). Shorter paths come
 * first, then an order drawn from the seed; `maxPerSource` cuts that list. Ids play no part in it, so the plan is the
 * same in every workspace.
 */
export function planCompositions(
  forwards: readonly ForwardEdge[],
  options: { maxEdits: number; maxPerSource: number; seed: number },
): PlannedComposition[] {
  const edges = edgesByImage(forwards);
  const left = new Set([...edges.keys()].sort());
  const planned: PlannedComposition[] = [];
  for (const root of left) {
    const images = reachable(root, forwards, left);
    const paths = images.flatMap((image) => shortestPaths(image, edges, options.maxEdits));
    const ranked = paths.map((path) => ({ path, rank: Buffer.from(pathKey(path, options.seed)).toString('hex') }));
    ranked.sort((a, b) => a.path.length - b.path.length || (a.rank < b.rank ? -1 : 1));
    planned.push(...ranked.slice(0, options.maxPerSource).map(({ path }) => compositionOf(path)));
  }
  return planned;
}

function edgesByImage(forwards: readonly ForwardEdge[]): Map<string, Edge[]> {
  const edges = new Map<string, Edge[]>();
  const put = (edge: Edge) => {
    const list = edges.get(edge.from);
    if (list) list.push(edge);
    else edges.set(edge.from, [edge]);
  };
  for (const f of forwards) {
    if (f.sourceHash === f.editedHash) continue;
    put({ id: f.id, from: f.sourceHash, to: f.editedHash, instruction: f.instruction, category: f.category });
    if (f.inverseInstruction !== '')
      put({
        id: f.inverseId ?? f.id,
        from: f.editedHash,
        to: f.sourceHash,
        instruction: f.inverseInstruction,
        category: f.inverseCategory,
      });
  }
  for (const list of edges.values()) list.sort((a, b) => compare(a.to, b.to) || compare(a.instruction, b.instruction));
  return edges;
}

/** All images connected with `root`, sorted; they are taken out of `left`. */
function reachable(root: string, forwards: readonly ForwardEdge[], left: Set<string>): string[] {
  const found = new Set([root]);
  const neighbours = new Map<string, string[]>();
  for (const { sourceHash, editedHash } of forwards) {
    neighbours.set(sourceHash, [...(neighbours.get(sourceHash) ?? []), editedHash]);
    neighbours.set(editedHash, [...(neighbours.get(editedHash) ?? []), sourceHash]);
  }
  for (const image of found) for (const next of neighbours.get(image) ?? []) found.add(next);
  for (const image of found) left.delete(image);
  return [...found].sort();
}

/** Breadth first from one image: a shortest path of 2..maxEdits edges to each image that needs one. */
function shortestPaths(from: string, edges: ReadonlyMap<string, Edge[]>, maxEdits: number): Edge[][] {
  const seen = new Set([from]);
  const paths: Edge[][] = [];
  let level: Edge[][] = [[]];
  for (let length = 1; length <= maxEdits && level.length > 0; length++) {
    const next: Edge[][] = [];
    for (const path of level) {
      for (const edge of edges.get(path.at(-1)?.to ?? from) ?? []) {
        if (seen.has(edge.to)) continue;
        seen.add(edge.to);
        next.push([...path, edge]);
      }
    }
    if (length > 1) paths.push(...next);
    level = next;
  }
  return paths;
}

function pathKey(path: readonly Edge[], seed: number): Uint8Array {
  return deriveKey(seed, 'composition', path[0]!.from, ...path.flatMap((edge) => [edge.instruction, edge.to]));
}

function compositionOf(path: readonly Edge[]): PlannedComposition {
  return {
    parents: path.map((edge) => edge.id),
    sourceHash: path[0]!.from,
    editedHash: path.at(-1)!.to,
    instructions: path.map((edge) => edge.instruction),
    category: path.map((edge) => edge.category).join(' and '),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Several instructions as one sentence: "Remove the red apple and add a cat on the left of the table". Only the first
 * keeps its capital, unless a word is spelt with capitals of its own (LED, McLaren); the sentence ends in a full stop only
 * when every part did. Empty texts are left out.
 */
export function joinInstructions(texts: readonly string[]): string {
  const given = texts.map((text) => text.replace(/\s+/g, ' ').trim()).filter((text) => /[^\s.,;:!?]/.test(text));
  if (given.length === 0) return '';
  const stop = given.every((text) => text.endsWith('.')) ? '.' : '';
  const parts = given.map((text, i) => {
    const bare = text.replace(/[\s.,;:!]+$/, '');
    return i === 0 ? upperFirst(bare) : lowerFirst(bare);
  });
  const last = parts.pop()!;
  if (parts.length === 0) return last + stop;
  // A part that holds an "and" or a comma of its own needs one more comma to be read right.
  const comma = parts.concat(last).some((part) => /,| and /.test(part)) ? ',' : '';
  return `${parts.join(', ')}${comma} and ${last}${stop}`;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function lowerFirst(text: string): string {
  const word = /^\S+/.exec(text)?.[0] ?? '';
  return /\p{Lu}/u.test(word.slice(1)) ? text : text.charAt(0).toLowerCase() + text.slice(1);
}

/**
 * The category of the inverse edit: adding and removing change places ("Add object", "Remove object"; "Addition",
 * "Removal"), others keep their name. A composite is taken part by part.
 */
export function inverseCategory(category: string): string {
  return category
    .split(' and ')
    .map((part) => {
      const verb = /^(add|remove|addition|removal)\b/i.exec(part)?.[0];
      if (!verb) return part;
      const opposite = OPPOSITES[verb.toLowerCase()]!;
      const cased = verb.charAt(0) === verb.charAt(0).toUpperCase() ? upperFirst(opposite) : opposite;
      return cased + part.slice(verb.length);
    })
    .join(' and ');
}

const OPPOSITES: Record<string, string> = { add: 'remove', remove: 'add', addition: 'removal', removal: 'addition' };
