import { BrowserWindow, dialog, type IpcMainEvent, type IpcMainInvokeEvent, ipcMain, shell } from 'electron';
import { z } from 'zod';
import type { EngineState } from '../../shared/host.ts';
import { BLOB_NAME } from '../../shared/pagePolicy.ts';
import { originOf } from './addresses.ts';
import type { PictureFiles } from './pictureFiles.ts';

const PickFile = z
  .object({
    title: z.string().max(200).optional(),
    filters: z
      .array(z.object({ name: z.string().max(100), extensions: z.array(z.string().max(20)).max(50) }))
      .max(20)
      .optional(),
  })
  .default({});

const Named = z.object({ hash: z.string().regex(BLOB_NAME), name: z.string().max(300) });

export interface BridgeOptions {
  pageOrigin: string;
  /** Whether a window is one of this app's own. */
  ours(window: BrowserWindow): boolean;
  pictures: PictureFiles;
  newWindow(): void;
  engineState(): EngineState;
  restartEngine(): void;
  /** The page is ready for a port to the engine. */
  onPortWanted(window: BrowserWindow): void;
}

/** The few calls the page can make of the desktop. Each checks who is asking before it reads what is asked. */
export function registerBridge(options: BridgeOptions): void {
  const windowOf = (event: IpcMainEvent | IpcMainInvokeEvent): BrowserWindow => {
    const window = BrowserWindow.fromWebContents(event.sender);
    const frame = event.senderFrame;
    const trusted =
      window && options.ours(window) && frame && frame === window.webContents.mainFrame && originOf(frame.url) === options.pageOrigin;
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
  answer('nhr:new-window', () => options.newWindow());
  answer('nhr:save-picture', async (window, input) => {
    const { hash, name } = Named.parse(input);
    const suggested = await options.pictures.suggestedName(hash, name);
    const chosen = await dialog.showSaveDialog(window, { defaultPath: suggested });
    if (!chosen.filePath) return null;
    await options.pictures.saveAs(hash, chosen.filePath);
    return chosen.filePath;
  });
  // Sent, not asked: the drag that the page has begun waits for nothing. What is refused drags nothing.
  ipcMain.on('nhr:drag-picture', (event, input: unknown) => {
    const asked = Named.safeParse(input);
    if (!asked.success || !isOurs(event)) return;
    options.pictures
      .startDrag(asked.data, (item) => event.sender.startDrag(item))
      .catch((error) => {
        // The person sees that nothing hangs on the pointer; the reason is for the log.
        process.stderr.write(`drag of ${asked.data.hash}: ${error instanceof Error ? error.message : String(error)}\n`);
      });
  });
  function isOurs(event: IpcMainEvent): boolean {
    try {
      return windowOf(event) !== undefined;
    } catch {
      return false;
    }
  }
  answer('nhr:show-in-folder', (_window, input) => shell.showItemInFolder(z.string().max(4096).parse(input)));
}
