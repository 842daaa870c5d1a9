/** An account as the doctor reads it: one in which nothing is wrong, and what may be changed in it. */
import type { Facts } from '../../../core/doctor/index.ts';
import { ANY_REQUEST } from '../../../core/listener/conditions.ts';
import type { ListenerRule } from '../../../core/listener/shadowed-rules.ts';

export const LB = 'arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/lb/1';
export const LISTENER = 'arn:aws:elasticloadbalancing:us-east-1:1:listener/app/lb/1/2';
export const STABLE = 'arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/stable/1';

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export function rule(over: Partial<ListenerRule> = {}): ListenerRule {
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

export function on(...paths: string[]) {
  return { ...ANY_REQUEST, paths };
}

export function group(over: Partial<NonNullable<Facts['groups'][number]['found']>> = {}) {
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

export const reading = (name: string) => ({ name, state: 'OK' as const, actionsEnabled: true, mutedBy: [] });

/**
 * An account in which nothing is wrong, with the facts from before and after the deploy together, so that every check
 * has its subject.
 */
export function healthy(): Mutable<Facts> {
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

export const deployed = (over: Partial<NonNullable<Facts['deployed']>>) => (facts: Mutable<Facts>) => {
  if (facts.deployed !== null) facts.deployed = { ...facts.deployed, ...over };
};
export const alarms = (given: Facts['alarms']) => (facts: Mutable<Facts>) => {
  facts.alarms = given;
};
export const rules =
  (...list: ListenerRule[]) =>
  (facts: Mutable<Facts>) => {
    facts.listeners = [{ arn: LISTENER, loadBalancerArn: LB, rules: list }];
    // The doctor checks deployed rules as well; these cases are about the rules that a deploy would create.
    facts.deployed = null;
  };
export const candidate = (over: Parameters<typeof group>[0]) => (facts: Mutable<Facts>) => {
  facts.groups = [
    { role: 'stable', arn: STABLE, found: group() },
    { role: 'candidate', arn: 'tg/c', found: group(over) },
  ];
};
export const tagged = (tags: Record<string, string>) => (facts: Mutable<Facts>) => {
  facts.tagged = [{ arn: STABLE, tags }];
};
export const stableService = (over: Parameters<typeof service>[0]) => (facts: Mutable<Facts>) => {
  facts.services = [{ side: 'stable', name: 'shop', found: service(over) }];
};
export const topic = (over: Partial<NonNullable<NonNullable<NonNullable<Facts['deployed']>['topic']>['found']>>) =>
  deployed({
    topic: { arn: 'topic', found: { policy: TOPIC_POLICY, keyPolicy: null, confirmed: 1, pending: 0, ...over } },
  });
