import { Duration, Stack, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { GUARD_TYPE } from '../../core/model/deployment.ts';
import { attachedApplication, parseAttachment } from '../../lib/attached-application.ts';
import type { DualStackCutoverProps } from '../../lib/cutover/cutover-props.ts';
import { DualStackCutover } from '../../lib/cutover/dual-stack-cutover.ts';
import { ledgerTable } from '../../lib/cutover/ledger-table.ts';
import { WeightedRule, WeightedRuleProvider } from '../../lib/listener/weighted-rule.ts';
import { templatesOnly } from '../support/cdk-app.ts';
import { present } from '../support/present.ts';
import { ATTACHMENT } from './attachment.ts';

const [listener] = ATTACHMENT.listeners;
const listenerArn = listener?.arn ?? '';
const { stable, candidate, mirrorForward = '', mirrorReverse = '' } = ATTACHMENT.groups;
const ref = (targetGroupArn: string) => ({ targetGroupArn });
const GROUPS = { stable: ref(stable), candidate: ref(candidate) };
const MIRRORED = { ...GROUPS, mirrorForward: ref(mirrorForward), mirrorReverse: ref(mirrorReverse) };
const PROPS: DualStackCutoverProps = {
  ingressId: 'shop',
  listeners: [{ listener: { listenerArn }, priority: 5 }],
  groups: GROUPS,
};

const inStack = (build: (stack: Stack) => void) => {
  const stack = new Stack(templatesOnly(), 'Theirs');
  build(stack);
  return stack;
};
const cutover = (props: Partial<DualStackCutoverProps>) =>
  inStack((stack) => void new DualStackCutover(stack, 'Cutover', { ...PROPS, ...props }));

/** Synthesises the template once for all tests that read it. */
const templateOnce = (props: Partial<DualStackCutoverProps>) => {
  let template: Template | undefined;
  return () => {
    template ??= Template.fromStack(cutover(props));
    return template;
  };
};
const bare = templateOnce({});
const mirrored = templateOnce({ groups: MIRRORED });

describe('DualStackCutover', () => {
  it('logs no execution data: the input of a sign-off holds the token that answers it', () => {
    const machines = bare().findResources('AWS::StepFunctions::StateMachine');
    expect(Object.values(machines)).not.toEqual([]);
    for (const { Properties } of Object.values(machines)) {
      expect(Properties.LoggingConfiguration).toMatchObject({ IncludeExecutionData: false, Level: 'ALL' });
    }
  });
});

describe('alarms that roll back or close the mirror by their events', () => {
  it('are those of this account and region: another place may have an ingress of the same id, and one bus gets the events of both', () => {
    const rules = Object.values(mirrored().findResources('AWS::Events::Rule')).map((r) => r.Properties.EventPattern);
    const ofAlarms = rules.filter((pattern) => pattern?.source?.includes('aws.cloudwatch'));
    expect(ofAlarms.length).toBe(2);
    for (const { account, region } of ofAlarms)
      expect({ account, region }).toEqual({ account: [{ Ref: 'AWS::AccountId' }], region: [{ Ref: 'AWS::Region' }] });
  });
});

describe('what a run needs', () => {
  let template: Template;
  beforeAll(() => {
    template = mirrored();
  });
  const idsOf = (type: string) => Object.keys(template.findResources(type));

  it('is deleted after the guard, which is asked first', () => {
    const [guard, ...others] = Object.values(template.findResources(GUARD_TYPE));
    expect(others).toEqual([]);
    const needed = ['AWS::Lambda::Function', 'AWS::IAM::Policy', 'AWS::Lambda::Permission', 'AWS::Events::Rule'].concat(
      ['AWS::StepFunctions::StateMachine', 'AWS::CloudWatch::Alarm', 'AWS::Lambda::EventInvokeConfig'],
    );
    expect(guard?.DependsOn).toEqual(expect.arrayContaining([...needed, 'Custom::WeightedRule'].flatMap(idsOf)));
  });

  it('is tried again after each failure of Lambda itself that AWS calls passing', () => {
    const [text = ''] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'))
      .map(({ Properties }) => JSON.stringify(Properties.DefinitionString))
      .filter((definition) => definition.includes('Watch stage'));
    const retried = [...text.matchAll(/ErrorEquals\\":\[([^\]]*Crossfade\.Transient[^\]]*)\]/g)].map(
      ([, names]) => names,
    );
    expect(retried.length).toBeGreaterThan(10);
    const passing = ['ClientExecutionTimeout', 'Service', 'AWSLambda', 'SdkClient', 'TooManyRequests'];
    for (const names of retried) for (const name of passing) expect(names).toContain(`Lambda.${name}Exception`);
  });

  it('is told of when the watchdog fails, whose looks are not kept for later', () => {
    const [watchdog] = idsOf('AWS::Lambda::Function').filter((id) => id.startsWith('CutoverFunctionswatchdogFn'));
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: watchdog },
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
    const read = (MetricName: string) =>
      Match.objectLike({
        MetricStat: Match.objectLike({
          Metric: Match.objectLike({ MetricName, Dimensions: [{ Name: 'FunctionName', Value: { Ref: watchdog } }] }),
        }),
      });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Metrics: Match.arrayWith([read('Errors'), read('Throttles')]),
      AlarmActions: [Match.anyValue()],
    });
  });

  it('leaves no log without an end, and nothing behind a first deploy that fails', () => {
    for (const { Properties } of present(Object.values(template.findResources('AWS::Lambda::Function'))))
      expect(idsOf('AWS::Logs::LogGroup')).toContain(Properties.LoggingConfig?.LogGroup?.Ref);
    for (const type of ['AWS::Logs::LogGroup', 'AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket'])
      for (const { DeletionPolicy } of present(Object.values(template.findResources(type))))
        expect(DeletionPolicy, type).toBe('RetainExceptOnCreate');
    for (const { DeletionPolicy } of present(Object.values(template.findResources('AWS::KMS::Key'))))
      expect(DeletionPolicy).toBe('Delete');
  });

  it('keeps captures as long as Athena looks for them', () => {
    const long = Template.fromStack(cutover({ shadowLogRetention: Duration.days(400) }));
    long.hasResourceProperties('AWS::Glue::Table', {
      TableInput: { Parameters: Match.objectLike({ 'projection.hour.range': 'NOW-400DAYS,NOW' }) },
    });
  });
});

