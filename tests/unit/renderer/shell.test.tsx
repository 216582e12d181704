import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { createFakeEngine } from '../../helpers/renderer/fakeEngine.ts';
import { show } from '../../helpers/renderer/show.tsx';
import { fakeDesktop } from '../../helpers/renderer/studio.tsx';

describe('the frame', () => {
  // Catches: a restart that is told to nobody, because it was over before the page was drawn; a banner that stays.
  it('tells of a restart, however short, and is quiet again when the engine is back', async () => {
    const { setEngine } = show('#/runs', undefined, fakeDesktop());
    act(() => {
      setEngine({ state: 'restarting', attempt: 1, error: null });
      setEngine({ state: 'ready', attempt: 0, error: null });
    });
    expect(screen.getByText('The engine stopped and is starting again. Nothing is lost.')).toBeTruthy();
    await waitFor(() => expect(screen.queryByText(/The engine stopped/)).toBeNull(), { timeout: 4_000 });
    act(() => setEngine({ state: 'restarting', attempt: 1, error: null }));
    expect(screen.getByText('The engine stopped and is starting again. Nothing is lost.')).toBeTruthy();
  });

  it('offers a restart when the engine is broken', async () => {
    const restartEngine = vi.fn(async () => {});
    const { setEngine } = show('#/runs', undefined, fakeDesktop({ restartEngine }));
    act(() =>
      setEngine({
        state: 'broken',
        attempt: 3,
        error: { code: 'workspaceLocked', message: 'It is open elsewhere.', details: { hint: 'Close it there.' } },
      }),
    );
    expect(screen.getByText(/It is open elsewhere\. Close it there\./)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Restart the engine' }));
    expect(restartEngine).toHaveBeenCalledOnce();
  });

  // Catches: the page of a run that opens in its middle, because the form before it was scrolled to its button.
  it('shows every screen from its top', async () => {
    show('#/runs/new');
    await screen.findByRole('heading', { level: 1, name: 'New run' });
    const main = screen.getByRole('main');
    main.scrollTop = 700;
    act(() => {
      window.location.hash = '#/runs';
    });
    await screen.findByRole('heading', { level: 1, name: 'Runs' });
    expect(main.scrollTop).toBe(0);
  });

  it('shows the demo mark on every screen of a demo workspace', async () => {
    for (const hash of ['#/runs', '#/triplets', '#/export', '#/runs/new']) {
      const { unmount } = show(hash, createFakeEngine({ demo: true, runs: [] }));
      expect(await screen.findAllByText('demo')).not.toHaveLength(0);
      unmount();
    }
  });

  it('marks the present screen and keeps the chosen colour scheme', async () => {
    show('#/export');
    expect(screen.getByRole('link', { name: 'Export' }).getAttribute('aria-current')).toBe('page');
    fireEvent.click(screen.getByRole('button', { name: 'Colour scheme' }));
    fireEvent.click(await screen.findByRole('menuitem', { name: 'Dark' }));
    await waitFor(() => expect(document.documentElement.getAttribute('data-mantine-color-scheme')).toBe('dark'));
    expect(localStorage.getItem('nhr-colour-scheme')).toBe('dark');
  });
});
