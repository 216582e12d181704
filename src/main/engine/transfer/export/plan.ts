import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { AppError } from '../../../../shared/model/errors.ts';
import { type ExportOptions, SplitName } from '../../../../shared/model/export.ts';
import { applyCaps, assignSplits, createGroups, orderOf } from '../../domain/exportChoice.ts';
import { families, inContentOrder } from '../families.ts';
import { createIdIndex } from '../idIndex.ts';
import { createIdSet } from '../idSet.ts';
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
  item(split: SplitName, rank: number): ExportItem;
  /** Bytes of the pictures of that sample as they are stored, each counted as often as it is used. */
  bytesOf(split: SplitName, rank: number): number;
  /** The rank of the sample that has this place in the order of the export. */
  rankAt(split: SplitName, position: number): number;
  byKind: Map<string, number>;
  byCategory: Map<string, number>;
  runIds: Set<string>;
  /** Formats of the pictures by role, for formats that need one a role. */
  formatsByRole: Map<string, Set<string>>;
  pictureBytes: number;
  leftOut: LeftOut;
  /** One hash over everything above: two equal plans give equal exports. */
  digest: string;
  close(): Promise<void>;
}

/**
 * Reads the set once and decides: what is left out, who goes into which split, in which order. Holds about 40 bytes a row (and 30 a
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
  const spool = await createSpool<ExportItem>(join(workDir, 'rows.jsonl'), (text) => digest.update(text));
  try {
    const read = await readRows(deps, options, itemsOf, spool, signal);
    await spool.seal();
    const plan = decide(options, read, spool, digest);
    if (plan.rows === 0) throw nothing(plan.leftOut);
    return plan;
  } catch (error) {
    await spool.close().catch(() => undefined);
    throw error;
  }
}

/** Names that repeat, by number. */
function createNames() {
  const numbers = new Map<string, number>();
  return {
    numberOf(name: string) {
      let number = numbers.get(name);
      if (number === undefined) {
        number = numbers.size;
        if (number > 65_535) throw new AppError('inputInvalid', 'There are more than 65,536 categories or runs in this set.');
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
    kind: createNumbers(Uint16Array),
    run: createNumbers(Uint16Array),
    formats: createNumbers(Uint16Array),
    family: createNumbers(Uint32Array),
    /** Number of the original picture, which stands for the group. */
    root: createNumbers(Uint32Array),
    bytes: createNumbers(Float64Array),
  };
  const names = { category: createNames(), kind: createNames(), run: createNames(), formats: createNames() };
  const leftOut: LeftOut = { rejected: 0, duplicates: 0, capped: 0, notForFormat: 0 };
  const filter = { ...options.filter, states: options.filter.states ?? ['active' as const] };
  const seen = createIdSet();
  const pictures = createIdIndex();
  const groups = createGroups();
  const split = options.splits.train < 1;
  let family = 0;

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

  for await (const rows of families(deps.rows(filter))) {
    signal.throwIfAborted();
    family += 1;
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
        const facts = item.pictures.map(({ role, hash }) => ({ role, ...factsOf(hash) }));
        byRow.idHigh.push(Number.parseInt(item.id.slice(0, 8), 16));
        byRow.idLow.push(Number.parseInt(item.id.slice(8), 16));
        byRow.category.push(names.category.numberOf(row.category));
        byRow.kind.push(names.kind.numberOf(row.kind));
        byRow.run.push(names.run.numberOf(row.runId ?? ''));
        byRow.formats.push(names.formats.numberOf(facts.map(({ role, format }) => `${role}:${format}`).join(' ')));
        byRow.family.push(family);
        byRow.bytes.push(facts.reduce((sum, { bytes }) => sum + bytes, 0));
        if (split) {
          const root = numberOf(row.rootHash);
          for (const { hash } of item.pictures) groups.join(numberOf(hash), root);
          byRow.root.push(root);
        }
        await spool.add(item);
      }
    }
  }
  return { byRow, names, leftOut, groups, pictures: pictures.size(), split };
}

function decide(options: ExportOptions, read: Read, spool: Spool<ExportItem>, digest: ReturnType<typeof createHash>): Plan {
  const { byRow, names } = read;
  const count = spool.size();
  const candidates = { count, idHigh: byRow.idHigh.data(), idLow: byRow.idLow.data(), category: byRow.category.data() };
  const categories = names.category.names();
  const { every = Number.POSITIVE_INFINITY, categories: capped } = options.caps;
  const kept = applyCaps(candidates, options.seed, (number) => capped[categories[number]!] ?? every, categories.length);
  const roots = byRow.root.data();
  const asked = SplitName.options.filter((name) => options.splits[name] > 0);
  const splitOf = read.split
    ? assignSplits(
        candidates,
        kept,
        { of: (row) => read.groups.of(roots[row]!), count: read.pictures },
        asked.map((name) => options.splits[name]),
        options.seed,
      )
    : kept.map((stays) => (stays === 1 ? 0 : 255));

  const byKind = new Map<string, number>();
  const byCategory = new Map<string, number>();
  const runIds = new Set<string>();
  const formatsByRole = new Map<string, Set<string>>();
  const sizes = asked.map(() => 0);
  const labels = { kind: names.kind.names(), run: names.run.names(), formats: names.formats.names() };
  const [kinds, runs, formats, familyOf, bytes] = [
    byRow.kind.data(),
    byRow.run.data(),
    byRow.formats.data(),
    byRow.family.data(),
    byRow.bytes.data(),
  ];
  let rows = 0;
  let originals = 0;
  let lastFamily = 0;
  let pictureBytes = 0;
  for (let row = 0; row < count; row++) {
    if (kept[row] === 0) continue;
    rows += 1;
    sizes[splitOf[row]!]! += 1;
    countOne(byKind, labels.kind[kinds[row]!]!);
    countOne(byCategory, categories[candidates.category[row]!]!);
    runIds.add(labels.run[runs[row]!]!);
    for (const pair of labels.formats[formats[row]!]!.split(' ')) {
      const [role, format] = pair.split(':') as [string, string];
      formatsByRole.set(role, (formatsByRole.get(role) ?? new Set()).add(format));
    }
    if (familyOf[row] !== lastFamily) originals += 1;
    lastFamily = familyOf[row]!;
    pictureBytes += bytes[row]!;
  }
  const members = sizes.map((size) => new Uint32Array(size));
  const filled = sizes.map(() => 0);
  for (let row = 0; row < count; row++) if (splitOf[row] !== 255) members[splitOf[row]!]![filled[splitOf[row]!]!++] = row;
  const orders = asked.map((name, i) => orderOf(sizes[i]!, options.seed, name, options.shuffle));
  const rowAt = (split: SplitName, rank: number) => members[asked.indexOf(split)]![rank]!;

  return {
    rows,
    originals,
    splits: asked.map((name, i) => ({ name, rows: sizes[i]! })),
    item: (split, rank) => spool.get(rowAt(split, rank)),
    bytesOf: (split, rank) => bytes[rowAt(split, rank)]!,
    rankAt: (split, position) => orders[asked.indexOf(split)]!(position),
    byKind,
    byCategory,
    runIds,
    formatsByRole,
    pictureBytes,
    leftOut: { ...read.leftOut, capped: count - rows },
    digest: digest.digest('hex'),
    close: spool.close,
  };
}

function countOne(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
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
