import { describe, expect, it } from 'vitest';
import { candidatePercentOf } from '../../core/fence/return-plan.ts';
import { type Deployment, deploymentSchema, ruleOfCustomers } from '../../core/model/deployment.ts';
import type { MinuteEvidence } from '../../core/model/evidence.ts';
import { type PlanInput, parsePlan } from '../../core/model/plan.ts';
import { type CutoverState, parseState, stateToJson } from '../../core/model/run-state.ts';
import { isSafe, SAFE_SPLIT, weightsFor } from '../../core/model/split.ts';
import { project } from '../../core/phases/timeline.ts';
import { makeHandler as rollback } from '../../lambdas/rollback.ts';
import { makeHandler as shift } from '../../lambdas/shift.ts';
import { makeHandler as watch } from '../../lambdas/watch.ts';
import { makeHandler as watchdog } from '../../lambdas/watchdog.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { replayed } from '../support/recorded-run.ts';
import { begun } from '../support/run.ts';

const MINUTE = 60_000;
const TESTERS = 'rule/testers';
const WITH_COHORT: Deployment = deploymentSchema.parse({
  ...DEPLOYMENT,
  rules: [...DEPLOYMENT.rules, { arn: TESTERS, roles: ['stable', 'candidate'], cohort: true }],
});
const PLAN: PlanInput = { cohort: { bake: 'PT5M', maxHold: 'PT10M', minRequests: 5 } };

function worldWithCohort(): MemoryWorld {
  const world = new MemoryWorld();
  return Object.assign(world, { deployment: WITH_COHORT, live: weightsFor(WITH_COHORT, SAFE_SPLIT) });
}

/** Weights of a rule: the stable side's, then the candidate's. */
const weights = (world: MemoryWorld, arn: string) =>
  ['tg/stable', 'tg/candidate'].map(
    (group) => world.live.find((r) => r.ruleArn === arn)?.groups.find((g) => g.targetGroupArn === group)?.weight,
  );

async function atCohort(plan: PlanInput = PLAN): Promise<{ world: MemoryWorld; state: CutoverState }> {
  const world = worldWithCohort();
  const state = await begun(world, plan);
  await world.ledger.recordCapacity(state, world.stableTasks, 'full');
  const signed = {
    ...state,
    phase: 'shadowSignoff' as const,
    baseline: world.baselineSummary,
    capacity: world.stableTasks,
  };
  return { world, state: parseState(await shift(world)(stateToJson(signed))) };
}

const minute = (at: number, requests: number, failed = 0): MinuteEvidence => ({
  minute: at,
  stable: { requests: 9_000, target5xx: 0, connectionErrors: 0, slow: 0 },
  candidate: requests === 0 ? null : { requests, target5xx: failed, connectionErrors: 0, slow: 0 },
  elb5xx: 0,
});

async function look(world: MemoryWorld, state: CutoverState, requests: number, failed = 0, minutes = 6) {
  world.minuteEvidence = Array.from({ length: minutes }, (_, i) => minute(world.now + i * MINUTE, requests, failed));
  world.now += minutes * MINUTE;
  return parseState(await watch(world)(stateToJson(state)));
}

