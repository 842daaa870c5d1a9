import { readFileSync } from 'node:fs';
import aslValidator from 'asl-validator';
import { StateMachine } from 'aws-local-stepfunctions';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parsePlan } from '../../core/model/plan.ts';
import { TASK_ALLOWANCE_SECONDS } from '../../core/phases/reducer.ts';
import { HISTORY_BUDGET, project } from '../../core/phases/timeline.ts';
import { alarmPropertiesSchema } from '../../rehearsal/cloud/cloudwatch/alarms.ts';
import { type Definition, definitionSchema } from '../../rehearsal/cloud/states/definition.ts';
import type { Assembly, Resource } from '../../rehearsal/cloud/template/assembly.ts';
import { Names } from '../../rehearsal/cloud/template/names.ts';
import { retrierSchema } from '../../rehearsal/simulation/definition.ts';
import { secondsBefore } from '../../rehearsal/simulation/interpreter.ts';
import { sharedAssembly } from '../support/assembly.ts';
import { present } from '../support/present.ts';

let assembly: Assembly;
let names: Names;
const of = (type: string): Resource[] => assembly.resources.filter((r) => r.type === type);
const properties = (type: string) => present(of(type)).map((r) => names.properties(r));
const definitionOf = (machine: string): unknown =>
  JSON.parse(
    String(
      properties('AWS::StepFunctions::StateMachine').find((p) => p.StateMachineName === machine)?.DefinitionString,
    ),
  );

beforeAll(async () => {
  assembly = await sharedAssembly();
  names = new Names(assembly);
});

describe('the synthesised state machine', () => {
  let definition: Definition;
  beforeAll(() => {
    definition = definitionSchema.parse(definitionOf('gateway-cutover'));
  });
  const ofType = (type: string) => present(Object.entries(definition.States).filter(([, s]) => s.Type === type));

  it('is valid by asl-validator', () => {
    expect(aslValidator(JSON.parse(JSON.stringify(definition)))).toMatchObject({ isValid: true });
  });

  it('has a named state for each phase', () => {
    const phases = [
      'Preflight',
      'Baseline',
      'Pin capacity',
      'Open shadow',
      'Watch shadow',
      'Start exercise',
      'Watch exercise',
      'Await shadow sign-off',
      'Shift',
      'Watch stage',
      'Begin soak',
      'Watch soak',
      'Await final sign-off',
      'Decommission',
      'Retain',
      'Close shadow',
      'Complete',
      'Rollback',
      'Verify rollback',
      'Rolled back',
    ];
    expect(Object.keys(definition.States)).toEqual(expect.arrayContaining(phases));
  });

  it('holds while an API fails, for minutes, but never until the watchdog calls the run silent', () => {
    const seconds = (retrier: z.infer<typeof retrierSchema>) =>
      Array.from({ length: retrier.MaxAttempts }, (_, i) => secondsBefore(retrier, i)).reduce((sum, s) => sum + s, 0);
    const held = ofType('Task').flatMap(([name, state]) => {
      const { Retry } = z.looseObject({ Retry: z.array(retrierSchema) }).parse(state);
      return Retry.filter((r) => r.ErrorEquals.includes('Crossfade.Transient')).map((r) => [name, seconds(r)] as const);
    });
    expect(held).not.toEqual([]);
    for (const [name, longest] of held) {
      expect(longest, name).toBeLessThan(TASK_ALLOWANCE_SECONDS - 60);
      // Nothing is changed before Preflight has ended, so its refusal should come early.
      if (name !== 'Preflight') expect(longest, name).toBeGreaterThan(300);
    }
  });

  it('retries what is transient and catches everything, in every task', () => {
    for (const [name, state] of ofType('Task')) {
      const { Retry, Catch } = z
        .looseObject({
          Retry: z.array(z.looseObject({ ErrorEquals: z.array(z.string()) })),
          Catch: z.array(z.looseObject({ ErrorEquals: z.array(z.string()), Next: z.string() })),
        })
        .parse(state);
      const retried = Retry.flatMap((r) => r.ErrorEquals);
      expect(retried.includes('Crossfade.Transient') || retried.includes('States.ALL'), name).toBe(true);
      expect(
        Catch.flatMap((c) => c.ErrorEquals),
        name,
      ).toContain('States.ALL');
      const expected =
        name === 'Preflight'
          ? 'Refused'
          : name === 'Rollback' || name === 'Verify rollback'
            ? 'Rollback failed'
            : 'Rollback';
      expect(Catch[0]?.Next, name).toBe(expected);
    }
  });

  it('goes to rollback for any verdict that it does not know', () => {
    for (const [name, state] of ofType('Choice')) {
      expect(state.Default, name).toBe(name === 'Rollback verdict' ? 'Rollback interval' : 'Rollback');
    }
  });

  it('calls published versions only', () => {
    const versions = of('AWS::Lambda::Version').map((r) => names.arnOf(r));
    for (const [name, state] of ofType('Task')) {
      const called = z
        .looseObject({ Resource: z.string(), Parameters: z.looseObject({ FunctionName: z.string() }).optional() })
        .parse(state);
      expect(versions, name).toContain(called.Parameters?.FunctionName ?? called.Resource);
    }
  });

  it('costs no more history than a loop of the planner counts', () => {
    // Wait, task and choice are each entered and exited, and the Lambda adds three events.
    const projection = project(parsePlan({}), { rps: 100, errorRate: 0.001, slowRate: 0.001 });
    expect(projection.problems).toEqual([]);
    expect(projection.historyEvents).toBeLessThanOrEqual(HISTORY_BUDGET);
  });
});

