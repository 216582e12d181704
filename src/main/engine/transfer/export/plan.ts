import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { AppError } from '../../../../shared/model/errors.ts';
import { type ExportOptions, SplitName } from '../../../../shared/model/export.ts';
import { applyCaps, assignSplits, createGroups, orderOf } from '../../domain/exportChoice.ts';
import { countOne } from '../countOne.ts';
import { families, inContentOrder } from '../families.ts';
import { createIdIndex, createIdSet } from '../idIndex.ts';
import { createTurns } from '../turns.ts';
import type { ExportDeps } from './deps.ts';
import { contentId, type ExportItem, type ItemsOf } from './items.ts';
import { createNumbers } from './numbers.ts';
import { createSpool, type Spool } from './spool.ts';

/** Rows that stay out of an export, by reason. */
export interface LeftOut {
  rejected: number;
  duplicates: number;
  /** Over the cap of their category. */
  capped: number;
  /** Rows that the format has no place for (no other candidate to compare with, no chain, no scores). */
  notForFormat: number;
}

/** What goes into an export, decided before anything is written. The samples themselves lie on disk. */
export interface Plan {
  rows: number;
  originals: number;
  /** Splits that are asked for, in order; one may be empty. */
  splits: { name: SplitName; rows: number }[];
  /** A sample by its rank in a split. By rank (order of content) samples of one original picture come one after the other. */
  item(split: SplitName, rank: number): Readonly<ExportItem>;
  /** Bytes of the pictures of that sample as they are stored, each counted as often as it is used. */
  bytesOf(split: SplitName, rank: number): number;
  /** The rank of the sample that has this place in the order of the export. */
  rankAt(split: SplitName, position: number): number;
  byKind: Map<string, number>;
  byCategory: Map<string, number>;
  runIds: Set<string>;
  /** An edit of a person that the demo studio made is in it. */
  demoEdits: boolean;
  /** Formats of the pictures by role, for formats that need one a role. */
  formatsByRole: Map<string, Set<string>>;
  pictureBytes: number;
  leftOut: LeftOut;
  /** One hash over everything above: two equal plans give equal exports. */
  digest: string;
  close(): Promise<void>;
}

/**
 * Reads the set once and decides: what is left out, who goes into which split, in which order. Holds about 40 bytes a row (and 25 a
 * picture when there are splits); the rows are spooled to `workDir`. Throws AppError inputInvalid when nothing is left,
 * workspaceCorrupt for a picture the workspace does not know.
 */
export async function makePlan(
  deps: ExportDeps,
  options: ExportOptions,
  itemsOf: ItemsOf,
  workDir: string,
  signal: AbortSignal,
): Promise<Plan> {
  const digest = createHash('sha256').update(JSON.stringify(options));
  const items = await createSpool<ExportItem>(join(workDir, 'rows.spool'), (bytes) => digest.update(bytes));
  try {
    const read = await readRows(deps, options, itemsOf, items, signal);
    await items.seal();
    const plan = decide(options, read, items, digest);
    if (plan.rows === 0) throw nothing(plan.leftOut);
    return plan;
  } catch (error) {
    await items.close().catch(() => undefined);
    throw error;
  }
}

/** Names that repeat, by number; at most so many. */
function createNames(most: number, what: string) {
  const numbers = new Map<string, number>();
  return {
    numberOf(name: string) {
      let number = numbers.get(name);
      if (number === undefined) {
        number = numbers.size;
        if (number >= most) throw new AppError('inputInvalid', `There are more than ${most} ${what} in this set.`);
        numbers.set(name, number);
      }
      return number;
    },
    names: () => [...numbers.keys()],
  };
}

type Read = Awaited<ReturnType<typeof readRows>>;

