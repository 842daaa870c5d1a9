import { describe, expect, it } from 'vitest';
import { type PlanInput, parsePlan } from '../../core/model/plan.ts';
import { parseState, stateToJson } from '../../core/model/run-state.ts';
import { project } from '../../core/phases/timeline.ts';
import { makeHandler as baseline } from '../../lambdas/baseline.ts';
import { makeHandler as watch } from '../../lambdas/watch.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { recordedRun, replayed, type Traffic } from '../support/recorded-run.ts';
import { atFirstStage, begun } from '../support/run.ts';

const MINUTE = 60_000;
const ORDERS = {
  name: 'orders',
  kind: 'count',
  numerator: { source: 'cloudwatch', namespace: 'Shop', metric: 'Orders', dimensions: { Side: '{{side}}' } },
  direction: 'lowerIsWorse',
  relativeMargin: 0.2,
  settleAfter: 'PT0S',
} as const;
const PLAN: PlanInput = {
  gate: { warmUp: 'PT0S', settleAfter: 'PT0S' },
  stages: [
    { percent: 10, bake: 'PT10M', maxHold: 'PT1H' },
    { percent: 100, bake: 'PT10M', maxHold: 'PT1H' },
  ],
  metrics: [ORDERS],
};
const counts = (requests: number) => ({ requests, target5xx: 0, connectionErrors: 0, slow: 0 });
/** No request fails and none is slow. */
const traffic: Traffic = (stage, _minute, at) => ({
  minute: Math.floor(at / MINUTE) * MINUTE,
  stable: stage === 0 ? counts(9_000) : null,
  candidate: counts(stage === 0 ? 1_000 : 10_000),
  elb5xx: 0,
});
/**
 * The share of orders on the candidate by stage and minute; the stable side's is 3 %. If `share` returns null, the
 * source is in trouble.
 */
const withOrders =
  (share: (stage: number, minute: number) => number | null) => (world: MemoryWorld, stage: number, minute: number) => {
    const found = share(stage, minute);
    const known = minute === 0 ? [] : (world.metricEvidence[0]?.minutes ?? []);
    const at = Math.floor((world.now - MINUTE) / MINUTE) * MINUTE;
    const point = (n: number, of: number) => ({ n, x: Math.round(n * of) });
    const one = {
      minute: at,
      stable: stage === 0 ? point(9_000, 0.03) : null,
      candidate: found === null ? null : point(stage === 0 ? 1_000 : 10_000, found),
    };
    const trouble = found === null ? 'it did not answer within 5 s' : null;
    world.metricEvidence = [{ name: 'orders', trouble, minutes: [...known, one] }];
  };
const run = (plan: PlanInput, share: (stage: number, minute: number) => number | null) => {
  const world = new MemoryWorld();
  world.metricBaseline = { orders: { usual: 0.03, worst: 0.025, perSecond: 100 } };
  return recordedRun(plan, traffic, withOrders(share), undefined, world);
};

describe('a metric whose query names no side', () => {
  const sideless = (query: string) => ({
    ...ORDERS,
    numerator: { source: 'provider' as const, provider: 'shop', query },
  });
  const refusedBy = async (type: 'prometheus' | 'http', query: string) => {
    const world = new MemoryWorld();
    const shop = { type, url: 'https://shop.example/', timeoutSeconds: 5 } as const;
    Object.assign(world, { deployment: { ...world.deployment, metricProviders: { shop } } });
    const refused = await begun(world, { ...PLAN, metrics: [sideless(query)] }).catch((error: unknown) => error);
    return refused instanceof Error ? refused.message : '';
  };

  it('is refused by preflight where its provider answers queries alone', async () => {
    expect(await refusedBy('prometheus', 'sum(increase(orders[1m]))')).toContain(
      'metrics.0.numerator: orders would read the same for both sides, and always pass',
    );
    expect(await refusedBy('prometheus', 'sum(increase(orders{side="{{side}}"}[1m]))')).toBe('');
  });

  it('is taken where its provider is told the side beside the query', async () => {
    expect(await refusedBy('http', 'orders')).toBe('');
  });
});

