import { draw, type Program, type SimulationOptions, simulate } from '../../rehearsal/simulation/index.ts';
import type { Invariant } from '../../rehearsal/simulation/observer.ts';

/** Returns the first seed, of the 1,000 that CI runs, that breaks the invariant; null if none does. */
export async function firstBroken(
  program: Program,
  invariant: Invariant,
  wrap: NonNullable<SimulationOptions['wrap']>,
): Promise<number | null> {
  for (let seed = 1; seed <= 1_000; seed++) {
    const { violations } = await simulate(program, draw(seed), { wrap });
    if (violations.some((v) => v.invariant === invariant)) return seed;
  }
  return null;
}
