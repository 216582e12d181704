import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { show } from '../../helpers/renderer/show.tsx';

// Catches: a limit shown without its value, a fault that reads like a pass, a skipped limit without its reason.
it('the compare view says what was measured, each limit, and why one was not held', async () => {
  show('#/triplets/640');
  const signals = await screen.findByRole('region', { name: 'Local signals' });
  const rows = within(signals).getAllByRole('listitem');
  expect(rows.map((row) => row.textContent)).toEqual([
    'Structure kept outside0.96at least 0.80, within the limit',
    'Shift2.83 pxat most 1.00 px, over the limit',
    'Colour drift outside0.74 ΔEat most 3.50 ΔE: light and colours were to change',
    'Edges after / before–at least 0.75: could not be measured',
  ]);
  expect(rows.map((row) => row.dataset.outcome)).toEqual(['passed', 'failed', 'skipped', 'skipped']);
  expect(signals.textContent).toContain('Measured without a limit (3)');
});

// Catches: a range that is shown but not asked for, or that a link does not carry.
it('triplets are filtered by ranges of signals, which the address keeps', async () => {
  const { fake } = show('#/triplets?signals=zoom:..0.5');
  // By text and label: a look by role over the whole grid takes seconds.
  fireEvent.click(await screen.findByText('More filters (1)'));
  expect((await screen.findByLabelText<HTMLInputElement>('Zoom, to')).value).toBe('0.5');
  fireEvent.change(screen.getByLabelText('Signal'), { target: { value: 'shift' } });
  fireEvent.change(await screen.findByLabelText('Shift, to'), { target: { value: '1' } });
  await waitFor(() =>
    expect(fake.calls.filter((call) => call.name === 'triplets.page').at(-1)?.input).toMatchObject({
      filter: { signals: { zoom: { max: 0.5 }, shift: { max: 1 } } },
    }),
  );
  expect(decodeURIComponent(window.location.hash)).toContain('signals=zoom:..0.5,shift:..1');
  fireEvent.click(screen.getByLabelText('No limit on Zoom'));
  await waitFor(() => expect(decodeURIComponent(window.location.hash)).not.toContain('zoom'));
}, 30_000);
