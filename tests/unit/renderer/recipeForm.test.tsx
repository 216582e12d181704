import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createFakeEngine } from '../../helpers/renderer/fakeEngine.ts';
import { show } from '../../helpers/renderer/show.tsx';

const radio = (name: string) => screen.findByLabelText(name, { selector: 'input[type=radio]' });
const editor = () => screen.findByLabelText<HTMLTextAreaElement>('Recipe in YAML');
const named = () => screen.findByLabelText<HTMLInputElement>('Name');

beforeEach(() => localStorage.setItem('nhr-recipe-view', '"form"'));
const yaml = async () => {
  fireEvent.click(await radio('YAML'));
  return (await editor()).value;
};

// Many fields: happy-dom takes seconds on a busy machine.
describe('the recipe as a form', { timeout: 30_000 }, () => {
  // Catches: form and text that part ways, undo that loses a step, a stage that moves somewhere else.
  it('writes into the text, reads from it, and can be undone', async () => {
    show('#/runs/new');
    const name = await named();
    expect(name.value).toBe('Demo, quick');
    fireEvent.change(name, { target: { value: 'Mine' } });
    fireEvent.click(screen.getByLabelText('Move Low-level check later'));
    fireEvent.keyDown(screen.getByLabelText('Hard validator', { selector: 'input[type=checkbox]' }), { key: 'ArrowUp', altKey: true });
    const text = await yaml();
    expect(text).toContain('name: Mine');
    expect((parse(text) as { stages: string[] }).stages).toEqual(['edit', 'softJudge', 'lowLevel', 'validator', 'softChecks']);
    expect(text).toContain('# A small run of the demo studio');
    fireEvent.change(await editor(), {
      target: { value: text.replace('name: Mine', 'name: Yours') },
    });
    fireEvent.click(await radio('Form'));
    expect((await named()).value).toBe('Yours');
    for (let i = 0; i < 5; i++) fireEvent.click(screen.getByText('Undo'));
    expect((await named()).value).toBe('Demo, quick');
    fireEvent.click(screen.getByText('Redo'));
    expect((await named()).value).not.toBe('Demo, quick');
  });

  it('shows a mistake at its field, and says so when the text cannot be read', async () => {
    show('#/runs/new');
    const seeds = await screen.findByLabelText<HTMLInputElement>('Pictures a scene (N)');
    fireEvent.change(seeds, { target: { value: '0' } });
    await waitFor(() => expect(seeds.getAttribute('aria-invalid')).toBe('true'), { timeout: 15_000 });
    await yaml();
    fireEvent.change(await editor(), { target: { value: 'name: [' } });
    fireEvent.click(await radio('Form'));
    expect((await screen.findByText(/cannot be read, so the form has nothing/)).textContent).toContain('nothing you wrote is lost');
  });

  it('starts from the recipe of a run with moved gates, and keeps it as a template', async () => {
    const gates = JSON.stringify({ validator: { adherence: 4.2, aesthetics: 4.7 } });
    const { fake } = show(`#/runs/new?run=run-2&gates=${encodeURIComponent(gates)}`);
    expect(await yaml()).toContain('validator: { adherence: 4.2, aesthetics: 4.7 }');
    fireEvent.click(screen.getByRole('button', { name: 'Save as a template' }));
    const dialog = await screen.findByRole('dialog');
    fireEvent.change(within(dialog).getByRole('textbox', { name: 'Title' }), { target: { value: 'My stack' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Save as a template' }));
    await screen.findByRole('radio', { name: 'My stack' });
    expect(fake.calls.find(({ name }) => name === 'runs.saveTemplate')?.input).toMatchObject({ title: 'My stack' });
  });

  it('says how sure an estimate is and where its rates come from', async () => {
    show('#/runs/new');
    const estimate = await screen.findByRole('region', { name: 'What will probably come of it' });
    expect(estimate.textContent).toContain('71 to 129 with 95 % confidence');
    expect(within(estimate).getByRole('table', { name: 'Rates it is made of', hidden: true }).textContent).toContain("the paper's table 2");
  });
});

describe('figures of a run', () => {
  // Catches: a precision that is said without decisions, or a gate that is applied elsewhere than it was moved.
  it('moves a gate and leads to a recipe with it', async () => {
    show('#/runs/run-1', createFakeEngine({ unknownCalls: [] }));
    const region = await screen.findByRole('region', { name: 'What if a gate moves' });
    const slider = await within(region).findByRole('slider', { name: 'Hard validator, adherence' });
    expect(region.textContent).toContain('precision 73 % (52 % to 87 %, 22 decisions)');
    fireEvent.keyDown(slider, { key: 'ArrowLeft' });
    expect(region.textContent).toContain('nobody has seen those candidates');
    const link = within(region).getByRole('link', { name: 'Use these in a new recipe' });
    expect(decodeURIComponent(link.getAttribute('href') ?? '')).toContain('"validator":{"adherence":4.6,"aesthetics":4.7}');
  });

  it('shows endpoints over time, as a picture or a table', async () => {
    show('#/runs/run-1', createFakeEngine({ unknownCalls: [] }));
    const plot = await screen.findByRole('img', { name: /^bagel\. p50/ });
    expect(plot.getAttribute('aria-label')).toContain('4 of 445 calls failed');
    fireEvent.click(screen.getByRole('button', { name: 'bagel: Show as a table' }));
    expect((await screen.findByRole('region', { name: 'bagel' })).querySelectorAll('tr')).toHaveLength(11);
  });

  it('compares two runs from their address', async () => {
    show('#/runs/compare?a=run-1&b=run-2', createFakeEngine({ unknownCalls: [] }));
    const steps = await screen.findByRole('table', { name: 'What each step keeps' });
    expect(steps.textContent).toContain('−17.0 (−24.0 to −10.0) sure');
    expect(screen.getByRole('table', { name: 'Success by operation' }).textContent).toContain('may be chance');
    expect(screen.getByRole('table', { name: 'What differs in the recipes' }).textContent).toContain('gates.softJudge.adherence');
  });
});
