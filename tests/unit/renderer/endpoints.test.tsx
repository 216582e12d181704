import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { readDraft, setField, toYaml } from '../../../src/renderer/features/endpoints/draft.ts';
import { useDrafts } from '../../../src/renderer/features/endpoints/drafts.ts';
import { AppError } from '../../../src/shared/model/errors.ts';
import { EndpointProfile } from '../../../src/shared/model/provider.ts';
import { createFakeEngine, type FakeState } from '../../helpers/renderer/fakeEngine.ts';
import { show } from '../../helpers/renderer/show.tsx';

const WRITER = EndpointProfile.parse({
  id: 'writer',
  title: 'Writer',
  transport: 'openai',
  key: 'stored:writer',
  concurrency: 6,
  roles: { promptEngineer: { model: 'large-1', params: { effort: 'high', top: 3 } } },
  prices: { usdPerMillionInputTokens: 2, asOf: '2026-11-01' },
});
const BAGEL = EndpointProfile.parse({
  id: 'bagel',
  transport: 'gradio',
  baseUrl: 'http://127.0.0.1:7860',
  roles: { imageEditor: { model: 'bagel', bagel: {} } },
});
const LANE: FakeState['lanes'][number] = {
  endpoint: 'writer',
  state: 'open',
  limit: 3,
  cap: 6,
  inFlight: 0,
  waiting: 7,
  callsPerMinute: 31,
  latencyP50: 1200,
  latencyP95: 3400,
  retries: 2,
  heldForMs: 9000,
  slowedTo: null,
  lastError: { code: 'rateLimited', message: 'Too many requests.', secondsAgo: 5 },
};

const studio = (state: Partial<FakeState> = {}) => createFakeEngine({ profiles: [WRITER, BAGEL], lanes: [LANE], ...state });
const field = (label: string) => screen.findByLabelText<HTMLInputElement>(label);
const type = async (label: string, value: string) => fireEvent.change(await field(label), { target: { value } });
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name });
const choose = (view: 'Form' | 'YAML') => fireEvent.click(screen.getByRole('radio', { name: view }));
const editor = () => screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Endpoint profile in YAML' });

// What is not saved outlives a page by design; it must not outlive a test.
beforeEach(() => useDrafts.setState({ drafts: {} }));

describe('a draft', () => {
  // Catches: a form that changes what it does not show, and YAML that means something else than the profile.
  it.each([WRITER, BAGEL])('reads back as the profile it was written from: $id', (profile) => {
    expect(readDraft(toYaml(profile))).toMatchObject({ profile, issues: [] });
    expect(toYaml(WRITER)).not.toContain('worstInputTokens');
  });

  it('changes one field and keeps comments, order and everything else', () => {
    const yaml = '# mine\nid: a # name\ntransport: openai\nroles:\n  validator: { model: m } # the strict one\n';
    const changed = setField(yaml, ['roles', 'validator', 'model'], 'n');
    expect(changed).toBe(yaml.replace('model: m', 'model: n'));
    expect(setField(changed, ['prices', 'usdPerImage'], 0.04)).toBe(`${changed}prices:\n  usdPerImage: 0.04\n`);
    expect(setField(`${changed}prices:\n  usdPerImage: 0.04\n`, ['prices', 'usdPerImage'], undefined)).toBe(changed);
  });

  it('names every mistake with its field, its line and plain words', () => {
    const { issues, profile } = readDraft('id: a\ntransport: openai\nbaseUrl: nowhere\nconcurrency: 0\nsped: 1\nroles:\n  validator: {}\n');
    expect(profile).toBeNull();
    expect(issues).toEqual(
      expect.arrayContaining([
        { path: 'baseUrl', message: 'must be an address that starts with http:// or https://', line: 3 },
        { path: 'concurrency', message: 'must be at least 1', line: 4 },
        { path: 'roles.validator.model', message: 'is missing', line: 7 },
        { path: 'sped', message: 'there is no such field', line: null },
      ]),
    );
    expect(readDraft('id: [').issues[0]?.message).toContain('not YAML');
    expect(readDraft('- a').fields).toBeNull();
  });
});

