import { configDefaults, defineConfig } from 'vitest/config';

/** Whole runs share a clock with what they start: they go one at a time, with nothing beside them. */
const WHOLE_RUNS = ['test/rehearsal/rehearse.test.ts', 'test/rehearsal/drill.test.ts', 'test/mirror/chaos.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'specifications',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...WHOLE_RUNS],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'whole runs', include: WHOLE_RUNS, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
