import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { app, BrowserWindow, type Rectangle, type Session, screen } from 'electron';
import { z } from 'zod';
import { originOf } from './addresses.ts';

const WindowState = z.object({
  x: z.number().int().optional(),
  y: z.number().int().optional(),
  width: z.number().int().min(640),
  height: z.number().int().min(480),
  maximized: z.boolean(),
});
type WindowState = z.infer<typeof WindowState>;

const DEFAULT_STATE: WindowState = { width: 1280, height: 860, maximized: false };

/** Opens the one kind of window there is: sandboxed, isolated, shown when it has something to show, where it was last time. */
export function openWindow(pageUrl: string): BrowserWindow {
  const state = readState();
  const window = new BrowserWindow({
    ...placed(state),
    minWidth: 960,
    minHeight: 600,
    show: false,
    backgroundColor: '#1a1b1e',
    title: 'NHR Studio',
    webPreferences: {
      preload: join(import.meta.dirname, '../preload/index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      additionalArguments: [`--nhr-version=${app.getVersion()}`],
    },
  });
  if (state.maximized) window.maximize();
  window.removeMenu();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => writeState({ ...window.getNormalBounds(), maximized: window.isMaximized() }));
  void window.loadURL(pageUrl);
  return window;
}

/** Nothing made here may leave the page: no navigation, no new window, no webview, whatever the content asks. */
export function guardContents(pageOrigin: string): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-attach-webview', (event) => event.preventDefault());
    const stayInside = (event: Electron.Event, url: string): void => {
      if (originOf(url) !== pageOrigin) event.preventDefault();
    };
    contents.on('will-navigate', stayInside);
    contents.on('will-redirect', stayInside);
    contents.on('will-frame-navigate', (event) => stayInside(event, event.url));
  });
}

/** The page may write text to the clipboard; every other permission is refused. */
export function denyPermissions(session: Session): void {
  const allowed = (permission: string): boolean => permission === 'clipboard-sanitized-write';
  session.setPermissionRequestHandler((_contents, permission, answer) => answer(allowed(permission)));
  session.setPermissionCheckHandler((_contents, permission) => allowed(permission));
  session.setDevicePermissionHandler(() => false);
}

function stateFile(): string {
  return join(app.getPath('userData'), 'window.json');
}

function readState(): WindowState {
  try {
    return WindowState.parse(JSON.parse(readFileSync(stateFile(), 'utf8')));
  } catch {
    return DEFAULT_STATE;
  }
}

function writeState(state: WindowState): void {
  mkdirSync(dirname(stateFile()), { recursive: true });
  writeFileSync(stateFile(), JSON.stringify(WindowState.parse(state)));
}

/** The kept place, unless the display it was on is gone: then only the size. */
function placed(state: WindowState): Partial<Rectangle> {
  const { x, y, width, height } = state;
  if (x === undefined || y === undefined) return { width, height };
  const seen = screen
    .getAllDisplays()
    .some(({ workArea: a }) => x < a.x + a.width && y < a.y + a.height && x + width > a.x && y + height > a.y);
  return seen ? { x, y, width, height } : { width, height };
}
