import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/shared/model/errors.ts';
import { createFakeEngine } from '../../helpers/renderer/fakeEngine.ts';
import { show } from '../../helpers/renderer/show.tsx';

const key = (target: Element, name: string) => fireEvent.keyDown(target, { key: name });
const cell = (id: number) =>
  waitFor(() => {
    const found = document.querySelector<HTMLElement>(`[data-id="${id}"]`);
    if (!found) throw new Error(`candidate ${id} is not in the grid`);
    return found;
  });

describe('rejected candidates', () => {
  // Catches: stage and reason that are not in the address, or a filter the grid does not follow.
  it('are chosen by stage and reason, which stand in the address', async () => {
    const { fake } = show('#/rejects');
    await cell(90);
    fireEvent.click(await screen.findByRole('button', { name: /^Hard validator 30$/ }));
    await waitFor(() => expect(window.location.hash).toBe('#/rejects?stage=validator'));
    fireEvent.click(await screen.findByRole('button', { name: /^Both scores under the threshold 30$/ }));
    await waitFor(() => expect(window.location.hash).toBe('#/rejects?stage=validator&reason=lowBoth'));
    await waitFor(() =>
      expect(fake.calls.filter(({ name }) => name === 'rejects.page').at(-1)?.input).toMatchObject({
        filter: { stage: 'validator', reason: 'lowBoth' },
        sort: 'newest',
      }),
    );
    expect((await cell(89)).textContent).toContain('Hard validator: both scores under the threshold');
  });

  // Catches: a decision without its key, or one that leaves no trace in the gate's figures.
  it('are kept and confirmed by one key each, counted for the gate, and taken back', async () => {
    const { fake } = show('#/rejects?stage=validator');
    const first = await cell(89);
    first.focus();
    key(first, 'a');
    await within(await cell(89)).findByRole('img', { name: 'Accepted after all' });
    key(await cell(89), 'ArrowRight');
    await waitFor(async () => expect(document.activeElement).toBe(await cell(86)));
    key(document.activeElement as Element, 'r');
    expect(
      await screen.findByText(/2 looked at, 1 should have been kept: 50.0 % wrongly rejected \(95 % interval 9.5 % to 90.5 %\)/),
    ).toBeTruthy();
    key(document.activeElement as Element, 'z');
    await screen.findByText(/1 looked at, 1 should have been kept/);
    expect(fake.calls.filter(({ name }) => name === 'rejects.decide').map(({ input }) => input)).toEqual([
      { ids: [89], decision: 'keep' },
      { ids: [86], decision: 'right' },
      { ids: [86], decision: 'clear' },
    ]);
  });

  // Catches: a comparison that does not go on after a decision, or shows another candidate's gate.
  it('are compared one after the other', async () => {
    show('#/rejects');
    key(await cell(90), 'Enter');
    const dialog = await screen.findByRole('dialog', { name: 'Candidate 90' });
    expect(within(dialog).getByText('Low-level check: nothing changed')).toBeTruthy();
    key(dialog, 'r');
    await screen.findByRole('dialog', { name: 'Candidate 89' });
    expect(window.location.hash).toBe('#/rejects/89');
    key(document.body, 'ArrowLeft');
    await screen.findByRole('dialog', { name: 'Candidate 90' });
    key(screen.getByRole('dialog'), 'Escape');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await within(await cell(90)).findByRole('img', { name: 'Rightly rejected' });
  });

  // Catches: an order, an operation or words that are not in the address, or a grid that does not follow them.
  it('are ordered and narrowed by an address that can be shared', async () => {
    const { fake } = show('#/rejects?run=run-1&category=Object+color&q=house+6&sort=score');
    const best = await screen.findByRole('gridcell', { name: /house 62 / });
    expect(best.dataset.place).toBe('0');
    expect(fake.calls.find(({ name }) => name === 'rejects.list')?.input).toEqual({
      filter: { runId: 'run-1', category: 'Object color', text: 'house 6' },
      sort: 'score',
    });
    expect(screen.getByText('11 candidates')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Reset filters' }));
    await waitFor(() => expect(window.location.hash).toBe('#/rejects?sort=score'));
  });

  // Catches: a selection that loses one, a bulk decision sent one by one, or an undo that takes only one of them back.
  it('are decided on together and taken back together', async () => {
    const { fake } = show('#/rejects');
    fireEvent.click(await cell(90), { ctrlKey: true });
    fireEvent.click(await cell(88), { ctrlKey: true });
    fireEvent.click(within(await screen.findByRole('toolbar')).getByRole('button', { name: 'Accept after all' }));
    await within(await cell(90)).findByRole('img', { name: 'Accepted after all' });
    await within(await cell(88)).findByRole('img', { name: 'Accepted after all' });
    key(document.body, 'z');
    await waitFor(async () => expect(within(await cell(88)).queryByRole('img', { name: 'Accepted after all' })).toBeNull());
    expect(fake.calls.filter(({ name }) => name === 'rejects.decide').map(({ input }) => input)).toEqual([
      { ids: [90, 88], decision: 'keep' },
      { ids: [90, 88], decision: 'clear' },
    ]);
  });

  // Catches: reasons that are not sent or not shown, a dialog whose keys also decide in the comparison under it, or one that does not go on.
  it('are rightly rejected with the tags of the audit and words of one’s own', async () => {
    const { fake } = show('#/rejects/90');
    const dialog = await screen.findByRole('dialog', { name: 'Candidate 90' });
    await cell(90);
    key(dialog, 't');
    const reasons = await screen.findByRole('dialog', { name: 'Why this candidate was rightly rejected' });
    key(within(reasons).getByRole('checkbox', { name: 'Residue left' }), '3');
    fireEvent.change(within(reasons).getByRole('textbox', { name: 'Other reasons' }), { target: { value: 'blurry' } });
    fireEvent.click(within(reasons).getByRole('button', { name: 'Rightly rejected' }));
    await screen.findByRole('dialog', { name: 'Candidate 89' });
    key(document.body, 'ArrowLeft');
    const again = await screen.findByRole('dialog', { name: 'Candidate 90' });
    expect(within(again).getByText('Residue left')).toBeTruthy();
    expect(within(again).getByText('blurry')).toBeTruthy();
    key(document.body, 'z');
    await waitFor(() => expect(within(again).queryByText('blurry')).toBeNull());
    expect(fake.calls.filter(({ name }) => name === 'rejects.decide').map(({ input }) => input)).toEqual([
      { ids: [90], decision: 'right', tags: ['residuals', 'blurry'] },
      { ids: [90], decision: 'clear' },
    ]);
  });

  // Catches: a tag that is not in the address or not asked of the engine, and words of one's own that the choice does not show.
  it('are chosen by a tag, which stands in the address', async () => {
    const { fake } = show('#/rejects');
    key(await cell(90), 't');
    const reasons = await screen.findByRole('dialog', { name: 'Why this candidate was rightly rejected' });
    key(within(reasons).getByRole('checkbox', { name: 'Residue left' }), '3');
    fireEvent.change(within(reasons).getByRole('textbox', { name: 'Other reasons' }), { target: { value: 'blurry' } });
    fireEvent.click(within(reasons).getByRole('button', { name: 'Rightly rejected' }));
    await within(await cell(90)).findByRole('img', { name: 'Rightly rejected' });
    const field = await screen.findByRole('combobox', { name: 'Tag' });
    fireEvent.click(field);
    fireEvent.click(await screen.findByRole('option', { name: 'Residue left' }));
    await waitFor(() => expect(window.location.hash).toBe('#/rejects?tag=residuals'));
    await cell(90);
    expect(await screen.findByText('1 candidate')).toBeTruthy();
    expect(fake.calls.filter(({ name }) => name === 'rejects.list').at(-1)?.input).toEqual({
      filter: { tag: 'residuals' },
      sort: 'newest',
    });
    window.location.hash = '#/rejects?tag=blurry';
    await waitFor(() => expect((screen.getByRole('combobox', { name: 'Tag' }) as HTMLInputElement).value).toBe('blurry'));
    await cell(90);
  });

  // Catches: ways to compare that the palette offers over a triplet and not over a rejected candidate.
  it('list their ways to compare in the command palette', async () => {
    show('#/rejects/90');
    await screen.findByRole('dialog', { name: 'Candidate 90' });
    fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true });
    const field = await screen.findByRole('combobox', { name: 'Command palette' });
    fireEvent.change(field, { target: { value: 'Difference' } });
    expect((await screen.findAllByRole('option')).some((option) => option.textContent?.includes('Difference'))).toBe(true);
  });

  // Catches: rows that cannot be reached, or a number that leads elsewhere.
  it('are reached by number', async () => {
    show('#/rejects');
    await cell(90);
    const goTo = screen.getByRole('textbox', { name: 'Go to row' });
    fireEvent.change(goTo, { target: { value: '85' } });
    fireEvent.submit(goTo);
    await waitFor(async () => expect(document.activeElement).toBe(await cell(6)));
  });

  // Catches: other candidates of the same <source, instruction> out of reach, or one that stays for the next.
  it('are compared with their siblings by number', async () => {
    show('#/rejects/90');
    const dialog = await screen.findByRole('dialog', { name: 'Candidate 90' });
    await within(dialog).findByRole('button', { name: /^2 Soft judge/ });
    key(dialog, '2');
    await waitFor(() =>
      expect(
        within(dialog)
          .getByRole('button', { name: /^2 Soft judge/ })
          .getAttribute('aria-pressed'),
      ).toBe('true'),
    );
    key(dialog, 'ArrowRight');
    const next = await screen.findByRole('dialog', { name: 'Candidate 89' });
    expect((await within(next).findByRole('button', { name: /^2 Soft judge/ })).getAttribute('aria-pressed')).toBe('false');
  });

  // Catches: a decision that the engine refused and that still stands on the screen.
  it('show no decision that was refused, and say why', async () => {
    const fake = createFakeEngine();
    fake.fail('rejects.decide', new AppError('diskFull', 'There is no room left.'));
    show('#/rejects', fake);
    key(await cell(90), 'a');
    await screen.findByText('There is no room left.');
    expect(within(await cell(90)).queryByRole('img', { name: 'Accepted after all' })).toBeNull();
  });
});