describe('parameters of a role', () => {
  // Catches: groups and lists that a form turns into text, so that the server gets a word where it wants an object.
  it('takes groups and lists as JSON, numbers as numbers, all else as text', async () => {
    const { fake } = show('#/endpoints/edit/writer', studio());
    const value = (await screen.findByLabelText('Value effort')) as HTMLInputElement;
    for (const [typed, meant] of [
      ['{"budget": 0}', { budget: 0 }],
      ['[1, "a"]', [1, 'a']],
      ['{"budget"', '{"budget"'],
      ['12', 12],
    ] as const) {
      fireEvent.change(value, { target: { value: typed } });
      fireEvent.click(button('Save'));
      await waitFor(() =>
        expect(fake.state.profiles.find(({ id }) => id === 'writer')?.roles.promptEngineer?.params.effort).toEqual(meant),
      );
    }
  });
});

describe('the list of endpoints', () => {
  it('shows roles, key and queue of every profile', async () => {
    show('#/endpoints', studio());
    const table = await screen.findByRole('table', { name: 'Endpoint profiles' });
    const row = within(table).getByRole('row', { name: /Writer/ });
    await within(row).findByText('not found');
    await within(row).findByText(/Held back, 7 waiting/);
    expect(row.textContent).toContain('31 calls / min · p50 1.2 s · p95 3.4 s');
    expect(row.textContent).toContain('asked to wait 9 s');
    expect(within(table).getByRole('row', { name: /bagel/ }).textContent).toContain('Not used yet');
  });

  it('leads an empty workspace to the presets, and a preset to a form', async () => {
    const { fake } = show('#/endpoints', studio({ profiles: [], presets: [{ recipe: 'paper', title: 'Paper stack', profile: WRITER }] }));
    fireEvent.click(await screen.findByRole('link', { name: 'Add an endpoint' }));
    window.location.hash = '#/endpoints/new';
    const group = await screen.findByRole('region', { name: 'Paper stack' });
    window.location.hash = within(group)
      .getByRole('link', { name: /Writer/ })
      .getAttribute('href') as string;
    expect((await field('Id')).value).toBe('writer');
    fireEvent.click(button('Save'));
    await waitFor(() => expect(window.location.hash).toBe('#/endpoints/edit/writer'));
    expect(fake.state.profiles).toEqual([WRITER]);
  });

  it('deletes only after a question', async () => {
    const { fake } = show('#/endpoints', studio());
    fireEvent.click(await screen.findByRole('button', { name: 'More for Writer' }));
    fireEvent.click(await screen.findByRole('menuitem', { name: 'Delete' }));
    const dialog = await screen.findByRole('dialog', { name: 'Delete the endpoint Writer?' });
    expect(fake.state.profiles).toHaveLength(2);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(fake.state.profiles.map(({ id }) => id)).toEqual(['bagel']));
  });

  it('says what went wrong and tries again on request', async () => {
    const fake = studio();
    fake.fail('endpoints.list', new AppError('workspaceCorrupt', 'The database cannot be read.'));
    show('#/endpoints', fake);
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('The database cannot be read.');
    fake.fail('endpoints.list', null);
    fireEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
    await screen.findByRole('table');
  });
});

