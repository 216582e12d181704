/** The desktop host: its windows, the schemes they load from, and the one supervised engine process behind them. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow, dialog, Menu, MessageChannelMain, nativeImage, protocol, safeStorage, session, shell } from 'electron';
import { PROTOCOL_VERSION } from '../../shared/contract/system.ts';
import type { DesktopCommand, EngineState } from '../../shared/host.ts';
import { originOf, PAGE_ORIGIN } from './addresses.ts';
import { registerBridge } from './bridge.ts';
import { writeEngineArguments } from './engineArguments.ts';
import { createEngineLink } from './engineLink.ts';
import { ENGINE_FLAGS, spawnEngine } from './engineProcess.ts';
import { createKeychain } from './keychain.ts';
import { menuTemplate } from './menu.ts';
import { findNode } from './nodeBinary.ts';
import { createPictureFiles } from './pictureFiles.ts';
import { SCHEMES, serveSchemes } from './schemes.ts';
import { createSupervisor } from './supervisor.ts';
import { denyPermissions, guardContents, openWindow } from './window.ts';
import { chooseWorkspace } from './workspace.ts';

const appPath = app.getAppPath();
// Plain Node cannot read inside an asar archive, so a packaged engine lies beside it.
const engineRoot = appPath.replace(/app\.asar$/, 'app.asar.unpacked');
const devPage = app.isPackaged ? undefined : process.env.ELECTRON_RENDERER_URL;
const pageUrl = devPage ?? `${PAGE_ORIGIN}/`;
const pageOrigin = originOf(pageUrl);

let workspaceDir = chooseWorkspace(process.argv, process.env, app.getPath('documents'));
let quitting = false;

if (process.env.NHR_USER_DATA) app.setPath('userData', process.env.NHR_USER_DATA);
protocol.registerSchemesAsPrivileged(SCHEMES);

if (app.requestSingleInstanceLock()) run();
else app.quit();

function run(): void {
  /** The open windows, and whether the page of each has asked for a port to the engine. */
  const windows = new Map<BrowserWindow, { portWanted: boolean }>();
  const keychain = createKeychain(join(app.getPath('userData'), 'keys.json'), safeStorage);
  const link = createEngineLink((message) => supervisor.send(message), keychain);

  const pictures = createPictureFiles(link.blob, app.getPath('temp'), dragIcon);

  const supervisor = createSupervisor({
    spawn(resume) {
      const node = findNode(nodeSearch());
      const script = join(engineRoot, 'out/engine/engine.js');
      const engineArguments = writeEngineArguments({ workspaceDir, resumeInterrupted: resume, version: app.getVersion() });
      return spawnEngine({
        command: node.command,
        args: [...ENGINE_FLAGS, script, ...engineArguments],
        env: { ...process.env, ...node.env },
      });
    },
    clock: {
      now: Date.now,
      setTimer(callback, ms) {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
    },
    protocol: PROTOCOL_VERSION,
    onMessage: link.receive,
    onGone: link.drop,
    onState(state) {
      for (const window of windows.keys()) {
        window.webContents.send('nhr:engine-state', state);
        if (state.state === 'ready') givePort(window);
      }
      if (state.state === 'broken') void offerWayOut(state);
    },
  });

  /** A line of its own for each window, all to the one engine. */
  function givePort(window: BrowserWindow): void {
    if (!windows.get(window)?.portWanted || supervisor.state().state !== 'ready') return;
    const { port1, port2 } = new MessageChannelMain();
    link.attach(port1);
    window.webContents.postMessage('nhr:port', null, [port2]);
  }

  /** The window in front, or the one opened last. */
  function front(): BrowserWindow | undefined {
    const focused = BrowserWindow.getFocusedWindow();
    return focused && windows.has(focused) ? focused : [...windows.keys()].at(-1);
  }

  /** A workspace that cannot be opened needs a choice that only the desktop can offer; the page shows the same error. */
  async function offerWayOut({ error }: EngineState): Promise<void> {
    const window = front();
    if (!error?.code.startsWith('workspace') || !window || process.env.NHR_NO_DIALOGS) return;
    const chosen = await dialog.showMessageBox(window, {
      type: 'error',
      message: error.message,
      detail: [workspaceDir, error.details.hint].filter(Boolean).join('\n\n'),
      buttons: ['Try again', 'Choose another workspace…', 'Quit'],
      defaultId: 0,
      cancelId: 0,
    });
    if (chosen.response === 2) return app.quit();
    if (chosen.response === 1) {
      const folder = await dialog.showOpenDialog(window, { properties: ['openDirectory', 'createDirectory'] });
      workspaceDir = folder.filePaths[0] ?? workspaceDir;
    }
    supervisor.start();
  }

  function show(): void {
    const opened = openWindow(pageUrl);
    const page = { portWanted: false };
    windows.set(opened, page);
    // A reload makes a new page that has to ask again.
    opened.webContents.on('did-start-navigation', (details) => {
      if (details.isMainFrame && !details.isSameDocument) page.portWanted = false;
    });
    opened.on('closed', () => windows.delete(opened));
    opened.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason !== 'clean-exit' && !quitting) void reloadPage(opened, reason);
    });
  }

  function command(asked: DesktopCommand): void {
    front()?.webContents.send('nhr:command', asked);
  }

  async function openPicture(): Promise<void> {
    const window = front();
    if (!window) return;
    const pictures = ['jpg', 'jpeg', 'png', 'webp', 'avif', 'heic', 'heif', 'tif', 'tiff'];
    const chosen = await dialog.showOpenDialog(window, { properties: ['openFile'], filters: [{ name: 'Pictures', extensions: pictures }] });
    const path = chosen.filePaths[0];
    if (path) window.webContents.send('nhr:command', { editPicture: path } satisfies DesktopCommand);
  }

  /** Another workspace in the place of this one: runs are stopped tidily, then the engine starts on the new folder. */
  async function openWorkspace(): Promise<void> {
    const window = front();
    if (!window) return;
    const chosen = await dialog.showOpenDialog(window, { properties: ['openDirectory', 'createDirectory'] });
    const folder = chosen.filePaths[0];
    if (!folder || folder === workspaceDir) return;
    await supervisor.stop();
    workspaceDir = folder;
    supervisor.start();
  }

  function about(): void {
    const versions = `Version ${app.getVersion()}, Electron ${process.versions.electron}, Chromium ${process.versions.chrome}`;
    void dialog.showMessageBox({ type: 'info', message: app.getName(), detail: versions, buttons: ['OK'] });
  }

  guardContents(pageOrigin);
  app.on('second-instance', () => {
    const window = front();
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', (event) => {
    if (quitting) return;
    quitting = true;
    event.preventDefault();
    // Runs are stopped tidily before the program goes; the supervisor kills what takes too long.
    pictures.close();
    void supervisor.stop().then(() => app.exit(0));
  });

  void app.whenReady().then(() => {
    denyPermissions(session.defaultSession);
    serveSchemes(join(appPath, 'out/renderer'), link);
    registerBridge({
      pageOrigin,
      ours: (window) => windows.has(window),
      pictures,
      newWindow: show,
      engineState: supervisor.state,
      restartEngine: supervisor.start,
      onPortWanted(window) {
        const page = windows.get(window);
        if (page) page.portWanted = true;
        givePort(window);
      },
    });
    const acts = {
      command,
      newWindow: show,
      openPicture: () => void openPicture(),
      openWorkspace: () => void openWorkspace(),
      showWorkspace: () => shell.showItemInFolder(workspaceDir),
      about,
    };
    Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, app.getName(), acts)));
    supervisor.start();
    show();
    app.on('activate', () => {
      if (BrowserWindow.getAllWindows().length === 0) show();
    });
  });
}

/** What hangs on the pointer while a picture is dragged: the picture, or a grey square for formats that Electron cannot read. */
function dragIcon(path: string): Electron.NativeImage {
  const picture = nativeImage.createFromPath(path);
  if (!picture.isEmpty()) return picture.resize({ width: 96 });
  return nativeImage.createFromBitmap(Buffer.alloc(64 * 64 * 4, 0x90), { width: 64, height: 64 });
}

async function reloadPage(window: BrowserWindow, reason: string): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: `The page stopped unexpectedly (${reason}). Runs go on in the engine.`,
    buttons: ['Reload', 'Quit'],
  });
  if (response === 0) window.reload();
  else app.quit();
}

function nodeSearch(): Parameters<typeof findNode>[0] {
  return {
    env: process.env,
    platform: process.platform,
    arch: process.arch,
    roots: [engineRoot],
    resources: app.isPackaged ? process.resourcesPath : undefined,
    self: { command: process.execPath, nodeVersion: process.versions.node },
    exists: existsSync,
    versionOf(command) {
      const asked = spawnSync(command, ['-p', 'process.versions.node'], { encoding: 'utf8', timeout: 5_000 });
      return asked.status === 0 ? asked.stdout.trim() : undefined;
    },
  };
}
