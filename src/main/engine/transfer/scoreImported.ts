import { formatCount } from '../../../shared/count.ts';
import type { LowLevelNumbers, Scores, Verdict } from '../../../shared/model/attempt.ts';
import { AppError } from '../../../shared/model/errors.ts';
import type { JobView } from '../../../shared/model/events.ts';
import { type CheckedPair, type CheckPairDeps, checkPair } from './checkPair.ts';

/** An imported triplet that no check has seen. Both pictures have one size: others were kept out at import. */
export interface UncheckedTriplet {
  id: number;
  sourceHash: string;
  editedHash: string;
  instruction: string;
  category: string;
}

/** What checking takes from the engine. */
export interface ScoreImportedDeps extends CheckPairDeps {
  /** Imported triplets of the set that no check has seen, oldest first, ids over `after`; at most `most`. */
  unchecked(after: number, most: number): UncheckedTriplet[];
  countUnchecked(): number;
  /** Stores numbers, verdicts and scores; with a reason, takes the triplet out of the set. All of it or nothing. */
  settle(
    id: number,
    result: { reason: string; lowLevel: LowLevelNumbers | null; scores: Scores | null; verdicts: Verdict[] },
  ): Promise<void>;
  /** Triplets worked on at once. */
  concurrency: number;
}

export interface ScoreImportedReport {
  checked: number;
  passed: number;
  dropped: number;
  /** Drops by reason. */
  reasons: Map<string, number>;
  lines: JobView['report'];
}

const PAGE = 500;

/**
 * Checks the imported triplets that are in the set and were never checked: what fails leaves the set with its reason, every number is
 * stored. The scores a set came with stay unless a judge gives new ones. Stopped and started again, it goes on with those that are left.
 * Throws AppError inputInvalid when there is none; rejects with the signal's reason when aborted.
 */
export async function scoreImported(
  deps: ScoreImportedDeps,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<ScoreImportedReport> {
  const total = deps.countUnchecked();
  if (total === 0)
    throw new AppError('inputInvalid', 'No imported triplet waits for a check.', { hint: 'Import a set first: nhr import --help.' });
  const reasons = new Map<string, number>();
  let checked = 0;
  onProgress(0, total);

  async function check(triplet: UncheckedTriplet): Promise<void> {
    signal.throwIfAborted();
    const { instruction, category } = triplet;
    const pair = { instruction, category, source: { hash: triplet.sourceHash }, edited: { hash: triplet.editedHash } };
    const result: CheckedPair = await checkPair(deps, pair, signal);
    await deps.settle(triplet.id, result);
    if (result.reason !== '') reasons.set(result.reason, (reasons.get(result.reason) ?? 0) + 1);
    checked += 1;
    onProgress(Math.min(checked, total), total);
  }

  let after = 0;
  for (let page = deps.unchecked(after, PAGE); page.length > 0; page = deps.unchecked(after, PAGE)) {
    after = page.at(-1)!.id;
    const queue = [...page];
    const lanes = Array.from({ length: deps.concurrency }, async () => {
      for (let triplet = queue.shift(); triplet !== undefined; triplet = queue.shift()) await check(triplet);
    });
    // All come to rest before one failure is told: nothing may be written to after the job has ended.
    const failed = (await Promise.allSettled(lanes)).find((lane) => lane.status === 'rejected');
    if (failed) throw signal.aborted ? signal.reason : failed.reason;
  }
  const dropped = [...reasons.values()].reduce((sum, count) => sum + count, 0);
  const lines = [
    { label: 'Checked', value: formatCount(checked), ok: true },
    { label: 'Passed', value: formatCount(checked - dropped), ok: true },
    { label: 'Dropped', value: formatCount(dropped), ok: true },
    ...[...reasons].map(([reason, count]) => ({ label: `  ${reason}`, value: formatCount(count), ok: true })),
  ];
  return { checked, passed: checked - dropped, dropped, reasons, lines };
}
