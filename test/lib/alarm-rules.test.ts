import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  type AlarmMinute,
  connectionErrorExcess,
  elbErrorExcess,
  errorExcess,
  mirrorErrorExcess,
} from '../../core/gate/alarm-rules.ts';
import { CutoverAlarms, type CutoverAlarmsProps } from '../../lib/alarms/cutover-alarms.ts';
import { compileMath } from '../../rehearsal/cloud/cloudwatch/metric-math.ts';
import { templatesOnly } from '../support/cdk-app.ts';

const queriesSchema = z.array(
  z.object({
    Id: z.string(),
    Expression: z.string().optional(),
    MetricStat: z
      .object({
        Metric: z.object({
          MetricName: z.string(),
          Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })),
        }),
      })
      .optional(),
  }),
);

const MIRROR = { forwardFullName: 'targetgroup/forward/1', reverseFullName: 'targetgroup/reverse/1' };

type Told = Pick<CutoverAlarmsProps, 'mirror' | 'failuresAtATime'>;

const template = (mirror: Told = {}) => {
  const stack = new Stack(templatesOnly(), 'S');
  new CutoverAlarms(stack, 'Alarms', {
    ingressId: 'shop',
    loadBalancerFullName: 'app/shop/1',
    stableFullName: 'targetgroup/node/1',
    candidateFullName: 'targetgroup/go/1',
    warmUpMinutes: 5,
    ...mirror,
  });
  return Template.fromStack(stack);
};

/** The alarm's expression as a function of one minute's counts. */
function deployedRule(name: string, of: Told = {}): (minute: AlarmMinute) => number | undefined {
  const [alarm] = Object.values(
    template(of).findResources('AWS::CloudWatch::Alarm', { Properties: { AlarmName: name } }),
  );
  const queries = queriesSchema.parse(alarm?.Properties.Metrics);
  expect(queries.length - 1, 'metrics that an alarm may read').toBeLessThanOrEqual(10);
  const expression = compileMath(queries.find((q) => q.Expression !== undefined)?.Expression ?? '');
  return (minute) => {
    const env = queries.flatMap(({ Id, MetricStat }) =>
      MetricStat === undefined ? [] : [[Id, countOf(minute, MetricStat.Metric)] as const],
    );
    return expression.at(Object.fromEntries(env));
  };
}

type MetricRef = NonNullable<z.infer<typeof queriesSchema>[number]['MetricStat']>['Metric'];

/** Returns a count as CloudWatch reports it: error counts are absent if they are zero. */
function countOf(minute: AlarmMinute, { MetricName, Dimensions }: MetricRef): number | undefined {
  const group = Dimensions.find((d) => d.Name === 'TargetGroup')?.Value;
  if (group === undefined) return MetricName === 'RequestCount' ? minute.requests : minute.elb5xx || undefined;
  if (group.includes('forward')) return undefined;
  if (group.includes('reverse')) return minute.mirrored || undefined;
  const side = group.includes('node') ? minute.stable : minute.candidate;
  switch (MetricName) {
    case 'RequestCount':
      return side.requests;
    case 'HTTPCode_Target_2XX_Count':
      return side.answered - side.target5xx || undefined;
    case 'HTTPCode_Target_3XX_Count':
    case 'HTTPCode_Target_4XX_Count':
      return undefined;
    case 'HTTPCode_Target_5XX_Count':
      return side.target5xx || undefined;
    default:
      return side.connectionErrors || undefined;
  }
}

const counts = fc
  .record({
    requests: fc.nat({ max: 200 }),
    target5xx: fc.nat({ max: 40 }),
    connectionErrors: fc.nat({ max: 40 }),
    otherAnswers: fc.nat({ max: 200 }),
  })
  .map(({ otherAnswers, ...side }) => ({ ...side, answered: side.target5xx + otherAnswers }));
const minutes: fc.Arbitrary<AlarmMinute> = fc
  .record({ stable: counts, candidate: counts, others: fc.nat({ max: 60 }), elb5xx: fc.nat({ max: 40 }) })
  .map(({ others, ...minute }) => ({
    ...minute,
    requests: minute.stable.requests + minute.candidate.requests + others,
  }));
