import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// A busy machine is slow, not wrong: this ends what hangs.
const testTimeout = 120_000;
// One less than the cores is what it takes by itself: of two, one is left idle.
const maxWorkers = 2;
const setupFiles = [path.join(import.meta.dirname, 'vitest.setup.ts')];

const isLong = ({ moduleId }: TestSpecification) => Number(moduleId.includes('/model/'));

/** The random schedules take longest: begun last, they would leave the other worker idle. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => isLong(b) - isLong(a));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,scripts,e2e,bench}/**/*.test.{ts,tsx}'],
          exclude: ['**/*.pg.test.ts'],
          setupFiles,
          testTimeout,
          maxWorkers,
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
          maxWorkers,
        },
      },
    ],
  },
});
