import type { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { SourceError } from '../../../core/metrics/query-text.ts';
import { parsePlan } from '../../../core/model/plan.ts';
import type { PlanMetric } from '../../../core/model/plan-metrics.ts';
import { planMetrics } from '../../../lambdas/providers/plan-metrics.ts';
import type { PointSource } from '../../../lambdas/providers/source.ts';
import { awsClient } from '../../support/aws-client.ts';
import { DEPLOYMENT } from '../../support/deployment.ts';

const MINUTE = 60_000;
const FROM = Date.UTC(2026, 10, 24, 8);
/** Ten minutes, of which the newest two have not settled. */
const RANGE = { from: FROM, to: FROM + 10 * MINUTE };
const WHOLE = Array.from({ length: 8 }, (_, i) => FROM + i * MINUTE);

const metricsOf = (...metrics: object[]): readonly PlanMetric[] => parsePlan({ metrics: metrics as never }).metrics;
const byProvider = (query: string) => ({ source: 'provider', provider: 'shop', query });
const [ORDERS] = metricsOf({
  name: 'orders',
  kind: 'count',
  numerator: byProvider('placed {{side}}'),
  denominator: byProvider('begun {{side}}'),
  sides: { stable: 'node', candidate: 'go' },
  direction: 'lowerIsWorse',
  margin: 0.01,
}) as [PlanMetric];

/** A CloudWatch that answers by query, and records what it was asked. */
function cloudWatch(answer: (query: object) => number | null | Error) {
  const asked: GetMetricDataCommand['input'][] = [];
  const client = awsClient<CloudWatchClient>(async ({ input }: GetMetricDataCommand) => {
    asked.push(input);
    return {
      MetricDataResults: (input.MetricDataQueries ?? [])
        .filter((q) => q.ReturnData !== false)
        .map((q) => {
          const value = answer(q);
          if (value instanceof Error) throw value;
          const Timestamps = value === null ? [] : WHOLE.map((at) => new Date(at));
          return { Id: q.Id, StatusCode: 'Complete', Timestamps, Values: Timestamps.map(() => value) };
        }),
    };
  });
  return { client, asked };
}

const always =
  (value: (query: string) => number): PointSource =>
  async (query) =>
    new Map(WHOLE.map((at) => [at, value(query)]));

function reading(shop: PointSource, client = cloudWatch(() => null).client) {
  return planMetrics({ deployment: DEPLOYMENT, cloudWatch: client, providers: { shop } });
}

describe('metrics of the user’s own', () => {
  it('come for both sides and whole minutes that have settled, each side by its own name', async () => {
    const seen: string[] = [];
    const source: PointSource = async (query, range, { metric, side, part }) => {
      seen.push(`${metric} ${side} ${part}: ${query}`);
      expect(range).toEqual({ from: FROM, to: FROM + 8 * MINUTE });
      return new Map(WHOLE.map((at) => [at, part === 'numerator' ? 3 : 100]));
    };
    const [orders] = await reading(source).minutes([ORDERS], RANGE);
    expect(orders?.trouble).toBeNull();
    expect(orders?.minutes).toEqual(
      WHOLE.map((minute) => ({ minute, stable: { n: 100, x: 3 }, candidate: { n: 100, x: 3 } })),
    );
    expect(seen.sort()).toEqual([
      'orders candidate denominator: begun go',
      'orders candidate numerator: placed go',
      'orders stable denominator: begun node',
      'orders stable numerator: placed node',
    ]);
  });

  it('of CloudWatch are asked by namespace, dimensions and statistic, with the deployment’s names filled in', async () => {
    const { client, asked } = cloudWatch(() => 5);
    const [count, math, guard] = metricsOf(
      {
        name: 'carts',
        kind: 'count',
        numerator: {
          source: 'cloudwatch',
          namespace: 'Shop',
          metric: 'Carts',
          dimensions: { Group: '{{targetGroup}}', Side: '{{side}}' },
        },
        direction: 'lowerIsWorse',
        margin: 0.1,
      },
      {
        name: 'age',
        kind: 'value',
        value: {
          source: 'math',
          expression: 'MAX([a, b])',
          using: { a: { namespace: 'Q', metric: 'A', stat: 'Maximum' }, b: { namespace: 'Q', metric: 'B' } },
        },
        direction: 'higherIsWorse',
        tolerance: 5,
      },
      { name: 'cpu', kind: 'guard', value: { source: 'ecs', usage: 'cpu' }, limit: 80 },
    ) as [PlanMetric, PlanMetric, PlanMetric];
    const found = await reading(
      always(() => 0),
      client,
    ).minutes([count, math, guard], RANGE);
    expect(found.map((m) => [m.name, m.trouble, m.minutes.length])).toEqual([
      ['carts', null, 8],
      ['age', null, 8],
      ['cpu', null, 8],
    ]);
    const queries = asked.flatMap((input) => input.MetricDataQueries ?? []);
    expect(queries).toContainEqual({
      Id: 'result',
      MetricStat: {
        Metric: {
          Namespace: 'Shop',
          MetricName: 'Carts',
          Dimensions: [
            { Name: 'Group', Value: 'targetgroup/candidate/1' },
            { Name: 'Side', Value: 'candidate' },
          ],
        },
        Period: 60,
        Stat: 'Sum',
      },
    });
    expect(queries).toContainEqual({ Id: 'result', Expression: 'MAX([a, b])', Period: 60 });
    // A guard does not read the stable side.
    expect(found[2]?.minutes[0]).toMatchObject({ stable: null, candidate: { n: 1, x: 5 } });
  });

  it.each([
    ['that fails', async () => Promise.reject(new SourceError('it answered with status 503')), /status 503/],
    ['that is not deployed', undefined, /no provider shop/],
  ] as const)('from a source %s have a trouble and no minutes; the others go on', async (_what, source, problem) => {
    const providers = source === undefined ? {} : { shop: source as PointSource };
    const port = planMetrics({ deployment: DEPLOYMENT, cloudWatch: cloudWatch(() => 7).client, providers });
    const [cpu] = metricsOf({ name: 'cpu', kind: 'guard', value: { source: 'ecs', usage: 'cpu' }, limit: 80 });
    const found = await port.minutes([ORDERS, cpu as PlanMetric], RANGE);
    expect(found).toMatchObject([
      { name: 'orders', trouble: expect.stringMatching(problem), minutes: [] },
      { name: 'cpu', trouble: null },
    ]);
  });

  it('whose numerator exceeds its denominator are not believed', async () => {
    const source = always((query) => (query.startsWith('placed') ? 12 : 5));
    const [orders] = await reading(source).minutes([ORDERS], RANGE);
    expect(orders?.trouble).toMatch(/numerator \(12\) exceeds its denominator \(5\) at 2026-11-24T08:0/);
    expect(orders?.minutes.every((m) => m.candidate === null)).toBe(true);
  });

  it('whose figures are beyond everything that a minute holds are not believed', async () => {
    const [orders] = await reading(always((query) => (query.startsWith('placed') ? 1 : 1e300))).minutes(
      [ORDERS],
      RANGE,
    );
    expect(orders).toMatchObject({ trouble: 'its answer has 1e+300 at 2026-11-24T08:00:00.000Z', minutes: [] });
  });

  it('whose numerator exceeds it by a rounding are one', async () => {
    const source = always((query) => (query.startsWith('placed') ? 100.6 : 100));
    const [orders] = await reading(source).minutes([ORDERS], RANGE);
    expect(orders).toMatchObject({ trouble: null, minutes: expect.arrayContaining([]) });
    expect(orders?.minutes[0]?.candidate).toEqual({ n: 100, x: 100 });
  });

  it('without a numerator are unknown, or zero where the plan or AWS says so', async () => {
    const empty: PointSource = async (query) => new Map(query.startsWith('placed') ? [] : WHOLE.map((at) => [at, 9]));
    const [unknown] = await reading(empty).minutes([ORDERS], RANGE);
    expect(unknown?.minutes[0]?.candidate).toBeNull();
    const [zero] = await reading(empty).minutes([{ ...ORDERS, absent: 'zero' } as PlanMetric], RANGE);
    expect(zero?.minutes[0]?.candidate).toEqual({ n: 9, x: 0 });
    const [missing] = metricsOf({
      name: 'not-found',
      kind: 'count',
      numerator: { source: 'alb', count: '4xx' },
      direction: 'higherIsWorse',
      margin: 0.01,
    });
    const { client } = cloudWatch((q) => (JSON.stringify(q).includes('4XX') ? null : 9));
    const [found] = await reading(empty, client).minutes([missing as PlanMetric], RANGE);
    expect(found?.minutes[0]?.candidate).toEqual({ n: 9, x: 0 });
  });
});

describe('the baseline of metrics of the user’s own', () => {
  it('has the usual share, the worst that its minutes reach and the rate of the denominators', async () => {
    const day = { from: FROM - 3 * 60 * MINUTE, to: FROM + 2 * MINUTE };
    const source: PointSource = async (query, { from, to }) => {
      const points = new Map<number, number>();
      for (let at = from; at < to; at += MINUTE) {
        const bad = at >= FROM - 60 * MINUTE;
        points.set(at, query.startsWith('begun') ? 100 : bad ? 1 : 4);
      }
      return points;
    };
    const { orders } = await reading(source).baseline([ORDERS], day);
    expect(orders).toMatchObject({
      usual: expect.closeTo(0.03, 3),
      worst: expect.closeTo(0.01, 3),
      perSecond: 100 / 60,
    });
  });

  it.each([
    ['no points', async () => new Map(), /returned nothing/],
    ['denominators of zero', always(() => 0), /denominator was zero/],
  ] as const)('with %s is a sentence that refuses', async (_what, source, problem) => {
    expect((await reading(source as PointSource).baseline([ORDERS], RANGE)).orders).toMatch(problem);
  });
});
