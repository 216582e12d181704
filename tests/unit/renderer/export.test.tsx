import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../src/shared/model/errors.ts';
import { aJob } from '../../helpers/renderer/data.ts';
import { ACTORS } from '../../helpers/renderer/fakeEdits.ts';
import { createFakeEngine } from '../../helpers/renderer/fakeEngine.ts';
import { show } from '../../helpers/renderer/show.tsx';
import { fakeDesktop } from '../../helpers/renderer/studio.tsx';

/** Looking for controls by role on this long page takes a busy machine a while. */
const SLOW = 20_000;
const exportButton = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Export' });

describe('export', { timeout: SLOW }, () => {
  it('takes one click, shows progress and ends with a report that can be checked', async () => {
    const { fake, emit } = show('#/export');
    await screen.findByText('602 triplets');
    fireEvent.click(exportButton());
    const job = await screen.findByRole('article', { name: 'Export in the NHR layout' });
    expect(fake.calls.find((c) => c.name === 'transfer.startExport')?.input).toEqual({
      format: 'nhr',
      dir: '',
      filter: { states: ['active'] },
      splits: { train: 1, validation: 0, test: 0 },
      pictures: { format: 'keep' },
      verify: true,
    });
    const running = fake.state.jobs[0];
    if (!running) throw new Error('no job');
    await emit({ type: 'job', job: { ...running, done: 103, total: 412, etaSeconds: 30 } });
    expect(within(job).getByRole('progressbar').getAttribute('aria-valuenow')).toBe('25');
    expect(within(job).getByText('about 30 s left')).toBeTruthy();
    await emit({ type: 'job', job: { ...aJob(), id: running.id, title: running.title } });
    expect(within(job).getByText('every line and picture')).toBeTruthy();
    fireEvent.click(within(job).getByRole('button', { name: 'Check this export' }));
    await screen.findByRole('article', { name: 'Check of an export' });
    expect(fake.calls.find((c) => c.name === 'transfer.startCheck')?.input).toEqual({ dir: aJob().target });
  });

  // Catches: a card that is shown and not exported, and options of one layout offered for another.
  it('offers every layout, with the options that have a meaning in it, and how large it will be', async () => {
    const { fake } = show('#/export');
    await screen.findByText('602 triplets', { exact: false });
    await screen.findByText(/about 256\.0 MB of pictures/);
    expect(screen.getAllByRole('radio', { checked: false }).length).toBeGreaterThanOrEqual(9);
    expect(screen.queryByLabelText('Column names', { selector: 'input' })).toBeNull();
    fireEvent.click(screen.getByRole('radio', { name: 'Hugging Face Parquet' }));
    expect(screen.getByLabelText('Column names', { selector: 'input' })).toBeTruthy();
    fireEvent.change(screen.getByRole('combobox', { name: 'Licence' }), { target: { value: ' cc-by-4.0 ' } });
    fireEvent.click(exportButton());
    await waitFor(() =>
      expect(fake.calls.find((c) => c.name === 'transfer.startExport')?.input).toMatchObject({
        format: 'hf-parquet',
        license: 'cc-by-4.0',
      }),
    );
  });

  // Catches: an option that the form shows and does not send, limits of operations that are misread, a bad one that is dropped in silence.
  it(
    'sends what was chosen among the further options',
    async () => {
      const { fake } = show('#/export');
      await screen.findByText('602 triplets');
      fireEvent.click(screen.getByRole('radio', { name: 'Preference pairs' }));
      fireEvent.change(screen.getByLabelText('Least margin'), { target: { value: '1.5' } });
      fireEvent.click(screen.getByRole('checkbox', { name: 'Ties too' }));
      fireEvent.change(screen.getByLabelText('Seed'), { target: { value: '7' } });
      fireEvent.click(screen.getByRole('checkbox', { name: 'Shuffled order' }));
      fireEvent.click(screen.getByRole('checkbox', { name: 'Read everything back when it is written' }));
      const limits = screen.getByRole('textbox', { name: 'Limits of single operations' });
      fireEvent.change(limits, { target: { value: 'Add object' } });
      expect(exportButton().disabled).toBe(true);
      fireEvent.change(limits, { target: { value: 'Add object = 500\n\na=b = 0' } });
      fireEvent.click(exportButton());
      await waitFor(() =>
        expect(fake.calls.find((c) => c.name === 'transfer.startExport')?.input).toMatchObject({
          format: 'preference',
          preference: { margin: 1.5, ties: true },
          seed: 7,
          shuffle: false,
          caps: { categories: { 'Add object': 500, 'a=b': 0 } },
          verify: false,
        }),
      );
    },
    SLOW,
  );

  // Catches: an import that starts without the mapping that was seen, a look that goes on with the columns of another set.
  it('shows the first rows of a set before the import, and imports with the mapping that was chosen', async () => {
    const { fake } = show('#/export');
    const path = await screen.findByRole('textbox', { name: 'File or folder of the set' });
    fireEvent.change(path, { target: { value: '/data/set' } });
    fireEvent.click(screen.getByRole('button', { name: 'Look at the first rows' }));
    await screen.findByText('Add a lighthouse');
    expect(screen.getByText(/stays out: notJson/)).toBeTruthy();
    fireEvent.click(screen.getByRole('combobox', { name: 'Before the edit' }));
    fireEvent.click(await screen.findByRole('option', { name: 'before' }));
    await waitFor(() =>
      expect(fake.calls.filter((c) => c.name === 'transfer.previewImport').at(-1)?.input).toMatchObject({ columns: { source: 'before' } }),
    );
    fireEvent.click(screen.getByRole('button', { name: 'Import' }));
    await waitFor(() =>
      expect(fake.calls.find((c) => c.name === 'transfer.startImport')?.input).toEqual({
        format: 'nhr',
        path: '/data/set',
        columns: { source: 'before' },
      }),
    );
    fireEvent.change(path, { target: { value: '/data/other' } });
    expect(screen.queryByText('Add a lighthouse')).toBeNull();
  });

  // Catches: a token that is sent with the upload, or stays on the page after it was stored.
  it('uploads with a token that goes into the key store and nowhere else', async () => {
    const { fake } = show('#/export');
    fireEvent.change(await screen.findByRole('textbox', { name: 'Folder of the export' }), { target: { value: '/data/set' } });
    fireEvent.change(screen.getByRole('textbox', { name: 'Dataset (owner/name)' }), { target: { value: 'ann/edits' } });
    const token = screen.getByLabelText<HTMLInputElement>('New token');
    fireEvent.change(token, { target: { value: 'hf_secret' } });
    fireEvent.click(screen.getByRole('button', { name: 'Upload' }));
    await waitFor(() => expect(fake.calls.find((c) => c.name === 'transfer.startUpload')).toBeTruthy());
    expect(fake.calls.find((c) => c.name === 'endpoints.setKey')?.input).toEqual({ name: 'huggingface', secret: 'hf_secret' });
    const sent = fake.calls.find((c) => c.name === 'transfer.startUpload')?.input;
    expect(sent).toEqual({ dir: '/data/set', repo: 'ann/edits', key: 'stored:huggingface', isPrivate: true });
    expect(token.value).toBe('');
  });

  // Catches: faults of one place that hide each other, a failed check that looks like a good one.
  it('shows a check as a verdict and names every place', async () => {
    const places = ['float is 5', 'float is 4'].map((value) => ({ label: 'train/metadata.jsonl:2', value, ok: false, place: true }));
    const report = [{ label: 'Rows', value: '3 read', ok: true }, { label: 'Scores', value: '2 faults', ok: false }, ...places];
    show('#/export', createFakeEngine({ jobs: [aJob({ kind: 'check', state: 'failed', report })] }));
    expect(await screen.findByText('1 of 2 checks failed')).toBeTruthy();
    expect(screen.getByText('float is 5')).toBeTruthy();
    expect(screen.getByText('float is 4')).toBeTruthy();
  });

  it('imports a set by format and path', async () => {
    const { fake } = show('#/export');
    fireEvent.change(await screen.findByRole('textbox', { name: 'File or folder of the set' }), { target: { value: '/data/set' } });
    fireEvent.click(screen.getByRole('button', { name: 'Import' }));
    await waitFor(() =>
      expect(fake.calls.find((c) => c.name === 'transfer.startImport')?.input).toMatchObject({ format: 'nhr', path: '/data/set' }),
    );
  });

  it('exports what the grid was showing', async () => {
    const { fake } = show('#/export?run=run-2&decision=accept&state=any');
    await waitFor(() => expect(fake.calls.find((c) => c.name === 'triplets.count')?.input).toEqual({ runId: 'run-2', decision: 'accept' }));
    await waitFor(() => expect(exportButton().disabled).toBe(false));
    fireEvent.click(exportButton());
    await waitFor(() =>
      expect(fake.calls.find((c) => c.name === 'transfer.startExport')?.input).toMatchObject({
        filter: { runId: 'run-2', decision: 'accept' },
      }),
    );
  });

  it('does not offer to export nothing', async () => {
    show('#/export', createFakeEngine({ triplets: [] }));
    await screen.findByText('Nothing matches these filters, so there is nothing to export.');
    expect(exportButton().disabled).toBe(true);
  });

  it('says why an export did not start', async () => {
    const fake = createFakeEngine();
    fake.fail('transfer.startExport', new AppError('inputInvalid', 'The folder is not empty.', { hint: 'Choose an empty folder.' }));
    show('#/export', fake);
    await screen.findByText('602 triplets');
    fireEvent.click(exportButton());
    expect((await screen.findByRole('alert')).textContent).toContain('Choose an empty folder.');
  });

  it('cancels', async () => {
    const fake = createFakeEngine({ jobs: [aJob({ state: 'running', done: 1, report: [] })] });
    show('#/export', fake);
    fireEvent.click(await screen.findByRole('button', { name: 'Cancel' }));
    await screen.findByText('Cancelled');
  });

  it('opens the desktop dialogs and the folder, and has neither in a browser', async () => {
    const showInFolder = vi.fn(async () => {});
    const fake = createFakeEngine({ jobs: [aJob()] });
    const { unmount } = show('#/export', fake, fakeDesktop({ showInFolder }));
    fireEvent.click(await screen.findByRole('button', { name: 'Show in folder' }));
    expect(showInFolder).toHaveBeenCalledWith(aJob().target);
    fireEvent.click(screen.getAllByRole('button', { name: 'Choose a folder' })[0] as HTMLElement);
    await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>('Folder for the export').value).toBe('/data/out'));
    unmount();
    show('#/export', createFakeEngine({ jobs: [aJob()] }));
    await screen.findByRole('article');
    expect(screen.queryByRole('button', { name: 'Show in folder' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Choose a folder' })).toBeNull();
  });

  // Catches: an imported set that the screen cannot clean, limits that are shown and not sent, links to other pairs than those.
  it('checks what was imported by the limits that were chosen, and leads to what stayed and what left', async () => {
    const { fake } = show('#/export');
    const section = within(await screen.findByRole('region', { name: 'Check imported pairs' }));
    fireEvent.click(section.getByRole('combobox', { name: 'Limits' }));
    fireEvent.click(await screen.findByRole('option', { name: /^Strict/ }));
    fireEvent.click(section.getByRole('button', { name: 'Check imported pairs' }));
    await waitFor(() => expect(fake.calls.find((c) => c.name === 'transfer.startScoreImported')?.input).toEqual({ profile: 'strict' }));
    await screen.findByRole('article', { name: 'Validation of imported pairs' });
    const hrefs = section.getAllByRole('link').map((link) => link.getAttribute('href'));
    // The demo studio cannot judge them; a way to one that can stands before.
    expect(hrefs).toEqual(['#/endpoints/new', '#/triplets?kind=imported', '#/triplets?kind=imported&state=dropped']);
  });

  // Catches: judges that are shown and not asked, a budget that is not sent, a price nobody is told before.
  it('has imported pairs judged by whom one chooses, within a budget', async () => {
    const [pretend] = ACTORS.validators;
    const validator = { ...pretend!, profile: 'qwen', title: 'Our Qwen', model: 'qwen-72b', demo: false, usdWorst: 0.004 };
    const fake = createFakeEngine({ actors: { ...ACTORS, validators: [pretend!, validator] } });
    show('#/export', fake);
    const section = within(await screen.findByRole('region', { name: 'Check imported pairs' }));
    expect(section.queryByLabelText('Spend at most, in dollars')).toBeNull();
    fireEvent.click(section.getByRole('combobox', { name: 'Validator' }));
    fireEvent.click(await screen.findByRole('option', { name: 'Our Qwen: qwen-72b' }));
    expect(await section.findByText(/^A pair costs \$[\d.]+ at most/)).toBeTruthy();
    fireEvent.change(section.getByLabelText('Spend at most, in dollars'), { target: { value: '2.5' } });
    fireEvent.click(section.getByRole('checkbox', { name: /^Ask again/ }));
    fireEvent.click(section.getByRole('button', { name: 'Check and judge imported pairs' }));
    await waitFor(() =>
      expect(fake.calls.find((c) => c.name === 'transfer.startScoreImported')?.input).toEqual({
        profile: 'balanced',
        judges: { softJudge: null, validator: validator.profile, checks: false },
        budgetUsd: 2.5,
        askAgain: true,
      }),
    );
  });

  it('validates existing pairs', async () => {
    const { fake } = show('#/export');
    const path = await screen.findByLabelText('File of pairs (JSON Lines)');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Validate' }).disabled).toBe(true);
    fireEvent.change(path, { target: { value: ' /data/pairs.jsonl ' } });
    fireEvent.click(screen.getByRole('combobox', { name: 'Edits of another size than their source' }));
    fireEvent.click(await screen.findByRole('option', { name: 'Find them in it and lay them on it' }));
    fireEvent.click(screen.getByRole('button', { name: 'Validate' }));
    await screen.findByRole('article', { name: 'Validation of pairs' });
    expect(fake.calls.find((c) => c.name === 'transfer.startScore')?.input).toEqual({
      path: '/data/pairs.jsonl',
      profile: 'balanced',
      sizes: 'align',
    });
  });
});
