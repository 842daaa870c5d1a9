import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../core/model/index.ts';
import { rehearsable } from '../../rehearsal/scenario/index.ts';

const DIMENSIONS = { Version: '{{side}}' };
const guard = (name: string, value: unknown) => ({ name, kind: 'guard', value, limit: 1 });
const PLAN = parsePlan({
  metrics: [
    guard('orders', { source: 'cloudwatch', namespace: 'Shop', metric: 'Orders', dimensions: DIMENSIONS }),
    guard('answers', { source: 'cloudwatch', namespace: 'AWS/ApplicationELB', metric: 'RequestCount' }),
    guard('sum', {
      source: 'math',
      expression: 'a + b',
      using: {
        a: { namespace: 'AWS/ECS', metric: 'CPUUtilization' },
        b: { namespace: 'Shop', metric: 'Orders', dimensions: DIMENSIONS },
      },
    }),
    guard('queue', { source: 'provider', provider: 'prometheus', query: 'queue_age' }),
    guard('cpu', { source: 'ecs', usage: 'cpu' }),
    {
      name: 'not-found',
      kind: 'count',
      numerator: { source: 'alb', count: '4xx' },
      direction: 'higherIsWorse',
      margin: 0.01,
    },
    {
      name: 'baskets',
      kind: 'count',
      numerator: { source: 'alb', count: '2xx' },
      denominator: { source: 'provider', provider: 'desk', query: 'baskets' },
      direction: 'lowerIsWorse',
      margin: 0.01,
    },
  ],
  alarms: ['arn:aws:cloudwatch:eu-west-1:123456789012:alarm:payments: down'],
  hooks: [{ name: 'incidents', when: 'before', provider: 'desk', otherwise: 'hold' }],
});

describe('a plan is rehearsed without what exists in an account alone', () => {
  it('which is told by name', () => {
    const { plan, leftOut } = rehearsable(PLAN, false);
    expect(plan.metrics.map(({ name }) => name)).toEqual(['answers', 'cpu', 'not-found']);
    expect(plan).toMatchObject({ alarms: [], hooks: [], gate: PLAN.gate, stages: PLAN.stages });
    expect(leftOut).toEqual([
      'metric orders',
      'metric sum',
      'metric queue',
      'metric baskets',
      'alarm payments: down',
      'hook incidents',
    ]);
  });

  it('and, of services of the operator, without their use of processor and memory', () => {
    expect(rehearsable(PLAN, true).leftOut).toContain('metric cpu');
  });

  it('whole, where there is nothing of the kind', () => {
    const plain = parsePlan({});
    expect(rehearsable(plain, false)).toEqual({ plan: plain, leftOut: [] });
  });
});
