import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { DesktopHost } from '../helpers/desktop.ts';
import { runsScreen } from './pages/runs.ts';
import { expect, test } from './studio.ts';

// Each of these would be a way from a hostile picture, prompt or model reply to the person's machine.

test('the page has no Node and only the named functions of the desktop', async ({ studio }) => {
  const { page } = studio;
  expect(await page.evaluate(() => [typeof require, typeof process, typeof module, typeof Buffer])).toEqual(Array(4).fill('undefined'));
  const bridge = await page.evaluate(() => Object.keys((window as unknown as { nhr: object }).nhr).sort());
  expect(bridge).toEqual([
    'dragPicture',
    'host',
    'newWindow',
    'onCommand',
    'onEngineState',
    'onPort',
    'pickFile',
    'pickFolder',
    'restartEngine',
    'savePicture',
    'showInFolder',
    'version',
  ]);
});

test('the window is sandboxed and isolated', async ({ studio }) => {
  const { app } = studio as DesktopHost;
  const preferences = await app.evaluate(({ BrowserWindow }) => {
    // Not in the type, but the one place where what is really in force can be read.
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
    const { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag, allowRunningInsecureContent } =
      contents.getLastWebPreferences();
    return {
      sandbox,
      contextIsolation,
      nodeIntegration,
      webSecurity,
      webviewTag: webviewTag ?? false,
      insecure: allowRunningInsecureContent ?? false,
    };
  });
  expect(preferences).toEqual({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
    insecure: false,
  });
});

test('the page cannot be led away, and opens no window', async ({ studio }) => {
  const { page } = studio;
  const { app } = studio as DesktopHost;
  await expect(runsScreen(page).newRun.first()).toBeVisible();
  expect(await page.evaluate(() => window.open('https://example.org/'))).toBeNull();
  // From the main process: Playwright would wait for the navigation that must not happen.
  const after = await app.evaluate(async ({ BrowserWindow }) => {
    const { webContents } = BrowserWindow.getAllWindows()[0]!;
    const before = webContents.getURL();
    const ways = [
      "location.href = 'https://example.org/'",
      "location.href = 'file:///etc/passwd'",
      "location.href = 'nhr-app://other/'",
      "Object.assign(document.body.appendChild(document.createElement('a')), { href: 'https://example.org/', target: '_blank' }).click()",
    ];
    for (const way of ways) {
      const stopped = new Promise((resolve) => webContents.once('did-stop-loading', () => resolve(true)));
      await webContents.executeJavaScript(`${way}; 0`, true);
      if (webContents.isLoading()) await stopped;
    }
    const alive = await webContents.executeJavaScript("document.querySelector('main') !== null");
    return { moved: webContents.getURL() !== before, alive, windows: BrowserWindow.getAllWindows().length };
  });
  expect(after).toEqual({ moved: false, alive: true, windows: 1 });
});

test('a strict policy is in force: no inline code, no eval, no connection elsewhere, no frame', async ({ studio }) => {
  const { page } = studio;
  const policy = await page.evaluate(async () => (await fetch('/')).headers.get('content-security-policy'));
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("'unsafe-eval'");
  const results = await page.evaluate(async () => {
    // Violations are told some time after: the test asks until all have come.
    const broken: string[] = [];
    Object.assign(window, { broken });
    document.addEventListener('securitypolicyviolation', (event) => broken.push(event.effectiveDirective));
    const script = document.head.appendChild(document.createElement('script'));
    script.textContent = 'window.planted = true';
    const fetched = await fetch('https://example.org/').then(
      () => true,
      () => false,
    );
    const frame = document.createElement('iframe');
    frame.src = 'data:text/html,framed';
    document.body.append(frame);
    return { planted: 'planted' in window, fetched };
  });
  expect(results).toEqual({ planted: false, fetched: false });
  await expect
    .poll(() => page.evaluate(() => [...new Set((window as unknown as { broken: string[] }).broken)].sort()))
    .toEqual(['connect-src', 'frame-src', 'script-src-elem']);
});

test('neither scheme gives a file that is not meant to be given', async ({ studio }) => {
  const { page } = studio;
  const statuses = () =>
    page.evaluate(async () => {
      const ask = (address: string) =>
        fetch(address).then(
          (answer) => answer.status,
          () => 'refused',
        );
      return Promise.all(
        [
          '/../package.json',
          '/%2e%2e/package.json',
          '/..%2f..%2fpackage.json',
          '/..%5cpackage.json',
          'nhr-app://other/index.html',
          `nhr-blob://${'0'.repeat(64)}`,
          `nhr-blob://blob/${'0'.repeat(64)}?w=256`,
          'nhr-blob://blob/..%2f..%2fnhr.db',
          'nhr-blob://nhr.db/',
          'file:///etc/passwd',
        ].map(ask),
      );
    });
  // Pictures wait for the engine: 503 until it has started.
  await expect.poll(async () => (await statuses()).filter((status) => status === 503)).toEqual([]);
  for (const status of await statuses()) expect([400, 403, 404, 'refused']).toContain(status);
});

