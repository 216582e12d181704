import { createStore } from 'zustand/vanilla';
import type { EngineStateStore } from '../../../src/renderer/app/engineState.ts';
import { createStudio, type Studio } from '../../../src/renderer/app/studio.tsx';
import type { DesktopBridge, EngineState } from '../../../src/shared/host.ts';
import { createFakeEngine, type FakeEngine } from './fakeEngine.ts';
import { fakeBlobUrl } from './pictures.ts';

/** A studio over a fake engine; `setEngine` plays the supervisor. */
export function fakeStudio(fake: FakeEngine = createFakeEngine(), desktop: DesktopBridge | null = null) {
  const engineState: EngineStateStore = createStore<EngineState>(() => ({ state: 'ready', attempt: 0, error: null }));
  const studio: Studio = createStudio({ client: fake.client, engineState, blobUrl: fakeBlobUrl, desktop });
  return { studio, fake, setEngine: (state: EngineState) => engineState.setState(state, true) };
}

/** A desktop that answers at once and remembers what it was asked. */
export function fakeDesktop(part: Partial<DesktopBridge> = {}): DesktopBridge {
  return {
    host: 'desktop',
    version: '0.1.0',
    onPort: () => () => {},
    onEngineState: () => () => {},
    restartEngine: async () => {},
    pickFile: async () => '/data/pairs.jsonl',
    pickFolder: async () => '/data/out',
    showInFolder: async () => {},
    onCommand: () => () => {},
    newWindow: async () => {},
    dragPicture: () => {},
    savePicture: async () => '/data/picture.png',
    ...part,
  };
}
