import type { RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { ScaledClock } from '../../../rehearsal/clock/clock.ts';
import { MetricStore } from '../../../rehearsal/cloud/cloudwatch/metric-store.ts';
import { startDataPlane } from '../../../rehearsal/dataplane/data-plane.ts';
import { groupFor, ruleFor, targetFor } from '../../../rehearsal/dataplane/routing.ts';
import { traceHeader } from '../../../rehearsal/dataplane/trace-header.ts';
import type { LoadBalancerModel, RuleModel, Target } from '../../../rehearsal/machine/world.ts';
import { HEALTH_CHECK } from '../../support/health-check.ts';
import { serve } from '../../support/http.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const s of stops.splice(0).reverse()) await s();
});

function model(groups: Readonly<Record<string, Target[]>>, rules: readonly RuleModel[]): LoadBalancerModel {
  return {
    arn: 'lb',
    fullName: 'app/lb/1',
    rules: new Map(rules.map((r) => [r.arn, r])),
    targetGroups: new Map(
      Object.entries(groups).map(([arn, targets]) => [
        arn,
        { arn, fullName: `targetgroup/${arn}/1`, healthCheck: HEALTH_CHECK, targets },
      ]),
    ),
  };
}

function rule(weights: Readonly<Record<string, number>>, rest: Partial<RuleModel> = {}): RuleModel {
  const groups = Object.entries(weights).map(([targetGroupArn, weight]) => ({ targetGroupArn, weight }));
  return {
    arn: 'r',
    priority: 10,
    conditions: {},
    forward: { groups, stickiness: { enabled: false, durationSeconds: 0 } },
    ...rest,
  };
}

const target = (url: string, health: Target['health'] = 'healthy'): Target => ({
  host: '127.0.0.1',
  port: Number(new URL(url).port),
  health,
});

async function plane(groups: Readonly<Record<string, Target[]>>, rules: readonly RuleModel[]) {
  const metrics = new MetricStore();
  const clock = new ScaledClock({ anchor: Date.now(), speed: 1 });
  const lb = model(groups, rules);
  const started = await startDataPlane({ model: lb, clock, metrics, sideOf: ({ arn }) => arn });
  stops.push(() => started.stop());
  const read = (name: string, group?: string) => {
    const dimensions = {
      LoadBalancer: 'app/lb/1',
      ...(group === undefined ? {} : { TargetGroup: `targetgroup/${group}/1` }),
    };
    const minute = Math.floor(clock.now() / 60_000) * 60_000;
    return metrics.read({ namespace: 'AWS/ApplicationELB', name, dimensions }, 'Sum', minute - 60_000, 120_000);
  };
  return { url: started.url, lb, read };
}

async function backend(listener: RequestListener): Promise<string> {
  const server = await serve(listener);
  stops.push(server.stop);
  return server.url;
}

describe('the data plane', () => {
  it('shifts between groups while requests run, and loses none', async () => {
    const [a, b] = [await backend((_req, res) => res.end('a')), await backend((_req, res) => res.end('b'))];
    const weighted = rule({ a: 100, b: 0 });
    const { url, read } = await plane({ a: [target(a)], b: [target(b)] }, [weighted]);
    const answers: string[] = [];
    for (let i = 0; i < 200; i++) {
      if (i === 100) weighted.forward = rule({ a: 0, b: 100 }).forward;
      answers.push(await (await request(url)).body.text());
    }
    expect(answers.join('')).toBe('a'.repeat(100) + 'b'.repeat(100));
    expect([read('RequestCount', 'a'), read('RequestCount', 'b'), read('RequestCount')]).toEqual([100, 100, 200]);
    expect(read('HTTPCode_Target_5XX_Count', 'a')).toBeUndefined();
  });

  it('answers 502 for a target that refuses, and counts it without a group, as ALB does', async () => {
    const gone = createServer();
    await new Promise<void>((done) => gone.listen(0, '127.0.0.1', done));
    const address = gone.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    await new Promise((done) => gone.close(done));
    const { url, read } = await plane({ a: [{ host: '127.0.0.1', port, health: 'healthy' }] }, [rule({ a: 1 })]);
    const response = await request(url);
    await response.body.dump();
    expect(response.statusCode).toBe(502);
    expect([
      read('HTTPCode_ELB_5XX_Count'),
      read('HTTPCode_ELB_5XX_Count', 'a'),
      read('TargetConnectionErrorCount', 'a'),
      read('HTTPCode_Target_5XX_Count', 'a'),
    ]).toEqual([1, undefined, 1, undefined]);
  });

  it('answers 503 when a group has no target, and does not fail over to another', async () => {
    const { url, lb } = await plane({ a: [], b: [] }, [rule({ a: 1, b: 0 })]);
    lb.targetGroups.get('b')?.targets.push(target(await backend((_req, res) => res.end())));
    const response = await request(url);
    await response.body.dump();
    expect(response.statusCode).toBe(503);
  });

  it('adds the headers that ALB adds', async () => {
    const echo = await backend((req, res) => res.end(JSON.stringify(req.headers)));
    const { url } = await plane({ a: [target(echo)] }, [rule({ a: 1 })]);
    const seen: unknown = await (
      await request(url, { headers: { 'X-Forwarded-For': '203.0.113.9', connection: 'close' } })
    ).body.json();
    expect(seen).toMatchObject({
      'x-forwarded-for': '203.0.113.9, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]+-[0-9a-f]{24}$/),
    });
  });
});

