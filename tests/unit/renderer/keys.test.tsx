import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { changeKey, resetKey, resetKeys } from '../../../src/renderer/features/review/changeKeys.ts';
import { actionOf, KEYS } from '../../../src/renderer/features/review/keys.ts';
import { show } from '../../helpers/renderer/show.tsx';

const pressed = (key: string) => ({ key, ctrlKey: false, metaKey: false, altKey: false });
beforeEach(resetKeys);

describe('keys', () => {
  // Catches: a table in which one key does two things in one place.
  it('are one to one in each place as they come', () => {
    for (const place of ['grid', 'compare'] as const) {
      const keys = KEYS.filter(({ where }) => where.includes(place)).flatMap((action) => action.keys);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  // Catches: a changed key that works beside the old one, is lost, or takes another action's key away.
  it('are changed, kept, refused when taken, and reset', () => {
    expect(changeKey('accept', 'Q')).toBeNull();
    expect(actionOf(pressed('q'), 'compare')).toBe('accept');
    expect(actionOf(pressed('a'), 'compare')).toBeNull();
    expect(JSON.parse(window.localStorage.getItem('nhr-keys') ?? '')).toEqual({ accept: 'q' });
    expect(changeKey('reject', 'q')).toMatchObject({ why: 'taken', by: { name: 'accept' } });
    expect(changeKey('reject', 'a')).toBeNull();
    expect(resetKey('accept')).toMatchObject({ name: 'reject' });
    expect(actionOf(pressed('q'), 'grid')).toBe('accept');
    for (const key of ['Escape', 'Tab', '[', 'F5']) expect(changeKey('undo', key)).toEqual({ why: 'reserved' });
    resetKeys();
    expect(actionOf(pressed('a'), 'grid')).toBe('accept');
    expect(actionOf(pressed('r'), 'grid')).toBe('reject');
  });

  // Catches: another window that goes on with the old keys, and a damaged store that breaks the screen.
  it('follow what another window chose, whatever stands there', () => {
    window.localStorage.setItem('nhr-keys', '{"accept":"q"}');
    window.dispatchEvent(new StorageEvent('storage', { key: 'nhr-keys' }));
    expect(actionOf(pressed('q'), 'grid')).toBe('accept');
    for (const damaged of ['{', 'null', '[1]', '{"accept":5}']) {
      window.localStorage.setItem('nhr-keys', damaged);
      window.dispatchEvent(new StorageEvent('storage', { key: 'nhr-keys' }));
      expect(actionOf(pressed('a'), 'grid')).toBe('accept');
    }
  });

  // Catches: a new key that does its old work while it is being chosen, or a list that does not show it.
  it('are changed in the list by keyboard, and work at once', async () => {
    const { fake } = show('#/triplets');
    await waitFor(() => expect(document.querySelector('[data-id="640"]')).not.toBeNull());
    fireEvent.keyDown(document.body, { key: '?' });
    const dialog = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' });
    const [change] = within(dialog).getAllByRole('button', { name: 'Change the key of: Accept' });
    fireEvent.click(change!);
    expect(within(dialog).getByRole('status').textContent).toContain('Accept: press the new key');
    fireEvent.keyDown(document.body, { key: 'r' });
    expect(within(dialog).getByRole('status').textContent).toContain('R is taken by “Reject”');
    fireEvent.keyDown(document.body, { key: 'q' });
    expect(await within(dialog).findAllByText('Q')).toHaveLength(2);
    fireEvent.keyDown(dialog, { key: 'Escape' });
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    const cell = document.querySelector<HTMLElement>('[data-id="640"]')!;
    cell.focus();
    fireEvent.keyDown(cell, { key: 'a' });
    fireEvent.keyDown(cell, { key: 'q' });
    await waitFor(() => expect(fake.calls.filter(({ name }) => name === 'triplets.decide')).toHaveLength(1));
  });
});