async function readRows(deps: ExportDeps, options: ExportOptions, itemsOf: ItemsOf, spool: Spool<ExportItem>, signal: AbortSignal) {
  const byRow = {
    idHigh: createNumbers(Uint32Array),
    idLow: createNumbers(Uint32Array),
    category: createNumbers(Uint16Array),
    kind: createNumbers(Uint8Array),
    run: createNumbers(Uint16Array),
    formats: createNumbers(Uint8Array),
    /** 1 = the first row of another original picture. */
    family: createNumbers(Uint8Array),
    /** Number of the original picture, which stands for the group. */
    root: createNumbers(Uint32Array),
    bytes: createNumbers(Float32Array),
  };
  const names = {
    category: createNames(2 ** 16, 'categories'),
    kind: createNames(2 ** 8, 'kinds'),
    run: createNames(2 ** 16, 'runs'),
    formats: createNames(2 ** 8, 'mixtures of picture formats'),
  };
  const leftOut: LeftOut = { rejected: 0, duplicates: 0, capped: 0, notForFormat: 0 };
  const filter = { ...options.filter, states: options.filter.states ?? ['active' as const] };
  const seen = createIdSet();
  const pictures = createIdIndex();
  const groups = createGroups();
  const split = options.splits.train < 1;
  const turn = createTurns(signal);
  let demoEdits = false;

  const numberOf = (hash: string) => {
    const number = pictures.numberOf(hash);
    groups.reach(number);
    return number;
  };
  const factsOf = (hash: string) => {
    const facts = deps.picture(hash);
    if (facts !== undefined) return facts;
    throw new AppError('workspaceCorrupt', `The workspace knows nothing of picture ${hash}.`);
  };

  for (const rows of families(deps.rows(filter))) {
    const pause = turn();
    if (pause) await pause;
    let isFirst = 1;
    for (const row of inContentOrder(rows)) {
      if (filter.decision === undefined && row.decision === 'reject') {
        leftOut.rejected += 1;
        continue;
      }
      const items = itemsOf(row, deps, options);
      if (items.length === 0) leftOut.notForFormat += 1;
      for (const item of items) {
        if (!seen.add(options.dedupe === 'row' ? item.id : contentId(...item.pictures.map(({ hash }) => hash)))) {
          leftOut.duplicates += 1;
          continue;
        }
        const stored = { ...item, pictures: item.pictures.map(({ role, hash }) => ({ role, hash, ...factsOf(hash) })) };
        demoEdits ||= row.edit?.demo === true;
        byRow.idHigh.push(Number.parseInt(item.id.slice(0, 8), 16));
        byRow.idLow.push(Number.parseInt(item.id.slice(8), 16));
        byRow.category.push(names.category.numberOf(row.category));
        byRow.kind.push(names.kind.numberOf(row.kind));
        byRow.run.push(names.run.numberOf(row.runId ?? ''));
        byRow.formats.push(names.formats.numberOf(stored.pictures.map(({ role, format }) => `${role}:${format}`).join(' ')));
        byRow.family.push(isFirst);
        isFirst = 0;
        byRow.bytes.push(stored.pictures.reduce((sum, { bytes }) => sum + bytes, 0));
        if (split) {
          const root = numberOf(row.rootHash);
          for (const { hash } of item.pictures) groups.join(numberOf(hash), root);
          byRow.root.push(root);
        }
        const toFile = spool.add(stored);
        if (toFile) await toFile;
      }
    }
  }
  return { byRow, names, leftOut, groups, pictures: pictures.size(), split, demoEdits };
}

function decide(options: ExportOptions, read: Read, items: Spool<ExportItem>, digest: ReturnType<typeof createHash>): Plan {
  const { splits, splitOf } = choose(options, read, items.size());
  const tally = tallyOf(read, splitOf, splits.length);
  const members = membersOf(splitOf, tally.sizes);
  // Made apart, so that what was only needed to decide can be freed while the export is written.
  return planOf({ options, splits, members, tally, bytes: read.byRow.bytes.data(), items, digest: digest.digest('hex') });
}

/** Marks a row that stays out. */
const NO_SPLIT = 255;

/** For every row its split (index into `splits`), or NO_SPLIT. */
function choose(options: ExportOptions, { byRow, names, groups, pictures, split }: Read, count: number) {
  const rows = { count, idHigh: byRow.idHigh.data(), idLow: byRow.idLow.data(), category: byRow.category.data() };
  const categories = names.category.names();
  const { every = Number.POSITIVE_INFINITY } = options.caps;
  // A category may be called `constructor`: only what the caps themselves name counts.
  const capped = new Map(Object.entries(options.caps.categories));
  const capOf = (number: number) => capped.get(categories[number]!) ?? every;
  const kept = applyCaps(rows, options.seed, capOf, categories.length);
  const splits = SplitName.options.filter((name) => options.splits[name] > 0);
  if (!split) return { splits, splitOf: kept.map((stays) => (stays === 1 ? 0 : NO_SPLIT)) };
  const roots = byRow.root.data();
  const shares = splits.map((name) => options.splits[name]);
  return { splits, splitOf: assignSplits(rows, kept, { of: (row) => groups.of(roots[row]!), count: pictures }, shares, options.seed) };
}

