/**
 * The limit: Wald's sequential probability ratio test, told the base rate of every minute, the size of the regression and
 * its onset. It tests once, with error rates of 1 % each, on the same ramp and the same late metrics. No gate that must
 * find these out can be expected to reach it.
 */
import type { MinuteEvidence } from '../../core/gate/evidence.ts';
import { generator } from '../../test/support/random.ts';
import type { Gate } from './gates.ts';
import type { Policy, RampStage } from './policies.ts';
import { type Cell, excessOf } from './simulate.ts';

/** Wald 1945: accept "regression" at ln((1 − β)/α). */
const BOUND = Math.log(0.99 / 0.01);

export const ORACLE = 'oracle (SPRT)';

export function oracle(cell: Cell, ramp: readonly RampStage[], seed: number): Policy {
  return { id: ORACLE, source: 'Wald 1945', ramp, gate: () => gateOf(cell, seed) };
}

function gateOf(cell: Cell, seed: number): Gate {
  const { regression } = cell;
  let [seen, log] = [0, 0];
  // The weather of the run, not a sample of its kind; random draws inside a minute's weather are not to be had twice.
  const weather = cell.trace.weather(generator(seed), cell.rps);
  return ({ run, percent, stage, minute }) => {
    if (regression === null) return 'go';
    const start = minute - stage.length - 1;
    for (; seen < run.length; seen++) {
      const { candidate } = run[seen] as MinuteEvidence;
      if (candidate === null || seen < regression.onset) continue;
      const base = weather(seen);
      const excess = excessOf(cell, seen, seen - start, percent / 100);
      const p0 = regression.metric === 'errors' ? base.errorRate : base.slowRate;
      const p1 = p0 + (regression.metric === 'errors' ? excess.errors : excess.slow);
      const x = regression.metric === 'errors' ? candidate.target5xx : (candidate.slow ?? 0);
      if (p1 > p0) log += x * Math.log(p1 / p0) + (candidate.requests - x) * (Math.log1p(-p1) - Math.log1p(-p0));
    }
    return log >= BOUND ? 'abort' : 'go';
  };
}
