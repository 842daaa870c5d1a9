/** Props from JavaScript, or by a cast: each construct of the package names the prop that is wrong. */
import { Duration, Lazy, Stack, Token } from 'aws-cdk-lib';
import { type IVpc, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { ApplicationTargetGroup, TargetType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import * as crossfade from '../../lib/index.ts';
import { templatesOnly } from '../support/cdk-app.ts';
import { ELSEWHERE, ENV, PROPS } from './own-stack.ts';

type Props = Readonly<Record<string, unknown>>;
type Constructor = new (scope: Construct, id: string, props: object) => Construct;

const isConstruct = (value: unknown): value is Constructor =>
  typeof value === 'function' && value.prototype instanceof Construct;
const CONSTRUCTS = Object.entries(crossfade).flatMap(([name, value]) =>
  isConstruct(value) ? [[name, value] as const] : [],
);

const stack = new Stack(templatesOnly(), 'Theirs', { env: ENV });
const cutover = new crossfade.DualStackCutover(stack, 'Cutover', PROPS);
const { alarms, functions, ledger, topic, machine, parity } = cutover;
const { ingressId, groups } = PROPS;
const names = {
  ingressId,
  loadBalancerFullName: 'app/shop/50dc6c495c0c9188',
  stableFullName: 'targetgroup/shop-node/73e2d6bc24d8a067',
  candidateFullName: 'targetgroup/shop-go/73e2d6bc24d8a067',
};
const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0 }) as IVpc;
const face = (id: string) => new ApplicationTargetGroup(stack, id, { vpc, port: 80, targetType: TargetType.IP });
const [listener] = PROPS.listeners ?? [];
const ruleArn = `${listener?.listener.listenerArn.replace(':listener/', ':listener-rule/')}/1`;
/** Tokens are unknown at synthesis, as in a deployment that names resources. */
const deployment = Token.asString({ Ref: 'Deployment' });
const counting = { ingressId, deployment, ledger };
const permitted = { ...counting, topic, ruleArns: [ruleArn], rollbackAlarms: ['x'], machineName: 'shop' };

/** Good props of every construct, the optional ones among them that a test below replaces. */
const GOOD: Readonly<Record<string, Props>> = {
  CampaignAccess: { cutover, ingressId, campaignAccount: '111122223333' },
  CampaignMachine: { accounts: ['111122223333'] },
  ChatNotifier: { topic, ledger, channels: {} },
  CutoverAlarms: { ...names, warmUpMinutes: 1, thresholds: {}, runbookUrl: 'https://wiki.example' },
  CutoverDashboard: {
    ...names,
    alarms,
    metrics: [],
    ownAlarms: [],
    machine: machine.machine,
    verdictLogGroup: '/w',
    runbookUrl: 'https://wiki.example',
  },
  CutoverFunctions: {
    ...permitted,
    services: { stable: { cluster: 'c', service: 'a' }, candidate: { cluster: 'c', service: 'b' } },
  },
  CutoverMachine: { functions, stateMachineName: 'shop' },
  DualStackCutover: {
    ...PROPS,
    ingressId: 'till',
    listeners: PROPS.listeners?.map((listener) => ({ ...listener, priority: 8 })),
    plan: {},
    thresholds: {},
    chat: {},
    tags: {},
    metricProviders: {},
    shadowLogRetention: Duration.days(90),
  },
  OperatorPolicies: { cutover },
  ParityBackfill: { ...counting, bucket: new Bucket(stack, 'Captures') as IBucket, maxConcurrency: 5 },
  ParityPipeline: { ...counting, retention: Duration.days(30) },
  RollbackTriggers: {
    functions: new crossfade.CutoverFunctions(stack, 'Functions', permitted),
    alarms,
    machine: machine.machine,
    topic,
    ingressId,
    ownAlarms: [],
  },
  ShadowMirror: {
    ingressId,
    stableUrl: 'http://stable.internal:8080',
    candidateUrl: 'http://candidate.internal:8080',
    stream: parity.stream,
    copies: {},
    redaction: {},
    routes: ['/items'],
    keepAlive: Duration.seconds(75),
    vpc,
    cluster: new Cluster(stack, 'Cluster', { vpc }) as ICluster,
    loadBalancer: new SecurityGroup(stack, 'Balancer', { vpc }),
    forward: face('Forward'),
    reverse: face('Reverse'),
    sides: [],
    gatewayPort: 8080,
  },
  WeightedRule: {
    listener: PROPS.listeners?.[0]?.listener,
    priority: 7,
    hosts: ['shop.example'],
    headers: [],
    cohort: { sourceIps: ['10.0.0.0/8'] },
    groups,
    provider: new crossfade.WeightedRuleProvider(stack, 'Provider', { ledger, ingressId }),
  },
  WeightedRuleProvider: { ledger, ingressId },
};

