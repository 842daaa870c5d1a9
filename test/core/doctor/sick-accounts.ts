/** Accounts in which one thing is wrong. */
import type { Facts, Level } from '../../../core/doctor/index.ts';
import { ANY_REQUEST } from '../../../core/listener/conditions.ts';
import {
  alarms,
  candidate,
  deployed,
  group,
  LB,
  LISTENER,
  type Mutable,
  on,
  reading,
  rule,
  rules,
  STABLE,
  stableService,
  tagged,
  topic,
} from './account.ts';

/** What is wrong, and the one check that reports it. */
export const RED: readonly [string, string, Level, (facts: Mutable<Facts>) => void, RegExp][] = [
  [
    'a listener that does not exist',
    'listener',
    'fail',
    (f) => {
      f.listeners = [{ arn: LISTENER, loadBalancerArn: null, rules: [] }];
      f.deployed = null;
    },
    /There is no listener/,
  ],
  [
    'listeners of two load balancers',
    'listener',
    'fail',
    (f) => {
      f.listeners = [...f.listeners, { arn: 'listener/app/other/3/4', loadBalancerArn: 'lb/other', rules: [] }];
    },
    /belong to 2 load balancers/,
  ],
  [
    'a load balancer that passes on what two servers may read in two ways',
    'desync mitigation',
    'warn',
    (f) => {
      f.balancers = [{ arn: LB, desync: 'monitor' }];
    },
    /app\/lb\/1 forwards requests/,
  ],
  [
    'a login that our rule would go round',
    'authentication',
    'fail',
    rules(rule({ guards: ['authenticate-oidc {}'] })),
    /demands authenticate-oidc first/,
  ],
  [
    'a login by a default rule',
    'authentication',
    'fail',
    rules(
      rule({
        arn: 'd',
        priority: Number.POSITIVE_INFINITY,
        conditions: ANY_REQUEST,
        guards: ['authenticate-cognito {}'],
      }),
    ),
    /The default rule/,
  ],
  [
    'a login behind a rule that stands already',
    'authentication',
    'fail',
    (f) => {
      f.planned = [];
      f.listeners = [
        {
          arn: LISTENER,
          loadBalancerArn: LB,
          rules: [rule(), rule({ arn: 'rule/2', priority: 20, guards: ['jwt-validation {}'] })],
        },
      ];
    },
    /demands jwt-validation first/,
  ],
  [
    'another service whose paths we would take',
    'shadowed rules',
    'fail',
    rules(rule({ conditions: on('/api/users*'), forwards: new Map([['a:targetgroup/users/1', 1]]) })),
    /forwards to target group users, and the rule at priority 5 .* would take its requests/,
  ],
  [
    'a share for another service',
    'shadowed rules',
    'fail',
    rules(
      rule({
        forwards: new Map([
          [STABLE, 9],
          ['a:targetgroup/users/1', 1],
        ]),
      }),
    ),
    /forwards to target group users/,
  ],
  [
    'a redirect that we would take',
    'shadowed rules',
    'fail',
    rules(rule({ forwards: null })),
    /answers by itself or redirects/,
  ],
  ['a priority that is taken', 'shadowed rules', 'fail', rules(rule({ priority: 5 })), /Priority 5 .* is taken/],
  [
    'a rule to copy that is not there',
    'shadowed rules',
    'fail',
    (f) => {
      f.planned = f.planned.map((one) => ({ ...one, likeRuleArn: 'rule/gone' }));
    },
    /Rule rule\/gone cannot be copied: the listener has no such rule/,
  ],
  [
    'a rule that forwards to stable past ours',
    'shadowed rules',
    'warn',
    rules(rule(), rule({ arn: 'rule/9', priority: 1, conditions: on('/admin*') })),
    /Rule 9 at priority 1 \(path \/admin\*\)\. It forwards to stable past the cutover/,
  ],
  [
    'a rule before ours on the same paths',
    'shadowed rules',
    'warn',
    rules(rule(), rule({ priority: 1 })),
    /goes before ours/,
  ],
  [
    'a rule of the cutover that somebody deleted',
    'rule',
    'fail',
    deployed({ ruleArns: ['rule/1', 'rule/gone'] }),
    /rule\/gone does not exist/,
  ],
  [
    'a group that does not exist',
    'target group',
    'fail',
    (f) => {
      f.groups = [
        { role: 'stable', arn: STABLE, found: group() },
        { role: 'candidate', arn: 'tg/c', found: null },
      ];
    },
    /There is no target group/,
  ],
  [
    'a group of another load balancer',
    'target group',
    'fail',
    candidate({ loadBalancerArns: ['other'] }),
    /belongs to another load balancer/,
  ],
  [
    'sides that speak different protocols',
    'protocol version',
    'fail',
    candidate({ protocolVersion: 'HTTP2' }),
    /candidate speaks HTTP2/,
  ],
  ['sticky targets', 'stickiness', 'fail', candidate({ sticky: true }), /cookies override the weights/],
  [
    'no healthy target',
    'target health',
    'fail',
    candidate({ health: { healthy: 0, unhealthy: 2, registered: 2 } }),
    /no healthy target/,
  ],
  [
    'a function whose health nobody checks',
    'target health',
    'fail',
    candidate({ targetType: 'lambda', health: { healthy: 0, unhealthy: 0, registered: 1 } }),
    /candidate leads to a Lambda function without health checks/,
  ],
  [
    'an unhealthy target',
    'target health',
    'warn',
    candidate({ health: { healthy: 1, unhealthy: 1, registered: 2 } }),
    /1 unhealthy/,
  ],
  [
    'a service that does not exist',
    'service',
    'fail',
    (f) => {
      f.services = [{ side: 'stable', name: 'shop', found: null }];
    },
    /does not exist/,
  ],
  ['a service that drains', 'service', 'fail', stableService({ status: 'DRAINING' }), /is DRAINING/],
  ['a service that is not steady', 'service', 'warn', stableService({ running: 1 }), /runs 1 of 2/],
  ['scheduled scaling', 'scheduled scaling', 'warn', stableService({ scheduled: ['night'] }), /night/],
  ['CodeDeploy', 'owner', 'fail', stableService({ controller: 'CODE_DEPLOY' }), /CodeDeploy owns/],
  ['an external controller', 'owner', 'fail', stableService({ controller: 'EXTERNAL' }), /external controller/],
  ['ECS blue/green', 'owner', 'fail', stableService({ strategy: 'BLUE_GREEN' }), /by BLUE_GREEN/],
  [
    'the Load Balancer Controller',
    'owner',
    'fail',
    tagged({ 'elbv2.k8s.aws/cluster': 'prod' }),
    /Load Balancer Controller/,
  ],
  ['Terraform', 'owner', 'warn', tagged({ 'managed-by': 'Terraform' }), /Terraform/],
  [
    'a rule of others that splits over our groups',
    'owner',
    'fail',
    rules(
      rule({
        forwards: new Map([
          [STABLE, 50],
          ['tg/candidate', 50],
        ]),
      }),
    ),
    /somebody else shifts them/,
  ],
  ['an alarm that does not exist', 'alarm', 'fail', alarms({ expected: ['red'], found: [] }), /does not exist/],
  [
    'an alarm whose actions are off',
    'alarm',
    'fail',
    alarms({ expected: ['red'], found: [{ ...reading('red'), actionsEnabled: false }] }),
    /actions .* disabled/,
  ],
  [
    'a muted alarm',
    'alarm',
    'fail',
    alarms({ expected: ['red'], found: [{ ...reading('red'), mutedBy: ['night'] }] }),
    /muted by night/,
  ],
  [
    'a red alarm',
    'alarm',
    'fail',
    alarms({ expected: ['red'], found: [{ ...reading('red'), state: 'ALARM' }] }),
    /is in ALARM/,
  ],
  [
    'an alarm without data',
    'alarm',
    'warn',
    alarms({ expected: ['red'], found: [{ ...reading('red'), state: 'INSUFFICIENT_DATA' }] }),
    /no data yet/,
  ],
  ['no topic', 'notice', 'warn', deployed({ topic: null }), /nobody is notified/],
  [
    'a topic that does not exist',
    'notice',
    'fail',
    deployed({ topic: { arn: 'topic', found: null } }),
    /There is no topic/,
  ],
  [
    'a topic that alarms may not publish to',
    'notice',
    'fail',
    topic({ policy: { Statement: [] } }),
    /would reach nobody/,
  ],
  ['a key that alarms may not use', 'notice', 'fail', topic({ keyPolicy: { Statement: [] } }), /topic’s key/],
  ['nobody who subscribed', 'notice', 'fail', topic({ confirmed: 0 }), /nobody would be notified/],
  ['a subscription that waits', 'notice', 'warn', topic({ pending: 1 }), /1 unconfirmed subscription\./],
  [
    'a version that is gone',
    'function version',
    'fail',
    deployed({ functions: [{ arn: 'function:1', exists: false }] }),
    /does not exist/,
  ],
  ['no state machine', 'function version', 'fail', deployed({ functions: null }), /no state machine/],
  [
    'a right that a boundary takes away',
    'right',
    'fail',
    deployed({
      roles: [
        {
          role: 'r/shift',
          asked: 3,
          unasked: 0,
          denied: [{ action: 'a', resource: 'x', decision: 'explicitDeny' }],
        },
      ],
    }),
    /Role shift may not do a on x .a policy denies it/,
  ],
  [
    'a role without its policy',
    'right',
    'fail',
    deployed({ roles: [{ role: 'r/shift', asked: 0, unasked: 0, denied: [] }] }),
    /shift has no policy/,
  ],
  [
    'a right under a condition that cannot be simulated',
    'right',
    'warn',
    deployed({ roles: [{ role: 'r/shift', asked: 3, unasked: 1, denied: [] }] }),
    /shift has the 3 permissions that it needs; 1 more/,
  ],
  [
    'a quota that the deploy would break',
    'quota',
    'fail',
    (f) => {
      f.quotas = [{ name: 'rules', used: 101, limit: 100 }];
    },
    /would fail/,
  ],
  [
    'a quota that nobody tells',
    'quota',
    'warn',
    (f) => {
      f.quotas = [{ name: 'rules', used: 12, limit: null }];
    },
    /could not be read/,
  ],
  [
    'a quota that is nearly used up',
    'quota',
    'warn',
    (f) => {
      f.quotas = [{ name: 'rules', used: 90, limit: 100 }];
    },
    /90 of 100/,
  ],
  ['no runbook', 'runbook', 'warn', deployed({ runbook: null }), /name no runbook/],
  [
    'a runbook that is gone',
    'runbook',
    'warn',
    deployed({ runbook: { url: 'https://r.example', status: 404 } }),
    /answers 404/,
  ],
  [
    'a runbook that nobody reaches',
    'runbook',
    'warn',
    deployed({ runbook: { url: 'https://r.example', status: null } }),
    /cannot be reached/,
  ],
  [
    'a clock that is off',
    'clock',
    'warn',
    (f) => {
      f.clockSkew = 60;
    },
    /60 s ahead/,
  ],
  [
    'a clock that AWS refuses',
    'clock',
    'fail',
    (f) => {
      f.clockSkew = -600;
    },
    /refuse its signatures/,
  ],
];
