import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { withNews } from '../../../src/renderer/features/edit/useSession.ts';
import { AppError } from '../../../src/shared/model/errors.ts';
import { aNode, aSession } from '../../helpers/renderer/fakeEdits.ts';
import { createFakeEngine } from '../../helpers/renderer/fakeEngine.ts';
import { show } from '../../helpers/renderer/show.tsx';
import { fakeDesktop } from '../../helpers/renderer/studio.tsx';

const SCORED = {
  pictureHash: 'b'.repeat(64),
  width: 1024,
  height: 768,
  quality: { sharpness: 9, colour: 38 },
  scores: { adherence: 4.8, aesthetics: 4.7 },
  step: null,
  state: 'done' as const,
};

/** A session with two variants of the root, the second kept from nowhere yet. */
function edited() {
  const variant = (id: number) =>
    aNode({
      id,
      parentId: 1,
      batchId: 1,
      variant: id - 2,
      depth: 1,
      seed: 10 + id,
      instruction: 'Make the photo warmer',
      category: 'Change tone',
      ...SCORED,
    });
  return aSession({
    nodes: [aNode(), variant(2), variant(3)],
    batches: [
      {
        id: 1,
        parentId: 1,
        instruction: 'Make the photo warmer',
        category: 'Change tone',
        editor: { profile: 'demo' },
        judges: { softJudge: 'demo', validator: 'demo', checks: true },
        demo: true,
        createdAt: 1,
      },
    ],
  });
}
const open = (session = edited()) => show('#/edit/s1', createFakeEngine({ edits: [session] }));
const calls = (fake: ReturnType<typeof open>['fake'], name: string) => fake.calls.filter((c) => c.name === name).map((c) => c.input);
const key = (key: string, more = {}) => fireEvent.keyDown(document.body, { key, ...more });

afterEach(() => {
  vi.unstubAllGlobals();
  window.localStorage.clear();
});

