import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { desktopBlobUrl, webBlobUrl } from './app/blobUrl.ts';
import { createEngineClient } from './app/client.ts';
import { desktopConnections, socketConnections, socketUrl } from './app/connection.ts';
import { createEngineState } from './app/engineState.ts';
import { createStudio } from './app/studio.tsx';

const desktop = window.nhr ?? null;
const connections = desktop ? desktopConnections(desktop) : socketConnections(() => new WebSocket(socketUrl(window.location)));
const studio = createStudio({
  client: createEngineClient(connections),
  engineState: createEngineState(connections, desktop),
  blobUrl: desktop ? desktopBlobUrl : webBlobUrl,
  desktop,
});

createRoot(document.getElementById('root')!).render(<App studio={studio} />);
