/**
 * The price of each thing that the gate does not know or may not do: Wald's oracle, handicapped step by step until it
 * only has the onset as its advantage over the gate. The difference between neighbours is the price of a step.
 */
import { ratioBet } from '../../core/gate/bets/e-value.ts';
import { byNoise, logMeanExp, type Pair } from '../../core/gate/bets/index.ts';
import { allowedAt, RATIOS } from '../../core/gate/bets/regression.ts';
import { MATTERS } from '../../core/gate/least-difference.ts';
import { gatePolicyOf } from '../../core/gate/plan-policy.ts';
import { type GatePolicy, thresholdOf } from '../../core/gate/policy.ts';
import type { Plan } from '../../core/model/plan.ts';
import type { BaselineSummary } from '../../core/model/run-state.ts';
import type { Gate } from '../exposure/gates.ts';
import { omniscience } from '../exposure/omniscience.ts';
import type { Policy, RampStage } from '../exposure/policy.ts';
import type { World } from '../exposure/world.ts';

/** Each step includes all before it. */
export const STEPS = [
  'oracle',
  'warm-up allowed',
  'tolerance',
  'part of α',
  'control for the base rate',
  'noise of each side',
  'size unknown',
] as const;
type Step = (typeof STEPS)[number];

export function ladder(ramp: readonly RampStage[], plan: Plan, baseline: BaselineSummary): Policy[] {
  return STEPS.map((step) => ({
    id: step,
    source: 'Wald 1945',
    ramp,
    gate: (world) => gateOf(world, plan, baseline, step),
  }));
}

function gateOf(world: World, plan: Plan, baseline: BaselineSummary, step: Step): Gate {
  const { regression } = world.cell;
  if (regression === null) return () => 'go';
  const has = (one: Step) => STEPS.indexOf(one) <= STEPS.indexOf(step);
  const { metric } = regression;
  const next = omniscience(world, regression);
  /** ln of each bet's capital; all but the last step know the size, so there is one. */
  const logs = new Array<number>(has('size unknown') ? RATIOS.length : 1).fill(0);
  return (look) => {
    const policy = gatePolicyOf(
      plan,
      baseline,
      plan.stages.findIndex((s) => s.percent === look.percent),
    );
    const asked = askedOf(policy, metric);
    for (const { sinceShift, stable, candidate, p0, p1, count } of next(look)) {
      const isWarming = has('warm-up allowed') && sinceShift >= 0;
      const allowed = isWarming ? allowedAt(sinceShift, asked.warmUp) : 0;
      const tolerated = has('tolerance') ? asked.ratio : 1;
      const [n, x] = [candidate.requests, count(candidate)];
      if (p1 <= tolerated * p0 + allowed) continue;
      if (!has('control for the base rate') || stable === null) {
        const null0 = tolerated * p0 + allowed;
        logs[0] = (logs[0] ?? 0) + x * Math.log(p1 / null0) + (n - x) * (Math.log1p(-p1) - Math.log1p(-null0));
        continue;
      }
      const whole: Pair = { n0: stable.requests, x0: count(stable), n1: n, x1: x };
      const [pair] = has('noise of each side') ? byNoise([whole], asked.noise, asked.before) : [whole];
      if (pair == null) continue;
      for (const [i] of logs.entries()) {
        const ratio = has('size unknown') ? (RATIOS[i] ?? 1) : p1 / (tolerated * p0 + allowed);
        const { log, slope } = ratioBet({ ...pair, n1: tolerated * pair.n1 }, ratio);
        logs[i] = (logs[i] ?? 0) + log - (allowed * slope) / tolerated;
      }
    }
    const bound = has('part of α') ? thresholdOf(policy, metric) : 0.99 / 0.01;
    if (logMeanExp(logs) >= Math.log(bound)) return 'abort';
    // A test that must learn the base rate of a stage waits for it; the oracle knows it.
    return has('control for the base rate') && logs.some((log) => log !== 0) ? 'hold' : 'go';
  };
}

function askedOf(policy: GatePolicy, metric: 'errors' | 'slow') {
  return metric === 'errors'
    ? {
        ratio: policy.errorTolerance.ratio,
        noise: policy.errorNoise,
        before: policy.errorRate,
        warmUp: { minutes: policy.warmUpErrorMinutes, allowance: policy.warmUpErrorMargin },
      }
    : {
        ratio: policy.slowTolerance.ratio,
        noise: policy.slowNoise,
        before: policy.slowRate,
        warmUp: {
          minutes: policy.warmUpMinutes,
          allowance: policy.warmUpSlowMargin,
          left: MATTERS * policy.slowMargin,
        },
      };
}
