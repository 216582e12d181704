import { defineConfig } from '@playwright/test';

/** End-to-end tests in the two hosts. Each test owns its workspace folder; the app must be built (npm test does it). */
export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results/e2e',
  timeout: 180_000,
  expect: { timeout: 20_000 },
  // Every test runs an engine with its own workers; two at a time only fight for the cores.
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  reporter: 'line',
  use: { actionTimeout: 15_000, navigationTimeout: 30_000, trace: 'retain-on-failure' },
  projects: [
    { name: 'desktop', testMatch: '**/*.{both,desktop}.spec.ts' },
    { name: 'web', testMatch: '**/*.{both,web}.spec.ts' },
  ],
});