describe('an audit', () => {
  // Catches: an audit that needs the mouse, shows a score, loses its place, or counts wrong.
  it('goes from start to result by keyboard, blinded, and goes on where it was', async () => {
    const { fake } = show('#/audits');
    fireEvent.change(await screen.findByRole('textbox', { name: 'Triplets' }), { target: { value: '3' } });
    fireEvent.submit(screen.getByRole('button', { name: 'Start the audit' }).closest('form')!);
    expect(await screen.findByText('Remove the ball number 1')).toBeTruthy();
    expect(window.location.hash).toBe('#/audits/1');
    expect(document.body.textContent).not.toMatch(/adherence|aesthetics|validator/i);
    key(document.body, '3');
    key(document.body, 'Enter');
    await screen.findByText('Remove the ball number 2');
    await waitFor(() => expect(fake.calls.filter(({ name }) => name === 'audits.answer')).toHaveLength(1));
    key(document.body, 's');
    fireEvent.click(await screen.findByRole('link', { name: 'Go on: Audit 1' }));
    await screen.findByText('Remove the ball number 2');
    key(document.body, 'Enter');
    await screen.findByText('Remove the ball number 3');
    key(document.body, 'o');
    fireEvent.change(document.activeElement as Element, { target: { value: 'odd hand, Odd sky' } });
    key(document.activeElement as Element, 'Enter');
    await screen.findByRole('heading', { name: 'Result of Audit 1' });
    expect(fake.calls.filter(({ name }) => name === 'audits.answer').map(({ input }) => input)).toEqual([
      { id: 1, index: 0, tags: ['residuals'], note: '' },
      { id: 1, index: 1, tags: [], note: '' },
      { id: 1, index: 2, tags: ['odd hand', 'Odd sky'], note: '' },
    ]);
    const row = await screen.findByRole('row', { name: /^Any fault 2 66.7 % 20.8 % to 93.9 %/ });
    expect(row).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Triplet 640' })).toBeTruthy();
  });
});
