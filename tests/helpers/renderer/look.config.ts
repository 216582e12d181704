import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const root = resolve(import.meta.dirname, '../../..');

/** Serves or builds the page over the fake engine. Output goes to out/look, which git ignores. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  server: { fs: { allow: [root] } },
  build: {
    outDir: resolve(root, 'out/look'),
    emptyOutDir: true,
    target: 'chrome114',
    rolldownOptions: { input: resolve(import.meta.dirname, 'look.html') },
  },
});
