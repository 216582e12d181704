import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const at = (path: string) => resolve(import.meta.dirname, path);

/** Main and preload are CommonJS with every dependency inside: the oldest Electron they must run on can do no more. */
function hostBundle(entry: string, outDir: string) {
  return {
    build: {
      target: 'node18',
      externalizeDeps: false,
      minify: false,
      outDir: at(outDir),
      rolldownOptions: { input: { index: at(entry) }, output: { format: 'cjs' as const, entryFileNames: '[name].cjs' } },
    },
  };
}

export default defineConfig({
  main: hostBundle('src/main/desktop/index.ts', 'out/main'),
  preload: hostBundle('src/preload/index.ts', 'out/preload'),
  renderer: {
    root: at('src/renderer'),
    base: '/',
    plugins: [react()],
    build: {
      target: 'chrome114',
      minify: true,
      outDir: at('out/renderer'),
      emptyOutDir: true,
      // Data addresses for modules would need a wider Content-Security-Policy.
      assetsInlineLimit: 0,
      rolldownOptions: { input: at('src/renderer/index.html') },
    },
  },
});
