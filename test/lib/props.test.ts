/** Props from JavaScript, or by a cast: each construct of the package names the prop that is wrong. */
import { Duration, Stack } from 'aws-cdk-lib';
import { type IVpc, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { ApplicationTargetGroup, TargetType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import * as crossfade from '../../lib/index.ts';
import { templatesOnly } from '../support/cdk-app.ts';
import { ENV, PROPS } from './own-stack.ts';

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
const counting = { ingressId, deployment: '{}', ledger };
const permitted = { ingressId, ledger, topic, ruleArns: [], rollbackAlarms: [], machineName: 'shop', deployment: '{}' };

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

it('every construct of the package has good props here', () => {
  expect(Object.keys(GOOD).sort()).toEqual(CONSTRUCTS.map(([name]) => name).sort());
});
