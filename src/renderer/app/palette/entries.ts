import type { EditSessionView } from '../../../shared/model/edit.ts';
import type { RunSummary } from '../../../shared/model/run.ts';
import { text } from '../../text.ts';
import type { ScreenAction } from '../actions.ts';
import { DEFAULT_FILTER, DEFAULT_VIEW } from '../filterQuery.ts';
import { go, type Route } from '../route.ts';
import { type Fit, matchLetters } from './fuzzy.ts';

const t = text.palette;

/** One line of the palette. */
export interface Entry {
  id: string;
  group: keyof typeof t.groups;
  name: string;
  /** Words beside the name that are searched too: a state, a key. */
  about: string;
  run(): void;
}

/** Most lines that are shown at once. */
const MOST = 60;

export interface EntrySources {
  actions: readonly ScreenAction[];
  runs: readonly RunSummary[];
  sessions: readonly EditSessionView[];
  /** What the app itself can do: colours, windows. */
  app: readonly Entry[];
}

const to = (group: Entry['group'], id: string, name: string, about: string, route: Route): Entry => ({
  id,
  group,
  name,
  about,
  run: () => go(route),
});

/** The screens and what begins something new. */
export const PLACES: readonly Entry[] = [
  to('go', 'go-runs', text.app.runs, '', { screen: 'runs' }),
  to('go', 'go-triplets', text.app.triplets, '', { screen: 'triplets', view: DEFAULT_VIEW, open: null }),
  to('go', 'go-edit', text.app.edit, '', { screen: 'edits' }),
  to('go', 'go-export', text.app.export, '', { screen: 'export', filter: DEFAULT_FILTER }),
  to('go', 'go-endpoints', text.app.endpoints, '', { screen: 'endpoints' }),
  to('go', 'go-scorers', text.scorers.title, '', { screen: 'scorers' }),
  to('go', 'go-calibration', text.lab.title, '', { screen: 'calibration', open: null }),
  to('go', 'go-new-run', text.runs.new, '', { screen: 'newRun' }),
  to('go', 'go-new-endpoint', text.endpoints.add, '', { screen: 'newEndpoint', from: null }),
];

/** All lines, most at hand first. */
function allEntries({ actions, runs, sessions, app }: EntrySources): Entry[] {
  return [
    ...actions.map(({ id, name, keys = '', run }): Entry => ({ id: `do-${id}`, group: 'here', name, about: keys, run })),
    ...PLACES,
    ...runs.map((run) => to('runs', `run-${run.id}`, run.name, text.state[run.state], { screen: 'run', runId: run.id })),
    ...sessions.map((session) => to('sessions', `session-${session.id}`, session.title, '', { screen: 'edit', sessionId: session.id })),
    ...app,
  ];
}

/** What a query asks for by itself: a triplet by its number, a search in the instructions. */
function asked(typed: string): { first: Entry[]; last: Entry[] } {
  const number = /^#?\s*(\d{1,15})$/.exec(typed.trim())?.[1];
  const open =
    number && to('go', 'triplet', t.triplet(Number(number)), '', { screen: 'triplets', view: DEFAULT_VIEW, open: Number(number) });
  const words = typed.trim();
  const filter = { ...DEFAULT_VIEW.filter, text: words };
  const search =
    words.length > 1 && to('go', 'search', t.search(words), '', { screen: 'triplets', view: { ...DEFAULT_VIEW, filter }, open: null });
  return { first: open ? [open] : [], last: search ? [search] : [] };
}

/** The lines for what was typed, best first, each with the letters that fit. */
export function findEntries(typed: string, sources: EntrySources): (Entry & { fit: Fit })[] {
  const none: Fit = { score: 0, marks: [] };
  const { first, last } = asked(typed);
  const found = allEntries(sources).flatMap((entry) => {
    const own = matchLetters(typed, entry.name);
    const wide = own ?? matchLetters(typed, `${entry.name} ${entry.about} ${t.groups[entry.group]}`);
    return wide ? [{ ...entry, fit: own ?? { score: wide.score - 5, marks: [] } }] : [];
  });
  if (typed.trim() !== '') found.sort((a, b) => b.fit.score - a.fit.score);
  return [...first.map((entry) => ({ ...entry, fit: none })), ...found.slice(0, MOST), ...last.map((entry) => ({ ...entry, fit: none }))];
}
