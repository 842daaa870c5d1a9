import { configDefaults, defineConfig } from 'vitest/config';

/** Whole runs share a clock with what they start: they go one at a time, with nothing beside them. */
const WHOLE_RUNS = ['test/rehearsal/rehearse.test.ts', 'test/rehearsal/drill.test.ts'];
/** What takes longer than a minute allows: `npm run test:all` and `.ci/run` have it (CONTRIBUTING.md, "Kinds of tests"). */
const SLOW = ['test/**/*.slow.test.ts'];

export default defineConfig({
  test: {
    // Only a test that hangs meets them: a limit of behaviour is one of the virtual clock.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    setupFiles: ['test/support/temporary-files.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'specifications',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...WHOLE_RUNS, ...SLOW],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'whole-runs', include: WHOLE_RUNS, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: { name: 'slow', include: SLOW, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
