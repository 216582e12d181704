import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const node = { environment: 'node' as const, testTimeout: 30_000, hookTimeout: 60_000 };

export default defineConfig({
  plugins: [react()],
  test: {
    projects: [
      { extends: true, test: { ...node, name: 'unit', include: ['tests/unit/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'page',
          environment: 'happy-dom',
          testTimeout: 30_000,
          include: ['tests/unit/**/*.test.tsx'],
          setupFiles: ['tests/helpers/renderer/setup.ts'],
        },
      },
      { extends: true, test: { ...node, name: 'store', include: ['tests/store/**/*.test.ts'] } },
      { extends: true, test: { ...node, name: 'engine', testTimeout: 180_000, include: ['tests/engine/**/*.test.ts'] } },
      {
        extends: true,
        test: { ...node, name: 'interop', testTimeout: 300_000, hookTimeout: 600_000, include: ['tests/interop/**/*.test.ts'] },
      },
    ],
  },
});