describe('the cohort', () => {
  it('has a rule whose shares are not those of all customers, though it stand first and none leads to a mirror', () => {
    const testers = { arn: TESTERS, roles: ['stable', 'candidate'], cohort: true };
    const rest = { arn: 'rule/rest', roles: ['stable', 'candidate'] };
    const shownOf = (...rules: object[]) => ruleOfCustomers(deploymentSchema.parse({ ...DEPLOYMENT, rules }))?.arn;
    expect(shownOf(testers, rest)).toBe('rule/rest');
    expect(ruleOfCustomers(WITH_COHORT)?.arn).toBe('rule/safe');
    expect(shownOf(testers)).toBeUndefined();
  });

  it('meets the candidate by its own rule, and nobody else does, before the first stage', async () => {
    const { world, state } = await atCohort();
    expect(state).toMatchObject({ phase: 'stage', stage: -1, split: { candidatePercent: 0, cohort: true } });
    expect(weights(world, TESTERS)).toEqual([0, 100]);
    expect(weights(world, 'rule/safe')).toEqual([100, 0]);
    expect(weights(world, 'rule/rest')).toEqual([100, 0]);
    expect(world.notices.at(-1)?.subject).toMatch(/: cohort$/);
  });

  it('is an ordinary customer before, in the stages, and after a rollback', async () => {
    const { world, state } = await atCohort();
    const met = await look(world, state, 20);
    expect(met).toMatchObject({ next: 'nextStage', reason: 'The cohort sent 120 requests; at least 5 are needed.' });
    const first = parseState(await shift(world)(stateToJson(met)));
    expect(first).toMatchObject({ stage: 0, split: { candidatePercent: 1 } });
    expect(weights(world, TESTERS)).toEqual([99, 1]);
    await rollback(world)({ trigger: 'operator', reason: 'enough', by: 'me' });
    expect(weights(world, TESTERS)).toEqual([100, 0]);
    expect(isSafe(WITH_COHORT, world.live)).toBe(true);
  });

  it('is taken back by a rollback in its own stage', async () => {
    const { world } = await atCohort();
    expect(isSafe(WITH_COHORT, world.live)).toBe(false);
    await rollback(world)({ trigger: 'operator', reason: 'enough', by: 'me' });
    expect(isSafe(WITH_COHORT, world.live)).toBe(true);
    expect(world.item?.status).toBe('rolled_back');
  });

  it('waits for its requests, and goes back when none come', async () => {
    const { world, state } = await atCohort();
    const waiting = await look(world, state, 0);
    expect(waiting).toMatchObject({
      next: 'hold',
      reason: expect.stringContaining('The cohort sent 0 requests; at least 5 are needed.'),
    });
    expect(await look(world, waiting, 0, 0, 30)).toMatchObject({ next: 'rollback' });
  });

  it('brings the candidate back that fails it', async () => {
    const { world, state } = await atCohort();
    expect(await look(world, state, 20, 15)).toMatchObject({
      next: 'rollback',
      reason: expect.stringContaining('worse than the baseline'),
    });
  });

  it('is not left with a candidate that has no healthy target', async () => {
    const dead = { healthy: 0, unhealthy: 2, registered: 2 };
    const { world, state } = await atCohort();
    world.healthy.candidate = dead;
    expect(await look(world, state, 20)).toMatchObject({
      next: 'rollback',
      reason: 'The candidate has no healthy target.',
    });
    expect(await watchdog(world)()).toMatchObject({ action: 'rollback' });
    expect(isSafe(WITH_COHORT, world.live)).toBe(true);
    const refused = worldWithCohort();
    const signed = { ...(await begun(refused, PLAN)), phase: 'shadowSignoff' as const };
    refused.healthy.candidate = dead;
    await expect(shift(refused)(stateToJson(signed))).rejects.toMatchObject({ name: 'Crossfade.NoHealthyTarget' });
    expect(isSafe(WITH_COHORT, refused.live)).toBe(true);
  });

  it('whose rule somebody edits is drift like any other', async () => {
    const { world, state } = await atCohort();
    world.live = weightsFor(WITH_COHORT, SAFE_SPLIT);
    expect(await look(world, state, 20)).toMatchObject({ next: 'rollback', reason: expect.stringMatching(/^Drift/) });
  });

  it('does not make the candidate look as if it answered everybody, when the stable side is dead', () => {
    const live = weightsFor(WITH_COHORT, { candidatePercent: 0, mirror: null, cohort: true });
    expect(candidatePercentOf(WITH_COHORT, live, null)).toBeCloseTo(0.1);
    const canary = weightsFor(WITH_COHORT, { candidatePercent: 10, mirror: null });
    expect(candidatePercentOf(WITH_COHORT, canary, null)).toBeCloseTo(10);
  });

  it('is refused where the deployment has no rule for it, and left out where the plan has none', async () => {
    await expect(begun(new MemoryWorld(), PLAN)).rejects.toThrow(/cohort: no rule of the deployment matches testers/);
    const { state } = await atCohort({});
    expect(state).toMatchObject({ stage: 0, split: { candidatePercent: 1 } });
  });

  it('stands in the timeline and in the replay', async () => {
    const { world, state } = await atCohort();
    await look(world, state, 20);
    const { summary } = replayed(world.log);
    expect(summary).toMatchObject({ differing: 0, phases: [{ name: 'cohort', comparable: true }] });
    const rows = project(parsePlan(PLAN), { rps: 100, errorRate: 0.001, slowRate: null }).rows.map((r) => r.name);
    expect(rows.indexOf('cohort')).toBe(rows.indexOf('stage 1 %') - 1);
  });
});