describe('the form of an endpoint', () => {
  it('is the YAML of the same thing, and loses nothing of what was typed while one of them is wrong', async () => {
    show('#/endpoints/edit/writer', studio());
    await type('Calls at once', '0');
    await screen.findAllByText('must be at least 1');
    expect(button('Save').disabled).toBe(true);
    choose('YAML');
    const text = await editor();
    expect(text.value).toContain('concurrency: 0');
    fireEvent.change(text, { target: { value: `${text.value}broken: [` } });
    choose('Form');
    await screen.findByText('The form cannot be shown while the YAML has this mistake. Nothing of it is lost.');
    fireEvent.click(button('Correct the YAML'));
    const again = await editor();
    expect(again.value).toContain('broken: [');
    fireEvent.change(again, { target: { value: again.value.replace('broken: [', '').replace('concurrency: 0', 'concurrency: 9') } });
    choose('Form');
    expect((await field('Calls at once')).value).toBe('9');
    expect(button('Save').disabled).toBe(false);
  });

  it('keeps what was typed while another screen is looked at, and says so in the list', async () => {
    show('#/endpoints/edit/bagel', studio());
    await type('Title', 'My BAGEL');
    window.location.hash = '#/endpoints';
    const table = await screen.findByRole('table');
    expect(within(table).getByRole('row', { name: /bagel/ }).textContent).toContain('Not saved');
    window.location.hash = '#/endpoints/edit/bagel';
    expect((await field('Title')).value).toBe('My BAGEL');
    fireEvent.click(button('Discard changes'));
    fireEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Discard changes' }));
    await waitFor(async () => expect((await field('Title')).value).toBe(''));
  });

  it('does not let a new endpoint take the place of another', async () => {
    const { fake } = show('#/endpoints/copy/writer', studio());
    expect((await field('Id')).value).toBe('writer-2');
    await type('Id', 'bagel');
    await screen.findAllByText('another endpoint has this id');
    expect(button('Save').disabled).toBe(true);
    await type('Id', 'writer-3');
    fireEvent.click(button('Save'));
    await waitFor(() => expect(fake.state.profiles.at(-1)?.id).toBe('writer-3'));
  });

  it('stores a key once and shows it nowhere', async () => {
    const { fake } = show('#/endpoints/edit/writer', studio());
    await screen.findByText('The key stored:writer is not in the key store.');
    await type('New key', 'sk-secret');
    expect((await field('New key')).type).toBe('password');
    fireEvent.click(button('Store the key'));
    await screen.findByText('The key is stored.');
    await screen.findByText('Found');
    expect(fake.state.keys).toEqual({ writer: 'sk-secret' });
    expect((await field('New key')).value).toBe('');
    fireEvent.click(button('Remove the key'));
    await screen.findByText('The key is removed.');
    expect(fake.state.keys).toEqual({});
  });

  it('binds roles and prices, and sets BAGEL parameters from a preset', async () => {
    const { fake } = show('#/endpoints/edit/bagel', studio());
    const bagel = within(await screen.findByRole('group', { name: 'Image editor' }));
    fireEvent.change(bagel.getByLabelText('Steps'), { target: { value: '30' } });
    fireEvent.change(bagel.getByLabelText('Set to'), { target: { value: 'bagelPaint' } });
    expect(bagel.getByLabelText<HTMLInputElement>('Guidance from').value).toBe('0.4');
    fireEvent.change(bagel.getByLabelText('Steps'), { target: { value: '200' } });
    await screen.findAllByText('must be at most 100');
    fireEvent.change(bagel.getByLabelText('Steps'), { target: { value: '25' } });
    const prices = within(screen.getByRole('group', { name: 'Prices of Every model without prices of its own' }));
    fireEvent.change(prices.getByLabelText('A GPU second'), { target: { value: '0.0007' } });
    fireEvent.click(screen.getByRole('switch', { name: 'Use for: Text to image' }));
    fireEvent.change(within(screen.getByRole('group', { name: 'Text to image' })).getByLabelText('Model for Text to image'), {
      target: { value: 'bagel' },
    });
    await waitFor(() => expect(button('Save').disabled).toBe(false));
    fireEvent.click(button('Save'));
    await waitFor(() =>
      expect(fake.state.profiles.at(-1)).toMatchObject({
        roles: { imageEditor: { bagel: { steps: 25, cfgInterval: [0.4, 1], renormType: 'global' } }, textToImage: { model: 'bagel' } },
        prices: { usdPerGpuSecond: 0.0007 },
      }),
    );
  });

  it('maps the parameters of a Gradio app that it has read', async () => {
    const parameter = { label: '', component: 'Slider', hasDefault: true, minimum: 0, maximum: 9, choices: [] };
    const { fake } = show(
      '#/endpoints/edit/bagel',
      studio({
        gradio: {
          version: '6.25.0',
          maxUploadBytes: null,
          functions: [
            {
              name: '/edit',
              parameters: [
                { ...parameter, name: 'strength', type: 'number', default: 3 },
                { ...parameter, name: 'dice', type: 'number', default: 0 },
              ],
              outputs: [{ label: '', component: 'Image', picture: true, format: 'webp' }],
              byName: { strength: '$bagel.textCfg' },
            },
          ],
        },
      }),
    );
    fireEvent.click(await screen.findByRole('button', { name: 'Read what the app offers' }));
    await screen.findByText(/gives its pictures as webp/);
    // What happens without a choice is said, so that nobody has to guess.
    expect(within(screen.getByLabelText('Fill strength with')).getByText('Text guidance (by its name)')).toBeTruthy();
    expect(within(screen.getByLabelText('Fill dice with')).getByText('The app’s own value')).toBeTruthy();
    fireEvent.change(screen.getByLabelText('Function that edits'), { target: { value: '/edit' } });
    fireEvent.change(screen.getByLabelText('Fill dice with'), { target: { value: '$seed' } });
    fireEvent.change(screen.getByLabelText('Fill strength with'), { target: { value: 'literal' } });
    fireEvent.change(screen.getByLabelText('Value for strength'), { target: { value: '7.5' } });
    fireEvent.click(button('Save'));
    await waitFor(() =>
      expect(fake.state.profiles.at(-1)?.gradio).toMatchObject({ edit: '/edit', inputs: { strength: 7.5, dice: '$seed' } }),
    );
  });
});

