import { Stack } from 'aws-cdk-lib';
import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { describe, expect, it } from 'vitest';
import { type PlanInput, parsePlan } from '../../core/model/plan.ts';
import { metricWidget } from '../../lib/alarms/metric-widget.ts';

const PLACES = {
  loadBalancer: { fullName: 'app/shop/1' },
  targetGroups: { stable: { fullName: 'targetgroup/s/1' }, candidate: { fullName: 'targetgroup/c/1' } },
};

/** Returns the widget of a plan's metric as it appears in the dashboard's body. */
function widgetOf(metric: NonNullable<PlanInput['metrics']>[number]) {
  const [parsed] = parsePlan({ metrics: [metric] }).metrics;
  if (parsed === undefined) throw new RangeError('the plan has one metric');
  const stack = new Stack();
  new Dashboard(stack, 'Board', { widgets: [[metricWidget(parsed, PLACES)]] });
  const [widget] = stack.resolve(metricWidget(parsed, PLACES).toJson());
  return widget.properties;
}

/**
 * Returns the lines that are drawn, each with its expression, and the metrics that the expressions read, with their
 * ids.
 */
function drawnBy({ metrics }: { metrics: unknown[][] }) {
  const options = metrics.map((entry) => entry.at(-1) as Record<string, unknown>);
  const lines = options.flatMap(({ expression, label }) => (expression === undefined ? [] : [[label, expression]]));
  const read = metrics.flatMap((entry, i) =>
    entry.length === 1 ? [] : [[options[i]?.id, entry.slice(0, -1).join(' '), options[i]?.stat ?? 'Average']],
  );
  return { lines: Object.fromEntries(lines), read };
}

describe('a metric of the plan on the dashboard', () => {
  it('is the share of each side by the minute, and the share that the candidate may have', () => {
    const widget = widgetOf({
      name: 'orders',
      kind: 'count',
      numerator: { source: 'cloudwatch', namespace: 'Shop', metric: 'Placed', dimensions: { Version: '{{side}}' } },
      denominator: { source: 'cloudwatch', namespace: 'Shop', metric: 'Begun', dimensions: { Version: '{{side}}' } },
      sides: { stable: 'node', candidate: 'go' },
      direction: 'lowerIsWorse',
      relativeMargin: 0.05,
    });
    expect(widget.title).toBe('orders: %, worse 5 % below stable');
    expect(drawnBy(widget)).toEqual({
      lines: {
        stable: '100 * stable_numerator / stable_denominator',
        candidate: '100 * candidate_numerator / candidate_denominator',
        'limit of the candidate': '(100 * stable_numerator / stable_denominator) * (1 - 0.05)',
      },
      read: [
        ['stable_numerator', 'Shop Placed Version node', 'Sum'],
        ['stable_denominator', 'Shop Begun Version node', 'Sum'],
        ['candidate_numerator', 'Shop Placed Version go', 'Sum'],
        ['candidate_denominator', 'Shop Begun Version go', 'Sum'],
      ],
    });
  });

  it('counts an absent point of the load balancer’s errors as none', () => {
    const numerator = { source: 'alb', count: '4xx' } as const;
    const { lines } = drawnBy(
      widgetOf({ name: 'not-found', kind: 'count', numerator, direction: 'higherIsWorse', margin: 0.01 }),
    );
    expect(lines).toMatchObject({
      stable: '100 * FILL(stable_numerator, 0) / stable_denominator',
      'limit of the candidate': '100 * FILL(stable_numerator, 0) / stable_denominator + 1',
    });
  });

  it('keeps the sides’ metric math apart', () => {
    const series = (metric: string) => ({ namespace: 'Shop', metric, dimensions: { Version: '{{side}}' } });
    const using = { a: series('Placed'), ab: series('Resumed') };
    const value = { source: 'math', expression: 'MAX([FILL(a, 0), ab]) / 2', using } as const;
    const widget = widgetOf({ name: 'queue-age', kind: 'value', value, direction: 'higherIsWorse', tolerance: 3 });
    expect(widget.title).toBe('queue-age: worse 3 above stable');
    expect(drawnBy(widget).lines).toEqual({
      stable: '(MAX([FILL(stable_value_a, 0), stable_value_ab]) / 2)',
      candidate: '(MAX([FILL(candidate_value_a, 0), candidate_value_ab]) / 2)',
      'limit of the candidate': '(MAX([FILL(stable_value_a, 0), stable_value_ab]) / 2) + 3',
    });
  });

  it('draws a guard’s candidate below its limit', () => {
    const value = { source: 'cloudwatch', namespace: 'Shop', metric: 'InFlight', stat: 'Maximum' } as const;
    const widget = widgetOf({ name: 'in-flight', kind: 'guard', value, limit: 80 });
    expect(widget.title).toBe('in-flight: worse above 80');
    expect(widget.annotations.horizontal).toMatchObject([{ value: 80, label: 'limit' }]);
    expect(drawnBy(widget).lines).toEqual({ candidate: 'candidate_value' });
  });

  it.each([
    ['a provider', { source: 'provider', provider: 'prom', query: 'x' }, 'it is read from the provider prom'],
    ['a service where none is known', { source: 'ecs', usage: 'cpu' }, 'the deployment names none'],
    [
      'a place that the deployment cannot fill',
      { source: 'cloudwatch', namespace: 'S', metric: 'M', dimensions: { C: '{{cluster}}' } },
      'its query names {{cluster}}',
    ],
    [
      'math over all metrics that are read',
      { source: 'math', expression: 'SUM(METRICS())', using: { a: { namespace: 'S', metric: 'M' } } },
      'names all metrics',
    ],
  ] as const)('says why it does not draw %s', (_what, value, reason) => {
    const { markdown } = widgetOf({ name: 'queue-age', kind: 'guard', value, limit: 1 });
    expect(markdown).toContain('**queue-age** is not drawn here');
    expect(markdown).toContain(reason);
    expect(markdown).toContain('Latest evaluations');
  });
});
