import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/shared/model/errors.ts';
import type { RunEnd, RunState } from '../../../src/shared/model/run.ts';
import { aProgress, aRun } from '../../helpers/renderer/data.ts';
import { createFakeEngine } from '../../helpers/renderer/fakeEngine.ts';
import { show } from '../../helpers/renderer/show.tsx';

const button = (name: string) => screen.queryByRole('button', { name });

describe('the list of runs', () => {
  it('shows every run with its state, and marks what is demo', async () => {
    show('#/runs');
    const table = await screen.findByRole('table', { name: 'Runs, newest first' });
    const names = within(table)
      .getAllByRole('link')
      .map((link) => link.textContent);
    expect(names).toEqual(['Demo, quick', 'Street scenes, 5,000 attempts', 'Real photos from the archive']);
    const rows = within(table).getAllByRole('row').slice(1);
    expect(rows.map((row) => within(row).queryByText('demo') !== null)).toEqual([true, false, false]);
    expect(within(rows[1] as HTMLElement).getByText('Budget reached')).toBeTruthy();
    expect(screen.getByText('2 calls may have been charged without an answer.')).toBeTruthy();
  });

  it('leads a new workspace to its first run', async () => {
    show('#/runs', createFakeEngine({ runs: [], unknownCalls: [] }));
    const link = await screen.findByRole('link', { name: 'Start the first run' });
    expect(link.getAttribute('href')).toBe('#/runs/new');
    expect(screen.queryByText('demo')).toBeNull();
  });

  it('follows events without being asked', async () => {
    const { emit } = show('#/runs');
    await screen.findByText('Interrupted');
    await emit({ type: 'run', run: aRun({ state: 'ended', end: 'failed', attemptsDone: 555 }) });
    expect(screen.getByText('Failed')).toBeTruthy();
    expect(screen.getByText('555')).toBeTruthy();
  });

  it('says what went wrong and tries again on request', async () => {
    const fake = createFakeEngine();
    const broken = new AppError('workspaceCorrupt', 'The database cannot be read.', { file: 'nhr.db', hint: 'Restore it from a copy.' });
    fake.fail('runs.list', broken);
    fake.fail('system.snapshot', broken);
    show('#/runs', fake);
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('The workspace is damaged.');
    expect(alert.textContent).toContain('The database cannot be read.');
    expect(alert.textContent).toContain('nhr.db');
    expect(alert.textContent).toContain('Restore it from a copy.');
    fake.fail('runs.list', null);
    fireEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
    await screen.findByRole('table');
  });
});

describe('a new run', () => {
  beforeEach(() => localStorage.setItem('nhr-recipe-view', '"yaml"'));
  const editor = () => screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Recipe in YAML' });
  const start = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Start the run' });

  it('shows the plan, then mistakes with their line, and does not start with one', async () => {
    show('#/runs/new');
    const field = await editor();
    await waitFor(() => expect(start().disabled).toBe(false));
    expect(screen.getByText('Size of the job space').parentElement?.textContent).toContain('720');
    fireEvent.change(field, { target: { value: field.value.replace('seedsPerScene: 3', 'seedsPerScene: 0') } });
    // An answer about the older text must not let the new one start.
    expect(start().disabled).toBe(true);
    await screen.findByText('must be at least 1');
    expect(start().disabled).toBe(true);
    fireEvent.click(screen.getByRole('button', { name: 'Go to line 11' }));
    expect(document.activeElement).toBe(field);
    expect(field.value.slice(field.selectionStart, field.selectionEnd)).toBe('seedsPerScene: 0');
  });

  it('keeps the changes to a template while another one is looked at', async () => {
    show('#/runs/new');
    const field = await editor();
    fireEvent.change(field, { target: { value: '# mine' } });
    fireEvent.click(screen.getByRole('radio', { name: 'Real photos' }));
    expect((await editor()).value).not.toBe('# mine');
    fireEvent.click(screen.getByRole('radio', { name: 'Demo, quick' }));
    expect((await editor()).value).toBe('# mine');
  });

  it('starts exactly the shown text and goes to the run', async () => {
    const { fake } = show('#/runs/new');
    const field = await editor();
    await waitFor(() => expect(start().disabled).toBe(false));
    fireEvent.click(start());
    await screen.findByRole('button', { name: 'Pause' });
    expect(window.location.hash).toBe('#/runs/run-4');
    expect(fake.calls.filter((call) => call.name === 'runs.start').map((call) => call.input)).toEqual([{ yaml: field.value }]);
  });
});

