/** A source that passed its gate, with the instructions that may be tried on it, in their own order. */
export interface JobSource {
  sourceId: number;
  instructions: readonly { id: number; category: string }[];
}

/** One job of the space. `group` numbers its <source, instruction>, 0..groups-1. */
export interface Job {
  sourceId: number;
  instructionId: number;
  category: string;
  /** 0..M-1. */
  tryIndex: number;
  group: number;
}

export interface JobSpace {
  /** Jobs: groups x attempts per instruction. */
  size: number;
  /** Number of <source, instruction>. */
  groups: number;
  attemptsPerInstruction: number;
  /** The job at an index 0..size-1; RangeError outside. */
  at(index: number): Job;
  /** Place of a group's source in the list the space was made from; RangeError outside. */
  sourceIndexOf(group: number): number;
  /** Index of a job from its group and try. */
  jobOf(group: number, tryIndex: number): number;
  /** The groups of every category, in group order; categories sorted by name. Made anew at each call. */
  categories(): { category: string; groups: Uint32Array }[];
}

/**
 * The space of all jobs sources x instructions x M, as arithmetic: index = group x M + try, groups counted through the
 * sources in the order given. Nothing is listed; a source is found by binary search over prefix sums.
 */
export function createJobSpace(sources: readonly JobSource[], attemptsPerInstruction: number): JobSpace {
  if (!Number.isInteger(attemptsPerInstruction) || attemptsPerInstruction < 1)
    throw new RangeError(`attempts per instruction must be at least 1, not ${attemptsPerInstruction}`);
  const tries = attemptsPerInstruction;
  const firstGroup = new Float64Array(sources.length + 1);
  for (const [i, source] of sources.entries()) firstGroup[i + 1] = firstGroup[i]! + source.instructions.length;
  const groups = firstGroup[sources.length]!;
  const size = groups * tries;

  function sourceIndexOf(group: number): number {
    if (!Number.isInteger(group) || group < 0 || group >= groups) throw new RangeError(`group ${group} is outside a space of ${groups}`);
    let low = 0;
    let high = sources.length - 1;
    // The last source that starts at or before the group: sources without instructions are stepped over.
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (firstGroup[middle]! <= group) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  return {
    size,
    groups,
    attemptsPerInstruction: tries,
    sourceIndexOf,
    at(index) {
      const group = Math.floor(index / tries);
      const at = sourceIndexOf(group);
      const source = sources[at]!;
      const instruction = source.instructions[group - firstGroup[at]!]!;
      return {
        sourceId: source.sourceId,
        instructionId: instruction.id,
        category: instruction.category,
        tryIndex: index - group * tries,
        group,
      };
    },
    jobOf: (group, tryIndex) => group * tries + tryIndex,
    categories: () => groupsByCategory(sources),
  };
}

function groupsByCategory(sources: readonly JobSource[]): { category: string; groups: Uint32Array }[] {
  const counts = new Map<string, number>();
  for (const source of sources) for (const { category } of source.instructions) counts.set(category, (counts.get(category) ?? 0) + 1);
  const lists = new Map<string, { groups: Uint32Array; filled: number }>();
  for (const [category, count] of counts) lists.set(category, { groups: new Uint32Array(count), filled: 0 });
  let group = 0;
  for (const source of sources) {
    for (const { category } of source.instructions) {
      const list = lists.get(category)!;
      list.groups[list.filled++] = group++;
    }
  }
  return [...lists.keys()].sort().map((category) => ({ category, groups: lists.get(category)!.groups }));
}
