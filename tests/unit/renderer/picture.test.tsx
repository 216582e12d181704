import { act, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Picture } from '../../../src/renderer/ui/Picture.tsx';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('asks again for a picture that failed while the engine was away, and gives up after a few times', async () => {
  render(<Picture src="/blob/a" alt="Source" />);
  const fail = () => fireEvent.error(screen.getByRole('img', { name: 'Source' }));
  for (const wait of [1_000, 3_000, 8_000]) {
    fail();
    expect(screen.getByRole('img', { name: 'Source. The picture could not be loaded' })).toBeTruthy();
    await act(() => vi.advanceTimersByTimeAsync(wait));
    expect(screen.getByRole('img', { name: 'Source' }).getAttribute('src')).toBe('/blob/a');
  }
  fail();
  await act(() => vi.advanceTimersByTimeAsync(60_000));
  expect(screen.getByRole('img', { name: 'Source. The picture could not be loaded' })).toBeTruthy();
});

it('shows another picture although the one before failed', () => {
  const { rerender } = render(<Picture src="/blob/a" alt="Source" />);
  fireEvent.error(screen.getByRole('img'));
  rerender(<Picture src="/blob/b" alt="Source" />);
  expect(screen.getByRole('img', { name: 'Source' }).getAttribute('src')).toBe('/blob/b');
});