/** What is counted over the rows that go in. */
function tallyOf({ byRow, names, leftOut, demoEdits }: Read, splitOf: Uint8Array, splits: number) {
  const [categories, kinds, runs, formats] = [byRow.category.data(), byRow.kind.data(), byRow.run.data(), byRow.formats.data()];
  const [isFirst, bytes] = [byRow.family.data(), byRow.bytes.data()];
  const sizes = new Array<number>(splits).fill(0);
  const counts = { category: new Map<number, number>(), kind: new Map<number, number>() };
  const used = { run: new Set<number>(), formats: new Set<number>() };
  let rows = 0;
  let originals = 0;
  let isCounted = true;
  let pictureBytes = 0;
  for (let row = 0; row < splitOf.length; row++) {
    if (isFirst[row] === 1) isCounted = false;
    if (splitOf[row] === NO_SPLIT) continue;
    rows += 1;
    sizes[splitOf[row]!]! += 1;
    countOne(counts.kind, kinds[row]!);
    countOne(counts.category, categories[row]!);
    used.run.add(runs[row]!);
    used.formats.add(formats[row]!);
    if (!isCounted) originals += 1;
    isCounted = true;
    pictureBytes += bytes[row]!;
  }
  const formatsByRole = new Map<string, Set<string>>();
  for (const number of used.formats)
    for (const pair of names.formats.names()[number]!.split(' ')) {
      const [role, format] = pair.split(':') as [string, string];
      formatsByRole.set(role, (formatsByRole.get(role) ?? new Set()).add(format));
    }
  const named = (all: string[], numbers: Map<number, number>) => new Map([...numbers].map(([number, count]) => [all[number]!, count]));
  return {
    rows,
    originals,
    pictureBytes,
    sizes,
    byKind: named(names.kind.names(), counts.kind),
    byCategory: named(names.category.names(), counts.category),
    runIds: new Set([...used.run].map((number) => names.run.names()[number]!)),
    formatsByRole,
    demoEdits,
    leftOut: { ...leftOut, capped: splitOf.length - rows },
  };
}

/** The rows of every split, in the order of content. */
function membersOf(splitOf: Uint8Array, sizes: readonly number[]): Uint32Array[] {
  const members = sizes.map((size) => new Uint32Array(size));
  const filled = sizes.map(() => 0);
  for (let row = 0; row < splitOf.length; row++) if (splitOf[row] !== NO_SPLIT) members[splitOf[row]!]![filled[splitOf[row]!]!++] = row;
  return members;
}

function planOf(made: {
  options: ExportOptions;
  splits: SplitName[];
  members: Uint32Array[];
  tally: ReturnType<typeof tallyOf>;
  bytes: Float32Array;
  items: Spool<ExportItem>;
  digest: string;
}): Plan {
  const { options, splits, members, bytes, items, digest } = made;
  const { sizes, ...tally } = made.tally;
  const orders = splits.map((name, i) => orderOf(sizes[i]!, options.seed, name, options.shuffle));
  const rowAt = (split: SplitName, rank: number) => members[splits.indexOf(split)]![rank]!;
  return {
    ...tally,
    splits: splits.map((name, i) => ({ name, rows: sizes[i]! })),
    item: (split, rank) => items.get(rowAt(split, rank)),
    bytesOf: (split, rank) => bytes[rowAt(split, rank)]!,
    rankAt: (split, position) => orders[splits.indexOf(split)]!(position),
    digest,
    close: items.close,
  };
}

function nothing(leftOut: LeftOut): AppError {
  const reasons = [
    leftOut.rejected > 0 ? `${leftOut.rejected} were rejected in review` : '',
    leftOut.notForFormat > 0 ? `${leftOut.notForFormat} have nothing that this format holds` : '',
    leftOut.capped > 0 ? `${leftOut.capped} were over the caps` : '',
  ].filter((text) => text !== '');
  return new AppError('inputInvalid', 'There is nothing to export: no triplet in the set matches.', {
    hint: reasons.length > 0 ? `${reasons.join('; ')}.` : 'Widen the filter, or mine some triplets first.',
  });
}
