/**
 * The limit: Wald's sequential probability ratio test, which knows the base rate of every minute, and the size, shape
 * and onset of the regression. It tests once, with error rates of 1 % each, on the same ramp and the same late metrics.
 * A gate that must find these out cannot be expected to reach it.
 */
import { NO_WARM_UP, type WarmUp } from '../../core/gate/bets/regression.ts';
import type { Gate } from './gates.ts';
import { omniscience } from './omniscience.ts';
import type { Policy, RampStage } from './policy.ts';
import type { World } from './world.ts';

/** Wald 1945: accept "regression" at ln((1 − β)/α). */
const BOUND = Math.log(0.99 / 0.01);

export const ORACLE = 'oracle (SPRT)';
/**
 * The same, but within the plan: it may not roll back before the regression has grown to the margin, and it treats
 * whatever the plan allows during a warm-up as healthy, because nobody can tell it from a cold start that ends with the
 * warm-up.
 */
export const ORACLE_FROM_MARGIN = 'oracle that keeps to the plan';

/** The differences for which an oracle may not roll back. */
export interface Allowed {
  /** The regression must have reached this size. */
  readonly margin: { readonly errors: number; readonly slow: number };
  readonly warmUp: { readonly errors: WarmUp; readonly slow: WarmUp };
}
const NOTHING_ALLOWED: Allowed = {
  margin: { errors: 0, slow: 0 },
  warmUp: { errors: NO_WARM_UP, slow: NO_WARM_UP },
};

export function oracles(ramp: readonly RampStage[], byPlan: Allowed): Policy[] {
  const one = (id: string, allowed: Allowed): Policy => ({
    id,
    source: 'Wald 1945',
    ramp,
    gate: (world) => gateOf(world, allowed),
  });
  return [one(ORACLE, NOTHING_ALLOWED), one(ORACLE_FROM_MARGIN, byPlan)];
}

function gateOf(world: World, { margin, warmUp }: Allowed): Gate {
  const { regression } = world.cell;
  if (regression === null) return () => 'go';
  const { metric } = regression;
  const next = omniscience(world, regression);
  let [log, grown] = [0, false];
  return (look) => {
    for (const { sinceShift, candidate, more, p0, p1, count } of next(look)) {
      const [n, x] = [candidate.requests, count(candidate)];
      const healthy = p0 + (sinceShift < warmUp[metric].minutes ? warmUp[metric].allowance : 0);
      if (p1 > healthy) log += x * Math.log(p1 / healthy) + (n - x) * (Math.log1p(-p1) - Math.log1p(-healthy));
      grown ||= more >= margin[metric] - 1e-12;
    }
    return log >= BOUND && grown ? 'abort' : 'go';
  };
}
