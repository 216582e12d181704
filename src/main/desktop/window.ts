import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { app, BrowserWindow, type Session, screen } from 'electron';
import { originOf } from './addresses.ts';
import { DEFAULT_STATE, placeWindow, WindowState } from './windowPlace.ts';

/** Opens the one kind of window there is: sandboxed, isolated, shown when it has something to show, where the last one was. */
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

/** The kept place as far as the displays of today have it, beside the windows that are open. */
function placed(state: WindowState): ReturnType<typeof placeWindow> {
  const main = screen.getPrimaryDisplay();
  const displays = [main, ...screen.getAllDisplays().filter(({ id }) => id !== main.id)].map(({ workArea }) => workArea);
  return placeWindow(
    state,
    displays,
    BrowserWindow.getAllWindows().map((window) => window.getNormalBounds()),
  );
}
