/** One vitest for many mutants: each stands in its file while its tests run, in memory, so that the checkout is never touched. */
import { join } from 'node:path';
import { createVitest, type Vitest } from 'vitest/node';
import { type Mutant, plant } from './mutant.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** A mutant's tests take seconds; those that do not end by then never do. */
const LONGEST_MS = 180_000;
const CLOSING_MS = 5_000;

export class MutationSession {
  #vitest: Vitest | null = null;
  #planted: Mutant | null = null;

  /** Whether one of its tests fails, or they do not end. The quickest is asked alone: most mutants it kills. */
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
    // Vitest tells of every module that has ever run: what another mutant broke is not this one's.
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
        // Its key is the source, which does not change here.
        fsModuleCache: false,
        maxWorkers: 2,
        // A mutant may wait for what never comes.
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

/** Null when it takes longer. */
async function within<T>(ms: number, task: Promise<T>): Promise<T | null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), ms);
  try {
    return await Promise.race([task, promise]);
  } finally {
    clearTimeout(timer);
  }
}
