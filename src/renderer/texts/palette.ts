/** Words of the command palette. */
export const paletteText = {
  button: 'Go to',
  title: 'Command palette',
  place: 'A screen, a run, a triplet by its number, or what to do',
  results: 'What fits',
  found: (n: number) => (n === 1 ? '1 line' : `${n} lines`),
  none: 'Nothing fits.',
  groups: { here: 'On this screen', go: 'Go to', runs: 'Run', sessions: 'Edit session', app: 'App' },
  triplet: (id: number) => `Open triplet ${id}`,
  search: (words: string) => `Search instructions for “${words}”`,
  newWindow: 'New window',
  savePicture: 'Save the picture…',
  view: (mode: string) => `View: ${mode}`,
} as const;
