/** Words about what local scorers measured. */
export const signalsText = {
  title: 'Local signals',
  about: 'What the scorers of this machine measured, and the limits of the gate.',
  more: (n: number) => `Measured without a limit (${n})`,
  least: (limit: string) => `at least ${limit}`,
  most: (limit: string) => `at most ${limit}`,
  outcome: { passed: 'within the limit', failed: 'over the limit', skipped: 'not held against it' },
  /** Why a limit says nothing about an edit; what is not here is shown as it is stored. */
  skipped: {
    globalEdit: 'the edit covers nearly everything',
    notMeasured: 'could not be measured',
    uncertain: 'too little was found again',
    background: 'the background was to change',
    look: 'light and colours were to change',
    focus: 'sharpness was to change',
    geometry: 'places were to change',
    unknown: 'the operation is not known',
  } as Partial<Record<string, string>>,
  yes: 'yes',
  no: 'no',
  filter: 'Local signals',
  add: 'Add a signal',
  choose: 'Signal',
  from: (signal: string) => `${signal}, from`,
  to: (signal: string) => `${signal}, to`,
  remove: (signal: string) => `No limit on ${signal}`,
};