const mirroredMinutes = fc
  .record({ minute: minutes, mirrored: fc.nat({ max: 200 }) })
  .map(({ minute, mirrored }) => ({ ...minute, mirrored, requests: minute.requests + mirrored }));

describe('the deployed alarms', () => {
  it.each([
    ['shop-candidate-5xx-ratio', errorExcess],
    ['shop-candidate-connection-errors', connectionErrorExcess],
    ['shop-elb-5xx', elbErrorExcess],
  ] as const)('%s computes what the domain says it does, of failures that come singly and by threes', (name, rule) => {
    const deployed = new Map(
      [1, 3].map((failuresAtATime) => [failuresAtATime, deployedRule(name, { failuresAtATime })]),
    );
    fc.assert(
      fc.property(minutes, fc.constantFrom(1, 3), (minute, burst) => {
        expect(deployed.get(burst)?.(minute)).toBeCloseTo(rule(minute, burst), 9);
      }),
      { numRuns: 500 },
    );
  });

  it('shop-elb-5xx takes what passes the mirror for the cutover’s own', () => {
    const deployed = deployedRule('shop-elb-5xx', { mirror: MIRROR });
    fc.assert(
      fc.property(mirroredMinutes, (minute) => {
        expect(deployed(minute)).toBeCloseTo(elbErrorExcess(minute), 9);
      }),
      { numRuns: 500 },
    );
    const side = { requests: 0, target5xx: 0, connectionErrors: 0, answered: 0 };
    const losing = { stable: side, candidate: { ...side, requests: 700, answered: 400 }, requests: 1_000, elb5xx: 300 };
    expect(elbErrorExcess({ ...losing, mirrored: 300 })).toBeGreaterThan(10);
    expect(elbErrorExcess(losing), 'requests of other services').toBe(0);
  });

  it('shop-mirror-5xx-ratio computes what the domain says it does, of whichever face is open', () => {
    const [alarm] = Object.values(
      template({ mirror: MIRROR }).findResources('AWS::CloudWatch::Alarm', {
        Properties: { AlarmName: 'shop-mirror-5xx-ratio' },
      }),
    );
    const queries = queriesSchema.parse(alarm?.Properties.Metrics);
    const read = queries.filter(({ MetricStat }) => MetricStat !== undefined);
    expect(read.length, 'metrics that an alarm may read').toBeLessThanOrEqual(10);
    const expression = compileMath(queries.find((q) => q.Expression !== undefined)?.Expression ?? '');
    const behind = { forward: 'node', reverse: 'go' } as const;
    fc.assert(
      fc.property(counts, counts, fc.constantFrom('forward', 'reverse'), (mirror, direct, face) => {
        const value = (metric: MetricRef) => {
          const group = metric.Dimensions.find((d) => d.Name === 'TargetGroup')?.Value ?? '';
          const side = group.includes(face) ? mirror : group.includes(behind[face]) ? direct : null;
          if (side === null) return undefined;
          const named = { RequestCount: side.requests, HTTPCode_Target_5XX_Count: side.target5xx };
          const count = { ...named, TargetConnectionErrorCount: side.connectionErrors }[metric.MetricName];
          return count === 0 ? undefined : count;
        };
        const env = read.flatMap(({ Id, MetricStat }) =>
          MetricStat === undefined ? [] : [[Id, value(MetricStat.Metric)] as const],
        );
        expect(expression.at(Object.fromEntries(env))).toBeCloseTo(mirrorErrorExcess({ mirror, direct }), 9);
      }),
      { numRuns: 500 },
    );
  });

  it('miss traffic only while a cutover runs', () => {
    const { Properties } = Object.values(template().findResources('AWS::CloudWatch::Alarm')).find(
      (a) => a.Properties.AlarmName === 'shop-no-traffic',
    ) ?? { Properties: {} };
    const queries = queriesSchema.parse(Properties.Metrics);
    const red = (running: number | undefined, requests: number | undefined) => {
      const values = Object.fromEntries(
        queries.flatMap(({ Id, MetricStat }) => {
          if (MetricStat === undefined) return [];
          return [[Id, MetricStat.Metric.MetricName === 'CutoverRunning' ? running : requests]];
        }),
      );
      const expression = queries.find(({ Expression }) => Expression !== undefined)?.Expression ?? '';
      return (compileMath(expression).at(values) ?? 0) >= Number(Properties.Threshold);
    };
    expect(red(1, undefined)).toBe(true);
    expect(red(1, 0)).toBe(true);
    expect(red(1, 1)).toBe(false);
    expect(red(0, undefined)).toBe(false);
    expect(red(undefined, undefined)).toBe(false);
  });

  it('wait for slowness until it has outlasted a warm-up', () => {
    const alarms = Object.values(template().findResources('AWS::CloudWatch::Alarm'));
    const slow = alarms.filter((a) => String(a.Properties.AlarmName).includes('latency'));
    expect(slow).toHaveLength(3);
    for (const { Properties } of slow) {
      expect(Properties.EvaluationPeriods).toBe(8);
      expect(Properties.DatapointsToAlarm).toBe(8);
    }
  });
});