describe('the synthesised backfill', () => {
  const backfill = () => backfillSchema.parse(definitionOf('gateway-parity-backfill'));

  it('is valid by asl-validator', () => {
    expect(aslValidator(JSON.parse(JSON.stringify(definitionOf('gateway-parity-backfill'))))).toMatchObject({
      isValid: true,
    });
  });

  it('lists the prefix of its input within the bucket of the pairs, and writes its results beside them', () => {
    const { Objects } = backfill().States;
    const { Bucket } = Objects.ItemReader.Parameters;
    expect(Bucket).toMatch(/Pairs|pairs/);
    expect(Objects).toMatchObject({
      ItemReader: { Parameters: { 'Prefix.$': '$.prefix' } },
      ItemSelector: { bucket: Bucket },
      ResultWriter: { Parameters: { Bucket, Prefix: 'backfills' } },
    });
  });

  it('is bounded, and fails rather than leave an object out', () => {
    expect(backfill().States.Objects).toMatchObject({ MaxConcurrency: 5, ToleratedFailurePercentage: 0 });
  });

  it('calls a published version, whose time-out an Express execution outlives, and retries what is transient', () => {
    const { Compare } = backfill().States.Objects.ItemProcessor.States;
    const version = of('AWS::Lambda::Version').find((r) => names.arnOf(r) === Compare.Resource);
    expect(version).toBeDefined();
    expect(Compare.Retry.flatMap((r) => r.ErrorEquals)).toContain('Crossfade.Transient');
    const fn = properties('AWS::Lambda::Function').find((p) => String(p.Description).includes('kept captures anew'));
    expect(fn?.Timeout).toBeLessThan(300);
  });

  it.each([
    ['everything without an input', {}, 'pairs/2026/11/19/23/a.gz', { compared: 'pairs/2026/11/19/23/a.gz' }],
    [
      'what was written since',
      { from: 'pairs/2026/11/20' },
      'pairs/2026/11/20/00/a.gz',
      { compared: 'pairs/2026/11/20/00/a.gz' },
    ],
    [
      'nothing from before',
      { from: 'pairs/2026/11/20' },
      'pairs/2026/11/19/23/a.gz',
      { key: 'pairs/2026/11/19/23/a.gz', passedOver: true },
    ],
  ])('compares %s', async (_what, input, key, result) => {
    const { States, ...rest } = backfill();
    const { Objects, ...before } = States;
    const given = await interpreted({ ...rest, States: { ...before, Objects: { Type: 'Succeed' } } }, input);
    expect(given).toMatchObject({ prefix: 'pairs/', from: 'pairs/', ...input });
    const { from } = z.looseObject({ from: z.string() }).parse(given);
    const { ProcessorConfig: _, ...child } = Objects.ItemProcessor;
    expect(await interpreted(child, { bucket: 'b', key, from })).toEqual(result);
  });

  it('may list pairs, write results and run itself, and its function may read pairs', () => {
    const granted = properties('AWS::IAM::Policy')
      .filter((p) => String(p.PolicyName).includes('Backfill'))
      .flatMap((p) => statements(p));
    const by = (action: string) => granted.filter((s) => s.Action.includes(action)).flatMap((s) => s.Resource);
    expect(
      by('s3:GetObject')
        .map((arn) => arn.split('/').slice(1).join('/'))
        .sort(),
    ).toEqual(['backfills/*', 'pairs/*']);
    expect(by('s3:PutObject').map((arn) => arn.split('/').slice(1).join('/'))).toEqual(['backfills/*']);
    expect(granted.find((s) => s.Action.includes('s3:ListBucket'))).toMatchObject({
      Condition: { StringLike: { 's3:prefix': 'pairs/*' } },
    });
    expect(by('states:StartExecution').map((arn) => arn.split(':').at(-1))).toEqual(['gateway-parity-backfill']);
  });
});