describe('what an endpoint says', () => {
  it('shows models that are missing and models that go away, and lets one be picked', async () => {
    const models = [
      { id: 'large-2', shutdownDate: null },
      { id: 'old-1', shutdownDate: '2026-12-01' },
    ];
    const { fake } = show(
      '#/endpoints/edit/writer',
      studio({ probe: { ok: false, ms: 340, models, missingModels: ['large-1'], notes: [], error: null } }),
    );
    fireEvent.click(await screen.findByRole('button', { name: 'Probe' }));
    await screen.findByText('One model of this profile is not listed');
    expect(screen.getByText('goes away on 2026-12-01')).toBeTruthy();
    fireEvent.change(screen.getByLabelText('Use large-2 for'), { target: { value: 'promptEngineer' } });
    expect((await field('Model for Prompt engineer')).value).toBe('large-2');
    expect(screen.getByText('Changed since this probe.')).toBeTruthy();
    expect(fake.calls.filter(({ name }) => name === 'endpoints.save')).toEqual([]);
  });

  // Catches: an answer that comes while a new endpoint is being saved, told to a page that is gone.
  it('keeps what it was asked when saving moves to another page', async () => {
    const models = [{ id: 'large-2', shutdownDate: null }];
    const probe = { ok: true, ms: 12, models, missingModels: [], notes: ['Reached before it was saved.'], error: null };
    show('#/endpoints/edit/writer', studio({ probe }));
    fireEvent.click(await screen.findByRole('button', { name: /^Probe/ }));
    cleanup();
    show('#/endpoints/edit/writer', studio({ probe }));
    expect(await screen.findByText('Reached before it was saved.')).toBeTruthy();
  });

  it('says why it was not reached, and what would help', async () => {
    const error = { code: 'network' as const, message: 'writer cannot be reached.', hint: 'Is the server running?' };
    show('#/endpoints/edit/writer', studio({ probe: { ok: false, ms: 3, models: null, missingModels: [], notes: [], error } }));
    fireEvent.click(await screen.findByRole('button', { name: /^Probe/ }));
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('Not reached');
    expect(alert.textContent).toContain('Is the server running?');
  });

  it('says what a self-test costs before it asks, then shows checks, pictures and who answered', async () => {
    const { fake } = show(
      '#/endpoints/edit/writer',
      studio({
        selfTest: {
          ok: false,
          usd: 0.012,
          ms: 2300,
          modelAnswered: 'large-2',
          booked: { calls: 3, usd: 0.02 },
          checks: [
            { name: 'answers', ok: true, message: 'It answered.' },
            { name: 'uses the picture', ok: false, message: 'It saw a picture that was not sent.' },
          ],
          pictures: [{ label: 'sent', webp: 'AAAA' }],
        },
      }),
    );
    await screen.findByText(/A test costs what such calls cost/);
    await screen.findByText('2 calls, at most $0.50 by the price table.');
    expect(fake.calls.some(({ name }) => name === 'endpoints.test')).toBe(false);
    fireEvent.click(screen.getByRole('button', { name: 'Test as Prompt engineer' }));
    const article = await screen.findByRole('article', { name: 'Prompt engineer' });
    await within(article).findByText('It saw a picture that was not sent.');
    expect(within(article).getByText('large-1 was asked, large-2 answered')).toBeTruthy();
    expect(within(article).getByText('2.3 s, $0.012')).toBeTruthy();
    expect(within(article).getByRole('img', { name: 'sent' }).getAttribute('src')).toBe('data:image/webp;base64,AAAA');
    expect(within(article).getByRole('img', { name: 'not good' })).toBeTruthy();
  });
});
