import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const entry = (path: string) => resolve(import.meta.dirname, path);

/** Engine process, command line, worker threads and scorer process: ESM for Node 24, everything bundled but the native packages. */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'out/engine',
    emptyOutDir: true,
    minify: false,
    rolldownOptions: {
      input: {
        engine: entry('src/main/desktop/engineEntry.ts'),
        cli: entry('src/main/cli/index.ts'),
        worker: entry('src/main/engine/worker.ts'),
        export: entry('src/main/engine/transfer/exportThread.ts'),
        pictures: entry('src/main/engine/transfer/import/pictureThread.ts'),
        lists: entry('src/main/engine/store/listThread.ts'),
        scorer: entry('src/main/engine/scorers/process.ts'),
      },
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
  ssr: { noExternal: true, external: ['better-sqlite3', 'sharp', 'onnxruntime-node'] },
});
