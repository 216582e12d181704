import type { MenuItemConstructorOptions } from 'electron';
import type { DesktopCommand } from '../../shared/host.ts';

/** What the items of the menu do; the rest are roles that Electron knows. */
export interface MenuActs {
  /** Asks the page of the window in front. */
  command(command: DesktopCommand): void;
  newWindow(): void;
  openPicture(): void;
  openWorkspace(): void;
  showWorkspace(): void;
  about(): void;
}

/** The menu of the app: File, Edit, View, Window and Help; on a Mac the app's own menu before them. */
export function menuTemplate(platform: NodeJS.Platform, name: string, acts: MenuActs): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  const line: MenuItemConstructorOptions = { type: 'separator' };
  const ask = (label: string, command: DesktopCommand, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    ...(accelerator ? { accelerator } : {}),
    click: () => acts.command(command),
  });
  const about: MenuItemConstructorOptions = { label: `About ${name}`, click: acts.about };
  const appMenu: MenuItemConstructorOptions = {
    label: name,
    submenu: [
      about,
      line,
      { role: 'services' },
      line,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      line,
      { role: 'quit' },
    ],
  };
  return [
    ...(mac ? [appMenu] : []),
    {
      label: '&File',
      submenu: [
        { label: 'New window', accelerator: 'CmdOrCtrl+Shift+N', click: acts.newWindow },
        ask('New run…', 'newRun', 'CmdOrCtrl+N'),
        { label: 'Edit a picture…', accelerator: 'CmdOrCtrl+O', click: acts.openPicture },
        line,
        { label: 'Open a workspace…', accelerator: 'CmdOrCtrl+Shift+O', click: acts.openWorkspace },
        { label: 'Show the workspace in its folder', click: acts.showWorkspace },
        line,
        { role: 'close' },
        ...(mac ? [] : [{ role: 'quit' } as const]),
      ],
    },
    {
      label: '&Edit',
      // The page takes Ctrl+Z and Ctrl+Y first; what it leaves goes to the field that has the focus.
      submenu: [{ role: 'undo' }, { role: 'redo' }, line, { role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }],
    },
    {
      label: '&View',
      submenu: [
        ask('Command palette', 'palette', 'CmdOrCtrl+K'),
        line,
        ask('Runs', 'runs', 'CmdOrCtrl+1'),
        ask('Triplets', 'triplets', 'CmdOrCtrl+2'),
        ask('Edit', 'edit', 'CmdOrCtrl+3'),
        ask('Export', 'export', 'CmdOrCtrl+4'),
        ask('Endpoints', 'endpoints', 'CmdOrCtrl+5'),
        line,
        {
          label: 'Colours',
          submenu: [ask('Follow the system', 'schemeAuto'), ask('Light', 'schemeLight'), ask('Dark', 'schemeDark')],
        },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        line,
        { role: 'togglefullscreen' },
      ],
    },
    { label: '&Window', submenu: [{ role: 'minimize' }, { role: 'zoom' }, ...(mac ? [line, { role: 'front' } as const] : [])] },
    { role: 'help', label: '&Help', submenu: [ask('Keyboard shortcuts', 'shortcuts', 'F1'), ...(mac ? [] : [about])] },
  ];
}
