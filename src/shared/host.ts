import type { WireError } from './model/errors.ts';

/** Where the engine process stands, as a screen needs to know it. `attempt` counts starts since the last calm minute. */
export interface EngineState {
  state: 'starting' | 'ready' | 'restarting' | 'broken';
  attempt: number;
  /** Why it is not ready; null while nothing went wrong. */
  error: WireError | null;
}

/**
 * The page's end of the line to one life of the engine. It has the two functions oRPC's message-port link needs; a real
 * MessagePort cannot cross Electron's context bridge. After `close` fires the port is dead and another one will be handed over.
 */
export interface EnginePort {
  postMessage(data: unknown): void;
  addEventListener(type: 'message' | 'close', listener: (event: { data?: unknown }) => void): void;
  /** Messages wait until this is called. */
  start(): void;
  close(): void;
}

export interface PickFileOptions {
  title?: string;
  filters?: { name: string; extensions: string[] }[];
}

/** What the desktop's menu asks the page to do. A closed list: the page ignores anything else. */
export const DESKTOP_COMMANDS = [
  'palette',
  'shortcuts',
  'newRun',
  'runs',
  'triplets',
  'edit',
  'export',
  'endpoints',
  'schemeAuto',
  'schemeLight',
  'schemeDark',
] as const;
export type DesktopCommand = (typeof DESKTOP_COMMANDS)[number] | { editPicture: string };

/** A stored picture and the file name that a person would give it, without an ending. */
export interface NamedPicture {
  hash: string;
  name: string;
}

/** What the desktop host hands the page as `window.nhr`; it is absent in a browser. */
export interface DesktopBridge {
  host: 'desktop';
  version: string;
  /** Asks for a port; called back once for every life of the engine. Returns the way to unsubscribe. */
  onPort(callback: (port: EnginePort) => void): () => void;
  /** Called at once with the present state, then at every change. Returns the way to unsubscribe. */
  onEngineState(callback: (state: EngineState) => void): () => void;
  restartEngine(): Promise<void>;
  /** The chosen path, or null when the dialog was closed. */
  pickFile(options?: PickFileOptions): Promise<string | null>;
  pickFolder(): Promise<string | null>;
  showInFolder(path: string): Promise<void>;
  /** Called when the menu asks for something. Returns the way to unsubscribe. */
  onCommand(callback: (command: DesktopCommand) => void): () => void;
  newWindow(): Promise<void>;
  /** Starts dragging a copy of a picture out of the window; to be called while a drag begins. */
  dragPicture(picture: NamedPicture): void;
  /** Asks where to save a picture. The path it was saved under, or null when the dialog was closed. */
  savePicture(picture: NamedPicture): Promise<string | null>;
}
