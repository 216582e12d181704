import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { matchLetters } from '../../../src/renderer/app/palette/fuzzy.ts';
import type { DesktopCommand } from '../../../src/shared/host.ts';
import { show } from '../../helpers/renderer/show.tsx';
import { fakeDesktop } from '../../helpers/renderer/studio.tsx';

describe('letters that fit', () => {
  // Catches: marks on other letters than were typed, or out of their order.
  it('marks the typed letters in their order, or fits not at all', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 6 }), fc.string({ maxLength: 30 }), (typed, text) => {
        const found = matchLetters(typed, text);
        const letters = [...typed.toLowerCase().replaceAll(/\s+/g, '')];
        const lower = [...text.toLowerCase()];
        if (!found) {
          expect(letters.length).toBeGreaterThan(0);
          return;
        }
        expect(found.marks.map((place) => lower[place])).toEqual(letters);
        expect(found.marks).toEqual([...new Set(found.marks)].sort((a, b) => a - b));
      }),
    );
  });

  it('prefers letters together and at the start of words', () => {
    const score = (text: string) => matchLetters('nr', text)?.score ?? Number.NEGATIVE_INFINITY;
    expect(score('New run')).toBeGreaterThan(score('Endpoints are'));
    expect(matchLetters('run', 'Endpoints')).toBeNull();
  });
});

const open = async () => {
  fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true });
  return screen.findByRole('combobox', { name: 'Command palette' });
};
const lines = () => within(screen.getByRole('listbox', { name: 'What fits' })).getAllByRole('option');

describe('the command palette', () => {
  // Catches: a palette that needs the mouse, or goes to another place than the line that is read aloud.
  it('goes to a screen by keys alone and says which line is chosen', async () => {
    show('#/runs');
    const field = await open();
    fireEvent.change(field, { target: { value: 'endp' } });
    const chosen = () => document.getElementById(field.getAttribute('aria-activedescendant') ?? '');
    expect(chosen()?.textContent).toContain('Endpoints');
    fireEvent.keyDown(field, { key: 'ArrowDown' });
    expect(chosen()).toBe(lines()[1]);
    fireEvent.keyDown(field, { key: 'ArrowUp' });
    fireEvent.keyDown(field, { key: 'Enter' });
    await waitFor(() => expect(window.location.hash).toBe('#/endpoints'));
    expect(screen.queryByRole('combobox', { name: 'Command palette' })).toBeNull();
  });

  it('opens a triplet by its number and closes with Escape without going anywhere', async () => {
    show('#/runs');
    fireEvent.change(await open(), { target: { value: '#640' } });
    expect(lines()[0]?.textContent).toContain('Open triplet 640');
    fireEvent.keyDown(screen.getByRole('combobox', { name: 'Command palette' }), { key: 'Escape' });
    await waitFor(() => expect(screen.queryByRole('combobox', { name: 'Command palette' })).toBeNull());
    expect(window.location.hash).toBe('#/runs');
    fireEvent.change(await open(), { target: { value: '640' } });
    fireEvent.keyDown(screen.getByRole('combobox', { name: 'Command palette' }), { key: 'Enter' });
    await waitFor(() => expect(window.location.hash).toMatch(/^#\/triplets\/640/));
  });

  // Catches: Escape in the palette that closes the comparison under it as well.
  it('lies over a comparison, offers what can be done in it, and leaves it open', async () => {
    show('#/triplets/639');
    await screen.findByRole('dialog', { name: 'Triplet 639' });
    const field = await open();
    fireEvent.change(field, { target: { value: 'view: blink' } });
    fireEvent.keyDown(field, { key: 'Enter' });
    await waitFor(() => expect(screen.getByRole<HTMLInputElement>('radio', { name: 'Blink' }).checked).toBe(true));
    fireEvent.keyDown(await open(), { key: 'Escape' });
    await waitFor(() => expect(screen.queryByRole('combobox', { name: 'Command palette' })).toBeNull());
    expect(screen.getByRole('dialog', { name: 'Triplet 639' })).toBeTruthy();
  });
});

// Catches: an item of the desktop's menu that reaches nothing on the page.
it('does what the desktop menu asks for', async () => {
  let ask: (command: DesktopCommand) => void = () => {};
  const newWindow = vi.fn(async () => {});
  const desktop = fakeDesktop({
    newWindow,
    onCommand(callback) {
      ask = callback;
      return () => {};
    },
  });
  show('#/runs', undefined, desktop);
  await screen.findByRole('button', { name: /Go to/ });
  ask('newRun');
  await waitFor(() => expect(window.location.hash).toBe('#/runs/new'));
  ask('schemeDark');
  await waitFor(() => expect(document.documentElement.dataset.mantineColorScheme).toBe('dark'));
  ask('palette');
  fireEvent.change(await screen.findByRole('combobox', { name: 'Command palette' }), { target: { value: 'new window' } });
  fireEvent.keyDown(screen.getByRole('combobox', { name: 'Command palette' }), { key: 'Enter' });
  await waitFor(() => expect(newWindow).toHaveBeenCalledOnce());
});