describe('the start of an edit session', () => {
  // Catches: a dropped or pasted picture that is not sent under its name, or a start that leads nowhere.
  it('takes a dropped picture to the engine and opens the room', async () => {
    const hash = 'c'.repeat(64);
    const sent = vi.fn(async () => Response.json({ picture: { hash, width: 4, height: 3, format: 'png' } }));
    vi.stubGlobal('fetch', sent);
    const { fake } = show('#/edit');
    await screen.findByText(/Sessions appear here/);
    const file = new File(['bytes'], 'harbour.jpg', { type: 'image/jpeg' });
    const drop = new Event('drop', { bubbles: true, cancelable: true });
    Object.assign(drop, { dataTransfer: { types: ['Files'], files: [file] } });
    act(() => void window.dispatchEvent(drop));
    await waitFor(() => expect(window.location.hash).toBe('#/edit/s1'));
    expect(sent).toHaveBeenCalledWith('/picture?name=harbour.jpg', expect.objectContaining({ method: 'POST' }));
    expect(calls(fake, 'edit.start')[0]).toMatchObject({ start: { from: 'upload', hash, name: 'harbour.jpg' } });
    expect(await screen.findByRole('treeitem', { name: /^Original/ })).toBeTruthy();
  });

  // Catches: an error that does not name the picture, or leaves no way back.
  it('says which picture cannot be used, and lets another be tried', async () => {
    const error = { code: 'inputInvalid', message: 'cat.heic cannot be used. It is a HEIC picture.', details: { file: 'cat.heic' } };
    vi.stubGlobal('fetch', async () => Response.json({ error }, { status: 400 }));
    show('#/edit');
    const field = await screen.findByLabelText('Open a picture', { selector: 'input' });
    fireEvent.change(field, { target: { files: [new File(['x'], 'cat.heic')] } });
    expect(await screen.findByText(/cat\.heic cannot be used/)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Open a picture' }).disabled).toBe(false);
  });

  it('opens a file of the desktop by its path', async () => {
    const desktop = fakeDesktop({ pickFile: async () => '/home/ada/cat.png' });
    const { fake } = show('#/edit', undefined, desktop);
    fireEvent.click(await screen.findByRole('button', { name: 'Open a picture' }));
    await waitFor(() => expect(calls(fake, 'edit.start')[0]).toMatchObject({ start: { from: 'path', path: '/home/ada/cat.png' } }));
  });

  // Catches: a triplet that starts a session twice, or an address that starts another one when one goes back.
  it('starts from a triplet once', async () => {
    const { fake } = show('#/edit/triplet/12/edited');
    await waitFor(() => expect(window.location.hash).toBe('#/edit/s1'));
    expect(calls(fake, 'edit.start')).toEqual([{ start: { from: 'triplet', tripletId: 12, side: 'edited' }, bagelSize: false }]);
  });
});

// Catches: a triplet in review that leads to no session, or to one of the wrong picture.
it('leads from a triplet in review to the edit room', async () => {
  show('#/triplets/12');
  expect((await screen.findByRole('link', { name: 'Edit this' })).getAttribute('href')).toBe('#/edit/triplet/12/edited');
  expect(screen.getByRole('link', { name: 'Edit the source' }).getAttribute('href')).toBe('#/edit/triplet/12/source');
});

describe('the edit room', () => {
  // Catches: an instruction that is sent to the wrong picture or without its variants, progress that is not shown, results that do not come in.
  it('asks for variants, shows them live, and cancels', async () => {
    const { fake, emit } = open(aSession());
    const words = await screen.findByRole('textbox', { name: 'Instruction' });
    fireEvent.change(words, { target: { value: 'Make the photo warmer' } });
    await screen.findByText(/At most \$0\.016 for this\./);
    fireEvent.keyDown(words, { key: 'Enter', ctrlKey: true });
    const list = await screen.findByRole('list', { name: 'Variants' });
    expect(within(list).getAllByRole('listitem')).toHaveLength(4);
    expect(calls(fake, 'edit.ask')[0]).toMatchObject({
      parentId: 1,
      instruction: 'Make the photo warmer',
      variants: 4,
      editor: { profile: 'demo' },
      judges: { softJudge: 'demo', validator: 'demo', checks: true },
    });
    const [first] = fake.state.edits[0]!.nodes.filter((node) => node.parentId === 1);
    await emit({ type: 'editNode', node: { ...first!, state: 'running', step: 'edit', startedAt: Date.now(), rev: 1 } });
    expect(within(list).getByRole('progressbar', { name: 'Variant 1: Working' })).toBeTruthy();
    await emit({ type: 'editNode', node: { ...first!, ...SCORED, rev: 2 } });
    expect(within(list).getByText('4.75')).toBeTruthy();
    fireEvent.click(within(list).getByRole('button', { name: 'Cancel: Variant 2' }));
    await waitFor(() => expect(calls(fake, 'edit.cancel')[0]).toMatchObject({ nodeIds: [first!.id + 1] }));
  });

  // Catches: keys that do not do what the list of keys says.
  it('is worked by keys: look, continue, keep, undo, redo', async () => {
    const { fake } = open();
    await screen.findByRole('list', { name: 'Variants' });
    key('2');
    expect(screen.getByRole('treeitem', { name: /Variant 2/ }).getAttribute('aria-selected')).toBe('true');
    key('k');
    await waitFor(() => expect(calls(fake, 'edit.keep')).toEqual([{ nodeId: 3 }]));
    expect(await screen.findByRole('link', { name: 'Show the triplet' })).toBeTruthy();
    key('e');
    await waitFor(() => expect(calls(fake, 'edit.setCurrent')).toEqual([{ sessionId: 's1', nodeId: 3 }]));
    expect(await screen.findByText(/Generation 1, Make the photo warmer/)).toBeTruthy();
    key('z', { ctrlKey: true });
    key('z', { ctrlKey: true, shiftKey: true });
    await waitFor(() =>
      expect(calls(fake, 'edit.setCurrent').slice(1)).toEqual([
        { sessionId: 's1', nodeId: 1 },
        { sessionId: 's1', nodeId: 3 },
      ]),
    );
    key('?');
    expect(await screen.findByRole('dialog', { name: 'Keyboard shortcuts' })).toBeTruthy();
  });

  it('compares any two, and says what the chain has lost', async () => {
    open();
    await screen.findByRole('list', { name: 'Variants' });
    key('1');
    expect(screen.getByRole('img', { name: 'A: Original' })).toBeTruthy();
    expect(screen.getByRole('img', { name: 'B: Generation 1, Variant 1' })).toBeTruthy();
    expect(screen.getByRole('img', { name: 'Decay along the chain: Sharpness 75 %, Colour 95 %' })).toBeTruthy();
    key('c');
    key('2');
    expect(screen.getByRole('img', { name: 'A: Generation 1, Variant 1' })).toBeTruthy();
    key('v');
    expect(screen.getByRole<HTMLInputElement>('radio', { name: 'Side by side' }).checked).toBe(true);
  });

  // Catches: earlier instructions that cannot be reached by keys, or arrows that take away what was typed.
  it('brings earlier instructions back by arrows, into an empty field only', async () => {
    open();
    const words = await screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Instruction' });
    await screen.findByText('Make the photo warmer', { selector: 'button' });
    fireEvent.keyDown(words, { key: 'ArrowUp' });
    expect(words.value).toBe('Make the photo warmer');
    fireEvent.keyDown(words, { key: 'ArrowDown' });
    expect(words.value).toBe('');
    fireEvent.change(words, { target: { value: 'Mine' } });
    fireEvent.keyDown(words, { key: 'ArrowUp' });
    expect(words.value).toBe('Mine');
    words.focus();
    fireEvent.keyDown(words, { key: 'Escape' });
    expect(document.activeElement).not.toBe(words);
  });

  // Catches: more of the same that is asked of another picture, by other words or by somebody else.
  it('makes more like one', async () => {
    const { fake } = open();
    await screen.findByRole('list', { name: 'Variants' });
    key('1');
    fireEvent.click(screen.getByRole('button', { name: 'More like this' }));
    await waitFor(() =>
      expect(calls(fake, 'edit.ask')[0]).toMatchObject({
        parentId: 1,
        instruction: 'Make the photo warmer',
        variants: 2,
        editor: { profile: 'demo' },
      }),
    );
  });

  // Catches: a stop of the engine that leaves variants without a way on, or a paid call that is sent again unasked.
  it('goes on with what a stop interrupted, and asks again only when told', async () => {
    const session = edited();
    session.nodes[2] = { ...session.nodes[2]!, state: 'unknown', pictureHash: null, scores: null };
    const { fake } = open({ ...session, interrupted: 2 });
    fireEvent.click(await screen.findByRole('button', { name: 'Go on' }));
    await waitFor(() => expect(calls(fake, 'edit.again')[0]).toMatchObject({ sessionId: 's1' }));
    key('1');
    expect(screen.getByText(/may have been charged once already/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Send it again: Variant 2' }));
    await waitFor(() => expect(calls(fake, 'edit.again')[1]).toMatchObject({ nodeIds: [3], askAgain: true }));
  });

  it('says why a session is not there, with the way back', async () => {
    show('#/edit/gone');
    expect(await screen.findByText('There is no edit session gone.')).toBeTruthy();
    expect(screen.getByRole('link', { name: 'All sessions' })).toBeTruthy();
  });

  it('says why nothing was asked', async () => {
    const fake = createFakeEngine({ edits: [aSession()] });
    fake.fail('edit.ask', new AppError('noSuchItem', 'There is no endpoint profile bagel.'));
    show('#/edit/s1', fake);
    fireEvent.change(await screen.findByRole('textbox', { name: 'Instruction' }), { target: { value: 'Flip it' } });
    const button = await screen.findByRole<HTMLButtonElement>('button', { name: 'Make 4 variants' });
    await waitFor(() => expect(button.disabled).toBe(false));
    fireEvent.click(button);
    expect(await screen.findByText('There is no endpoint profile bagel.')).toBeTruthy();
  });
});

// Catches: old news that overwrite what was read since.
it('takes news only when they are not older than what was read', () => {
  const read = aSession({ nodes: [aNode({ rev: 3, keptId: 7 })] });
  expect(withNews(read, { 1: aNode({ rev: 2 }) }, undefined).nodes[0]).toMatchObject({ keptId: 7 });
  expect(withNews(read, { 1: aNode({ rev: 3, keptId: 8 }), 9: aNode({ id: 9, sessionId: 'other' }) }, undefined).nodes).toMatchObject([
    { keptId: 8 },
  ]);
});
