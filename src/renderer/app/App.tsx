import '@mantine/core/styles.css';
import '../ui/ui.css';
import './shell.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { useLayoutEffect } from 'react';
import { EditTripletPage } from '../features/edit/EditTripletPage.tsx';
import { RoomPage } from '../features/edit/RoomPage.tsx';
import { SessionsPage } from '../features/edit/SessionsPage.tsx';
import { EndpointPage } from '../features/endpoints/EndpointPage.tsx';
import { EndpointsPage } from '../features/endpoints/EndpointsPage.tsx';
import { NewEndpointPage } from '../features/endpoints/NewEndpointPage.tsx';
import { ExportPage } from '../features/export/ExportPage.tsx';
import { CalibrationPage } from '../features/lab/CalibrationPage.tsx';
import { AuditPage } from '../features/review/audit/AuditPage.tsx';
import { AuditsPage } from '../features/review/audit/AuditsPage.tsx';
import { ReviewPage } from '../features/review/ReviewPage.tsx';
import { RejectsPage } from '../features/review/rejects/RejectsPage.tsx';
import { ComparePage } from '../features/runs/ComparePage.tsx';
import { NewRunPage } from '../features/runs/NewRunPage.tsx';
import { RunPage } from '../features/runs/RunPage.tsx';
import { RunsPage } from '../features/runs/RunsPage.tsx';
import { ScorersPage } from '../features/scorers/ScorersPage.tsx';
import { theme, variables } from '../theme.ts';
import { Guard } from './Guard.tsx';
import { formatRoute, type Route, useRoute } from './route.ts';
import { Shell } from './Shell.tsx';
import { type Studio, StudioProvider } from './studio.tsx';

const colorScheme = localStorageColorSchemeManager({ key: 'nhr-colour-scheme' });

/** The whole page: theme, engine, frame, and the screen that the URL hash names. `test` turns transitions off. */
export function App({ studio, test = false }: { studio: Studio; test?: boolean }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      colorSchemeManager={colorScheme}
      defaultColorScheme="auto"
      env={test ? 'test' : 'default'}
    >
      <StudioProvider studio={studio}>
        <Screens />
      </StudioProvider>
    </MantineProvider>
  );
}

function Screens() {
  const route = useRoute();
  return (
    <Shell route={route}>
      <Guard key={guardKey(route)}>
        <Screen route={route} />
      </Guard>
    </Shell>
  );
}

function Screen({ route }: { route: Route }) {
  // It begins at its top, wherever the screen before was scrolled to.
  useLayoutEffect(() => {
    const scroller = document.querySelector('main');
    if (scroller) scroller.scrollTop = 0;
  }, []);
  switch (route.screen) {
    case 'runs':
      return <RunsPage />;
    case 'newRun':
      return <NewRunPage key={formatRoute(route)} from={route.run} gates={route.gates} />;
    case 'compare':
      return <ComparePage a={route.a} b={route.b} />;
    case 'run':
      return <RunPage key={route.runId} runId={route.runId} />;
    case 'triplets':
      return <ReviewPage view={route.view} open={route.open} />;
    case 'rejects':
      return <RejectsPage view={route.view} open={route.open} />;
    case 'audits':
      return <AuditsPage />;
    case 'audit':
      return <AuditPage key={route.id} id={route.id} />;
    case 'edits':
      return <SessionsPage />;
    case 'edit':
      return <RoomPage key={route.sessionId} id={route.sessionId} />;
    case 'editTriplet':
      return <EditTripletPage key={formatRoute(route)} tripletId={route.tripletId} side={route.side} />;
    case 'export':
      return <ExportPage filter={route.filter} />;
    case 'scorers':
      return <ScorersPage />;
    case 'calibration':
      return <CalibrationPage open={route.open} />;
    case 'endpoints':
      return <EndpointsPage />;
    case 'newEndpoint':
      return <NewEndpointPage key={formatRoute(route)} from={route.from} />;
    case 'endpoint':
      return <EndpointPage key={route.id} id={route.id} />;
  }
}

// Screens that keep their place while filters and what is open in them change, so those are no part of their key.
const KEPT: Route['screen'][] = ['triplets', 'rejects', 'export', 'calibration'];

function guardKey(route: Route): string {
  return KEPT.includes(route.screen) ? route.screen : formatRoute(route);
}