describe('the buttons of a run', () => {
  const cases: [RunState, RunEnd | null, string[]][] = [
    ['running', null, ['Pause', 'Cancel run']],
    ['paused', null, ['Resume', 'Cancel run']],
    ['interrupted', null, ['Resume', 'Cancel run']],
    ['ended', 'budget', ['Raise the budget']],
    ['ended', 'cancelled', ['Resume']],
    ['ended', 'failed', ['Resume']],
    ['ended', 'exhausted', []],
  ];
  it.each(cases)('%s, %s: %j', async (state, end, expected) => {
    show('#/runs/run-1', createFakeEngine({ runs: [aRun({ state, end })], unknownCalls: [] }));
    await screen.findByRole('heading', { name: 'Demo, quick' });
    const all = ['Pause', 'Resume', 'Raise the budget', 'Cancel run'];
    expect(all.filter((name) => button(name))).toEqual(expected);
  });

  it('cancels only after a second question', async () => {
    const { fake } = show('#/runs/run-1');
    fireEvent.click(await screen.findByRole('button', { name: 'Cancel run' }));
    const dialog = await screen.findByRole('dialog', { name: 'Cancel this run?' });
    expect(fake.calls.some((call) => call.name === 'runs.cancel')).toBe(false);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Cancel run' }));
    await screen.findByText('Cancelled');
  });

  it('raises the budget from the present limits', async () => {
    const { fake } = show('#/runs/run-2');
    const raise = await screen.findByRole('button', { name: 'Raise the budget' });
    await screen.findByText('/ $12.00');
    fireEvent.click(raise);
    const dialog = await screen.findByRole('dialog', { name: 'Raise the budget' });
    const money = within(dialog).getByLabelText<HTMLInputElement>('US dollars');
    expect(money.value).toBe('12');
    fireEvent.change(money, { target: { value: '50' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Raise and continue' }));
    await screen.findByRole('button', { name: 'Pause' });
    const [call] = fake.calls.filter((c) => c.name === 'runs.resume');
    expect(call?.input).toEqual({ runId: 'run-2', budget: { attempts: 720, usd: 50, gpuSeconds: 3600 } });
  });

  it('asks for unknown calls again only on request', async () => {
    const { fake } = show('#/runs/run-3');
    fireEvent.click(await screen.findByRole('button', { name: 'Ask again' }));
    await waitFor(() => expect(button('Ask again')).toBeNull());
    expect(fake.calls.filter((c) => c.name === 'runs.resume').map((c) => c.input)).toEqual([{ runId: 'run-3', askAgain: true }]);
  });

  it('shows the error of a refused change and keeps the button', async () => {
    const fake = createFakeEngine();
    fake.fail('runs.pause', new AppError('conflict', 'The run has just ended.'));
    show('#/runs/run-1', fake);
    fireEvent.click(await screen.findByRole('button', { name: 'Pause' }));
    expect((await screen.findByRole('alert')).textContent).toContain('The run has just ended.');
    expect(button('Pause')).not.toBeNull();
  });
});

describe('what a run tells', () => {
  it('prefers the newest progress and prints the funnel like table 2', async () => {
    const { emit } = show('#/runs/run-1');
    const funnel = await screen.findByRole('table', { name: 'Funnel' });
    expect(within(funnel).getByRole('row', { name: /After the plausibility gate/ }).textContent).toContain('−19.4 %');
    await emit({ type: 'progress', progress: aProgress({ done: 700, passed: 321 }) });
    expect(screen.getByText('321')).toBeTruthy();
  });

  it('reads the survival curve with the keyboard and as a table', async () => {
    show('#/runs/run-1');
    const chart = await screen.findByRole('slider', { name: 'Survival curve' });
    expect(chart.getAttribute('aria-valuenow')).toBe('4.7');
    fireEvent.keyDown(chart, { key: 'ArrowLeft' });
    expect(chart.getAttribute('aria-valuenow')).toBe('4.6');
    fireEvent.click(screen.getByRole('button', { name: 'Show as a table' }));
    expect(within(screen.getByRole('region', { name: 'Survival curve as a table' })).getAllByRole('row').length).toBeGreaterThan(40);
  });

  it('says that a run is not there', async () => {
    show('#/runs/nobody');
    await screen.findByText('This run is not in the workspace.');
  });
});
