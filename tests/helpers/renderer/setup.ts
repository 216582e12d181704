import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

// A busy machine is no fault of a page: things are waited for, and no longer than they take.
configure({ asyncUtilTimeout: 5000 });

// What Mantine and the virtual grid ask of a browser and happy-dom does not have: media queries, sizes, scrolling.
window.matchMedia ??= (query: string) =>
  ({
    matches: false,
    media: query,
    onchange: null,
    addEventListener() {},
    removeEventListener() {},
    addListener() {},
    removeListener() {},
    dispatchEvent: () => false,
  }) as MediaQueryList;

globalThis.ResizeObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

// Pictures are decoded in a worker, which happy-dom does not have: here they stay on their way.
globalThis.Worker = class extends EventTarget {
  postMessage() {}
  terminate() {}
} as unknown as typeof Worker;

const size = { offsetWidth: 1280, offsetHeight: 800, clientWidth: 1280, clientHeight: 800 };
for (const [name, value] of Object.entries(size))
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => value });
HTMLElement.prototype.scrollIntoView = () => {};
HTMLElement.prototype.setPointerCapture ??= () => {};
HTMLElement.prototype.hasPointerCapture ??= () => false;

afterEach(() => {
  cleanup();
  localStorage.clear();
  window.location.hash = '';
});
