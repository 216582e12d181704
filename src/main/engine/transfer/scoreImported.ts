import { formatCount } from '../../../shared/count.ts';
import type { LowLevelNumbers, Scores, Verdict } from '../../../shared/model/attempt.ts';
import { AppError } from '../../../shared/model/errors.ts';
import type { JobView } from '../../../shared/model/events.ts';
import { LaneClosed } from '../pipeline/lanes.ts';
import type { JudgedPair, PairJudges } from '../pipeline/pairJudges.ts';
import { troubleOf } from '../pipeline/trouble.ts';
import { type CheckPairDeps, checkPair } from './checkPair.ts';
import { countOne } from './countOne.ts';

/** An imported triplet that waits for a check. Both pictures have one size: others were kept out at import. */
export interface UncheckedTriplet {
  id: number;
  sourceHash: string;
  editedHash: string;
  instruction: string;
  category: string;
  /** 1 = the local checks have seen it, and a judge is what it waits for. */
  isMeasured: 0 | 1;
}

/** What checking takes from the engine. */
export interface ScoreImportedDeps extends CheckPairDeps {
  /**
   * Imported triplets of the set that no check has seen or, with a stage, that this judge has not; oldest first, ids over `after`, at
   * most `most`.
   */
  unchecked(after: number, most: number, judge?: PairJudges['last']): UncheckedTriplet[];
  countUnchecked(judge?: PairJudges['last']): number;
  /** Stores numbers, verdicts and scores; with a reason, takes the triplet out of the set. All of it or nothing. */
  settle(id: number, result: Settled): Promise<void>;
  /** Triplets worked on at once. */
  concurrency: number;
  /** Models that judge what passes the local checks; nobody does when not given. */
  judges?: PairJudges | undefined;
}

interface Settled {
  reason: string;
  lowLevel: LowLevelNumbers | null;
  /** Null keeps those the triplet has. */
  scores: Scores | null;
  verdicts: Verdict[];
}

export interface ScoreImportedReport {
  checked: number;
  passed: number;
  dropped: number;
  /** Drops by reason. */
  reasons: Map<string, number>;
  /** Pairs that stay in the set and wait for their judge: by the code of what was in the way. */
  unjudged: Map<string, number>;
  /** Why it stopped before its end: the budget, an endpoint that is of no use; empty when it came to its end. */
  stopped: string;
  lines: JobView['report'];
}

const PAGE = 500;

/**
 * Checks the imported triplets that are in the set and were never checked: what fails leaves the set with its reason, every number is
 * stored. With judges, those that no judge has seen: the free checks come first, and only what passes them is asked about. The scores a
 * set came with stay unless a validator gives new ones. Stopped and started again, it goes on with those that are left, and no answer
 * is paid for twice. A pair without an answer stays as it is and is counted. Throws AppError inputInvalid when there is none; rejects
 * with the signal's reason when aborted.
 */
export async function scoreImported(
  deps: ScoreImportedDeps,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<ScoreImportedReport> {
  const { judges } = deps;
  const total = deps.countUnchecked(judges?.last);
  if (total === 0)
    throw new AppError('inputInvalid', `No imported triplet waits for a ${judges ? 'judge' : 'check'}.`, {
      hint: 'Import a set first: nhr import --help.',
    });
  const reasons = new Map<string, number>();
  const unjudged = new Map<string, number>();
  let checked = 0;
  let done = 0;
  let stopped = '';
  onProgress(0, total);

  async function check(triplet: UncheckedTriplet): Promise<void> {
    signal.throwIfAborted();
    const { id, instruction, category, sourceHash, editedHash } = triplet;
    const pair = { instruction, category, source: { hash: sourceHash }, edited: { hash: editedHash } };
    const local = triplet.isMeasured === 1 ? null : await checkPair(deps, pair);
    const judged =
      local === null || local.reason === '' ? await ask({ instruction, category, source: sourceHash, edited: editedHash }) : null;
    const verdicts = [...(local?.verdicts ?? []), ...(judged?.verdicts ?? [])];
    const reason = verdicts.find(({ passed }) => !passed)?.reason ?? '';
    if (verdicts.length > 0) {
      await deps.settle(id, { reason, lowLevel: local?.lowLevel ?? null, scores: judged?.scores ?? null, verdicts });
      checked += 1;
    }
    if (reason !== '') countOne(reasons, reason);
    done += 1;
    onProgress(Math.min(done, total), total);
  }

  /** What the judges say; null without any, and where there is no answer to be had for this pair now. */
  async function ask(pair: JudgedPair) {
    if (judges === undefined || stopped !== '') return null;
    try {
      return await judges.judge(pair, signal);
    } catch (error) {
      signal.throwIfAborted();
      const { code, message } = troubleOf(error, ['budgetReached', 'callUnknown']);
      countOne(unjudged, code);
      // Either keeps all others from being judged, too.
      if (code === 'budgetReached' || error instanceof LaneClosed) stopped = message;
      return null;
    }
  }

  let after = 0;
  for (let page = deps.unchecked(after, PAGE, judges?.last); page.length > 0; page = deps.unchecked(after, PAGE, judges?.last)) {
    after = page.at(-1)!.id;
    const queue = [...page];
    const lanes = Array.from({ length: deps.concurrency }, async () => {
      for (let triplet = queue.shift(); triplet !== undefined && stopped === ''; triplet = queue.shift()) await check(triplet);
    });
    // All come to rest before one failure is told: nothing may be written to after the job has ended.
    const failed = (await Promise.allSettled(lanes)).find((lane) => lane.status === 'rejected');
    if (failed) throw signal.aborted ? signal.reason : failed.reason;
    if (stopped !== '') break;
  }
  const dropped = [...reasons.values()].reduce((sum, count) => sum + count, 0);
  const lines = [
    line('Checked', formatCount(checked)),
    line('Passed', formatCount(checked - dropped)),
    line('Dropped', formatCount(dropped)),
    ...[...reasons].map(([reason, count]) => line(`  ${reason}`, formatCount(count))),
    ...(judges ? moneyLines(judges) : []),
    ...[...unjudged].map(([code, count]) => line(`Not judged: ${code}`, formatCount(count), false)),
    ...(stopped === '' ? [] : [line('Still waiting', formatCount(deps.countUnchecked(judges?.last)), false)]),
  ];
  return { checked, passed: checked - dropped, dropped, reasons, unjudged, stopped, lines };
}

function moneyLines(judges: PairJudges): JobView['report'] {
  const { usd, reused } = judges.tally();
  return [line('Spent', `$${usd.toFixed(4)}`), ...(reused > 0 ? [line('Answers that were paid for before', formatCount(reused))] : [])];
}

function line(label: string, value: string, ok = true): JobView['report'][number] {
  return { label, value, ok };
}
