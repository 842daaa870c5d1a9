/** Which cells there are: every trace healthy at every rate, every regression on steady traffic, some on the others. */
import { planFor } from './policies.ts';
import type { Cell } from './simulate.ts';
import { regressions, TRACES, type Trace } from './traces.ts';

export const RATES = [5, 50, 500, 5_000] as const;

export function cells(): Cell[] {
  const all: Cell[] = [];
  for (const rps of RATES) {
    const { errorMargin, slowMargin } = planFor(rps).gate;
    for (const trace of TRACES) all.push({ trace, rps, regression: null });
    for (const regression of regressions(errorMargin, slowMargin)) {
      all.push({ trace: named('steady'), rps, regression });
      if (regression.name === 'errors 2 × margin')
        for (const name of ['diurnal', 'noisy neighbour']) all.push({ trace: named(name), rps, regression });
    }
  }
  return all;
}

function named(name: string): Trace {
  const trace = TRACES.find((t) => t.name === name);
  if (trace === undefined) throw new RangeError(`no trace is called ${name}`);
  return trace;
}