describe('metrics of the user’s own', () => {
  const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prom-AbCdEf';
  const functionArn = 'arn:aws:lambda:eu-west-1:123456789012:function:kpi';
  const alarm = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:orders-red';
  const template = () =>
    Template.fromStack(
      cutover({
        metricProviders: {
          prom: { type: 'prometheus', url: 'https://prometheus.example', secretArn },
          kpi: { type: 'lambda', functionArn },
        },
        plan: { alarms: [alarm] },
      }),
    );
  /** Returns the names of the policies that allow an action. Each contains the name of its function. */
  const allowed = (of: Template, action: string) =>
    Object.values(of.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) =>
      Properties.PolicyDocument.Statement.some((s: { Action: unknown }) => [s.Action].flat().includes(action))
        ? [String(Properties.PolicyName)]
        : [],
    );

  it('are read, and hooks asked, by the three functions that need them, with these secrets and functions alone', () => {
    const stack = template();
    for (const [action, resource] of [
      ['secretsmanager:GetSecretValue', secretArn],
      ['lambda:InvokeFunction', functionArn],
    ]) {
      stack.hasResourceProperties('AWS::IAM::Policy', {
        PolicyDocument: {
          Statement: Match.arrayWith([Match.objectLike({ Action: action, Effect: 'Allow', Resource: resource })]),
        },
      });
    }
    const readers = allowed(stack, 'secretsmanager:GetSecretValue');
    expect(readers).toHaveLength(3);
    expect(readers.join()).toMatch(/baseline/);
    expect(readers.join()).toMatch(/shift/);
    expect(readers.join()).toMatch(/watch/);
    expect(allowed(bare(), 'secretsmanager:GetSecretValue')).toEqual([]);
  });

  it('and the plan’s own alarms roll back by their events', () => {
    template().hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { detail: { alarmName: Match.arrayWith(['orders-red']) } },
    });
  });
});

