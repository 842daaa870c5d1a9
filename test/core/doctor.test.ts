import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Diagnosis, examine, type Facts, type Level, worst } from '../../core/doctor/index.ts';
import { allowsService } from '../../core/doctor/resource-policy.ts';
import { ANY_REQUEST } from '../../core/listener/conditions.ts';
import { patternsMeet } from '../../core/listener/pattern.ts';
import type { ListenerRule } from '../../core/listener/shadowed-rules.ts';

const LB = 'arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/lb/1';
const LISTENER = 'arn:aws:elasticloadbalancing:us-east-1:1:listener/app/lb/1/2';
const STABLE = 'arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/stable/1';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function rule(over: Partial<ListenerRule> = {}): ListenerRule {
  return {
    arn: 'rule/1',
    priority: 10,
    conditions: on('/*'),
    guards: [],
    forwards: new Map([[STABLE, 1]]),
    stickySeconds: null,
    rewrites: false,
    ...over,
  };
}

function on(...paths: string[]) {
  return { ...ANY_REQUEST, paths };
}

function group(over: Partial<NonNullable<Facts['groups'][number]['found']>> = {}) {
  return {
    loadBalancerArns: [LB],
    targetType: 'ip',
    protocol: 'HTTP',
    protocolVersion: 'HTTP1',
    sticky: false,
    health: { healthy: 2, unhealthy: 0, registered: 2 },
    ...over,
  };
}

function service(over: Partial<NonNullable<Facts['services'][number]['found']>> = {}) {
  return { status: 'ACTIVE', controller: 'ECS', strategy: 'ROLLING', desired: 2, running: 2, scheduled: [], ...over };
}

/** The default rule. It gets no requests, because our rules match every path. */
const DEFAULT = rule({ arn: 'rule/d', priority: Number.POSITIVE_INFINITY, conditions: ANY_REQUEST });

const TOPIC_POLICY = {
  Statement: { Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' }, Action: 'sns:Publish' },
};

const reading = (name: string) => ({ name, state: 'OK' as const, actionsEnabled: true, mutedBy: [] });

/**
 * An account in which nothing is wrong, with the facts from before and after the deploy together, so that every check
 * has its subject.
 */
function healthy(): Mutable<Facts> {
  return {
    listeners: [
      {
        arn: LISTENER,
        loadBalancerArn: LB,
        rules: [rule(), DEFAULT],
      },
    ],
    balancers: [{ arn: LB, desync: 'defensive' }],
    planned: [
      {
        listenerArn: LISTENER,
        likeRuleArn: null,
        rule: { priority: 5, conditions: on('/*'), guards: [], stableArn: STABLE },
      },
    ],
    tagged: [{ arn: LB, tags: { Name: 'shop' } }],
    groups: [
      { role: 'stable', arn: STABLE, found: group() },
      { role: 'candidate', arn: 'tg/candidate', found: group({ loadBalancerArns: [] }) },
    ],
    services: [{ side: 'stable', name: 'shop', found: service() }],
    quotas: [{ name: 'rules of the load balancer', used: 12, limit: 100 }],
    clockSkew: -1,
    alarms: { expected: ['red'], found: [reading('red')] },
    deployed: {
      ruleArns: ['rule/1'],
      topic: { arn: 'topic', found: { policy: TOPIC_POLICY, keyPolicy: null, confirmed: 1, pending: 0 } },
      functions: [{ arn: 'function:1', exists: true }],
      roles: [{ role: 'arn:aws:iam::1:role/rollback', asked: 9, unasked: 0, denied: [] }],
      runbook: { url: 'https://runbook.example', status: 200 },
    },
  };
}

const deployed = (over: Partial<NonNullable<Facts['deployed']>>) => (facts: Mutable<Facts>) => {
  if (facts.deployed !== null) facts.deployed = { ...facts.deployed, ...over };
};
const alarms = (given: Facts['alarms']) => (facts: Mutable<Facts>) => {
  facts.alarms = given;
};
const rules =
  (...list: ListenerRule[]) =>
  (facts: Mutable<Facts>) => {
    facts.listeners = [{ arn: LISTENER, loadBalancerArn: LB, rules: list }];
    // The doctor checks deployed rules as well; these cases are about the rules that a deploy would create.
    facts.deployed = null;
  };
const candidate = (over: Parameters<typeof group>[0]) => (facts: Mutable<Facts>) => {
  facts.groups = [
    { role: 'stable', arn: STABLE, found: group() },
    { role: 'candidate', arn: 'tg/c', found: group(over) },
  ];
};
const tagged = (tags: Record<string, string>) => (facts: Mutable<Facts>) => {
  facts.tagged = [{ arn: STABLE, tags }];
};
const stableService = (over: Parameters<typeof service>[0]) => (facts: Mutable<Facts>) => {
  facts.services = [{ side: 'stable', name: 'shop', found: service(over) }];
};
const topic = (over: Partial<NonNullable<NonNullable<NonNullable<Facts['deployed']>['topic']>['found']>>) =>
  deployed({
    topic: { arn: 'topic', found: { policy: TOPIC_POLICY, keyPolicy: null, confirmed: 1, pending: 0, ...over } },
  });

/** What is wrong, and the one check that reports it. */
const RED: readonly [string, string, Level, (facts: Mutable<Facts>) => void, RegExp][] = [
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
    /app\/lb\/1 passes on requests/,
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
  ['sticky targets', 'stickiness', 'fail', candidate({ sticky: true }), /whatever the weights are/],
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
    /shift may do 3 things that it needs; 1 more/,
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

  it('says how a deleted rule comes back: a deploy that changes nothing does not recreate it', () => {
    const facts = healthy();
    deployed({ ruleArns: ['rule/gone'] })(facts);
    const found = examine(facts).find(({ check, level }) => check === 'rule' && level === 'fail');
    expect(found?.mend).toContain('another priority');
  });

  it('leaves a rule of another host alone, and asks no login of who copies the rule that has it', () => {
    const facts = healthy();
    const guards = ['authenticate-cognito {"UserPoolArn":"pool"}'];
    const elsewhere = rule({
      conditions: { ...ANY_REQUEST, hosts: ['admin.example'] },
      guards,
      forwards: new Map([['a:targetgroup/users/1', 1]]),
    });
    const guarded = rule({ arn: 'rule/login', priority: 20, guards });
    facts.deployed = null;
    facts.listeners = [{ arn: LISTENER, loadBalancerArn: LB, rules: [elsewhere, guarded] }];
    const shop = {
      priority: 5,
      conditions: { ...on('/api/*'), hosts: ['shop.example'] },
      guards: [],
      stableArn: STABLE,
    };
    const answer = (likeRuleArn: string | null) => {
      facts.planned = [
        {
          listenerArn: LISTENER,
          likeRuleArn,
          rule: likeRuleArn === null ? shop : { ...shop, conditions: ANY_REQUEST },
        },
      ];
      return examine(facts)
        .filter(({ level }) => level === 'fail')
        .map(({ check }) => check);
    };
    expect(answer(null)).toEqual(['authentication']);
    // The copied rule matches /api/* on any host, including admin.example.
    expect(answer('rule/login')).toEqual(['shadowed rules']);
    facts.listeners = [{ arn: LISTENER, loadBalancerArn: LB, rules: [guarded] }];
    expect(answer('rule/login')).toEqual([]);
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
