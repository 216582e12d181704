/** The desktop host: a window, the schemes it loads from, and the supervised engine process behind it. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow, dialog, MessageChannelMain, protocol, safeStorage, session } from 'electron';
import { PROTOCOL_VERSION } from '../../shared/contract/system.ts';
import type { EngineState } from '../../shared/host.ts';
import { originOf, PAGE_ORIGIN } from './addresses.ts';
import { registerBridge } from './bridge.ts';
import { writeEngineArguments } from './engineArguments.ts';
import { createEngineLink } from './engineLink.ts';
import { spawnEngine } from './engineProcess.ts';
import { createKeychain } from './keychain.ts';
import { findNode } from './nodeBinary.ts';
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
  let window: BrowserWindow | undefined;
  let portWanted = false;
  const keychain = createKeychain(join(app.getPath('userData'), 'keys.json'), safeStorage);
  const link = createEngineLink((message) => supervisor.send(message), keychain);

  const supervisor = createSupervisor({
    spawn(resume) {
      const node = findNode(nodeSearch());
      const script = join(engineRoot, 'out/engine/engine.js');
      const engineArguments = writeEngineArguments({ workspaceDir, resumeInterrupted: resume, version: app.getVersion() });
      return spawnEngine({ command: node.command, args: [script, ...engineArguments], env: { ...process.env, ...node.env } });
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
      if (window && !window.isDestroyed()) window.webContents.send('nhr:engine-state', state);
      if (state.state === 'ready') givePort();
      if (state.state === 'broken') void offerWayOut(state);
    },
  });

  function givePort(): void {
    if (!portWanted || !window || window.isDestroyed() || supervisor.state().state !== 'ready') return;
    const { port1, port2 } = new MessageChannelMain();
    link.attach(port1);
    window.webContents.postMessage('nhr:port', null, [port2]);
  }

  /** A workspace that cannot be opened needs a choice that only the desktop can offer; the page shows the same error. */
  async function offerWayOut({ error }: EngineState): Promise<void> {
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
    portWanted = false;
    const opened = openWindow(pageUrl);
    window = opened;
    // A reload makes a new page that has to ask again.
    opened.webContents.on('did-start-navigation', (details) => {
      if (details.isMainFrame && !details.isSameDocument) portWanted = false;
    });
    opened.on('closed', () => {
      window = undefined;
    });
    opened.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason !== 'clean-exit' && !quitting) void reloadPage(opened, reason);
    });
  }

  guardContents(pageOrigin);
  app.on('second-instance', () => {
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', (event) => {
    if (quitting) return;
    quitting = true;
    event.preventDefault();
    // Runs are stopped tidily before the program goes; the supervisor kills what takes too long.
    void supervisor.stop().then(() => app.exit(0));
  });

  void app.whenReady().then(() => {
    denyPermissions(session.defaultSession);
    serveSchemes(join(appPath, 'out/renderer'), link);
    registerBridge({
      pageOrigin,
      window: () => window,
      engineState: supervisor.state,
      restartEngine: supervisor.start,
      onPortWanted() {
        portWanted = true;
        givePort();
      },
    });
    supervisor.start();
    show();
    app.on('activate', () => {
      if (BrowserWindow.getAllWindows().length === 0) show();
    });
  });
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