describe('the alarms on what the mirror counts', () => {
  const alarms = template({ mirror: MIRROR }).findResources('AWS::CloudWatch::Alarm');
  /** Whether the alarm is red for a minute with these sums, by metric name or, for `MirrorDropped`, by reason. */
  const red = (name: string, sums: Readonly<Record<string, number>>) => {
    const { Properties } = Object.values(alarms).find((a) => a.Properties.AlarmName === `shop-${name}`) ?? {};
    const queries = queriesSchema.parse(Properties?.Metrics);
    const values = Object.fromEntries(
      queries.flatMap(({ Id, MetricStat }) => {
        if (MetricStat === undefined) return [];
        const { MetricName, Dimensions } = MetricStat.Metric;
        return [[Id, sums[Dimensions.find((d) => d.Name === 'Reason')?.Value ?? MetricName]]];
      }),
    );
    expect(Object.keys(values).length).toBeLessThanOrEqual(10);
    const at =
      compileMath(queries.find(({ Expression }) => Expression !== undefined)?.Expression ?? '').at(values) ?? 0;
    return at > Number(Properties?.Threshold) || (name === 'recorder-silent' && at >= 1);
  };

  it.each(['oversize', 'busy', 'breaker', 'error', 'recorder-busy', 'recorder-slow', 'recorder-down', 'queue', 'sink'])(
    'see captures that are lost by %s',
    (reason) => {
      expect(red('mirror-lost', { MirrorCaptured: 90, [reason]: 10 })).toBe(true);
      expect(red('mirror-lost', { MirrorCaptured: 990, [reason]: 10 })).toBe(false);
      expect(red('mirror-lost', { [reason]: 100 })).toBe(true);
    },
  );

  it.each([
    ['mirror-cut', 'MirrorCut', 'MirrorCaptured', 0.1],
    ['mirror-refused', 'refused', 'MirrorRequests', 0.05],
    ['mirror-primary-failed', 'MirrorPrimaryErrors', 'MirrorRequests', 0.01],
  ])('%s asks for a share, of enough of them', (name, part, whole, share) => {
    expect(red(name, { [whole]: 1_000, [part]: 1_000 * share + 1 })).toBe(true);
    expect(red(name, { [whole]: 1_000, [part]: 1_000 * share })).toBe(false);
    expect(red(name, { [whole]: 10, [part]: 10 })).toBe(false);
    expect(red(name, {})).toBe(false);
  });

  it('hear that nobody counts what passes the mirror', () => {
    expect(red('recorder-silent', { RequestCount: 5 })).toBe(true);
    expect(red('recorder-silent', { RequestCount: 5, MirrorRequests: 0 })).toBe(false);
    expect(red('recorder-silent', {})).toBe(false);
  });
});
