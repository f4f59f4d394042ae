import { defineConfig } from '@playwright/test';

// Nothing that talks to anyone but the server under test.
const args = [
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Journeys with an app of their own, which run by a command of their own. */
const apart = process.env['JOURNEYS'];
const executablePath = process.env['CHROMIUM_PATH'];

export default defineConfig({
  testDir: 'e2e',
  testMatch: apart ?? '*.spec.ts',
  ...(apart === undefined && { globalSetup: './e2e/global-setup.ts' }),
  outputDir: 'test-results',
  // Each journey is a guest of its own. A journey waits half of its time, so that two keep two cores busy.
  workers: 2,
  // Somebody else's work on the same machine is no fault of the product.
  timeout: 120_000,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env['CI']),
  use: {
    launchOptions: { args, ...(executablePath && { executablePath }) },
    trace: 'retain-on-failure',
    viewport: { width: 1280, height: 800 },
  },
});