/** Runs states other than Map in the interpreter. Their one task returns the key that it was called for. */
async function interpreted(definition: unknown, input: Record<string, string>): Promise<unknown> {
  const machine = new StateMachine(JSON.parse(JSON.stringify(definition)));
  const compare = async (called: unknown) => ({ compared: z.object({ key: z.string() }).parse(called).key });
  const Compare = z.looseObject({ States: z.looseObject({}) }).parse(definition).States.Compare;
  const { Resource = 'none' } = z.looseObject({ Resource: z.string().optional() }).parse(Compare ?? {});
  return machine.run(input, { overrides: { taskResourceLocalHandlers: { Compare: compare, [Resource]: compare } } })
    .result;
}

const retries = z.array(z.looseObject({ ErrorEquals: z.array(z.string()) }));
const backfillSchema = z.looseObject({
  States: z.looseObject({
    Objects: z.looseObject({
      ItemReader: z.looseObject({ Parameters: z.looseObject({ Bucket: z.string() }) }),
      ItemProcessor: z.looseObject({
        States: z.looseObject({ Compare: z.looseObject({ Resource: z.string(), Retry: retries }) }),
      }),
    }),
  }),
});

describe('the synthesised alarms', () => {
  const alarms = () =>
    properties('AWS::CloudWatch::Alarm').map((p) =>
      alarmPropertiesSchema.extend({ AlarmDescription: z.string() }).parse({ AlarmName: 'unnamed', ...p }),
    );

  it('look every minute, name what missing data means, and link a runbook entry that exists', () => {
    const runbook = readFileSync(new URL('../../docs/how-to/runbook.md', import.meta.url), 'utf8');
    for (const alarm of alarms()) {
      const periods =
        alarm.Metrics === undefined ? [alarm.Period] : alarm.Metrics.flatMap((m) => m.MetricStat?.Period ?? []);
      expect(new Set(periods), alarm.AlarmName).toEqual(new Set([60]));
      expect(['breaching', 'notBreaching'], alarm.AlarmName).toContain(alarm.TreatMissingData);
      const [, section] = /Runbook: https:\S+ \(section ([a-z0-9-]+)\)$/.exec(alarm.AlarmDescription) ?? [];
      expect(section, alarm.AlarmName).toBeDefined();
      expect(runbook).toContain(`### ${section}\n`);
    }
  });

  it('roll back (those on the mirror’s customers: close the mirror) directly and through EventBridge', () => {
    const rules = properties('AWS::Events::Rule');
    const patternTo = (handler: string) =>
      rules
        .filter((r) => JSON.stringify(r.Targets ?? '').includes(handler))
        .map((r) => JSON.stringify(r.EventPattern ?? ''))
        .find((p) => p.includes('CloudWatch Alarm State Change'));
    const moving = alarms().filter(
      (a) => !/no-traffic|unnamed|mirror-(?!unhealthy|5xx-ratio)|recorder-silent|watchdog-failing/.test(a.AlarmName),
    );
    expect(moving.length).toBeGreaterThanOrEqual(9);
    for (const alarm of moving) {
      expect(
        alarm.AlarmActions.some((arn) => arn.includes(':lambda:')),
        alarm.AlarmName,
      ).toBe(true);
      const handler = /mirror-(unhealthy|5xx-ratio)/.test(alarm.AlarmName) ? 'closemirror' : 'rollback';
      expect(patternTo(handler)).toContain(alarm.AlarmName);
    }
  });
});

describe('the stacks', () => {
  it('refer to each other by exports: a weak reference is looked up anew at each of its hundreds of places', () => {
    const all = JSON.stringify(assembly.resources);
    expect(all).toContain('Fn::ImportValue');
    expect(all).not.toContain('Fn::GetStackOutput');
  });
});