describe('DualStackCutover refuses, and names the prop', () => {
  const withoutListeners = { ...PROPS, listeners: undefined as never };
  const elsewhere = listenerArn.replace('app/shop', 'app/other');
  it.each<[string, Partial<DualStackCutoverProps>, RegExp]>([
    ['an ingress id that AWS would not take in a name', { ingressId: 'a b' }, /ingressId.*"a b"/],
    ['neither listeners nor rules', withoutListeners, /either listeners.*or rules/],
    ['no listener at all', { listeners: [] }, /at least one listener/],
    [
      'a priority of which the second rule of a mirror could not be one more',
      { groups: MIRRORED, listeners: [{ listener: { listenerArn }, priority: Token.asNumber({ Ref: 'Priority' }) }] },
      /listeners\.0\.priority must be known when the stack is synthesised/,
    ],
    [
      'one face of the mirror only',
      { groups: { ...GROUPS, mirrorForward: ref(mirrorForward) } },
      /mirrorForward and .*mirrorReverse/,
    ],
    [
      'listeners of two load balancers',
      {
        listeners: [
          { listener: { listenerArn }, priority: 5 },
          { listener: { listenerArn: elsewhere }, priority: 5 },
        ],
      },
      /one load balancer, not app\/shop\/\w+ and app\/other\/\w+/,
    ],
    [
      'more rules than ELBv2 lets a shift and two rollbacks write at once',
      {
        groups: MIRRORED,
        listeners: [1, 2, 3, 4].map((n) => ({ listener: { listenerArn: `${listenerArn}${n}` }, priority: 5 })),
      },
      /at most 6 rules, not 8/,
    ],
    ['a plan that is not one', { plan: { stages: [{ percent: 5, bake: 'PT1H' }] } }, /stages\.0\.percent.*100/],
    [
      'shadow logs that are gone before the plan has ended',
      { shadowLogRetention: Duration.days(8) },
      /8 days.*may take/,
    ],
    ['no ingress id', { ingressId: undefined as never }, /ingressId is required/],
    ['no groups', { groups: undefined as never }, /groups is required/],
    [
      'a group that is missing',
      { groups: { stable: ref(stable) } as never },
      /groups\.candidate must be a target group/,
    ],
    [
      'a group that is no target group',
      { groups: { stable: ref('arn:aws:ecs:us-east-1:1:service/a/b'), candidate: ref(candidate) } },
      /groups\.stable must be the ARN of a target group, not "arn:aws:ecs/,
    ],
    [
      'the same group on both sides',
      { groups: { stable: ref(stable), candidate: ref(stable) } },
      /groups\.candidate must be another target group than groups\.stable/,
    ],
    [
      'a mirror that is a side',
      { groups: { ...MIRRORED, mirrorReverse: ref(candidate) } },
      /groups\.mirrorReverse must be another target group than groups\.candidate/,
    ],
    [
      'a group of another partition',
      { groups: { stable: ref(stable), candidate: ref(candidate.replace('arn:aws:', 'arn:aws-cn:')) } },
      /groups\.candidate is in partition aws-cn, but .* is in aws; one partition must hold all/,
    ],
    [
      'one service on both sides, which the decommission would scale down',
      { services: { stable: { cluster: 'c', service: 's' }, candidate: { cluster: 'c', service: 's' } } },
      /services\.candidate must be another service than services\.stable/,
    ],
    [
      'two rules for the same requests',
      { listeners: [5, 7].map((priority) => ({ listener: { listenerArn }, priority, paths: ['/a/*'] })) },
      /listeners\.1: listeners\.0 takes the same requests/,
    ],
    [
      'a host with its scheme',
      { listeners: [{ listener: { listenerArn }, priority: 5, hosts: ['https://shop.example.com'] }] },
      /hosts\.0 must be a name such as shop\.example\.com, without scheme/,
    ],
    ['a tag of AWS', { tags: { 'aws:owner': 'us' } }, /tags: a name that begins with aws: belongs to AWS/],
    [
      'a listener that is missing',
      { listeners: [{ priority: 5 } as never] },
      /listeners\.0\.listener must be a listener/,
    ],
    [
      'a network load balancer',
      { listeners: [{ listener: { listenerArn: listenerArn.replace('/app/', '/net/') }, priority: 5 }] },
      /listeners\.0\.listener must be the ARN of an application load balancer's listener/,
    ],
    [
      'a priority that is no number',
      { listeners: [{ listener: { listenerArn }, priority: 1.5 }] },
      /listeners\.0\.priority must be a whole number from 1 to 50000, not 1\.5/,
    ],
    [
      'a priority without room for the second rule',
      { groups: MIRRORED, listeners: [{ listener: { listenerArn }, priority: 50_000 }] },
      /listeners\.0\.priority must be a whole number from 1 to 49999/,
    ],
    [
      'two rules of one priority on one listener',
      {
        groups: MIRRORED,
        listeners: [
          { listener: { listenerArn }, priority: 5 },
          { listener: { listenerArn }, priority: 6 },
        ],
      },
      /listeners\.1\.priority: 6 is taken on this listener by listeners\.0/,
    ],
    [
      'a provider whose secret is none',
      { metricProviders: { prom: { type: 'prometheus', url: 'https://p.example', secretArn: 'arn:aws:s3:::b' } } },
      /metricProviders\.prom\.secretArn must be the ARN of a secret/,
    ],
    [
      'a provider whose name no query may have',
      { metricProviders: { 'My Prom': { type: 'prometheus', url: 'https://p.example' } } },
      /metricProviders\.My Prom must be named by 1 to 40/,
    ],
    [
      'nine wildcards',
      { listeners: [{ listener: { listenerArn }, priority: 5, paths: ['/*/*/*', '/*/*/*', '/*/*/*'] }] },
      /listeners\.0\.hosts, paths, headers, queries and cohort must have at most 6 wildcards together, not 9/,
    ],
    [
      'three methods of the mirror and three hosts',
      {
        groups: MIRRORED,
        listeners: [{ listener: { listenerArn }, priority: 5, hosts: ['a.example', 'b.example', 'c.example'] }],
      },
      /listeners\.0\.methods, hosts, paths, .* 1 to 5 values together, not 7/,
    ],
    [
      'a path without its slash',
      { listeners: [{ listener: { listenerArn }, priority: 5, paths: ['api'] }] },
      /listeners\.0\.paths\.0 must begin with \//,
    ],
    [
      'a client that is no block',
      { listeners: [{ listener: { listenerArn }, priority: 5, sources: ['10.0.0.1'] }] },
      /listeners\.0\.sources\.0 must be a CIDR block/,
    ],
    [
      'a header without a value',
      { listeners: [{ listener: { listenerArn }, priority: 5, headers: [{ name: 'X-Beta', values: [] }] }] },
      /listeners\.0\.headers\.0\.values must not be empty/,
    ],
    [
      'conditions beside those that are copied',
      {
        listeners: [
          {
            listener: { listenerArn },
            priority: 5,
            hosts: ['a.example'],
            like: `${listenerArn.replace(':listener/', ':listener-rule/')}/1`,
          },
        ],
      },
      /listeners\.0\.hosts and like exclude each other/,
    ],
    [
      'a rule to copy that is none',
      { listeners: [{ listener: { listenerArn }, priority: 5, like: listenerArn }] },
      /listeners\.0\.like must be the ARN of a listener's rule/,
    ],
    ['no reserved concurrency', { rollbackConcurrency: 0 }, /rollbackConcurrency must be .* 1 to 100, not 0/],
    ['half a concurrency', { rollbackConcurrency: 1.5 }, /rollbackConcurrency must be a whole number/],
    [
      'services without a name',
      { services: { stable: { cluster: 'c', service: '' }, candidate: { cluster: 'c', service: 'b' } } },
      /services\.stable\.service must be the name of a service/,
    ],
    [
      'a cluster by its ARN',
      {
        services: {
          stable: { cluster: 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop', service: 'node' },
          candidate: { cluster: 'shop', service: 'go' },
        },
      },
      /services\.stable\.cluster must be the name of a cluster, not "arn:/,
    ],
    [
      'a group of another region',
      { groups: { stable: ref(stable), candidate: ref(candidate.replace('eu-west-1', 'us-east-1')) } },
      /groups\.candidate is in region us-east-1, but listeners\.0\.listener is in eu-west-1/,
    ],
    [
      'a group of another account',
      { groups: { stable: ref(stable.replace('123456789012', '210987654321')), candidate: ref(candidate) } },
      /groups\.stable is in account 210987654321, but listeners\.0\.listener is in 123456789012/,
    ],
    [
      'an exercise in another region',
      { exerciseFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:load' },
      /exerciseFunctionArn is in region us-east-1/,
    ],
    [
      'more names than a function’s environment holds',
      { exerciseFunctionArn: `arn:aws:lambda:eu-west-1:123456789012:function:${'x'.repeat(3000)}` },
      /environment may take \d+ bytes, and Lambda takes 4096/,
    ],
    ['an exercise that is no function', { exerciseFunctionArn: 'load' }, /exerciseFunctionArn must be the ARN/],
    ['half a day of shadow logs', { shadowLogRetention: Duration.hours(300) }, /shadowLogRetention must be whole days/],
    [
      'a threshold that it does not know',
      { thresholds: { errors: 1 } as never },
      /thresholds\.errors is no prop; there are errorPercent/,
    ],
    [
      'a threshold without end',
      { thresholds: { errorPercent: Infinity } },
      /thresholds\.errorPercent must be a number/,
    ],
    ['a threshold of nothing', { thresholds: { errorPercent: 0 } }, /thresholds\.errorPercent must be above 0/],
    [
      'a priority that ELBv2 does not know',
      { listeners: [{ listener: { listenerArn }, priority: 0 }] },
      /priority.*not 0/,
    ],
  ])('%s', (_what, props, message) => {
    expect(() => cutover(props)).toThrow(message);
  });
});

describe('a cutover in a stack that knows where it is', () => {
  it('refuses what stands elsewhere', () => {
    const stack = new Stack(templatesOnly(), 'There', { env: { region: 'us-east-1', account: '123456789012' } });
    expect(() => new DualStackCutover(stack, 'Cutover', PROPS)).toThrow(
      /listeners\.0\.listener is in region eu-west-1, but the stack is in us-east-1/,
    );
  });
});

describe('a weighted rule', () => {
  it('takes no more values than ELBv2 does in all conditions together', () => {
    inStack((stack) => {
      const provider = new WeightedRuleProvider(stack, 'Provider', {
        ledger: ledgerTable(stack, 'Ledger'),
        ingressId: 'shop',
      });
      const common = { listener: { listenerArn }, priority: 5, groups: GROUPS, provider };
      expect(
        () => new WeightedRule(stack, 'Many', { ...common, methods: ['GET', 'HEAD'], paths: ['/a', '/b', '/c', '/d'] }),
      ).toThrow(/1 to 5 values together, not 6/);
    });
  });
});

describe('a cohort', () => {
  const listenerWith = (cohort: object) => ({ listener: { listenerArn }, priority: 5, cohort: cohort as never });

  it('has a rule of its own before the others, and the handlers know it', () => {
    const cookie = { name: 'beta', value: 'yes' };
    const template = Template.fromStack(
      cutover({ groups: MIRRORED, listeners: [listenerWith({ priority: 3, cookie })] }),
    );
    template.hasResourceProperties('Custom::WeightedRule', {
      Priority: 3,
      Cohort: { header: { name: 'Cookie', values: ['*beta=yes*'] } },
      GroupArns: [stable, candidate],
    });
    expect(JSON.stringify(template.toJSON())).toContain('\\"cohort\\":true');
    expect(JSON.stringify(mirrored().toJSON())).not.toContain('Cohort');
  });

  it.each([
    ['nobody', { priority: 3 }, /listeners\.0\.cohort must have one of header, cookie and sourceIps, not 0/],
    [
      'two conditions',
      { priority: 3, sourceIps: ['192.0.2.0/24'], cookie: { name: 'a', value: 'b' } },
      /listeners\.0\.cohort must have one .* not 2/,
    ],
    [
      'a priority behind the others',
      { priority: 5, sourceIps: ['192.0.2.0/24'] },
      /listeners\.0\.cohort\.priority must be a whole number from 1 to 4, not 5/,
    ],
    [
      'more values than ELBv2 takes',
      { priority: 3, sourceIps: ['1', '2', '3', '4', '5'].map((n) => `192.0.2.${n}/32`) },
      /methods, hosts, paths, .* and cohort must be 1 to 5 values together, not 6/,
    ],
  ])('of %s is refused', (_what, cohort, message) => {
    expect(() => cutover({ listeners: [listenerWith(cohort)] })).toThrow(message);
  });
});

describe('a cutover on an existing listener', () => {
  let template: Template;
  beforeAll(() => {
    template = Template.fromStack(cutover({ groups: MIRRORED, plan: { gate: { maxErrorRate: 0.02 } } }));
  });

  it('keeps writes away from the mirror: one rule for safe methods, one for the rest', () => {
    template.hasResourceProperties('Custom::WeightedRule', {
      Priority: 5,
      Methods: ['GET', 'HEAD', 'OPTIONS'],
      GroupArns: [stable, candidate, mirrorForward, mirrorReverse],
    });
    template.hasResourceProperties('Custom::WeightedRule', {
      Priority: 6,
      Methods: [],
      GroupArns: [stable, candidate],
    });
  });

  it('hands every condition to the rule, and marks a rule whose login it must leave standing', () => {
    const conditions = {
      hosts: ['shop.example'],
      headers: [{ name: 'X-Beta', values: ['on'] }],
      queries: [{ key: 'v', value: '2' }],
      sources: ['10.0.0.0/8'],
    };
    const narrow = Template.fromStack(
      cutover({ listeners: [{ listener: { listenerArn }, priority: 5, ...conditions }] }),
    );
    narrow.hasResourceProperties('Custom::WeightedRule', {
      Hosts: ['shop.example'],
      Headers: [{ Name: 'X-Beta', Values: ['on'] }],
      Queries: [{ Key: 'v', Value: '2' }],
      Sources: ['10.0.0.0/8'],
    });
    const like = `${listenerArn.replace(':listener/', ':listener-rule/')}/1`;
    const guarded = Template.fromStack(cutover({ listeners: [{ listener: { listenerArn }, priority: 5, like }] }));
    guarded.hasResourceProperties('Custom::WeightedRule', { LikeRuleArn: like, Paths: Match.absent() });
    expect(JSON.stringify(guarded.toJSON())).toContain('guarded');
    expect(JSON.stringify(narrow.toJSON())).not.toContain('guarded');
  });

  it('takes its alarm threshold from the plan', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: 'shop-candidate-5xx-ratio', Threshold: 2 });
  });

  it('keeps shadow logs for as long as the plan may take', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 19 })] },
    });
  });

  it('calls the mirror dead when no zone has a target of it, not when one has none', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'shop-mirror-unhealthy',
      Statistic: 'Maximum',
    });
  });

  it('hears of its own candidate’s circuit breaker, and of no other ingress’s', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'shop-breaker-open',
      Dimensions: Match.arrayWith([{ Name: 'Ingress', Value: 'shop' }]),
    });
  });

  it('reserves the rollback’s concurrency only when it is asked to', () => {
    const reserved = Template.fromStack(cutover({ rollbackConcurrency: 5 }));
    reserved.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'shop-crossfade-rollback',
      ReservedConcurrentExecutions: 5,
      VpcConfig: Match.absent(),
    });
    expect(JSON.stringify(template.toJSON())).not.toContain('ReservedConcurrentExecutions');
  });

  it('reads the load balancer’s and the groups’ names out of their ARNs', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'shop-candidate-connection-errors',
      Metrics: Match.arrayWith([
        Match.objectLike({
          MetricStat: Match.objectLike({
            Metric: {
              Namespace: 'AWS/ApplicationELB',
              MetricName: 'TargetConnectionErrorCount',
              Dimensions: [
                { Name: 'LoadBalancer', Value: 'app/shop/50dc6c495c0c9188' },
                { Name: 'TargetGroup', Value: 'targetgroup/shop-go/5f2a6bd94c8a1e02' },
              ],
            },
          }),
        }),
      ]),
    });
  });

  it('lets alarms of its account publish to its topic, and takes TLS only', () => {
    const statements = Object.values(template.findResources('AWS::SNS::TopicPolicy')).flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement,
    );
    const account = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };
    expect(statements).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: account,
      }),
    );
    expect(statements).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
  });

  it('encrypts its messages with a key that alarms and its handlers may use', () => {
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    template.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({ Principal: { Service: 'cloudwatch.amazonaws.com' }, Effect: 'Allow' }),
        ]),
      },
    });
    const publishers = Object.values(template.findResources('AWS::IAM::Policy'))
      .map((policy) => JSON.stringify(policy))
      .filter((policy) => policy.includes('sns:Publish'));
    expect(publishers.length).toBeGreaterThan(10);
    for (const policy of publishers) expect(policy).toContain('kms:GenerateDataKey*');
  });

  it('creates nothing that carries traffic', () => {
    for (const type of ['LoadBalancer', 'Listener', 'TargetGroup', 'ListenerRule'])
      template.resourceCountIs(`AWS::ElasticLoadBalancingV2::${type}`, 0);
    template.resourceCountIs('AWS::ECS::Service', 0);
  });
});

describe('the file of `-c attach`', () => {
  it('is one stack', () => {
    const app = templatesOnly();
    attachedApplication(app, parseAttachment(ATTACHMENT), {});
    expect(app.synth().stacks.map((s) => s.stackName)).toEqual(['CrossfadeCutover-shop']);
  });

  it.each([
    ['groups.stable', { ...ATTACHMENT, groups: { ...ATTACHMENT.groups, stable: 'shop-node' } }],
    ['listeners.0.arn', { ...ATTACHMENT, listeners: [{ arn: stable, priority: 1 }] }],
    ['listeners', { ...ATTACHMENT, listeners: [] }],
    ['attach', { ...ATTACHMENT, wieghts: 1 }],
  ])('names the field that is wrong: %s', (field, input) => {
    expect(() => parseAttachment(input)).toThrow(`${field}`);
  });
});

describe('the provider of weighted rules', () => {
  it('may make its rules with their tag, and tag nothing else', () => {
    const template = bare();
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'elasticloadbalancing:AddTags',
            Condition: { StringEquals: { 'elasticloadbalancing:CreateAction': 'CreateRule' } },
          }),
        ]),
      },
    });
  });
});
