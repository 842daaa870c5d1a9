/**
 * Runs against a real server, which `prometheus.sh` starts and passes on by its address. Without one, these tests are
 * skipped.
 */
import { describe, expect, it } from 'vitest';
import { opinionsOf } from '../../core/metrics/opinion.ts';
import { parsePlan } from '../../core/model/plan.ts';
import type { PlanMetric } from '../../core/model/plan-metrics.ts';
import { planMetrics } from '../../lambdas/providers/plan-metrics.ts';
import { prometheusSource } from '../../lambdas/providers/prometheus.ts';
import { noCredentials } from '../../lambdas/providers/secrets.ts';
import { DEPLOYMENT } from '../support/deployment.ts';

const { CROSSFADE_PROMETHEUS_URL: url, CROSSFADE_PROMETHEUS_FROM } = process.env;
const FROM = Number(CROSSFADE_PROMETHEUS_FROM);
const MINUTE = 60_000;

describe.skipIf(url === undefined)('metrics from a real Prometheus', () => {
  const source = prometheusSource({ url: url ?? '', timeoutSeconds: 5 }, noCredentials);
  const port = planMetrics({
    deployment: DEPLOYMENT,
    cloudWatch: { send: async () => Promise.reject(new Error('CloudWatch was asked')) } as never,
    providers: { prom: source },
  });
  const query = (text: string) => ({ source: 'provider', provider: 'prom', query: text });
  const orders = (numerator: string): PlanMetric => {
    const [metric] = parsePlan({
      metrics: [
        {
          name: 'orders',
          kind: 'count',
          numerator: query(numerator),
          denominator: query('sum(increase(checkouts_total{version="{{side}}"}[1m]))'),
          sides: { stable: 'node', candidate: 'go' },
          direction: 'lowerIsWorse',
          relativeMargin: 0.1,
          settleAfter: 'PT0S',
        },
      ] as never,
    }).metrics;
    if (metric === undefined) throw new Error('no metric');
    return metric;
  };
  const PLACED = orders('sum(increase(orders_total{version="{{side}}"}[1m]))');
  const minutes = (first: number, last: number) => ({ from: FROM + first * MINUTE, to: FROM + last * MINUTE });
  const trouble = async (numerator: string) => (await port.minutes([orders(numerator)], minutes(2, 10)))[0]?.trouble;

  it('have each minute’s counts at that minute', async () => {
    const [found] = await port.minutes([PLACED], minutes(2, 118));
    expect(found?.trouble).toBeNull();
    expect(found?.minutes).toHaveLength(116);
    for (const [i, { minute, stable, candidate }] of (found?.minutes ?? []).entries()) {
      expect(minute).toBe(FROM + (i + 2) * MINUTE);
      expect(stable?.n).toBeCloseTo(400, 6);
      expect(stable?.x).toBeCloseTo(240, 6);
      expect(candidate?.x).toBeCloseTo(i + 2 < 60 ? 240 : 0, 6);
    }
  });

  it('bring a candidate back whose orders fall to nothing, within minutes', async () => {
    const at = async (last: number) => {
      const range = minutes(2, last);
      const stretch = {
        since: range.from,
        now: range.to + MINUTE,
        percent: 50,
        silentMinutes: 0,
        alpha: 0.005,
        beta: 0.01,
      };
      const [opinion] = opinionsOf(await port.minutes([PLACED], range), {
        metrics: [PLACED],
        baseline: {},
        ...stretch,
      });
      return opinion;
    };
    expect(await at(60)).toMatchObject({ verdict: 'within margin', gap: null });
    expect(await at(63)).toMatchObject({ verdict: 'worse' });
  });

  it('have a baseline', async () => {
    const { orders: found } = await port.baseline([PLACED], minutes(2, 58));
    expect(found).toMatchObject({ usual: expect.closeTo(0.6, 6), worst: expect.closeTo(0.6, 6) });
  });

  it('that do not exist are no points, and no baseline', async () => {
    const nothing = orders('sum(increase(nothing_total[1m]))');
    expect((await port.minutes([nothing], minutes(2, 10)))[0]).toMatchObject({ trouble: null });
    expect((await port.baseline([nothing], minutes(2, 58))).orders).toMatch(/returned nothing/);
  });

  it('that are a quotient of nothing are no points', async () => {
    const [found] = await port.minutes([orders('sum(orders_total) * 0 / 0')], minutes(2, 10));
    expect(found?.trouble).toBeNull();
    expect(found?.minutes.every((m) => m.candidate === null)).toBe(true);
  });

  it.each([
    ['of several series', 'increase(checkouts_total[1m])', /2 series/],
    ['that are no PromQL', 'sum(increase(', /parse error/],
    ['that are infinite', 'sum(orders_total) / 0', /value \+Inf/],
    ['above their denominator', 'sum(increase(checkouts_total[1m])) * 3', /numerator .* exceeds its denominator/],
  ])('%s are in trouble', async (_what, numerator, problem) => {
    expect(await trouble(numerator)).toMatch(problem);
  });
});
