import type { DesktopBridge } from '../../shared/host.ts';

declare global {
  interface Window {
    /** Handed over by the desktop's preload; absent in a browser. */
    nhr?: DesktopBridge;
  }
}
