import './bin/installed.js';
import './bin/compile-cache.js';
import { devNull } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

// What a person's machine says of accounts and proxies is not the tests': they speak to this machine, as nobody.
for (const name of Object.keys(process.env)) if (/^(AWS|CDK_DEFAULT)_|_proxy$/i.test(name)) delete process.env[name];
process.env.AWS_CONFIG_FILE = devNull;
process.env.AWS_SHARED_CREDENTIALS_FILE = devNull;

/** A whole run takes longest of all: it begins first, beside the specifications. The other whole runs are slow tests. */
const WHOLE_RUNS = ['test/rehearsal/rehearse.test.ts'];
/**
 * What takes longer than a minute allows: `npm run test:all` and `.ci/run` have it (CONTRIBUTING.md, "Kinds of tests").
 */
const SLOW = ['test/**/*.slow.test.ts'];
/** What runs for a minute alone runs for ten beside others, and slows its clock down there. */
const HANGS = { testTimeout: 1_800_000, hookTimeout: 1_800_000 };

export default defineConfig({
  test: {
    // Only a test that hangs meets them, on however busy a machine: a limit of behaviour is one of the virtual clock.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
    maxWorkers: 2,
    // V8 may abort a process whose threads end while they run, where the CPU has protection keys: "Check failed:
    // jit_page.has_value()". Most of what tests make lives shortly: with more room for it, it is collected less often
    // and seldom promoted.
    execArgv: ['--no-memory-protection-keys', '--min-semi-space-size=32', '--max-semi-space-size=64'],
    // The CDK validates every template that it synthesises, which takes longer than all else; tests that are about it
    // ask for it.
    env: { CDK_VALIDATION: 'false' },
    globalSetup: ['test/support/temporary-files.ts'],
    setupFiles: ['test/support/own-environment.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'specifications',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...WHOLE_RUNS, ...SLOW],
          // Files of one worker share their modules: loading them anew for each took a third of the time.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        // Projects of one group run in the order of their names.
        test: { name: 'rehearsals', ...HANGS, include: WHOLE_RUNS, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: { name: 'slow', ...HANGS, include: SLOW, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
