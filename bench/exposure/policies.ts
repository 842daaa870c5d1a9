/** Rows of the table: a ramp and the gate on it. */
import type { Plan } from '../../core/model/plan.ts';
import { dayBefore } from './day-before.ts';
import { ALARM, ARGO_DEFAULT, ARGO_DOCS, CLOUD_RUN, FLAGGER_DEFAULT, FLAGGER_DOCS, FLAGGER_TUTORIAL } from './gates.ts';
import { KAYENTA } from './kayenta.ts';
import { type Allowed, oracles } from './oracle.ts';
import { DEFAULT_PLAN, planFor, refused } from './plans.ts';
import type { Policy, RampStage } from './policy.ts';
import { ours } from './product.ts';
import type { Cell } from './world.ts';

export function rampOf(plan: Plan): RampStage[] {
  return plan.stages.map(({ percent, bake, maxHold }) => ({ percent, bake: bake / 60, maxHold: maxHold / 60 }));
}

const steps = (percents: readonly number[], bake: number, last: number): RampStage[] => [
  ...percents.map((percent) => ({ percent, bake, maxHold: 1_440 })),
  { percent: 100, bake: last, maxHold: 0 },
];
const count = (from: number, to: number, step: number) =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);

const PEERS: readonly (Omit<Policy, 'ramp'> & { readonly ramp: readonly RampStage[] | null })[] = [
  {
    id: 'flagger-docs',
    source: 'docs.flagger.app/usage/deployment-strategies',
    ramp: steps(count(2, 50, 2), 1, 0),
    gate: FLAGGER_DOCS,
  },
  {
    id: 'flagger-tutorial',
    source: 'docs.flagger.app/tutorials',
    ramp: steps(count(10, 50, 10), 1, 0),
    gate: FLAGGER_TUTORIAL,
  },
  { id: 'flagger-code-default', source: 'fluxcd/flagger pkg/apis (threshold 1)', ramp: null, gate: FLAGGER_DEFAULT },
  {
    id: 'argo-docs-background',
    source: 'argo-rollouts docs/features/analysis.md',
    ramp: steps([20, 40, 60, 80], 10, 0),
    gate: ARGO_DOCS,
    from: 40,
  },
  { id: 'argo-code-default', source: 'argo-rollouts (failureLimit 0)', ramp: null, gate: ARGO_DEFAULT },
  {
    id: 'codedeploy-canary10-5',
    source: 'AWS CodeDeploy ECSCanary10Percent5Minutes',
    ramp: steps([10], 5, 0),
    gate: ALARM,
  },
  {
    id: 'codedeploy-canary10-15',
    source: 'AWS CodeDeploy ECSCanary10Percent15Minutes',
    ramp: steps([10], 15, 0),
    gate: ALARM,
  },
  {
    id: 'codedeploy-linear10-1',
    source: 'AWS CodeDeploy ECSLinear10PercentEvery1Minutes',
    ramp: steps(count(10, 90, 10), 1, 0),
    gate: ALARM,
  },
  {
    id: 'codedeploy-linear10-3',
    source: 'AWS CodeDeploy ECSLinear10PercentEvery3Minutes',
    ramp: steps(count(10, 90, 10), 3, 0),
    gate: ALARM,
  },
  { id: 'ecs-canary-default', source: 'Amazon ECS canary deployments', ramp: steps([5], 10, 60), gate: ALARM },
  {
    id: 'ecs-linear-default',
    source: 'Amazon ECS linear deployments',
    ramp: steps(count(10, 90, 10), 6, 60),
    gate: ALARM,
  },
  {
    id: 'appconfig-linear20',
    source: 'AWS AppConfig Linear20PercentEvery6Minutes',
    ramp: steps([20, 40, 60, 80], 6, 30),
    gate: ALARM,
  },
  {
    id: 'appconfig-canary10-20',
    source: 'AWS AppConfig Canary10Percent20Minutes',
    ramp: steps([10, 20, 40, 80], 5, 10),
    gate: ALARM,
  },
  { id: 'kayenta-spinnaker-guide', source: 'spinnaker.io canary best practices', ramp: null, gate: KAYENTA },
  {
    id: 'cloud-run-release-manager',
    source: 'GoogleCloudPlatform/cloud-run-release-manager',
    ramp: steps([5, 20, 50, 80], 30, 0),
    gate: CLOUD_RUN,
  },
];

export const OURS = 'crossfade';
export const OURS_REFUSED = 'crossfade, default plan, which the planner refuses here';
export const ON_OUR_RAMP = ' on our ramp';

function allowedBy({ gate }: Plan): Allowed {
  return {
    margin: { errors: gate.errorMargin, slow: gate.slowMargin },
    warmUp: {
      errors: { minutes: Math.ceil(gate.warmUpErrors / 60), allowance: gate.warmUpErrorMargin },
      slow: { minutes: Math.ceil(gate.warmUp / 60), allowance: gate.warmUpSlowMargin },
    },
  };
}

/** Ours, every peer as it is, and every peer's gate on our ramp; gates that several peers share stand once there. */
export function policiesFor(cell: Cell): Policy[] {
  const { assumptions } = dayBefore(cell, cell.rps);
  const plan = planFor(assumptions, cell.trace.gate);
  const ramp = rampOf(plan);
  const crossfade = (id: string, by: Plan): Policy => ({
    id,
    source: 'core/gate',
    ramp: rampOf(by),
    gate: ours(by),
  });
  const onOurs = new Map(PEERS.map((p) => [p.gate, p] as const));
  return [
    crossfade(OURS, plan),
    ...(cell.regression === null && refused(DEFAULT_PLAN, assumptions) ? [crossfade(OURS_REFUSED, DEFAULT_PLAN)] : []),
    ...PEERS.flatMap((p) => (p.ramp === null ? [] : [{ ...p, ramp: p.ramp }])),
    ...[...onOurs.values()].map((p) => ({
      id: `${p.gate === ALARM ? 'alarm 2 of 3' : p.id}${ON_OUR_RAMP}`,
      source: p.source,
      gate: p.gate,
      ramp,
    })),
    ...(cell.regression === null ? [] : oracles(ramp, allowedBy(plan))),
  ];
}
