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
  // One browser at a time: the journeys share one server, and the machine may have two cores.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env['CI']),
  use: {
    launchOptions: { args, ...(executablePath && { executablePath }) },
    trace: 'retain-on-failure',
    viewport: { width: 1280, height: 800 },
  },
});