describe('a run with a metric of the user’s own', () => {
  it('is brought back by an order flow that broke behind healthy metrics, and the replay agrees word for word', async () => {
    const log = await run(PLAN, (_stage, minute) => (minute < 5 ? 0.03 : 0));
    const last = log.at(-1);
    expect(last).toMatchObject({
      phase: 'stage',
      stage: 0,
      message: expect.stringMatching(/^Candidate is worse in orders: \d\.\d\d % of \d+ against 3\.00 % /),
      data: expect.objectContaining({ decision: 'rollback' }),
    });
    expect(replayed(log).summary).toMatchObject({ differing: 0, changed: 0, incomplete: 0 });
  });

  it('goes through where nothing changes, and at 100 % by the baseline', async () => {
    const log = await run(PLAN, () => 0.03);
    expect(log.filter((e) => e.kind === 'observation').map((e) => e.stage)).toContain(1);
    const { summary } = replayed(log);
    expect(summary).toMatchObject({ differing: 0 });
    expect(summary.phases.map((p) => p.recorded?.decision)).toEqual(['advance', 'advance']);
  });

  it('holds while its source is silent, and goes back when that lasts to the end of the stage', async () => {
    const log = await run(PLAN, () => null);
    const messages = log.filter((e) => e.kind === 'observation').map((e) => e.message);
    expect(messages).toContainEqual('Metric orders holds: it did not answer within 5 s.');
    expect(messages.at(-1)).toMatch(/Undecided for the maximum of 60 min/);
    expect(log.every((e) => e.stage <= 0)).toBe(true);
    expect(replayed(log).summary).toMatchObject({ differing: 0 });
  });

  it('can be replayed under another margin, and one that was not read is named', async () => {
    const log = await run(PLAN, (stage) => (stage === 0 ? 0.021 : 0.03));
    expect(log.at(-1)?.data).toMatchObject({ decision: 'rollback' });
    const wide = replayed(log, { ...PLAN, metrics: [{ ...ORDERS, relativeMargin: 0.9 }] });
    expect(wide.summary.changed).toBeGreaterThan(0);
    const other = replayed(log, { ...PLAN, metrics: [{ ...ORDERS, name: 'carts' }] });
    expect(other.summary.limits).toContainEqual('metrics: the run did not read carts, so every stage holds for it.');
  });

  it('leaves the gate its rest of α', async () => {
    const thresholds = async (plan: PlanInput) => {
      const log = await run(plan, () => 0.03);
      const look = log.find((e) => e.kind === 'observation')?.data as {
        verdict: { metrics: { metric: string; threshold: number }[] };
      };
      return Object.fromEntries(look.verdict.metrics.map((m) => [m.metric, m.threshold]));
    };
    const [own, none] = [await thresholds(PLAN), await thresholds({ ...PLAN, metrics: [] })];
    expect(none).toEqual({ errors: expect.any(Number), slow: expect.any(Number) });
    // The metric takes 0.05 of α. The first stage gets half of each budget.
    expect((own.errors ?? 0) / (none.errors ?? 1)).toBeCloseTo(1 / 0.95, 6);
    expect(own.orders).toBeCloseTo(2 / (0.01 * 0.05), 6);
  });
});

describe('a plan’s own alarms', () => {
  const arn = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop:orders-red';

  it('roll back when one is in ALARM, though the deployment does not know it', async () => {
    const world = new MemoryWorld();
    world.alarmReadings.push({ name: 'shop:orders-red', state: 'OK', actionsEnabled: true, mutedBy: [] });
    const state = await atFirstStage(world, { alarms: [arn] });
    const look = async () => watch(world)(stateToJson(state));
    expect(await look()).toMatchObject({ next: 'hold' });
    world.alarmReadings = world.alarmReadings.map((a) => (a.name === 'shop:orders-red' ? { ...a, state: 'ALARM' } : a));
    expect(await look()).toMatchObject({ next: 'rollback', reason: 'Alarm shop:orders-red is in ALARM.' });
  });

  it('are refused by preflight when they do not exist or are not OK', async () => {
    await expect(begun(new MemoryWorld(), { alarms: [arn] })).rejects.toThrow(/alarm shop:orders-red does not exist/);
  });
});

describe('preflight and baseline', () => {
  it('name a provider and a service that the deployment does not have', async () => {
    const query = { source: 'provider', provider: 'prom', query: 'up' } as const;
    const world = new MemoryWorld();
    const metrics: PlanInput['metrics'] = [{ ...ORDERS, numerator: query }];
    await expect(begun(world, { metrics })).rejects.toThrow(
      /metrics\.0\.numerator \(orders\): the deployment has no provider "prom"; it has none/,
    );
  });

  it('refuse what the stable side has no data of', async () => {
    const world = new MemoryWorld();
    const state = await begun(world, { metrics: [ORDERS] });
    world.metricBaseline = { orders: 'its query returned nothing for the stable side in the look-back' };
    await expect(baseline(world)(stateToJson(state))).rejects.toThrow(
      /metrics\.0 \(orders\): its query returned nothing/,
    );
  });

  it('keep what was measured in the run’s state', async () => {
    const world = new MemoryWorld();
    const orders = { usual: 0.03, worst: 0.02, perSecond: 4 };
    world.metricBaseline = { orders };
    const json = await baseline(world)(stateToJson(await begun(world, { metrics: [ORDERS] })));
    expect(parseState(json).baseline?.metrics).toEqual({ orders });
    expect(json.reason).toMatch(/The 1 % stage is unlikely to reach a decision on metric orders within 3\.0 h/);
  });
});

describe('crossfade plan', () => {
  it('says what evidence a metric needs, and refuses a stage that cannot get it', () => {
    const at = (metric: object) =>
      project(parsePlan({ metrics: [{ ...ORDERS, usualShare: 0.03, ...metric }] as never }), {
        rps: 100,
        errorRate: 0.001,
        slowRate: 0.001,
      });
    const { rows, problems } = at({ relativeMargin: 0.05 });
    expect(rows.find((r) => r.name === 'stage 50 %')?.metrics).toMatchObject([{ name: 'orders' }]);
    expect(problems.map((p) => p.path)).toContain('metrics.0.requiredFrom');
    expect(problems.map((p) => p.message).join()).toMatch(/at 100 rps the 1 % stage needs \d.* to show orders/);
    expect(at({ relativeMargin: 0.3, requiredFrom: 50 }).problems).toEqual([]);
    expect(at({}).ownMetrics).toEqual([{ name: 'orders', alphaShare: 0.05, isSized: true }]);
    expect(at({ usualShare: undefined }).ownMetrics).toMatchObject([{ isSized: false }]);
  });
});
