import { type BrowserWindow, dialog, type IpcMainEvent, type IpcMainInvokeEvent, ipcMain, shell } from 'electron';
import { z } from 'zod';
import type { EngineState } from '../../shared/host.ts';
import { originOf } from './addresses.ts';

const PickFile = z
  .object({
    title: z.string().max(200).optional(),
    filters: z
      .array(z.object({ name: z.string().max(100), extensions: z.array(z.string().max(20)).max(50) }))
      .max(20)
      .optional(),
  })
  .default({});

export interface BridgeOptions {
  pageOrigin: string;
  window(): BrowserWindow | undefined;
  engineState(): EngineState;
  restartEngine(): void;
  /** The page is ready for a port to the engine. */
  onPortWanted(window: BrowserWindow): void;
}

/** The few calls the page can make of the desktop. Each checks who is asking before it reads what is asked. */
export function registerBridge(options: BridgeOptions): void {
  const windowOf = (event: IpcMainEvent | IpcMainInvokeEvent): BrowserWindow => {
    const window = options.window();
    const frame = event.senderFrame;
    const trusted = window && frame && frame === window.webContents.mainFrame && originOf(frame.url) === options.pageOrigin;
    if (!trusted) throw new Error('refused: not from the page of this app');
    return window;
  };
  const answer = <T>(channel: string, run: (window: BrowserWindow, input: unknown) => T): void => {
    ipcMain.handle(channel, (event, input: unknown) => run(windowOf(event), input));
  };

  answer('nhr:engine-state', () => options.engineState());
  answer('nhr:port-wanted', (window) => options.onPortWanted(window));
  answer('nhr:restart-engine', () => options.restartEngine());
  answer('nhr:pick-file', async (window, input) => {
    const { title, filters } = PickFile.parse(input ?? {});
    const chosen = await dialog.showOpenDialog(window, {
      ...(title ? { title } : {}),
      ...(filters ? { filters } : {}),
      properties: ['openFile'],
    });
    return chosen.filePaths[0] ?? null;
  });
  answer('nhr:pick-folder', async (window) => {
    const chosen = await dialog.showOpenDialog(window, { properties: ['openDirectory', 'createDirectory'] });
    return chosen.filePaths[0] ?? null;
  });
  answer('nhr:show-in-folder', (_window, input) => shell.showItemInFolder(z.string().max(4096).parse(input)));
}
