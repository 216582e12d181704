import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { AppError } from '../../../src/shared/model/errors.ts';
import { createFakeEngine } from '../../helpers/renderer/fakeEngine.ts';
import { setModel } from '../../helpers/renderer/fakeScorers.ts';
import { show } from '../../helpers/renderer/show.tsx';

const at = () => show('#/endpoints/local', createFakeEngine());
const model = (name: string) => screen.findByRole('article', { name });
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name });

// Catches: a GPU that is not used, without a word why and what to do; provider names nobody knows.
it('says where models run, and for every provider that is not used, why', async () => {
  at();
  expect(await screen.findByText('Models run on the processor')).toBeTruthy();
  const table = screen.getByRole('table', { name: 'Execution providers' });
  expect(within(table).getByText('CUDA (NVIDIA)')).toBeTruthy();
  expect(screen.getByText(/CUDA libraries not found \(libcudnn\.so\.9\)/)).toBeTruthy();
  expect(screen.getByText(/no Vulkan driver found/)).toBeTruthy();
});

it('tries again when asked, and an error of the trial is shown with the rest left standing', async () => {
  const { fake } = at();
  await screen.findByText('Models run on the processor');
  fake.fail('scorers.tryProviders', new AppError('internal', 'The runtime is not installed.'));
  fireEvent.click(button('Try again'));
  expect(await screen.findByText('The runtime is not installed.')).toBeTruthy();
  expect(screen.getByText('Models run on the processor')).toBeTruthy();
});

// Catches: an installation that starts with one click, before anybody has read what it is.
it('installs the CUDA provider only after its words were shown and agreed to', async () => {
  const { fake } = at();
  fireEvent.click(await screen.findByRole('button', { name: 'Install the CUDA provider' }));
  expect(await screen.findByText(/This downloads the CUDA provider/)).toBeTruthy();
  expect(fake.calls.some(({ name }) => name === 'scorers.installCuda')).toBe(false);
  fireEvent.click(button('Download and install'));
  await waitFor(() => expect(fake.calls.some(({ name }) => name === 'scorers.installCuda')).toBe(true));
});

// Catches: weights fetched before their licence was accepted, or taken on trust without being told.
it('wants the licence accepted, then says that the first download is on trust, then fetches with progress and cancel', async () => {
  const { fake } = at();
  const card = within(await model('DINOv2 small'));
  expect(card.getByRole<HTMLButtonElement>('button', { name: 'Fetch' }).disabled).toBe(true);
  fireEvent.click(card.getByRole('checkbox', { name: 'I have read the licence and accept it' }));
  await waitFor(() => expect(card.getByRole<HTMLButtonElement>('button', { name: 'Fetch' }).disabled).toBe(false));
  fireEvent.click(card.getByRole('button', { name: 'Fetch' }));
  expect(await screen.findByText(/Nobody has vouched for model\.onnx/)).toBeTruthy();
  expect(fake.calls.some(({ name }) => name === 'scorers.getModel')).toBe(false);
  fireEvent.click(button('Take it on trust'));
  expect(await card.findByRole('progressbar', { name: /Fetching DINOv2 small/ })).toBeTruthy();
  expect(fake.calls.find(({ name }) => name === 'scorers.getModel')?.input).toMatchObject({ id: 'dinov2-small', trustFirstUse: true });
  const job = fake.state.jobs.at(-1)!;
  fake.emit({ type: 'job', job: { ...job, done: 44_250_000, etaSeconds: 65 } });
  expect(await card.findByText('about 1 min 5 s left')).toBeTruthy();
  fireEvent.click(card.getByRole('button', { name: 'Cancel' }));
  await waitFor(() => expect(fake.calls.find(({ name }) => name === 'transfer.cancel')?.input).toEqual({ jobId: job.id }));
});

it('shows a model as ready when its download has ended, and what went wrong when it failed', async () => {
  const { fake } = at();
  const card = within(await model('NSFW detector (ViT base)'));
  fireEvent.click(card.getByRole('button', { name: 'Fetch' }));
  fireEvent.click(await screen.findByRole('button', { name: 'Take it on trust' }));
  await card.findByRole('progressbar');
  const job = fake.state.jobs.at(-1)!;
  fake.emit({ type: 'job', job: { ...job, state: 'failed', message: 'There is no room for 89 MB.' } });
  expect(await card.findByText('There is no room for 89 MB.')).toBeTruthy();
  fireEvent.click(await card.findByRole('button', { name: 'Go on' }));
  fireEvent.click(await screen.findByRole('button', { name: 'Take it on trust' }));
  await card.findByRole('progressbar');
  setModel(fake.state.scorers, 'nsfw-vit', { state: 'ready' });
  fake.emit({ type: 'job', job: { ...fake.state.jobs.at(-1)!, state: 'done', message: 'NSFW detector is ready.' } });
  expect(await card.findByText('Ready')).toBeTruthy();
});

it('imports a file by its path and removes a model after a question', async () => {
  const { fake } = at();
  const absent = within(await model('NSFW detector (ViT base)'));
  fireEvent.click(absent.getByRole('button', { name: 'Import a file' }));
  fireEvent.change(await screen.findByLabelText('Path'), { target: { value: ' /media/usb/model.onnx ' } });
  fireEvent.click(button('Import'));
  await waitFor(() =>
    expect(fake.calls.find(({ name }) => name === 'scorers.importModel')?.input).toEqual({ id: 'nsfw-vit', path: '/media/usb/model.onnx' }),
  );
  const ready = within(await model('SigLIP2 base 224'));
  fireEvent.click(ready.getByRole('button', { name: 'Remove' }));
  const dialog = within(await screen.findByRole('dialog', { name: /Remove SigLIP2 base 224/ }));
  fireEvent.click(dialog.getByRole('button', { name: 'Remove' }));
  await waitFor(() => expect(ready.getByText('Not on this machine')).toBeTruthy());
});

it('stores a mirror and a token by reference, and says what is wrong with anything else', async () => {
  const { fake } = at();
  const address = await screen.findByLabelText('Address');
  fireEvent.change(screen.getByLabelText('Token'), { target: { value: 'hf_abcdef' } });
  expect(await screen.findByText(/never the key itself/)).toBeTruthy();
  expect(button('Save').disabled).toBe(true);
  fireEvent.change(screen.getByLabelText('Token'), { target: { value: 'stored:hf' } });
  fireEvent.change(address, { target: { value: 'https://mirror.example.org' } });
  fireEvent.click(button('Save'));
  await waitFor(() => expect(fake.state.scorers.settings).toMatchObject({ hub: 'https://mirror.example.org', key: 'stored:hf' }));
});

it('shows the process with its notes, and gives its memory back', async () => {
  const fake = createFakeEngine();
  fake.state.scorers.process = {
    ...fake.state.scorers.process,
    state: 'running',
    done: 41,
    bytes: 519_000_000,
    notes: ['DINOv2 small: cuda ran out of memory; batches of 4 from now on.'],
  };
  show('#/endpoints/local', fake);
  expect(await screen.findByText(/ran out of memory; batches of 4/)).toBeTruthy();
  fireEvent.click(button('Give its memory back'));
  expect(await screen.findByText('Not running')).toBeTruthy();
});

it('is reached from the endpoints, and models that are fetched do not stand among exports', async () => {
  const { fake } = show('#/endpoints', createFakeEngine());
  expect((await screen.findByRole('link', { name: 'Local scorers' })).getAttribute('href')).toBe('#/endpoints/local');
  expect(fake.calls.some(({ name }) => name === 'scorers.providers')).toBe(false);
});
