import type { CalibrationSource, Drift } from '../../shared/model/calibration.ts';
import { SIGNALS, type SignalName } from '../../shared/model/signals.ts';

/** What a feature of a calibration measures, in words. Features with a good side are learned as "the larger, the worse". */
function featureWords(feature: string): string {
  if (feature.startsWith('class ')) return `Edit class: ${feature.slice(6)}`;
  const [name = '', ...rest] = feature.split(' ');
  const facts = name in SIGNALS ? SIGNALS[name as SignalName] : undefined;
  const title = facts?.title ?? name;
  const judges = facts !== undefined && facts.better !== 'none';
  switch (rest.join(' ')) {
    case '':
      return judges ? `${title}: how bad` : title;
    case 'far above':
      return judges ? `${title}: very bad` : `${title}: unusually much`;
    case 'far below':
      return `${title}: unusually little`;
    default:
      return `${title}: not measured`;
  }
}

/** Words of the Calibration screen: text.lab. */
export const labText = {
  title: 'Calibration',
  open: 'Calibration',
  back: 'All runs',
  about: 'Learns from scores that are there what the signals of a pair mean, so that pairs without a chance need not be paid for.',
  list: 'Calibrations',
  emptyTitle: 'Nothing learned yet',
  emptyText:
    'Open triplets and rate them, accept and reject some, or mine a run with the stages fullReference and validator. Then learn a local validator from those scores here.',
  toTriplets: 'Rate triplets',
  more: (n: number) => `Show ${n} more`,
  broken: 'Files that cannot be used',
  pairs: (pairs: number, sources: number) => `${pairs} pairs, ${sources} sources`,
  fit: {
    title: 'Learn one',
    about: 'From at least 20 scored and measured pairs of 5 sources; better from some hundreds.',
    from: 'Scores of',
    sources: {
      ratings: 'People: ratings of triplets',
      decisions: 'People: accepted and rejected',
      run: 'A judge: verdicts of a run',
    } satisfies Record<CalibrationSource['from'], string>,
    run: 'Run',
    noRun: 'There is no run yet.',
    name: 'Name',
    nameBad: 'Letters, digits, points and dashes.',
    there: (pairs: string, sources: string) => `${pairs} scored and measured pairs of ${sources} sources.`,
    unmeasured: (pairs: string) => `${pairs} scored pairs are left out: no local scorer has measured them.`,
    go: 'Learn',
    working: 'Learning',
    cancel: 'Cancel',
  },
  take: { title: 'From another workspace', path: 'File of a calibration', go: 'Take over' },
  score: { adherence: 'Adherence', aesthetics: 'Aesthetics' },
  quality: {
    title: 'How well it does',
    about: (pairs: number, sources: number) =>
      `On ${pairs} pairs of ${sources} sources that the fit had never seen. 95 % intervals over sources.`,
    score: 'Score',
    method: 'Model',
    methods: { ridge: 'ridge', ordinal: 'ordinal' },
    error: 'Error',
    mean: 'Always the mean',
    rank: 'Rank correlation',
    poor: 'For one of the scores it may be no better than always saying the mean. More scores, or other signals, are needed.',
    few: (sources: number) => `${sources === 1 ? 'One source is' : `${sources} sources are`} few: the intervals themselves are unsure.`,
  },
  plot: {
    title: 'Expected and given',
    about:
      'Every point is a held-out pair. The line joins the mean score given to pairs of about the same expectation; on the diagonal it is right.',
    x: 'expected',
    y: 'given',
    label: (score: string) => `${score}: scores expected and given`,
    said: (score: string, bins: { expected: number; given: number }[]) =>
      `${score}. ${bins.map(({ expected, given }) => `Expected ${expected.toFixed(1)}, given ${given.toFixed(1)}`).join('. ')}.`,
  },
  signals: {
    title: 'What counts most',
    about: 'Weight of each signal in the score; bars to the left pull it down.',
    feature: 'Signal',
    weight: 'Weight',
    word: featureWords,
  },
  drift: {
    title: 'Does it still hold?',
    about: 'Against the validator, in the runs that use it.',
    none: 'No run uses it yet.',
    run: 'Run',
    state: 'State',
    error: 'Error (then)',
    pairs: 'Pairs',
    states: { early: 'too early to say', steady: 'holds', drifted: 'no longer holds' } satisfies Record<Drift['state'], string>,
    calibrateAgain: 'What it expects is off by surely more than when it was made. Calibrate again.',
    early: 'Fewer than 30 pairs have been scored by both.',
  },
  run: {
    title: 'Local validator',
    about: 'What it expects of the newest pairs against what the validator says of them.',
    errorOf: (score: string) => `Error of ${score.toLowerCase()}`,
    before: (holdOut: string, bias: string) => `${holdOut} when it was made; off by ${bias} on average`,
  },
  use: {
    title: 'In a recipe',
    about: 'Pairs with next to no chance are rejected before any judge is asked.',
    copy: 'Copy',
    copied: 'Copied',
  },
  facts: (from: string, date: string, hash: string) => `Learned from ${from}, ${date}, file ${hash}.`,
  of: { ratings: 'ratings', decisions: 'decisions', run: (id: string) => `the verdicts of run ${id}` },
};
