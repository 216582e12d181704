import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, win32 } from 'node:path';
import type { NativeImage } from 'electron';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MenuActs, menuTemplate } from '../../../src/main/desktop/menu.ts';
import { createPictureFiles, plainName } from '../../../src/main/desktop/pictureFiles.ts';
import { placeWindow } from '../../../src/main/desktop/windowPlace.ts';
import { AppError } from '../../../src/shared/model/errors.ts';

describe('the place of a window', () => {
  const display = fc.record({
    x: fc.integer({ min: -4000, max: 4000 }),
    y: fc.integer({ min: -2000, max: 2000 }),
    width: fc.integer({ min: 640, max: 3840 }),
    height: fc.integer({ min: 480, max: 2160 }),
  });
  const state = fc.record({
    x: fc.integer({ min: -9000, max: 9000 }),
    y: fc.integer({ min: -9000, max: 9000 }),
    width: fc.integer({ min: 640, max: 9000 }),
    height: fc.integer({ min: 480, max: 9000 }),
    maximized: fc.boolean(),
  });

  // Catches: a window that opens on a display that was unplugged, above the top edge, or larger than the display.
  it('can be taken hold of on one of the displays, or is left to the system', () => {
    fc.assert(
      fc.property(state, fc.array(display, { minLength: 1, maxLength: 3 }), (kept, displays) => {
        const placed = placeWindow(kept, displays, []);
        const { x, y } = placed;
        if (x === undefined || y === undefined) {
          expect(placed.width).toBeLessThanOrEqual(Math.max(...displays.map(({ width }) => width)));
          return;
        }
        const fits = displays.some(
          (d) =>
            Math.min(x + placed.width, d.x + d.width) - Math.max(x, d.x) >= 120 &&
            y >= d.y &&
            y + 32 <= d.y + d.height &&
            placed.width <= d.width &&
            placed.height <= d.height,
        );
        expect(fits).toBe(true);
      }),
    );
  });

  // Catches: a second window exactly over the first, which looks as if nothing had opened.
  it('stands beside windows that are open', () => {
    const kept = { x: 100, y: 80, width: 1000, height: 700, maximized: false };
    const screen = [{ x: 0, y: 0, width: 1920, height: 1080 }];
    const first = placeWindow(kept, screen, []);
    const second = placeWindow(kept, screen, [{ ...kept }]);
    expect(first).toMatchObject({ x: 100, y: 80 });
    expect([second.x, second.y]).not.toEqual([100, 80]);
  });
});

describe('pictures as files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nhr-files-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  // Catches: an instruction that becomes a path, a hidden file, a device or an alternate stream on some system.
  it('have one plain name whatever was asked', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('../../etc/passwd', 'CON', '..', 'a:b', 'x\u202egpj.exe', ' . ')),
        (asked) => {
          const name = plainName(asked);
          expect(name.length).toBeGreaterThan(0);
          expect(basename(name)).toBe(name);
          expect(win32.basename(name)).toBe(name);
          expect(name).not.toMatch(/^[. ]|[. ]$|[\\/:*?"<>|\u202e]/);
          expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)$/i);
          expect([...name].length).toBeLessThanOrEqual(80);
        },
      ),
    );
  });

  // Catches: a drag that hands out a file of the store itself (to be renamed or deleted), two drags in one file, copies left behind.
  it('are copied for a drag, each to a folder of its own, and gone at the end', async () => {
    const stored = join(folder, 'ab.png');
    writeFileSync(stored, 'pixels');
    const blob = async (hash: string) => {
      if (hash !== 'ab') throw new AppError('noSuchItem', 'There is no such picture.');
      return { path: stored };
    };
    const files = createPictureFiles(blob, folder, () => ({}) as NativeImage);
    const dragged: string[] = [];
    for (let drag = 0; drag < 2; drag += 1)
      await files.startDrag({ hash: 'ab', name: '../add a hat' }, ({ file }) => dragged.push(file as string));
    expect(new Set(dragged).size).toBe(2);
    for (const file of dragged) {
      expect(basename(file)).toBe('add a hat.png');
      expect(file.startsWith(`${folder}/`)).toBe(true);
      expect(readFileSync(file, 'utf8')).toBe('pixels');
    }
    expect(await files.suggestedName('ab', 'x/y')).toBe('x y.png');
    await expect(files.startDrag({ hash: 'cd', name: 'x' }, () => dragged.push('started'))).rejects.toThrow('no such picture');
    expect(dragged).toHaveLength(2);
    files.close();
    expect(dragged.some((file) => existsSync(file))).toBe(false);
    expect(existsSync(stored)).toBe(true);
  });
});

// Catches: two items on one key, of which one would never work, and items without a way to act.
it('the menu has every key once, on every system', () => {
  const asked: unknown[] = [];
  const none = () => {};
  const acts: MenuActs = {
    command: (command) => asked.push(command),
    newWindow: none,
    openPicture: none,
    openWorkspace: none,
    showWorkspace: none,
    about: none,
  };
  for (const platform of ['linux', 'win32', 'darwin'] as const) {
    const menus = menuTemplate(platform, 'NHR Studio', acts);
    const flat = (items: typeof menus): typeof menus => items.flatMap((item) => [item, ...flat((item.submenu as typeof menus) ?? [])]);
    const items = flat(menus);
    const keys = items.flatMap(({ accelerator }) => accelerator ?? []);
    expect(new Set(keys).size).toBe(keys.length);
    for (const item of items) expect(Boolean(item.role ?? item.click ?? item.submenu ?? item.type === 'separator')).toBe(true);
    for (const name of ['File', 'Edit', 'View', 'Window', 'Help'])
      expect(menus.map(({ label }) => label?.replace('&', ''))).toContain(name);
    for (const item of items) if (item.label?.startsWith('Triplets')) (item.click as () => void)();
  }
  expect(asked).toEqual(['triplets', 'triplets', 'triplets']);
});
