/** Reduces a scenario that breaks an invariant to as few items as can be found that still break it. */
import type { Invariant } from './observer.ts';
import type { SimulatedScenario } from './scenario/index.ts';

/** @param breaks whether a scenario breaks the invariant; called a few dozen times */
export async function shrink(
  scenario: SimulatedScenario,
  invariant: Invariant,
  breaks: (smaller: SimulatedScenario, invariant: Invariant) => Promise<boolean>,
): Promise<SimulatedScenario> {
  let least = scenario;
  for (let size = Math.ceil(scenario.items.length / 2); size >= 1; ) {
    let smaller = false;
    for (let from = 0; from < least.items.length; from += size) {
      const items = least.items.filter((_, i) => i < from || i >= from + size);
      const candidate = { ...least, items };
      if (!(await breaks(candidate, invariant))) continue;
      least = candidate;
      smaller = true;
      from -= size;
    }
    if (!smaller) size = size === 1 ? 0 : Math.floor(size / 2);
  }
  return least;
}
