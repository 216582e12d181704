import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/shared/model/errors.ts';
import { fakeCalibration } from '../../helpers/renderer/fakeCalibrations.ts';
import { createFakeEngine } from '../../helpers/renderer/fakeEngine.ts';
import { show } from '../../helpers/renderer/show.tsx';

const drift = (state: 'early' | 'steady' | 'drifted') => {
  const part = { mae: 0.91, interval: [0.8, 1.02] as [number, number], holdOut: 0.52, bias: 0.4 };
  return { calibration: 'people-2', count: 140, adherence: part, aesthetics: part, state };
};
const supply = { examples: 480, sources: 160, unmeasured: 12, missing: '' };

describe('calibration', () => {
  // Catches: a screen that leaves people without the way to ratings, or lets them learn from nothing.
  it('says what is missing and where scores come from when there are none', async () => {
    show('#/calibration');
    await screen.findByText('Nothing learned yet');
    await screen.findByText(/There are 0 scored and measured pairs/);
    expect(screen.getByRole('link', { name: 'Rate triplets' }).getAttribute('href')).toBe('#/triplets');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Learn' }).disabled).toBe(true);
  });

  it('learns from a run, shows that it works, and opens what came of it', async () => {
    const fake = createFakeEngine({ supply });
    const { emit } = show('#/calibration', fake);
    const [run] = await fake.client.runs.list();
    fireEvent.click(await screen.findByRole('combobox', { name: 'Scores of' }));
    fireEvent.click(await screen.findByRole('option', { name: 'A judge: verdicts of a run', hidden: true }));
    await screen.findByText('480 scored and measured pairs of 160 sources.');
    expect(screen.getByText(/12 scored pairs are left out/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Learn' }));
    await screen.findByRole('progressbar', { name: 'Learning' });
    expect(fake.calls.find(({ name }) => name === 'calibrations.fit')?.input).toEqual({
      name: 'local',
      source: { from: 'run', runId: run?.id },
    });
    const job = fake.state.jobs.find(({ kind }) => kind === 'calibrate');
    if (!job) throw new Error('no job');
    fake.state.calibrations = [fakeCalibration(2), fakeCalibration(1)];
    await emit({ type: 'job', job: { ...job, state: 'done', target: 'people-2', message: 'people-2: learned from 480 pairs.' } });
    await screen.findByRole('table', { name: 'How well it does' });
    await waitFor(() => expect(window.location.hash).toBe('#/calibration/people-2'));
  });

  // Catches: a figure without its interval, a plot nobody can hear, and signals under names of the code.
  it('shows errors with intervals, plots in words, and signals by what they mean', async () => {
    show('#/calibration/people-1', createFakeEngine({ calibrations: [fakeCalibration(2), fakeCalibration(1)], supply }));
    const quality = await screen.findByRole('table', { name: 'How well it does' });
    expect(within(quality).getByRole('row', { name: /Adherence ordinal 0.52 0.46 to 0.59 1.10 0.82 0.75 to 0.87/ })).toBeTruthy();
    expect(screen.getByRole('img', { name: /^Adherence: scores expected and given\. Expected 1\.\d, given/ })).toBeTruthy();
    const signals = screen.getByRole('table', { name: 'What counts most: Adherence' });
    expect(within(signals).getByText('Structure kept outside: very bad')).toBeTruthy();
    expect(screen.getByRole('link', { name: /people-1/ }).getAttribute('aria-current')).toBe('true');
    await screen.findByText('No run uses it yet.');
    expect(screen.getByText(/calibration: people-1 }/)).toBeTruthy();
  });

  // Catches: a calibration that orders nothing and is offered without a word.
  it('says when one may be of no use', async () => {
    const useless = fakeCalibration(1);
    useless.calibration.adherence.holdOut.spearmanInterval = [-0.1, 0.3];
    useless.calibration.adherence.holdOut.sources = 3;
    const { unmount } = show('#/calibration', createFakeEngine({ calibrations: [useless] }));
    await screen.findByText(/may be no better than always saying the mean/);
    expect(screen.getByText(/3 sources are few/)).toBeTruthy();
    unmount();
    show('#/calibration', createFakeEngine({ calibrations: [fakeCalibration(1)] }));
    await screen.findByRole('table', { name: 'How well it does' });
    expect(screen.queryByText(/may be no better/)).toBeNull();
  });

  it('says when it no longer holds, here and on the page of the run', async () => {
    const fake = createFakeEngine({ calibrations: [fakeCalibration(2)], drift: drift('drifted') });
    const first = show('#/calibration', fake);
    const table = await screen.findByRole('table', { name: 'Does it still hold?' });
    expect(within(table).getAllByText('no longer holds').length).toBeGreaterThan(0);
    expect(within(table).getAllByText('0.91 (0.52)').length).toBeGreaterThan(0);
    first.unmount();
    const [run] = await fake.client.runs.list();
    show(`#/runs/${run?.id}`, fake);
    const section = await screen.findByRole('region', { name: 'Local validator' });
    expect(within(section).getByRole('alert').textContent).toMatch(/Calibrate again/);
    expect(within(section).getByRole('link', { name: 'people-2' }).getAttribute('href')).toBe('#/calibration/people-2');
  });

  it('says when the list cannot be read, and why a file cannot be taken over', async () => {
    const fake = createFakeEngine();
    fake.fail('calibrations.list', new AppError('internal', 'The folder cannot be read.'));
    fake.fail('calibrations.take', new AppError('inputInvalid', 'x.json is no calibration: version: expected 1.'));
    show('#/calibration', fake);
    await screen.findByText('The folder cannot be read.');
    fireEvent.change(screen.getByRole('textbox', { name: 'File of a calibration' }), { target: { value: '/data/x.json' } });
    fireEvent.click(screen.getByRole('button', { name: 'Take over' }));
    await screen.findByText(/x\.json is no calibration/);
  });
});
