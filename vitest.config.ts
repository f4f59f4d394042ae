import path from 'node:path';
import { defineConfig } from 'vitest/config';

// A busy machine is slow, not wrong: this ends what hangs.
const testTimeout = 120_000;
const setupFiles = [path.join(import.meta.dirname, 'vitest.setup.ts')];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,scripts,e2e,bench}/**/*.test.{ts,tsx}'],
          exclude: ['**/*.pg.test.ts'],
          setupFiles,
          testTimeout,
        },
      },
      {
        test: {
          name: 'pg',
          include: ['src/**/*.pg.test.ts'],
          setupFiles,
          globalSetup: 'src/server/testing/global-setup.ts',
          testTimeout,
          hookTimeout: 120_000,
          // With Postgres waiting in turn, one worker leaves half of two cores idle.
          maxWorkers: 2,
        },
      },
    ],
  },
});