test('every permission is refused', async ({ studio }) => {
  const states = await studio.page.evaluate(() =>
    Promise.all(
      ['geolocation', 'notifications', 'camera', 'microphone'].map((name) =>
        navigator.permissions.query({ name: name as PermissionName }).then(({ state }) => state),
      ),
    ),
  );
  expect(new Set(states)).toEqual(new Set(['denied']));
  expect(await studio.page.evaluate(() => Notification.requestPermission())).toBe('denied');
});

test('a call over IPC from anything but the page is refused', async ({ studio }) => {
  const { app } = studio as DesktopHost;
  const outcome = await app.evaluate(async ({ BrowserWindow, app: main }) => {
    // A window of the same app with another page in it: what a frame taken over by an attacker would be.
    const preload = `${main.getAppPath()}/out/preload/index.cjs`;
    const stranger = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true, contextIsolation: true } });
    try {
      await stranger.loadURL('data:text/html,<title>stranger</title>');
      const dragged: string[] = [];
      stranger.webContents.startDrag = ({ file }) => void dragged.push(file);
      const ask = (call: string) =>
        stranger.webContents.executeJavaScript(`window.nhr.${call}.then(() => 'done', (error) => error.message)`);
      const hash = '0'.repeat(64);
      await stranger.webContents.executeJavaScript(`window.nhr.dragPicture({ hash: '${hash}', name: 'x' })`);
      const answers = await Promise.all(
        ["showInFolder('/')", 'newWindow()', `savePicture({ hash: '${hash}', name: 'x' })`, 'pickFile()'].map(ask),
      );
      return { answers, dragged, windows: BrowserWindow.getAllWindows().length };
    } finally {
      stranger.destroy();
    }
  });
  for (const answer of outcome.answers) expect(answer).toContain('refused');
  expect(outcome).toMatchObject({ dragged: [], windows: 2 });
});

test('a picture outside is asked for by its hash only, and by a name that is no path', async ({ studio }) => {
  const { page } = studio;
  const { app } = studio as DesktopHost;
  await expect(runsScreen(page).newRun.first()).toBeVisible();
  await app.evaluate(({ BrowserWindow, dialog }) => {
    Object.assign(globalThis, { outside: [] });
    const { outside } = globalThis as unknown as { outside: unknown[] };
    BrowserWindow.getAllWindows()[0]!.webContents.startDrag = (item) => void outside.push(item);
    dialog.showSaveDialog = (async (...given: unknown[]) => {
      outside.push(given);
      return { canceled: true, filePath: '' };
    }) as typeof dialog.showSaveDialog;
  });
  const answers = await page.evaluate(async () => {
    const { nhr } = window as unknown as { nhr: { dragPicture(p: unknown): void; savePicture(p: unknown): Promise<unknown> } };
    const wrong = ['../nhr.db', '/etc/passwd', '0'.repeat(63), '0'.repeat(64), `${'0'.repeat(64)}/..`];
    for (const hash of wrong) nhr.dragPicture({ hash, name: 'x' });
    return Promise.all(
      wrong.map((hash) =>
        nhr.savePicture({ hash, name: '../../x' }).then(
          () => 'saved',
          () => 'refused',
        ),
      ),
    );
  });
  expect(new Set(answers)).toEqual(new Set(['refused']));
  expect(await app.evaluate(() => (globalThis as unknown as { outside: unknown[] }).outside)).toEqual([]);
});

test('the engine of the desktop listens on no port', async ({ studio }) => {
  await expect(runsScreen(studio.page).newRun.first()).toBeVisible();
  const engine = studio.enginePid() as number;
  // What the test's own debugger has open in the parent is handed down to it.
  const inherited = new Set(socketsOf((studio as DesktopHost).app.process().pid as number));
  const own = new Set(socketsOf(engine).filter((socket) => !inherited.has(socket)));
  const listening = ['tcp', 'tcp6']
    .flatMap((table) => readFileSync(`/proc/${engine}/net/${table}`, 'utf8').trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === '0A' && own.has(fields[9] ?? ''));
  expect(listening).toEqual([]);
});

/** Inode numbers of the sockets a process has open. */
function socketsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      // Closed since it was listed.
      return [];
    }
  });
}
