import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../core/model/errors.ts';
import { ingressIdSchema } from '../../core/model/ids.ts';
import { type PlanInput, parsePlan } from '../../core/model/plan.ts';
import { parseState, stateToJson } from '../../core/model/run-state.ts';
import type { ProviderCall } from '../../lambdas/providers/callers.ts';
import { planHooks } from '../../lambdas/providers/hooks.ts';
import { makeHandler as shift } from '../../lambdas/shift.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { CUTOVER, MemoryWorld } from '../support/memory-world.ts';
import { recordedRun, replayed, type Traffic } from '../support/recorded-run.ts';
import { begun } from '../support/run.ts';

const MINUTE = 60_000;
const hook = (name: string, when: 'before' | 'after', more: object = {}) => ({ name, when, provider: 'desk', ...more });
const PLAN: PlanInput = {
  gate: { warmUp: 'PT0S', settleAfter: 'PT0S' },
  stages: [
    { percent: 10, bake: 'PT3M', maxHold: 'PT10M' },
    { percent: 100, bake: 'PT3M', maxHold: 'PT10M' },
  ],
  hooks: [hook('tickets', 'after'), hook('desk', 'before', { stages: [100] })],
};
/** The deployment of these tests, with the provider `desk` that their hooks call. */
const world = (votes: MemoryWorld['hookVotes'] = {}) => {
  const made = new MemoryWorld();
  made.hookVotes = votes;
  const desk = { type: 'http', url: 'https://desk.example/', timeoutSeconds: 5 } as const;
  Object.assign(made, { deployment: { ...DEPLOYMENT, metricProviders: { desk } } });
  return made;
};
const counts = (requests: number) => ({ requests, target5xx: 0, connectionErrors: 0, slow: 0 });
const traffic: Traffic = (stage, _minute, at) => ({
  minute: Math.floor(at / MINUTE) * MINUTE,
  stable: stage === 0 ? counts(9_000) : null,
  candidate: counts(stage === 0 ? 1_000 : 10_000),
  elb5xx: 0,
});

describe('hooks of the plan', () => {
  it('are asked after the evidence of a stage is in, and before the weights move, at their stages', async () => {
    const w = world();
    await recordedRun(PLAN, traffic, undefined, undefined, w);
    expect(w.hooksAsked).toEqual(['tickets at 10 %', 'desk at 100 %', 'tickets at 100 %']);
  });

  it('hold a stage until its maximum, and the replay agrees word for word', async () => {
    const log = await recordedRun(PLAN, traffic, undefined, undefined, world({ tickets: 'hold' }));
    const said = log.filter((e) => e.kind === 'observation').map((e) => e.message);
    expect(said).toContainEqual(expect.stringMatching(/^Hook tickets says hold: said so\. /));
    expect(said.at(-1)).toMatch(/It was held for its maximum of 10 min\.$/);
    expect(log.at(-1)).toMatchObject({ stage: 0, data: { decision: 'rollback' } });
    expect(replayed(log).summary).toMatchObject({ differing: 0, changed: 0 });
  });

  it('roll back, and say why', async () => {
    const log = await recordedRun(PLAN, traffic, undefined, undefined, world({ tickets: 'rollback' }));
    expect(log.at(-1)).toMatchObject({
      message: expect.stringMatching(/^Hook tickets says rollback: said so\. /),
      data: { decision: 'rollback' },
    });
  });

  it('cannot promote what the evidence does not', async () => {
    const w = world({ tickets: 'proceed' });
    const log = await recordedRun(
      PLAN,
      (_s, _m, at) => ({ ...traffic(0, 0, at), candidate: null }),
      undefined,
      undefined,
      w,
    );
    expect(w.hooksAsked).toEqual([]);
    expect(log.at(-1)?.stage).toBe(0);
  });

  it.each([
    ['rollback', 'Crossfade.HookRefused'],
    ['hold', 'Crossfade.Transient'],
  ] as const)('that say %s before a step leave the weights as they are', async (vote, name) => {
    const w = world({ desk: vote });
    const hooks = [hook('desk', 'before')];
    const state = { ...(await begun(w, { ...PLAN, hooks })), phase: 'shadowSignoff' as const };
    const live = structuredClone(w.live);
    await expect(shift(w)(stateToJson(parseState(stateToJson(state))))).rejects.toMatchObject({
      name,
      message: expect.stringContaining(`Hook desk says ${vote}: said so.`),
    });
    expect(w.live).toEqual(live);
    expect(ERRORS[name]).toBeDefined();
  });

  it('need a provider that can be asked', async () => {
    await expect(begun(new MemoryWorld(), PLAN)).rejects.toThrow(
      /hooks\.0\.provider \(tickets\): the deployment has no provider "desk"; a hook needs one of type http or lambda/,
    );
  });
});

describe('a hook that is asked', () => {
  const step = { cutoverId: CUTOVER, percent: 10 };
  const { hooks } = parsePlan({ hooks: [hook('tickets', 'after', { otherwise: 'rollback' })] });
  const asking = (call: ProviderCall) => planHooks(DEPLOYMENT, { desk: call }).ask(hooks, step);

  it('is told the step, and votes with its own reason', async () => {
    const asked: unknown[] = [];
    const answers = await asking(async (request) => {
      asked.push(request);
      return { v: 1, vote: 'hold', reason: 'two tickets are open' };
    });
    expect(asked).toEqual([
      {
        v: 1,
        ingress: ingressIdSchema.parse('gateway'),
        hook: 'tickets',
        when: 'after',
        cutoverId: 'one',
        percent: 10,
      },
    ]);
    expect(answers).toEqual([{ name: 'tickets', vote: 'hold', reason: 'two tickets are open' }]);
  });

  it.each<[string, ProviderCall, RegExp]>([
    ['throws', async () => Promise.reject(new Error('no')), /no/],
    ['answers garbage', async () => 'yes', /its answer is wrong/],
    ['answers another vote', async () => ({ v: 1, vote: 'maybe' }), /vote: must be/],
    ['answers with more', async () => ({ v: 1, vote: 'proceed', force: true }), /force: unknown key/],
    ['answers nothing', async () => undefined, /its answer is wrong/],
  ])('and %s votes as the plan says', async (_what, call, reason) => {
    const [answer] = await asking(call);
    expect(answer).toMatchObject({ vote: 'rollback', reason: expect.stringMatching(reason) });
    expect(answer?.reason).toMatch(/the plan says rollback then$/);
  });

  it('by a provider that is not deployed votes as the plan says', async () => {
    const [answer] = await planHooks(DEPLOYMENT, {}).ask(hooks, step);
    expect(answer).toMatchObject({ vote: 'rollback', reason: expect.stringContaining('no provider desk') });
  });
});
