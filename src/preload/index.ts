import { contextBridge, ipcRenderer } from 'electron';
import type { DesktopBridge, DesktopCommand, EnginePort, EngineState, NamedPicture, PickFileOptions } from '../shared/host.ts';

type PortListener = (event: { data?: unknown }) => void;

/** The DOM's port: this file is checked with Node's types, which know it as a value only. */
interface DomPort extends Omit<EnginePort, 'addEventListener'> {
  addEventListener(type: string, listener: PortListener): void;
}

const portListeners = new Set<(port: EnginePort) => void>();
const stateListeners = new Set<(state: EngineState) => void>();
const commandListeners = new Set<(command: DesktopCommand) => void>();

ipcRenderer.on('nhr:port', (event) => {
  const port: DomPort | undefined = event.ports[0];
  if (port) for (const listener of portListeners) listener(bridged(port));
});
ipcRenderer.on('nhr:engine-state', (_event, state: EngineState) => {
  for (const listener of stateListeners) listener(state);
});
ipcRenderer.on('nhr:command', (_event, command: DesktopCommand) => {
  for (const listener of commandListeners) listener(command);
});

/** A port as single functions: a MessagePort itself cannot cross the context bridge. */
function bridged(port: DomPort): EnginePort {
  return {
    postMessage: (data) => port.postMessage(data),
    addEventListener(type: 'message' | 'close', listener: PortListener) {
      // Only the data goes on: an event itself cannot cross either.
      port.addEventListener(type, (event) => listener({ data: event.data }));
    },
    start: () => port.start(),
    close: () => port.close(),
  };
}

const bridge: DesktopBridge = {
  host: 'desktop',
  version: process.argv.find((argument) => argument.startsWith('--nhr-version='))?.slice('--nhr-version='.length) ?? '',
  onPort(callback) {
    portListeners.add(callback);
    void ipcRenderer.invoke('nhr:port-wanted');
    return () => void portListeners.delete(callback);
  },
  onEngineState(callback) {
    stateListeners.add(callback);
    void ipcRenderer.invoke('nhr:engine-state').then((state: EngineState) => stateListeners.has(callback) && callback(state));
    return () => void stateListeners.delete(callback);
  },
  restartEngine: () => ipcRenderer.invoke('nhr:restart-engine'),
  pickFile: (options?: PickFileOptions) => ipcRenderer.invoke('nhr:pick-file', options),
  pickFolder: () => ipcRenderer.invoke('nhr:pick-folder'),
  showInFolder: (path: string) => ipcRenderer.invoke('nhr:show-in-folder', path),
  onCommand(callback) {
    commandListeners.add(callback);
    return () => void commandListeners.delete(callback);
  },
  newWindow: () => ipcRenderer.invoke('nhr:new-window'),
  dragPicture: ({ hash, name }: NamedPicture) => ipcRenderer.send('nhr:drag-picture', { hash, name }),
  savePicture: ({ hash, name }: NamedPicture) => ipcRenderer.invoke('nhr:save-picture', { hash, name }),
};

contextBridge.exposeInMainWorld('nhr', bridge);
