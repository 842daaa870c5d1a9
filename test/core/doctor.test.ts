import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Diagnosis, examine, type Facts, type Level, worst } from '../../core/doctor/index.ts';
import { allowsService } from '../../core/doctor/resource-policy.ts';
import { patternsMeet } from '../../core/listener/pattern.ts';

const LB = 'arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/lb/1';
const LISTENER = 'arn:aws:elasticloadbalancing:us-east-1:1:listener/app/lb/1/2';
const STABLE = 'arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/stable/1';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function rule(over: Partial<Facts['listeners'][number]['rules'][number]> = {}) {
  return {
    arn: 'rule/1',
    priority: 10,
    paths: ['/api/*'],
    otherConditions: [],
    actions: ['forward'],
    groups: [STABLE],
    tags: {},
    ...over,
  };
}

function group(over: Partial<NonNullable<Facts['groups'][number]['found']>> = {}) {
  return {
    loadBalancerArns: [LB],
    targetType: 'ip',
    protocol: 'HTTP',
    protocolVersion: 'HTTP1',
    sticky: false,
    health: { healthy: 2, unhealthy: 0, registered: 2 },
    tags: {},
    ...over,
  };
}

function service(over: Partial<NonNullable<Facts['services'][number]['found']>> = {}) {
  return { status: 'ACTIVE', controller: 'ECS', strategy: 'ROLLING', desired: 2, running: 2, scheduled: [], ...over };
}

