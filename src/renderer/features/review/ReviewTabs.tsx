import './tabs.css';
import { DEFAULT_VIEW } from '../../app/filterQuery.ts';
import { DEFAULT_REJECTS } from '../../app/rejectQuery.ts';
import { formatRoute, type Route } from '../../app/route.ts';
import { text } from '../../text.ts';

const TABS = [
  { name: text.app.triplets, route: { screen: 'triplets', view: DEFAULT_VIEW, open: null } },
  { name: text.rejects.tab, route: { screen: 'rejects', view: DEFAULT_REJECTS, open: null } },
  { name: text.audit.tab, route: { screen: 'audits' } },
] as const satisfies readonly { name: string; route: Route }[];

/** The three things a reviewer looks at: the set, what was thrown away, and audits. */
export function ReviewTabs({ now }: { now: 'triplets' | 'rejects' | 'audits' }) {
  return (
    <nav className="nhr-review-tabs" aria-label={text.rejects.tabs}>
      {TABS.map(({ name, route }) => (
        <a key={name} href={formatRoute(route)} aria-current={route.screen === now ? 'page' : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}
