/**
 * Runs many mutants in one vitest. Each replaces its file in memory while its tests run, so the checkout is never
 * touched.
 */
import { join } from 'node:path';
import { createVitest, type Vitest } from 'vitest/node';
import { type Mutant, plant } from './mutant.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Limit for the tests of one mutant, in milliseconds. They take seconds; those that run longer never end. */
const LONGEST_MS = 180_000;
const CLOSING_MS = 5_000;

export class MutationSession {
  #vitest: Vitest | null = null;
  #planted: Mutant | null = null;

  /**
   * Whether one of the mutant's tests fails, or they do not end. The quickest test runs first, alone: it kills most
   * mutants.
   */
  async kills(mutant: Mutant): Promise<boolean> {
    const path = join(ROOT, mutant.file);
    this.#planted = mutant;
    try {
      (await this.#open()).invalidateFile(path);
      const [quickest = '', ...others] = mutant.tests;
      return !((await this.passes([quickest])) && (await this.passes(others)));
    } finally {
      this.#planted = null;
      this.#vitest?.invalidateFile(path);
    }
  }

  /** Whether all of these tests pass. */
  async passes(tests: readonly string[]): Promise<boolean> {
    if (tests.length === 0) return true;
    const vitest = await this.#open();
    const specifications = await vitest.globTestSpecifications([...tests]);
    if (specifications.length < tests.length) throw new RangeError(`not all are tests: ${tests.join(', ')}`);
    const result = await within(LONGEST_MS, vitest.runTestSpecifications(specifications));
    if (result === null) await this.close();
    if (result === null || result.unhandledErrors.length > 0) return false;
    // Vitest reports every module that has ever run, including failures that an earlier mutant caused.
    const asked = new Set(specifications.map(({ moduleId }) => moduleId));
    return result.testModules.filter(({ moduleId }) => asked.has(moduleId)).every((module) => module.ok());
  }

  async close(): Promise<void> {
    const vitest = this.#vitest;
    this.#vitest = null;
    if (vitest !== null) await within(CLOSING_MS, vitest.close());
  }

  async #open(): Promise<Vitest> {
    if (this.#vitest !== null) return this.#vitest;
    const transform = (source: string, id: string) => this.#mutated(source, id);
    const vitest = await createVitest(
      {
        config: false,
        root: ROOT,
        watch: false,
        include: ['test/**/*.test.ts'],
        setupFiles: ['test/support/own-environment.ts'],
        isolate: false,
        // The cache's key is the source on disk, which a mutant does not change.
        fsModuleCache: false,
        maxWorkers: 2,
        // A mutant may wait for something that never happens.
        testTimeout: 20_000,
        silent: true,
        reporters: [{}],
        env: { CDK_VALIDATION: 'false' },
        execArgv: ['--no-memory-protection-keys'],
      },
      { plugins: [{ name: 'mutant', enforce: 'pre', transform }] },
    );
    await vitest.standalone();
    this.#vitest = vitest;
    return vitest;
  }

  #mutated(source: string, id: string): string | null {
    const mutant = this.#planted;
    return mutant !== null && id.split('?')[0] === join(ROOT, mutant.file) ? plant(source, mutant) : null;
  }
}

/** Resolves with null if the task takes longer than `ms`. */
async function within<T>(ms: number, task: Promise<T>): Promise<T | null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), ms);
  try {
    return await Promise.race([task, promise]);
  } finally {
    clearTimeout(timer);
  }
}