/** None is the value of any prop. A number would be a port, and an object a plan. */
const WRONG = [null, true, [null], () => 1];

describe.each(CONSTRUCTS)('%s', (name, Made) => {
  const good = GOOD[name] ?? {};
  const make = (props: object) => new Made(new Construct(stack, `${name}${stack.node.children.length}`), 'Own', props);

  it('takes good props', () => {
    expect(() => make(good)).not.toThrow();
  });

  it('names a prop that it does not know, and those that there are', () => {
    expect(() => make({ ...good, ingresId: 'shop' })).toThrow(
      new RegExp(`^${name} Own: ingresId is no prop; there are .*${Object.keys(good)[0]}`),
    );
  });

  it.each(Object.keys(good))('names %s where it is of another kind, before anything of it is made', (prop) => {
    for (const value of WRONG) {
      const scope = new Construct(stack, `${name}${stack.node.children.length}`);
      const wrong = { ...good, [prop]: value };
      expect(() => new Made(scope, 'Own', wrong), `${prop} = ${String(value)}`).toThrow(RangeError);
      expect(() => new Made(new Construct(scope, 'Again'), 'Own', wrong)).toThrow(
        new RegExp(`^${name} Own: ${prop}[. ]`),
      );
      expect(scope.node.findChild('Own').node.children).toEqual([]);
    }
  });

  it('says so where there are no props at all', () => {
    const none: unknown = undefined;
    expect(() => Reflect.construct(Made, [new Construct(stack, `${name}Without`), 'Own', none])).toThrow(
      `${name} Own: the object of props is required`,
    );
  });
});

