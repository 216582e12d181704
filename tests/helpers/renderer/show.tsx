import { act, render } from '@testing-library/react';
import { App } from '../../../src/renderer/app/App.tsx';
import type { DesktopBridge } from '../../../src/shared/host.ts';
import type { FakeEngine } from './fakeEngine.ts';
import { fakeStudio } from './studio.tsx';

/** Opens the whole page at an address, over a fake engine. */
export function show(hash: string, fake?: FakeEngine, desktop: DesktopBridge | null = null) {
  window.location.hash = hash;
  const made = fakeStudio(fake, desktop);
  const page = render(<App studio={made.studio} test />);
  return { ...made, ...page, emit: (event: Parameters<FakeEngine['emit']>[0]) => act(async () => made.fake.emit(event)) };
}