describe('the synthesised services', () => {
  it('find the service behind both gateways, by a name of their own network', () => {
    const environments = properties('AWS::ECS::TaskDefinition').flatMap((p) => containersSchema.parse(p));
    const gateways = environments.filter((e) => e.SIDE !== undefined);
    expect(gateways.map((e) => e.SIDE).sort()).toEqual(['candidate', 'stable']);
    const [namespace] = properties('AWS::ServiceDiscovery::PrivateDnsNamespace').map((p) => p.Name);
    const services = properties('AWS::ServiceDiscovery::Service').map((p) => `${p.Name}.${namespace}`);
    for (const { UPSTREAM_URL = '' } of gateways) {
      const { hostname, port } = new URL(UPSTREAM_URL);
      expect(services).toContain(hostname);
      const opened = properties('AWS::EC2::SecurityGroupIngress').filter((p) => String(p.FromPort) === port);
      expect(opened).toHaveLength(2);
    }
  });

  it('register in every target group: an empty group would answer its share with 503', () => {
    const registered = properties('AWS::ECS::Service').flatMap((p) =>
      z
        .looseObject({ LoadBalancers: z.array(z.looseObject({ TargetGroupArn: z.string() })).default([]) })
        .parse(p)
        .LoadBalancers.map((l) => l.TargetGroupArn),
    );
    expect([...registered].sort()).toEqual(
      of('AWS::ElasticLoadBalancingV2::TargetGroup')
        .map((r) => names.arnOf(r))
        .sort(),
    );
  });

  it('run two tasks at least, and roll a failed deployment back', () => {
    for (const service of properties('AWS::ECS::Service')) {
      expect(service.DesiredCount).toBeGreaterThanOrEqual(2);
      expect(service).toMatchObject({
        DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true } },
      });
    }
  });
});

describe('the synthesised permissions', () => {
  it('let nobody but the rule provider and the moving handlers modify a rule, and only the rules of the cutover', () => {
    for (const policy of properties('AWS::IAM::Policy')) {
      for (const statement of statements(policy)) {
        if (!statement.Action.includes('elasticloadbalancing:ModifyRule')) continue;
        expect(statement.Resource).not.toContain('*');
        for (const arn of statement.Resource) expect(arn).toMatch(/listener-rule|Rule/);
      }
    }
  });

  it('use a bare wildcard only where AWS has no resource type', () => {
    const unscoped = new Set([
      'elasticloadbalancing:DescribeListeners',
      'elasticloadbalancing:DescribeRules',
      'elasticloadbalancing:DescribeTargetHealth',
      'elasticloadbalancing:DescribeTargetGroupAttributes',
      'elasticloadbalancing:DescribeTags',
      'cloudwatch:GetMetricData',
      'cloudwatch:ListAlarmMuteRules',
      // AWS refuses a narrower grant to callers who ask for composite alarms (API_DescribeAlarms).
      'cloudwatch:DescribeAlarms',
      'application-autoscaling:DescribeScalableTargets',
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'logs:CreateLogDelivery',
      'logs:GetLogDelivery',
      'logs:UpdateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:DescribeResourcePolicies',
      'logs:DescribeLogGroups',
      'ecr:GetAuthorizationToken',
    ]);
    for (const policy of properties('AWS::IAM::Policy')) {
      for (const statement of statements(policy)) {
        if (!statement.Resource.includes('*')) continue;
        for (const action of statement.Action) expect(unscoped.has(action), action).toBe(true);
      }
    }
  });
});

/** Reads the environment of each container of a task definition. */
const containersSchema = z
  .looseObject({
    ContainerDefinitions: z.array(
      z.looseObject({
        Environment: z.array(z.looseObject({ Name: z.string(), Value: z.string() })).default([]),
      }),
    ),
  })
  .transform(({ ContainerDefinitions }) =>
    ContainerDefinitions.map(
      ({ Environment }): Record<string, string> =>
        Object.fromEntries(Environment.map(({ Name, Value }) => [Name, Value])),
    ),
  );

const oneOrMore = z.union([z.string().transform((s) => [s]), z.array(z.string())]);
const policySchema = z.looseObject({
  PolicyDocument: z.looseObject({ Statement: z.array(z.looseObject({ Action: oneOrMore, Resource: oneOrMore })) }),
});

function statements(policy: unknown) {
  return policySchema.parse(policy).PolicyDocument.Statement;
}
