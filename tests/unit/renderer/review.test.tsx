import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/shared/model/errors.ts';
import { aRun, aTriplet } from '../../helpers/renderer/data.ts';
import { createFakeEngine } from '../../helpers/renderer/fakeEngine.ts';
import { show } from '../../helpers/renderer/show.tsx';

// By its id, which is quick; that a cell has its role and name is what the first test asserts.
const cell = (id: number) =>
  waitFor(() => {
    const found = document.querySelector<HTMLElement>(`[data-id="${id}"]`);
    if (!found) throw new Error(`triplet ${id} is not in the grid`);
    return found;
  });
const open = (id: number) => screen.findByRole('dialog', { name: `Triplet ${id}` });
const key = (target: Element, name: string) => fireEvent.keyDown(target, { key: name });

// Catches: the mask of one rule over a triplet whose run checked by another.
it("draws the mask as the triplet's own run did, and says how", async () => {
  window.localStorage.setItem('nhr-viewer', JSON.stringify({ mode: 'difference', look: 'mask' }));
  show('#/triplets/640', createFakeEngine({ runs: [aRun({ mask: { threshold: 25, maskRule: 'grayOfDifference' } })] }));
  const label = await within(await open(640)).findByText('grey over 25');
  expect(label.title).toContain('The low-level check of this pair: grey over 25.');
  window.localStorage.clear();
});

