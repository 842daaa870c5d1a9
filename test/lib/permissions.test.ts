import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { HANDLERS } from '../../lib/assets/handlers.ts';
import { Access } from '../../rehearsal/cloud/access/access.ts';
import type { Assembly } from '../../rehearsal/cloud/template/assembly.ts';
import { Names } from '../../rehearsal/cloud/template/names.ts';
import { sharedAssembly } from '../support/assembly.ts';
import { DEPLOYMENT } from '../support/deployment.ts';

const TABLE = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'];
const CAPACITY = [
  'ecs:DescribeServices',
  'ecs:UpdateService',
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:RegisterScalableTarget',
];

/** Actions that AWS requires for a call of a port, or for any of the port's calls. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'ingress.read': ['elasticloadbalancing:DescribeRules'],
  'ingress.write': ['elasticloadbalancing:ModifyRule'],
  'ingress.health': ['elasticloadbalancing:DescribeTargetHealth'],
  metrics: ['cloudwatch:GetMetricData'],
  planMetrics: ['cloudwatch:GetMetricData'],
  // The construct's props name the providers that answer hooks and metrics. The reference application has none.
  hooks: [],
  'revisions.read': ['ecs:DescribeServices', 'elasticloadbalancing:DescribeTargetHealth'],
  'surroundings.read': [
    'ecs:DescribeServices',
    'elasticloadbalancing:DescribeRules',
    'elasticloadbalancing:DescribeTags',
    'elasticloadbalancing:DescribeTargetGroupAttributes',
  ],
  'surroundings.rules': ['elasticloadbalancing:DescribeListeners', 'elasticloadbalancing:DescribeRules'],
  'alarms.read': ['cloudwatch:DescribeAlarms', 'cloudwatch:ListAlarmMuteRules'],
  'alarms.trip': ['cloudwatch:SetAlarmState'],
  ledger: TABLE,
  decisionLog: TABLE,
  drills: TABLE,
  reminders: TABLE,
  approvals: TABLE,
  // The tallies of many batches are read with a query.
  parity: [...TABLE, 'dynamodb:Query', 'cloudwatch:GetMetricData'],
  executions: [
    'states:DescribeExecution',
    'states:GetExecutionHistory',
    'states:ListExecutions',
    'states:StopExecution',
  ],
  'capacity.snapshot': ['ecs:DescribeServices', 'application-autoscaling:DescribeScalableTargets'],
  'capacity.pin': CAPACITY,
  'capacity.scaleStable': CAPACITY,
  'capacity.release': CAPACITY,
  // Publishing needs the event bus and the encrypted topic.
  notifier: ['events:PutEvents', 'sns:Publish', 'kms:Decrypt', 'kms:GenerateDataKey*'],
  // The construct's props name this function as well.
  'exercise.start': [],
  // These ports make no AWS calls.
  deployment: [],
  clock: [],
  emit: [],
};

/** Actions that every function may take, whatever its task. */
const OF_ANY = /^(xray|logs|sqs):/;

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const policySchema = z.looseObject({
  Roles: z.array(z.looseObject({ Ref: z.string() })),
  PolicyDocument: z.looseObject({ Statement: z.array(z.looseObject({ Action: texts })) }),
});
const functionSchema = z.looseObject({ Role: z.looseObject({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }) });
const composedSchema = z.object({ compose: z.custom<() => object>((value) => typeof value === 'function') });

/** Handlers of a cutover's functions. The excluded ones are given something other than ports. */
const NAMES = HANDLERS.filter(
  (name) => !['weighted-rule', 'parity-transform', 'parity-backfill', 'notify', 'campaign'].includes(name),
);

function granted({ resources }: Assembly, name: string): string[] {
  const id = new RegExp(`^CutoverFunctions${name.replaceAll('-', '')}Fn[0-9A-F]{8}$`);
  const [fn] = resources.filter((r) => r.type === 'AWS::Lambda::Function' && id.test(r.logicalId));
  const [role] = functionSchema.parse(fn?.properties).Role['Fn::GetAtt'];
  const actions = resources
    .filter((r) => r.type === 'AWS::IAM::Policy' && r.stack === fn?.stack)
    .map((r) => policySchema.parse(r.properties))
    .filter(({ Roles }) => Roles.some(({ Ref }) => Ref === role))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement.flatMap(({ Action }) => Action));
  return unique(actions.filter((action) => !OF_ANY.test(action)));
}