it('tells customers which side answered, whatever a service says of itself', async () => {
  const own = await backend((_req, res) => res.setHeader('X-Served-By', 'cache-7').end());
  const { url } = await plane({ a: [target(own)] }, [rule({ a: 1 })]);
  const { headers, body } = await request(url);
  await body.dump();
  expect(headers['x-served-by']).toBe('a');
});

describe('the choice', () => {
  const head = (method: string, url: string, headers: Record<string, string> = {}) => ({ method, url, headers });
  const group = (arn: string, targets: Target[] = []) => model({ [arn]: targets }, []).targetGroups.get(arn);

  it('follows priority, method and path', () => {
    const safe = rule({ a: 1 }, { arn: 'safe', conditions: { methods: ['GET'], paths: ['/api/*'] } });
    const rest = rule({ a: 1 }, { arn: 'rest', priority: 20, conditions: {} });
    const lb = model({ a: [] }, [rest, safe]);
    expect([
      ruleFor(lb, head('GET', '/api/x'))?.arn,
      ruleFor(lb, head('POST', '/api/x'))?.arn,
      ruleFor(lb, head('GET', '/other'))?.arn,
    ]).toEqual(['safe', 'rest', 'rest']);
  });

  it.each([
    ['a host', { hosts: ['*.example.com'] }, head('GET', '/', { host: 'Shop.Example.com:80' }), head('GET', '/')],
    [
      'a header',
      { headers: [{ name: 'X-Beta', values: ['on', 'yes'] }] },
      head('GET', '/', { 'x-beta': 'yes' }),
      head('GET', '/', { 'x-beta': 'no' }),
    ],
    ['a query', { queries: [[{ key: 'v', value: '2?' }]] }, head('GET', '/?a=1&v=21'), head('GET', '/?v=2')],
  ])('follows %s', (_what, conditions, taken, left) => {
    const lb = model({ a: [] }, [
      rule({ a: 1 }, { arn: 'ours', conditions }),
      rule({ a: 1 }, { arn: 'rest', priority: 20, conditions: {} }),
    ]);
    expect([ruleFor(lb, taken)?.arn, ruleFor(lb, left)?.arn]).toEqual(['ours', 'rest']);
  });

  it('lets a cookie beat the weight, even weight 0, while stickiness is on', () => {
    const sticky = rule({ a: 100, b: 0 });
    const lb = model({ a: [], b: [] }, [sticky]);
    expect(groupFor(lb, sticky, 'b', 0)?.arn).toBe('a');
    sticky.forward = { ...sticky.forward, stickiness: { enabled: true, durationSeconds: 60 } };
    expect(groupFor(lb, sticky, 'b', 0)?.arn).toBe('b');
    expect(groupFor(lb, sticky, undefined, 0.99)?.arn).toBe('a');
  });

  it('prefers healthy targets, and fails open to all when none is', () => {
    const [up, down] = [target('http://x:1'), target('http://x:2', 'unhealthy')];
    const some = group('a', [down, up]);
    if (some === undefined) throw new Error('a group was expected');
    expect([0, 1, 2].map((turn) => targetFor(some, turn))).toEqual([up, up, up]);
    up.health = 'unhealthy';
    expect(new Set([0, 1].map((turn) => targetFor(some, turn)))).toEqual(new Set([up, down]));
  });

  it('mints and extends the trace header', () => {
    expect(traceHeader(undefined, 0)).toMatch(/^Root=1-0-/);
    expect(traceHeader('Root=1-a-b', 0)).toMatch(/^Self=1-0-[0-9a-f]{24};Root=1-a-b$/);
  });
});