const TOPIC_POLICY = {
  Statement: { Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' }, Action: 'sns:Publish' },
};

const reading = (name: string) => ({ name, state: 'OK' as const, actionsEnabled: true, mutedBy: [] });

/** An account in which nothing is wrong, before the deploy and after it at once: each check sees what it is about. */
function healthy(): Mutable<Facts> {
  return {
    listeners: [
      {
        arn: LISTENER,
        loadBalancerArn: LB,
        rules: [rule(), rule({ arn: 'rule/d', priority: null, paths: [] })],
        tags: {},
      },
    ],
    planned: [{ listenerArn: LISTENER, priority: 5, paths: ['/api/*'] }],
    groups: [
      { role: 'stable', arn: STABLE, found: group() },
      { role: 'candidate', arn: 'tg/candidate', found: group({ loadBalancerArns: [] }) },
    ],
    services: [{ side: 'stable', name: 'shop', found: service() }],
    quotas: [{ name: 'rules of the load balancer', used: 12, limit: 100 }],
    clockSkew: -1,
    deployed: {
      ruleArns: ['rule/1'],
      alarms: { expected: ['red'], found: [reading('red')] },
      topic: { arn: 'topic', found: { policy: TOPIC_POLICY, keyPolicy: null, confirmed: 1, pending: 0 } },
      functions: [{ arn: 'function:1', exists: true }],
      rights: [{ role: 'r', action: 'a', resource: 'x', decision: 'allowed' }],
      runbook: { url: 'https://runbook.example', status: 200 },
    },
  };
}

const deployed = (over: Partial<NonNullable<Facts['deployed']>>) => (facts: Mutable<Facts>) => {
  if (facts.deployed !== null) facts.deployed = { ...facts.deployed, ...over };
};
const rules =
  (...list: Facts['listeners'][number]['rules']) =>
  (facts: Mutable<Facts>) => {
    facts.listeners = [{ arn: LISTENER, loadBalancerArn: LB, rules: list, tags: {} }];
  };
const candidate = (over: Parameters<typeof group>[0]) => (facts: Mutable<Facts>) => {
  facts.groups = [
    { role: 'stable', arn: STABLE, found: group() },
    { role: 'candidate', arn: 'tg/c', found: group(over) },
  ];
};
const stableService = (over: Parameters<typeof service>[0]) => (facts: Mutable<Facts>) => {
  facts.services = [{ side: 'stable', name: 'shop', found: service(over) }];
};
const topic = (over: Partial<NonNullable<NonNullable<NonNullable<Facts['deployed']>['topic']>['found']>>) =>
  deployed({
    topic: { arn: 'topic', found: { policy: TOPIC_POLICY, keyPolicy: null, confirmed: 1, pending: 0, ...over } },
  });

/** What is wrong, and the one check that says so. */
const RED: readonly [string, string, Level, (facts: Mutable<Facts>) => void, RegExp][] = [
  [
    'a listener that does not exist',
    'listener',
    'fail',
    (f) => {
      f.listeners = [{ arn: LISTENER, loadBalancerArn: null, rules: [], tags: {} }];
      f.deployed = null;
    },
    /There is no listener/,
  ],
  [
    'a login that our rule would go round',
    'authentication',
    'fail',
    rules(rule({ actions: ['authenticate-oidc', 'forward'] })),
    /would skip the login/,
  ],
  [
    'a login by a default rule',
    'authentication',
    'fail',
    rules(rule(), rule({ arn: 'd', priority: null, paths: [], actions: ['authenticate-cognito', 'forward'] })),
    /the default rule/,
  ],
  [
    'another service whose paths we would take',
    'shadowed rules',
    'fail',
    rules(rule({ paths: ['/api/users*'], groups: ['tg/users'] })),
    /would take requests of rule 10/,
  ],
  [
    'a redirect that we would take',
    'shadowed rules',
    'fail',
    rules(rule({ actions: ['redirect'], groups: [] })),
    /go elsewhere than to stable/,
  ],
  ['a priority that is taken', 'shadowed rules', 'fail', rules(rule({ priority: 5 })), /Priority 5 .* is taken/],
  [
    'a rule before ours on the same paths',
    'shadowed rules',
    'warn',
    rules(rule(), rule({ priority: 1 })),
    /may keep requests/,
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
  ['sticky targets', 'stickiness', 'fail', candidate({ sticky: true }), /whatever the weights/],
  [
    'no healthy target',
    'target health',
    'fail',
    candidate({ health: { healthy: 0, unhealthy: 2, registered: 2 } }),
    /no healthy target/,
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
  ['CodeDeploy', 'owner', 'fail', stableService({ controller: 'CODE_DEPLOY' }), /CodeDeploy deploys/],
  ['an external controller', 'owner', 'fail', stableService({ controller: 'EXTERNAL' }), /external controller/],
  ['ECS blue/green', 'owner', 'fail', stableService({ strategy: 'BLUE_GREEN' }), /by BLUE_GREEN/],
  [
    'the Load Balancer Controller',
    'owner',
    'fail',
    candidate({ tags: { 'elbv2.k8s.aws/cluster': 'prod' } }),
    /Load Balancer Controller/,
  ],
  ['Terraform', 'owner', 'warn', candidate({ tags: { 'managed-by': 'Terraform' } }), /Terraform/],
  [
    'an alarm that does not exist',
    'alarm',
    'fail',
    deployed({ alarms: { expected: ['red'], found: [] } }),
    /does not exist/,
  ],
  [
    'an alarm whose actions are off',
    'alarm',
    'fail',
    deployed({ alarms: { expected: ['red'], found: [{ ...reading('red'), actionsEnabled: false }] } }),
    /actions .* disabled/,
  ],
  [
    'a muted alarm',
    'alarm',
    'fail',
    deployed({ alarms: { expected: ['red'], found: [{ ...reading('red'), mutedBy: ['night'] }] } }),
    /muted by night/,
  ],
  [
    'a red alarm',
    'alarm',
    'fail',
    deployed({ alarms: { expected: ['red'], found: [{ ...reading('red'), state: 'ALARM' }] } }),
    /is in ALARM/,
  ],
  [
    'an alarm without data',
    'alarm',
    'warn',
    deployed({ alarms: { expected: ['red'], found: [{ ...reading('red'), state: 'INSUFFICIENT_DATA' }] } }),
    /no data yet/,
  ],
  ['no topic', 'notice', 'warn', deployed({ topic: null }), /nobody is told/],
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
  ['nobody who subscribed', 'notice', 'fail', topic({ confirmed: 0 }), /nobody would be told/],
  ['a subscription that waits', 'notice', 'warn', topic({ pending: 1 }), /not confirmed/],
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
    deployed({ rights: [{ role: 'r', action: 'a', resource: 'x', decision: 'explicitDeny' }] }),
    /a policy denies it/,
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

describe('the doctor', () => {
  it('finds nothing in an account in which nothing is wrong, and says what it looked at', () => {
    const diagnoses = examine(healthy());
    expect(diagnoses.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(new Set(diagnoses.map(({ check }) => check))).toEqual(new Set(RED.map(([, check]) => check)));
  });

  it.each(RED)('finds %s', (_, check, level, spoil, says) => {
    const facts = healthy();
    spoil(facts);
    const bad: Diagnosis[] = examine(facts).filter((diagnosis) => diagnosis.level !== 'ok');
    expect(bad.map((d) => d.check)).toContain(check);
    const own = bad.filter((d) => d.check === check);
    expect(worst(own)).toBe(level);
    expect(own.some(({ why }) => says.test(why))).toBe(true);
    for (const { mend } of own) expect(mend).toMatch(/\w/);
  });

  it('takes other conditions of a rule for no excuse: a host may be any', () => {
    const facts = healthy();
    rules(rule({ otherConditions: ['host-header'], groups: ['tg/other'] }))(facts);
    expect(worst(examine(facts))).toBe('fail');
  });
});

describe('path patterns of two rules', () => {
  const path = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 8 });
  /** A pattern that matches `of`: some characters become `?`, some runs become `*`. */
  const patternOf = (of: string) =>
    fc.array(fc.constantFrom('keep', 'any', 'star'), { minLength: of.length, maxLength: of.length }).map((kinds) =>
      [...of]
        .map((character, i) => (kinds[i] === 'star' ? '*' : kinds[i] === 'any' ? '?' : character))
        .join('')
        .replace(/\*+/g, '*'),
    );

  it('meet whenever one path matches both', () => {
    const patterns = path.chain((of) => fc.tuple(patternOf(of), patternOf(of)));
    fc.assert(fc.property(patterns, ([one, other]) => patternsMeet(one, other)));
  });

  it('do not meet where their first characters differ', () => {
    fc.assert(fc.property(path.chain(patternOf), (rest) => !patternsMeet(`a${rest}`, 'b*')));
  });

  it.each([
    ['/api/*', '/api/users', true],
    ['/api/*', '/app/*', false],
    ['/a?c', '/abc', true],
    ['*', '/anything', true],
    ['/a', '/a/', false],
    ['*/edit', '/users/*', true],
  ])('%s and %s: %s', (one, other, meet) => {
    expect(patternsMeet(one, other)).toBe(meet);
    expect(patternsMeet(other, one)).toBe(meet);
  });

  it('are compared in bounded time, however many stars they have', () => {
    expect(patternsMeet(`${'*a'.repeat(60)}b`, `${'a*'.repeat(60)}c`)).toBe(false);
  });
});

describe('a resource policy allows a service', () => {
  const allow = { Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' }, Action: ['sns:Publish'] };
  const deny = { Effect: 'Deny', Principal: '*', Action: 'sns:*' };
  const may = (Statement: unknown) => allowsService({ Statement }, 'cloudwatch.amazonaws.com', ['sns:Publish']);

  it.each<[string, unknown, boolean]>([
    ['by its name', [allow], true],
    ['by everybody', { ...allow, Principal: '*' }, true],
    ['by any AWS principal', { ...allow, Principal: { AWS: '*' } }, true],
    ['by a wildcard in the action, in any case', { ...allow, Action: 'SNS:Pub*' }, true],
    ['not another service', { ...allow, Principal: { Service: 'events.amazonaws.com' } }, false],
    ['not another action', { ...allow, Action: 'sns:Subscribe' }, false],
    ['not beside a Deny', [allow, deny], false],
    [
      'beside a Deny of plain transport',
      [allow, { ...deny, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
      true,
    ],
    ['not by a Deny alone', [deny], false],
    ['not by no policy', undefined, false],
  ])('%s', (_, statement, expected) => {
    expect(may(statement)).toBe(expected);
  });
});
