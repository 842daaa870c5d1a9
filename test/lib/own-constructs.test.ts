/** Cutovers around the user's own constructs: created in the same stack or in another, imported, or looked up. */
import { type App, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, type ITableV2, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { ApplicationListener, ApplicationTargetGroup, TargetType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { DualStackCutover } from '../../lib/cutover/dual-stack-cutover.ts';
import { ledgerTable } from '../../lib/cutover/ledger-table.ts';
import { templatesOnly } from '../support/cdk-app.ts';
import { ATTACHMENT } from './attachment.ts';
import {
  ELSEWHERE,
  ENV,
  groupIn,
  groupRef,
  listenerArn,
  listening,
  type Own,
  PROPS,
  redirecting,
  stackWith,
  withStable,
} from './own-stack.ts';

const keyed = (stack: Stack, encryptionKey: IKey): ITableV2 =>
  new TableV2(stack, 'Ledger', {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    encryption: TableEncryptionV2.customerManagedKey(encryptionKey),
  }) as ITableV2;

const policySchema = z.looseObject({
  Statement: z.array(
    z.looseObject({
      Action: z.union([z.string(), z.array(z.string())]).transform((actions) => [actions].flat()),
      Effect: z.string(),
      Resource: z.unknown().optional(),
      Principal: z.unknown().optional(),
      Condition: z.unknown().optional(),
    }),
  ),
});
const templates = new WeakMap<Stack, Template>();
const resourcesOf = (of: Stack, type: string) => {
  const template = templates.get(of) ?? Template.fromStack(of);
  templates.set(of, template);
  return Object.values(template.findResources(type));
};
/** Returns the actions that a resource's policy allows CloudWatch on behalf of this account only. */
const alarmsMay = (document: unknown) =>
  policySchema.parse(document).Statement.flatMap(({ Action, Effect, Principal, Condition }) => {
    const isTheirs = JSON.stringify(Principal) === '{"Service":"cloudwatch.amazonaws.com"}';
    const ofTheAccount = JSON.stringify(Condition) === `{"StringEquals":{"aws:SourceAccount":"${ENV.account}"}}`;
    return isTheirs && ofTheAccount && Effect === 'Allow' ? Action : [];
  });
const topicPolicies = (of: Stack) =>
  resourcesOf(of, 'AWS::SNS::TopicPolicy').flatMap(({ Properties }) => alarmsMay(Properties.PolicyDocument));
const keyPolicies = (of: Stack) =>
  resourcesOf(of, 'AWS::KMS::Key').flatMap(({ Properties }) => alarmsMay(Properties.KeyPolicy));

describe('alarms reach the user’s own topic', () => {
  const encrypted = (stack: Stack) =>
    new Topic(stack, 'Topic', { enforceSSL: true, masterKey: new Key(stack, 'Key') as IKey }) as ITopic;

  it('that another stack makes: its policy and its key stand there', () => {
    const homes: Stack[] = [];
    const stack = stackWith((_, other) => {
      const home = other(ENV);
      homes.push(home);
      return { topic: encrypted(home) };
    });
    expect(topicPolicies(stack)).toEqual([]);
    expect(homes.flatMap(topicPolicies)).toEqual(['sns:Publish']);
    expect(homes.flatMap(keyPolicies)).toEqual(['kms:Decrypt', 'kms:GenerateDataKey*']);
  });

  it('under a key of their own, that two cutovers share: each once, and no more', () => {
    const stack = stackWith((own) => {
      const topic = encrypted(own);
      new DualStackCutover(own, 'First', {
        ...PROPS,
        ...listening({ priority: 7, paths: ['/admin/*'] }),
        ingressId: 'admin',
        topic,
      });
      return { topic };
    });
    expect(topicPolicies(stack)).toEqual(['sns:Publish']);
    expect(keyPolicies(stack)).toEqual(['kms:Decrypt', 'kms:GenerateDataKey*']);
  });

  it('and its publishers may use the key of one that is imported', () => {
    const keyArn = 'arn:aws:kms:eu-west-1:123456789012:key/0b1c2d3e';
    const stack = stackWith((own) => ({
      topic: Topic.fromTopicAttributes(own, 'Topic', { topicArn: 'arn:aws:sns:eu-west-1:123456789012:told', keyArn }),
    }));
    const publishers = resourcesOf(stack, 'AWS::IAM::Policy').filter((policy) =>
      /sns:Publish/.test(JSON.stringify(policy)),
    );
    expect(publishers.length).toBeGreaterThan(10);
    for (const policy of publishers) expect(JSON.stringify(policy)).toContain(keyArn);
  });
});

describe('keys of the user’s own', () => {
  const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prom-AbCdEf';
  let stack: Stack;
  beforeAll(() => {
    stack = stackWith((own) => ({
      topic: new Topic(own, 'Topic', { enforceSSL: true }) as ITopic,
      ledger: keyed(own, new Key(own, 'Key') as IKey),
      metricProviders: { prom: { type: 'prometheus', url: 'https://p.example', secretArn } },
    }));
  });

  it('stand beside a topic without one, whose policy demands TLS: alarms reach it, and no more', () => {
    expect(topicPolicies(stack)).toEqual(['sns:Publish']);
  });

  it('of a ledger are used by whoever may read and write its items, people too', () => {
    const holders = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy']
      .flatMap((type) => resourcesOf(stack, type))
      .map(({ Properties }) => policySchema.parse(Properties.PolicyDocument).Statement)
      .filter((statements) => statements.some(({ Action }) => Action.some((action) => action.startsWith('dynamodb:'))));
    expect(holders.length).toBeGreaterThan(20);
    for (const statements of holders) {
      const actions = statements.flatMap(({ Action }) => Action);
      const ofTheKey = statements
        .filter(({ Resource }) => /"Key[0-9A-F]{8}"/.test(JSON.stringify(Resource)))
        .flatMap(({ Action }) => Action);
      expect(ofTheKey).toEqual(expect.arrayContaining(['kms:Decrypt', 'kms:DescribeKey']));
      if (actions.some((action) => /^dynamodb:(Put|Update)Item$/.test(action)))
        expect(ofTheKey).toEqual(expect.arrayContaining(['kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*']));
    }
  });

  it('of a secret are used by its readers alone, whichever key that is', () => {
    const readers = resourcesOf(stack, 'AWS::IAM::Policy')
      .map(({ Properties }) => policySchema.parse(Properties.PolicyDocument).Statement)
      .filter((statements) => statements.some(({ Action }) => Action.includes('secretsmanager:GetSecretValue')));
    expect(readers).toHaveLength(3);
    for (const statements of readers)
      expect(statements.filter(({ Condition }) => JSON.stringify(Condition)?.includes(secretArn))).toEqual([
        expect.objectContaining({
          Action: ['kms:Decrypt'],
          Condition: { StringEquals: { 'kms:EncryptionContext:SecretARN': secretArn } },
        }),
      ]);
  });
});

describe('is taken as it is', () => {
  const synthesises = (own: Own) => {
    const stack = stackWith(own);
    return { stack, missing: (stack.node.root as App).synth().manifest.missing ?? [] };
  };

  it('a listener that is still to be looked up: the CDK then asks the account, and synthesises anew', () => {
    const { missing } = synthesises((stack) =>
      listening({ listener: ApplicationListener.fromLookup(stack, 'Found', { loadBalancerTags: { app: 'shop' } }) }),
    );
    expect(missing.map(({ provider }) => provider)).toContain('load-balancer-listener');
  });

  it.each<[string, Own]>([
    [
      'a listener and groups by their attributes, clients by their IPv6 addresses, the ledger of another stack',
      (stack, other) => ({
        ...listening({
          listener: ApplicationListener.fromApplicationListenerAttributes(stack, 'Found', {
            listenerArn,
            securityGroup: { securityGroupId: 'sg-1' } as never,
          }),
          sources: ['2001:db8::/32', '10.0.0.0/8'],
        }),
        ...withStable(
          ApplicationTargetGroup.fromTargetGroupAttributes(stack, 'FoundGroup', {
            targetGroupArn: ATTACHMENT.groups.stable,
            loadBalancerArns:
              'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shop/50dc6c495c0c9188',
          }),
        ),
        ledger: ledgerTable(other(ENV), 'Ledger'),
      }),
    ],
    [
      'a narrow rule on a listener that redirects the rest, and a group that another stack of the region makes',
      (stack, other) => ({
        ...listening({ listener: redirecting(stack), paths: ['/legacy/*'] }),
        ...withStable(groupIn(other(ENV))),
      }),
    ],
    [
      'a group of functions',
      (stack) =>
        withStable(
          new ApplicationTargetGroup(stack, 'Group', {
            targetType: TargetType.LAMBDA,
            healthCheck: { enabled: true },
          }),
        ),
    ],
  ])('%s', (_what, own) => {
    expect(resourcesOf(synthesises(own).stack, 'Custom::WeightedRule')).toHaveLength(1);
  });

  it('a nested stack, and a stage of a pipeline', () => {
    const nested = new NestedStack(new Stack(templatesOnly(), 'Outer', { env: ENV }), 'Inner');
    const staged = new Stack(new Stage(templatesOnly(), 'Production', { env: ENV }), 'Shop');
    for (const stack of [nested, staged]) {
      new DualStackCutover(stack, 'Cutover', PROPS);
      expect(resourcesOf(stack, 'Custom::WeightedRule')).toHaveLength(1);
    }
  });

  it('the same ingress in another region of the app', () => {
    const stack = stackWith((_, other) => {
      const at = (arn: string) => arn.replace(ENV.region, ELSEWHERE.region);
      new DualStackCutover(other(ELSEWHERE), 'First', {
        ...PROPS,
        listeners: [{ listener: { listenerArn: at(listenerArn) }, priority: 5 }],
        groups: {
          stable: groupRef(at(ATTACHMENT.groups.stable)),
          candidate: groupRef(at(ATTACHMENT.groups.candidate)),
        },
      });
      return {};
    });
    expect(resourcesOf(stack, 'Custom::WeightedRule')).toHaveLength(1);
  });
});