/** Returns the actions that the ports of a handler require. */
async function asked(name: string): Promise<string[]> {
  vi.stubEnv('CROSSFADE_DEPLOYMENT', JSON.stringify({ ...DEPLOYMENT, topicArn: 'arn:aws:sns:eu-west-1:1:t' }));
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  const { compose } = composedSchema.parse(await import(`../../lambdas/${name}.ts`));
  const calls = Object.entries(compose()).flatMap(([port, given]) => {
    if (ACTIONS[port] !== undefined) return [port];
    return Object.keys(z.looseObject({}).parse(given)).map((method) => `${port}.${method}`);
  });
  return unique(
    calls.flatMap((call) => {
      const actions = ACTIONS[call];
      if (actions === undefined) throw new RangeError(`${call}: which permission does AWS ask for it?`);
      return actions;
    }),
  );
}

function unique(actions: readonly string[]): string[] {
  return [...new Set(actions)].sort();
}

describe('permissions of a cutover’s functions', async () => {
  const assembly = await sharedAssembly();

  it.each(NAMES)('%s may do what its ports ask for, and nothing else', async (name) => {
    expect(granted(assembly, name)).toEqual(await asked(name));
  });
});

describe('the provider of rules', async () => {
  const assembly = await sharedAssembly();
  const names = new Names(assembly);
  const found = (type: string, id: RegExp) => {
    const resource = assembly.resources.find((r) => r.type === type && id.test(r.logicalId));
    if (resource === undefined) throw new RangeError(`no ${type} ${id}`);
    return names.arnOf(resource);
  };
  const role = found('AWS::IAM::Role', /^RuleProviderOnEventFnServiceRole/);
  const rule = `${found('AWS::ElasticLoadBalancingV2::Listener', /./).replace(':listener/', ':listener-rule/')}/0a`;

  it.each<[string, Record<string, string>, boolean]>([
    ['its own', { 'crossfade:ingress': 'gateway' }, true],
    ['one of another ingress', { 'crossfade:ingress': 'admin' }, false],
    ['somebody else’s', {}, false],
  ])('may change and delete a rule of the listener when it is %s: %j → %s', async (_whose, tags, may) => {
    const access = await Access.of({ assembly, names, known: { tagsOf: () => tags, keyOf: () => null } });
    const key = access.keyOf(role);
    for (const operation of ['ModifyRule', 'DeleteRule'])
      expect(access.refuses(key, 'elasticloadbalancing', operation, { RuleArn: rule }) === null).toBe(may);
    expect(access.refuses(key, 'elasticloadbalancing', 'CreateRule', { ListenerArn: `${rule}2` })).not.toBeNull();
  });
});

describe('roles that a service takes', async () => {
  const { resources } = await sharedAssembly();
  const roleSchema = z.looseObject({
    AssumeRolePolicyDocument: z.looseObject({
      Statement: z.array(
        z.looseObject({ Principal: z.record(z.string(), z.unknown()), Condition: z.unknown().optional() }),
      ),
    }),
  });
  const trusts = resources
    .filter(({ type }) => type === 'AWS::IAM::Role')
    .flatMap(({ logicalId, properties }) =>
      roleSchema.parse(properties).AssumeRolePolicyDocument.Statement.map((s) => ({ ...s, logicalId })),
    );
  /** Roles of services other than Lambda, which does not state for which function it assumes a role. */
  const others = trusts.filter(({ Principal }) => Principal.Service !== 'lambda.amazonaws.com');

  it('are there: of tasks, of the delivery stream, of flow logs, of machines', () => {
    expect(unique(others.map(({ Principal }) => String(Principal.Service)))).toEqual([
      'ecs-tasks.amazonaws.com',
      'firehose.amazonaws.com',
      'states.amazonaws.com',
      'vpc-flow-logs.amazonaws.com',
    ]);
  });

  it.each(others.map((trust) => [trust.logicalId, trust] as const))(
    '%s is taken for resources of this account alone',
    (_id, { Condition }) => {
      expect(JSON.stringify(Condition ?? null)).toMatch(
        /"aws:SourceAccount":\{"Ref":"AWS::AccountId"\}|"aws:SourceArn":.*\{"Ref":"AWS::AccountId"\}/,
      );
    },
  );
});
