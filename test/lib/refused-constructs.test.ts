/** The user's own constructs that a cutover cannot use: each is refused before anything is deployed. */
import { AttributeType, type ITableV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import {
  ApplicationListener,
  ApplicationTargetGroup,
  NetworkTargetGroup,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Alias, type IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { describe, expect, it } from 'vitest';
import type { DualStackCutoverProps } from '../../lib/cutover/cutover-props.ts';
import { DualStackCutover } from '../../lib/cutover/dual-stack-cutover.ts';
import { ledgerTable } from '../../lib/cutover/ledger-table.ts';
import { WeightedRule, WeightedRuleProvider } from '../../lib/listener/weighted-rule.ts';

import {
  ELSEWHERE,
  ENV,
  groupIn,
  groupRef,
  listenerArn,
  listening,
  networkListener,
  type Own,
  PROPS,
  redirecting,
  stackWith,
  vpcOf,
  withStable,
} from './own-stack.ts';

describe('is refused before anything is deployed, with the prop named', () => {
  it.each<[string, Own, RegExp]>([
    ...(
      [
        ['us-east-1', '123456789012', 'aws', /plan\.alarms\.0 is in region us-east-1, but the stack is in eu-west-1/],
        ['eu-west-1', '999999999999', 'aws', /plan\.alarms\.0 is in account 999999999999/],
        ['eu-west-1', '123456789012', 'aws-cn', /plan\.alarms\.0 is in partition aws-cn/],
      ] as const
    ).map(([region, account, partition, says]): [string, Own, RegExp] => [
      `an alarm of the plan in ${partition} ${region} ${account}`,
      () => ({ plan: { alarms: [`arn:${partition}:cloudwatch:${region}:${account}:alarm:mine`] } }),
      says,
    ]),
    [
      'a group of another partition',
      () => withStable(groupRef(PROPS.groups.stable.targetGroupArn.replace('arn:aws:', 'arn:aws-us-gov:'))),
      /groups\.stable is in partition aws-us-gov, but the stack is in aws/,
    ],
    [
      'a boundary of another account',
      () => ({ permissionsBoundaryArn: 'arn:aws:iam::999999999999:policy/b' }),
      /permissionsBoundaryArn is in account 999999999999/,
    ],
    ...(['javascript:alert(1)', 'file:///etc/passwd', 'ftp://wiki.example', 'https://wiki.example/\n<b>'] as const).map(
      (runbookUrl): [string, Own, RegExp] => [
        `a runbook at ${JSON.stringify(runbookUrl)}`,
        () => ({ runbookUrl }),
        /runbookUrl must be the address of a page \(https/,
      ],
    ),
    [
      'a provider with a login in its address',
      () => ({ metricProviders: { prom: { type: 'prometheus', url: 'https://user:word@p.example' } } }),
      /metricProviders\.prom\.url must hold no login/,
    ],
    [
      'a secret over plain HTTP',
      () => ({
        metricProviders: {
          prom: {
            type: 'prometheus',
            url: 'http://p.example',
            secretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:p-AbCdEf',
          },
        },
      }),
      /metricProviders\.prom\.url must begin with https/,
    ],
    [
      'a provider that is a function of another region',
      () => ({
        metricProviders: { own: { type: 'lambda', functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f' } },
      }),
      /metricProviders\.own\.functionArn is in region us-east-1/,
    ],
    [
      'a layer to exercise with',
      () => ({ exerciseFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:layer:f:1' }),
      /exerciseFunctionArn must be the ARN of a function/,
    ],
    ['a misspelt prop', () => ({ ingresId: 'shop' }) as object, /ingresId is no prop; there are ingressId/],
    [
      'a chat that there is not',
      () =>
        ({
          chat: { discord: { secretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:d-AbCdEf' } },
        }) as object,
      /chat\.discord is no prop; there are slack, teams, pagerDuty/,
    ],
    ['a tag that is a number', () => ({ tags: { cost: 5 } }) as object, /tags\.cost must be a text \(got 5\)/],
    [
      'more tags than AWS takes',
      () => ({ tags: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, 'v'])) }),
      /tags: at most 50, not 51/,
    ],
    [
      'a threshold that no share reaches',
      () => ({ thresholds: { errorPercent: 500 } }),
      /thresholds\.errorPercent must be at most 100 \(got 500\)/,
    ],
    [
      'the priority of another ingress on the listener',
      (stack) => {
        new DualStackCutover(stack, 'Till', { ...PROPS, ingressId: 'till' });
        return {};
      },
      /listeners: priority 5 \(Rule0\) is taken on this listener by Theirs\/Till\/Rule0/,
    ],
    [
      'a listener of a network load balancer',
      (stack) => listening({ listener: networkListener(stack) }),
      /listeners\.0\.listener must be an application load balancer's listener, not one of protocol TCP/,
    ],
    [
      'a group that leads to a load balancer behind a network load balancer',
      (stack) =>
        withStable(new NetworkTargetGroup(stack, 'Group', { vpc: vpcOf(stack), port: 80, targetType: TargetType.ALB })),
      /groups\.stable has targets of type alb, which only a network load balancer takes/,
    ],
    [
      'a group of a network load balancer',
      (stack) => withStable(new NetworkTargetGroup(stack, 'Group', { vpc: vpcOf(stack), port: 80 })),
      /groups\.stable must be a target group of an application load balancer, not one of protocol TCP/,
    ],
    [
      'a group of a function whose health nobody checks',
      (stack) => withStable(new ApplicationTargetGroup(stack, 'Group', { targetType: TargetType.LAMBDA })),
      /groups\.stable leads to a Lambda function without health checks/,
    ],
    [
      'a group with target stickiness',
      (stack) => withStable(groupIn(stack, { stickinessCookieDuration: Duration.hours(1) })),
      /groups\.stable has target stickiness/,
    ],
    [
      'a group that another region’s stack makes',
      (_, other) => withStable(groupIn(other(ELSEWHERE))),
      /groups\.stable is in region us-east-1, but the stack is in eu-west-1/,
    ],
    [
      'a group that another account’s stack makes',
      (_, other) => withStable(groupIn(other({ ...ENV, account: '111122223333' }))),
      /groups\.stable is in account 111122223333/,
    ],
    [
      'a listener that redirects everything',
      (stack) => listening({ listener: redirecting(stack) }),
      /listeners\.0\.listener redirects by default/,
    ],
    [
      'a listener of another account',
      (stack) =>
        listening({
          listener: ApplicationListener.fromApplicationListenerAttributes(stack, 'Shared', {
            listenerArn: listenerArn.replace(ENV.account, '999999999999'),
            securityGroup: { securityGroupId: 'sg-1' } as never,
          }),
        }),
      /listeners\.0\.listener is in account 999999999999/,
    ],
    [
      'a FIFO topic',
      (stack) => ({ topic: new Topic(stack, 'Topic', { fifo: true }) as ITopic }),
      /topic must be a standard topic/,
    ],
    [
      'a FIFO topic by its ARN',
      (stack) => ({ topic: Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-west-1:123456789012:told.fifo') }),
      /topic must be a standard topic/,
    ],
    [
      'a topic under the key that AWS manages',
      (stack) => ({
        topic: new Topic(stack, 'Topic', {
          masterKey: Alias.fromAliasName(stack, 'Key', 'alias/aws/sns') as IKey,
        }) as ITopic,
      }),
      /topic is encrypted by alias\/aws\/sns, under which alarms cannot publish/,
    ],
    [
      'a topic of another region',
      (_, other) => ({ topic: new Topic(other(ELSEWHERE), 'Topic') as ITopic }),
      /topic is in region us-east-1/,
    ],
    [
      'a ledger with other keys',
      (stack) => ({
        ledger: new TableV2(stack, 'Ledger', { partitionKey: { name: 'id', type: AttributeType.STRING } }) as ITableV2,
      }),
      /ledger must have the partition key pk and the sort key sk, .* not HASH id/,
    ],
    [
      'a ledger of another region',
      (stack) => ({
        ledger: TableV2.fromTableArn(stack, 'Ledger', 'arn:aws:dynamodb:us-east-1:123456789012:table/ledger'),
      }),
      /ledger is in region us-east-1/,
    ],
    [
      'a secret of another region',
      () => ({
        metricProviders: {
          prom: {
            type: 'prometheus',
            url: 'https://p.example',
            secretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:p-AbCdEf',
          },
        },
      }),
      /metricProviders\.prom\.secretArn is in region us-east-1/,
    ],
    [
      'a chat’s secret of another region',
      () => ({ chat: { teams: { secretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:t-AbCdEf' } } }),
      /chat\.teams\.secretArn is in region us-east-1/,
    ],
    [
      'a block that is too narrow',
      () => listening({ sources: ['10.0.0.0/33'] }),
      /listeners\.0\.sources\.0 must be a CIDR block/,
    ],
    [
      'an address that is none',
      () => listening({ sources: ['10.0.0.256/32'] }),
      /listeners\.0\.sources\.0 must be a CIDR block/,
    ],
    [
      'testers by an address',
      () => listening({ cohort: { priority: 3, sourceIps: ['10.0.0.1'] } }),
      /listeners\.0\.cohort\.sourceIps\.0 must be a CIDR block/,
    ],
    [
      'testers by a header without a name',
      () => listening({ cohort: { priority: 3, header: { name: '', values: ['a'] } } }),
      /listeners\.0\.cohort\.header\.name must be the name of a header field/,
    ],
    [
      'testers by a wild cookie',
      () => listening({ cohort: { priority: 3, cookie: { name: 'beta', value: '*' } } }),
      /listeners\.0\.cohort\.cookie\.value must be/,
    ],
    [
      'testers at the priority of another rule',
      () => ({
        listeners: [
          { listener: { listenerArn }, priority: 5, cohort: { priority: 4, sourceIps: ['10.0.0.0/8'] } },
          { listener: { listenerArn }, priority: 4, paths: ['/x/*'] },
        ],
      }),
      /listeners\.1\.priority: 4 is taken on this listener by listeners\.0/,
    ],
    [
      'testers whose wildcards are too many',
      () =>
        listening({
          paths: ['/*/*/*'],
          hosts: ['*.example.com', '*.example.org'],
          cohort: { priority: 3, cookie: { name: 'beta', value: 'yes' } },
        }),
      /at most 6 wildcards together, not 7/,
    ],
    [
      'a boundary that is no policy',
      () => ({ permissionsBoundaryArn: 'Boundary' }),
      /permissionsBoundaryArn must be the ARN of a managed policy, not "Boundary"/,
    ],
    [
      'a tag that is too long',
      () => ({ tags: { owner: 'x'.repeat(257) } }),
      /tags\.owner must be at most 256 characters/,
    ],
    [
      'a runbook that is no address',
      () => ({ runbookUrl: 'wiki/crossfade' }),
      /runbookUrl must be the address of a page/,
    ],
    [
      'a service by its path',
      () => ({
        services: { stable: { cluster: 'shop/node', service: 'a' }, candidate: { cluster: 'shop', service: 'b' } },
      }),
      /services\.stable\.cluster must be the name of a cluster/,
    ],
    [
      'the ingress of another cutover of the stack',
      (stack) => {
        new DualStackCutover(stack, 'First', PROPS);
        return {};
      },
      /ingressId shop is taken by Theirs\/First/,
    ],
    [
      'the ingress of another cutover of the region',
      (_, other) => {
        new DualStackCutover(other(ENV), 'First', PROPS);
        return {};
      },
      /ingressId shop is taken by Other\/First/,
    ],
  ])('%s', (_what, own, message) => {
    expect(() => stackWith(own)).toThrow(message);
  });
});

describe('rules that were made elsewhere', () => {
  const cutoverOver = (own: (provider: WeightedRuleProvider) => Partial<DualStackCutoverProps>) =>
    stackWith((stack) => {
      const provider = new WeightedRuleProvider(stack, 'Provider', {
        ledger: ledgerTable(stack, 'Own'),
        ingressId: PROPS.ingressId,
      });
      const { groups } = PROPS;
      const rule = new WeightedRule(stack, 'Rule', { listener: { listenerArn }, priority: 5, groups, provider });
      return { listeners: undefined as never, rules: [rule], ledger: provider.ledger, ...own(provider) };
    });

  it.each<[string, (provider: WeightedRuleProvider) => Partial<DualStackCutoverProps>, RegExp]>([
    [
      'another ingress',
      () => ({ ingressId: 'till' }),
      /ingressId must be shop, as the provider of rules\.0 has it, not "till"/,
    ],
    [
      'the sides exchanged',
      () => ({ groups: { stable: PROPS.groups.candidate, candidate: PROPS.groups.stable } }),
      /groups\.stable must be .*, the stable group of rules\.0/,
    ],
    ['a ledger of its own', () => ({ ledger: undefined as never }), /ledger must be that of the provider of rules\.0/],
  ])('must be those of the cutover: %s', (_what, own, message) => {
    expect(() => cutoverOver(own)).toThrow(message);
  });

  it('are taken where they are', () => {
    expect(() => cutoverOver(() => ({}))).not.toThrow();
  });
});