describe('the grid', () => {
  it('moves with the arrows, opens with Enter, closes with Escape', async () => {
    show('#/triplets');
    const first = await screen.findByRole('gridcell', { name: /^Triplet 640: Remove the ball from the grass/ });
    first.focus();
    key(first, 'ArrowRight');
    await waitFor(async () => expect(document.activeElement).toBe(await cell(639)));
    expect(first.tabIndex).toBe(-1);
    key(document.activeElement as Element, 'ArrowDown');
    // Four columns at this width.
    await waitFor(async () => expect(document.activeElement).toBe(await cell(635)));
    key(document.activeElement as Element, 'Enter');
    const dialog = await open(635);
    expect(window.location.hash).toBe('#/triplets/635');
    key(dialog, 'Escape');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(document.activeElement).toBe(await cell(635));
  });

  it('accepts, rejects and takes back with one key each, at once', async () => {
    const { fake } = show('#/triplets');
    const hold = await cell(640);
    const release = fake.hold('triplets.decide');
    hold.focus();
    key(hold, 'a');
    // Shown before the engine has answered.
    expect(await within(await cell(640)).findByRole('img', { name: 'Accepted' })).toBeTruthy();
    key(hold, 'r');
    await within(await cell(640)).findByRole('img', { name: 'Rejected' });
    key(hold, 'u');
    await waitFor(() => expect(within(hold).queryByRole('img', { name: 'Rejected' })).toBeNull());
    release();
    await waitFor(() => expect(fake.calls.filter((c) => c.name === 'triplets.decide')).toHaveLength(3));
    expect(fake.calls.filter((c) => c.name === 'triplets.decide').map((c) => (c.input as { decision: string }).decision)).toEqual([
      'accept',
      'reject',
      'clear',
    ]);
  });

  it('takes a decision back that the engine refused, and says why', async () => {
    const fake = createFakeEngine();
    fake.fail('triplets.decide', new AppError('diskFull', 'There is no room left.'));
    show('#/triplets', fake);
    const first = await cell(640);
    first.focus();
    key(first, 'a');
    expect((await screen.findByRole('alert')).textContent).toContain('There is no room left.');
    expect(within(await cell(640)).queryByRole('img', { name: 'Accepted' })).toBeNull();
  });

  it('draws only what is on screen and reads what is scrolled to, by place', async () => {
    const { fake } = show('#/triplets');
    await cell(640);
    expect(screen.getAllByRole('gridcell').length).toBeLessThan(60);
    const scroller = document.querySelector('.nhr-grid-scroller') as HTMLElement;
    scroller.scrollTop = 6_800;
    fireEvent.scroll(scroller);
    await waitFor(() =>
      expect(fake.calls.filter((c) => c.name === 'triplets.rows').map((c) => (c.input as { from: number }).from)).toContain(120),
    );
    await waitFor(() => expect(screen.getAllByRole('row').map((row) => Number(row.getAttribute('aria-rowindex')))).toContain(30));
  });

  it('goes to any row by its number, and to both ends by a key', async () => {
    const { fake } = show('#/triplets');
    const first = await cell(640);
    first.focus();
    key(first, 'End');
    const count = fake.state.triplets.filter((t) => t.state === 'active').length;
    await waitFor(() => expect(document.activeElement?.getAttribute('data-place')).toBe(String(count - 1)));
    key(document.activeElement as Element, 'g');
    const field = screen.getByRole('textbox', { name: 'Go to row' });
    expect(document.activeElement).toBe(field);
    fireEvent.change(field, { target: { value: '321' } });
    fireEvent.submit(field.closest('form') as HTMLFormElement);
    await waitFor(() => expect(document.activeElement?.getAttribute('data-place')).toBe('320'));
    await waitFor(() => expect(document.activeElement?.getAttribute('data-id')).not.toBeNull());
  });

  it('reads the list again when the engine has forgotten it', async () => {
    const fake = createFakeEngine();
    show('#/triplets', fake);
    await cell(640);
    fake.fail('triplets.rows', new AppError('noSuchItem', 'This list is not kept any more.'));
    const lists = () => fake.calls.filter((c) => c.name === 'triplets.list').length;
    const before = lists();
    const scroller = document.querySelector('.nhr-grid-scroller') as HTMLElement;
    scroller.scrollTop = 9_000;
    fireEvent.scroll(scroller);
    await waitFor(() => expect(lists()).toBeGreaterThan(before));
  });

  it('keeps its filter in the address and asks the engine for just that', async () => {
    const { fake } = show('#/triplets?kind=inverse&sort=best');
    await screen.findByRole('grid');
    const input = fake.calls.find((c) => c.name === 'triplets.page')?.input;
    expect(input).toMatchObject({ filter: { kinds: ['inverse'], states: ['active'] }, sort: 'best' });
    fireEvent.change(screen.getByRole('textbox', { name: 'Search instructions' }), { target: { value: 'night' } });
    await waitFor(() => expect(window.location.hash).toBe('#/triplets?kind=inverse&q=night&sort=best'));
    fireEvent.click(screen.getByRole('button', { name: 'Reset filters' }));
    await waitFor(() => expect(window.location.hash).toBe('#/triplets?sort=best'));
  });

  it('tells of new triplets instead of moving the grid', async () => {
    const { emit, fake } = show('#/triplets?kind=forward');
    await screen.findByRole('grid');
    await emit({ type: 'triplet', triplet: aTriplet(641, { kind: 'inverse' }) });
    expect(screen.queryByRole('button', { name: /new triplet/ })).toBeNull();
    fake.state.triplets = [aTriplet(642, { kind: 'forward', state: 'active' }), ...fake.state.triplets];
    await emit({ type: 'triplet', triplet: aTriplet(642, { kind: 'forward', state: 'active' }) });
    fireEvent.click(screen.getByRole('button', { name: 'Show 1 new triplet' }));
    await cell(642);
  });

  it('says how to go on when nothing matches, when there is nothing, and when reading fails', async () => {
    const { unmount } = show('#/triplets?q=zebra');
    await screen.findByText('No triplet passes these filters.');
    unmount();
    const second = show('#/triplets', createFakeEngine({ triplets: [] }));
    await screen.findByRole('link', { name: 'Go to the runs' });
    second.unmount();
    const fake = createFakeEngine();
    for (const call of ['triplets.page', 'triplets.list']) fake.fail(call, new AppError('internal', 'The query failed.'));
    show('#/triplets', fake);
    const again = await screen.findByRole('button', { name: 'Try again' });
    for (const call of ['triplets.page', 'triplets.list']) fake.fail(call, null);
    fireEvent.click(again);
    await cell(640);
  });

  it('shows what came since it was looked at and found empty', async () => {
    const fake = createFakeEngine({ triplets: [] });
    show('#/triplets', fake);
    await screen.findByRole('link', { name: 'Go to the runs' });
    await act(async () => {
      window.location.hash = '#/runs';
    });
    await screen.findByRole('heading', { name: 'Runs' });
    fake.state.triplets = [aTriplet(7, { kind: 'forward', state: 'active' })];
    await act(async () => {
      window.location.hash = '#/triplets';
    });
    await cell(7);
  });

  it('lists its shortcuts', async () => {
    show('#/triplets');
    await screen.findByRole('grid');
    key(document.body, '?');
    expect((await screen.findByRole('dialog', { name: 'Keyboard shortcuts' })).textContent).toContain('Clear the decision');
  });

  it('leaves keys alone in a text field', async () => {
    const { fake } = show('#/triplets');
    await cell(640);
    key(screen.getByRole('textbox', { name: 'Search instructions' }), 'a');
    key(screen.getByRole('textbox', { name: 'Search instructions' }), '?');
    expect(fake.calls.some((c) => c.name === 'triplets.decide')).toBe(false);
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});

describe('the comparison', () => {
  it('moves the divider with the arrows without leaving the triplet', async () => {
    show('#/triplets/639');
    const divider = await within(await open(639)).findByRole('slider', { name: 'Divider between source and edited' });
    expect(divider.getAttribute('aria-valuenow')).toBe('50');
    key(divider, 'ArrowRight');
    expect(divider.getAttribute('aria-valuenow')).toBe('52');
    key(divider, 'Home');
    expect(divider.getAttribute('aria-valuenow')).toBe('0');
    key(divider, 'ArrowLeft');
    expect(divider.getAttribute('aria-valuenow')).toBe('0');
    expect(window.location.hash).toBe('#/triplets/639');
  });

  it('goes to the next triplet and back, and decides on the one that is shown', async () => {
    const { fake } = show('#/triplets/639');
    await open(639);
    await cell(639);
    key(document.body, 'ArrowRight');
    await open(638);
    key(document.body, 'ArrowLeft');
    const dialog = await open(639);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Auto-advance' }));
    key(document.body, 'r');
    await waitFor(() => expect(within(dialog).getByRole('button', { name: 'Reject', pressed: true })).toBeTruthy());
    expect(fake.calls.find((c) => c.name === 'triplets.decide')?.input).toEqual({ id: 639, decision: 'reject' });
  });

  it('changes the way to compare', async () => {
    show('#/triplets/639');
    const dialog = await open(639);
    expect((await within(dialog).findByRole<HTMLInputElement>('radio', { name: 'Slider' })).checked).toBe(true);
    key(document.body, 'v');
    key(document.body, 'v');
    key(document.body, 'v');
    expect(within(dialog).getByRole<HTMLInputElement>('radio', { name: 'Difference' }).checked).toBe(true);
    expect(within(dialog).getByRole('slider', { name: 'Gain of the difference' })).toBeTruthy();
  });

  it('shows verdicts, numbers and family', async () => {
    show('#/triplets/638');
    const dialog = await open(638);
    await within(dialog).findAllByText('95.7 %');
    expect(within(dialog).getByText('Backward consistency')).toBeTruthy();
    const child = within(dialog).getByRole('link', { name: /^Triplet 640:/ });
    expect(child.getAttribute('href')).toBe('#/triplets/640');
  });

  it('closes only the list of shortcuts when that lies over it', async () => {
    show('#/triplets/639');
    await within(await open(639)).findByRole('radio', { name: 'Slider' });
    key(document.body, '?');
    const help = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' });
    key(help, 'Escape');
    await waitFor(() => expect(screen.queryByRole('dialog', { name: 'Keyboard shortcuts' })).toBeNull());
    await open(639);
  });

  it('says that a triplet is not there and offers the way back', async () => {
    show('#/triplets/99999');
    const dialog = await open(99_999);
    expect((await within(dialog).findByRole('alert')).textContent).toContain('There is no triplet 99999.');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Close the comparison' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });
});

describe('a review session', () => {
  const decided = (fake: ReturnType<typeof createFakeEngine>) =>
    fake.calls.filter((c) => c.name === 'triplets.decide' || c.name === 'triplets.decideMany').map((c) => c.input);

  // Catches: a decision that stays on the same triplet, or an undo that shows another one than it took back.
  it('goes on by itself after a decision, and comes back when that is undone', async () => {
    const { fake } = show('#/triplets/640');
    await open(640);
    await cell(640);
    key(document.body, 'a');
    await open(639);
    key(document.body, 'z');
    await open(640);
    await waitFor(() => expect(decided(fake)).toHaveLength(2));
    key(document.body, 'y');
    await waitFor(() =>
      expect(decided(fake)).toEqual([
        { id: 640, decision: 'accept' },
        { id: 640, decision: 'clear' },
        { id: 640, decision: 'accept' },
      ]),
    );
  });

  // Catches: reasons that are lost between the dialog and the engine.
  it('rejects with the tags of the audit and words of its own', async () => {
    const { fake } = show('#/triplets/640');
    await open(640);
    await cell(640);
    key(document.body, 't');
    const dialog = await screen.findByRole('dialog', { name: 'Reject this triplet' });
    key(within(dialog).getByRole('checkbox', { name: 'Residue left' }), '3');
    fireEvent.change(within(dialog).getByRole('textbox', { name: 'Other reasons' }), { target: { value: 'blurry, too dark' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Reject' }));
    await waitFor(() => expect(decided(fake)).toEqual([{ id: 640, decision: 'reject', tags: ['residuals', 'blurry', 'too dark'] }]));
    await open(639);
  });

  // Catches: a bulk action as many calls, of which some could be lost, and an undo of it that forgets some.
  it('decides on all that are selected in one call, and takes it back in one', async () => {
    const { fake } = show('#/triplets');
    const first = await cell(640);
    first.focus();
    key(first, 'x');
    key(first, 'ArrowRight');
    key(await cell(639), 'x');
    expect((await screen.findByRole('toolbar')).textContent).toContain('2 selected');
    key(document.activeElement as Element, 'r');
    await waitFor(() => expect(decided(fake)).toEqual([{ ids: [640, 639], decision: 'reject' }]));
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(decided(fake).at(-1)).toEqual({ ids: [640, 639], decision: 'clear' }));
  });

  // Catches: a corrected wording that replaces the original, or one that Esc throws the whole comparison away with.
  it('keeps a corrected instruction beside the original', async () => {
    const { fake } = show('#/triplets/640');
    const dialog = await open(640);
    await cell(640);
    await within(dialog).findByRole('radio', { name: 'Slider' });
    key(document.body, 'c');

    const field = await within(dialog).findByRole('textbox', { name: 'Correct the wording' });
    fireEvent.change(field, { target: { value: 'Remove the red ball' } });
    key(field, 'Enter');
    await waitFor(() =>
      expect(fake.calls.find((c) => c.name === 'triplets.correct')?.input).toEqual({ id: 640, instruction: 'Remove the red ball' }),
    );
    expect(await within(dialog).findByRole('heading', { name: 'Remove the red ball' })).toBeTruthy();
    expect(dialog.textContent).toContain('Original: Remove the ball from the grass');
  });

  // Catches: a difficulty that is read from the address and lost again, a fraction of an attempt, or an order that is not asked for.
  it('filters and sorts by difficulty, in whole attempts', async () => {
    const { fake } = show('#/triplets?minDifficulty=2&maxDifficulty=2.5&sort=difficulty');
    await screen.findByRole('grid');
    expect(fake.calls.find((c) => c.name === 'triplets.list')?.input).toEqual({
      filter: { states: ['active'], minDifficulty: 2 },
      sort: 'difficulty',
    });
    fireEvent.click(screen.getByRole('button', { name: 'More filters (1)' }));
    fireEvent.change(await screen.findByRole('textbox', { name: 'Difficulty, to' }), { target: { value: '4' } });
    await waitFor(() => expect(window.location.hash).toContain('minDifficulty=2&maxDifficulty=4'));
  });

  // Catches: a filter that works but is lost when the address is shared.
  it('puts score ranges and shapes into the address', async () => {
    const { fake } = show('#/triplets?maxAdherence=4.5&aspect=square&remarked=no');
    await screen.findByRole('grid');
    expect(fake.calls.find((c) => c.name === 'triplets.page')?.input).toMatchObject({
      filter: { maxAdherence: 4.5, aspect: 'square', remarked: false },
    });
    fireEvent.click(screen.getByRole('button', { name: 'More filters (3)' }));
    fireEvent.change(await screen.findByRole('textbox', { name: 'Adherence, from' }), { target: { value: '4' } });
    await waitFor(() => expect(window.location.hash).toContain('minAdherence=4'));
    expect(fake.calls.some((c) => c.name === 'triplets.histogram')).toBe(true);
  });
});