describe('what would fail only on deployment, or in a run, is named', () => {
  const elsewhere = new Stack(stack.node.root, 'Elsewhere', { env: ELSEWHERE });
  const arn = (text: string) => `arn:aws:${text}`;
  it.each<[keyof typeof GOOD & string, Props, RegExp]>([
    ['CutoverFunctions', { metricProviders: { own: null } }, /metricProviders\.own must be an object/],
    ['CutoverFunctions', { metricProviders: { own: { type: 'lambda' } } }, /own\.functionArn is required/],
    ['CutoverFunctions', { ruleArns: [] }, /ruleArns must have at least 1 entry/],
    ['CutoverFunctions', { ruleArns: ['shop'] }, /ruleArns\.0 must be the ARN of a listener's rule, not "shop"/],
    [
      'CutoverFunctions',
      { deployment: '{"ingressId":"shop"}' },
      /deployment must be the JSON of a deployment: .*rules: is required/,
    ],
    [
      'CutoverFunctions',
      { rollbackConcurrency: -1 },
      /rollbackConcurrency must be a whole number from 1 to 100, not -1/,
    ],
    ['CutoverMachine', { stateMachineName: 'my machine' }, /stateMachineName must be 1 to 80 letters/],
    ['CutoverAlarms', { warmUpMinutes: 2_000 }, /warmUpMinutes must be a whole number from 0 to 1,437/],
    ['CutoverAlarms', { warmUpMinutes: Token.asNumber({ Ref: 'Minutes' }) }, /warmUpMinutes must be known when/],
    ['CutoverAlarms', { runbookUrl: 'wiki' }, /runbookUrl must be the address of a page/],
    ['CutoverDashboard', { ownAlarms: ['mine'] }, /ownAlarms\.0 must be the ARN of an alarm, not "mine"/],
    ['CutoverDashboard', { metrics: [{}] }, /metrics\.0 must be a metric of a plan/],
    ['CampaignAccess', { ingressId: 'till' }, /ingressId must be shop, as cutover has it, not till/],
    ['ChatNotifier', { topic: new Topic(elsewhere, 'Topic') }, /topic is in region us-east-1, but the stack is in eu-/],
    ['ParityBackfill', { bucket: new Bucket(elsewhere, 'Bucket') }, /bucket is in region us-east-1/],
    ['WeightedRuleProvider', { ledger: crossfade.ledgerTable(elsewhere, 'Ledger') }, /ledger is in region us-east-1/],
    [
      'ChatNotifier',
      { topic: Topic.fromTopicArn(stack, 'T', arn('sns:eu-west-1:210987654321:t')) },
      /topic is in account 21/,
    ],
    [
      'ChatNotifier',
      { channels: { teams: { secretArn: arn('secretsmanager:us-east-1:123456789012:secret:t') } } },
      /channels\.teams\.secretArn is in region us-east-1, but its caller is in eu-west-1/,
    ],
    ['ParityPipeline', { retention: Duration.days(0) }, /retention must be at least one day/],
    ['ParityPipeline', { retention: Duration.days(Token.asNumber({ Ref: 'Days' })) }, /retention must be known when/],
    ['ParityPipeline', { ingressId: Lazy.string({ produce: () => 'shop' }) }, /ingressId must be known when/],
    ['ShadowMirror', { candidateUrl: 'http://candidate:99999' }, /candidateUrl must be http:\/\/host:port/],
    ['ShadowMirror', { gatewayPort: 80.5 }, /gatewayPort must be a whole number/],
    [
      'ShadowMirror',
      { copies: { deadline: Duration.minutes(5) } },
      /copies\.deadline must be from 10 milliseconds to 60/,
    ],
    ['ShadowMirror', { copies: { bodyCapBytes: 2048.5 } }, /copies\.bodyCapBytes must be a whole number/],
    ['ShadowMirror', { copies: Promise.resolve({}) }, /copies must not be a Promise/],
    ['ShadowMirror', { forward: GOOD.ShadowMirror?.reverse }, /reverse must be another target group than forward/],
    ['WeightedRule', { listener: { listenerArn: 'x' } }, /listener must be the ARN of an application load balancer's/],
    [
      'WeightedRule',
      { groups: { ...groups, candidate: groups.stable } },
      /candidate must be another target group than/,
    ],
    [
      'WeightedRule',
      { groups: { ...groups, stable: { targetGroupArn: 5 } } },
      /groups\.stable must be a text \(got 5\)/,
    ],
    ['WeightedRule', { methods: ['get'] }, /methods\.0 must be a method in capitals/],
    ['WeightedRule', { headers: [{ name: 'X', values: ['a\n'] }] }, /values\.0 must be .* none of them a control/],
    ['WeightedRule', { cohort: {} }, /cohort must have one of header, cookie and sourceIps, not 0/],
    ['DualStackCutover', { plan: Promise.resolve({}) }, /plan must not be a Promise/],
    ['DualStackCutover', { tags: { cost: '💥' } }, /tags\.cost must consist of letters, digits/],
    ['DualStackCutover', { plan: { alarms: 5 } }, /alarms: must be a list/],
  ])('%s %j', (name, wrong, message) => {
    const Made = CONSTRUCTS.find(([known]) => known === name)?.[1];
    if (Made === undefined) throw new Error(`no construct ${name}`);
    const scope = new Construct(stack, `Wrong${stack.node.children.length}`);
    expect(() => new Made(scope, 'Own', { ...GOOD[name], ...wrong })).toThrow(message);
  });

  it('a threshold that is undefined keeps its default', () => {
    const scope = new Construct(stack, 'Undefined');
    const props = { ...names, warmUpMinutes: 1, thresholds: { errorPercent: undefined } };
    expect(() => Reflect.construct(crossfade.CutoverAlarms, [scope, 'Own', props])).not.toThrow();
  });
});

it('every construct of the package has good props here', () => {
  expect(Object.keys(GOOD).sort()).toEqual(CONSTRUCTS.map(([name]) => name).sort());
});
