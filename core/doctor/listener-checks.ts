/** Listeners and their rules: may ours stand among them? */

import { patternsMeet } from '../listener/index.ts';
import { type Diagnosis, diagnosesOf } from './diagnosis.ts';
import type { Facts, ListenerFacts, RuleFacts } from './facts.ts';

export function listenerExists({ listeners }: Facts): Diagnosis[] {
  const { ok, fail } = diagnosesOf('listener');
  const diagnoses = listeners.map(({ arn, loadBalancerArn, rules }) =>
    loadBalancerArn === null
      ? fail(`There is no listener ${arn}.`, 'correct the ARN: aws elbv2 describe-listeners --load-balancer-arn ARN')
      : ok(`Listener ${nameOf(arn)} exists and has ${rules.length} rules.`),
  );
  const balancers = new Set(listeners.flatMap(({ loadBalancerArn }) => loadBalancerArn ?? []));
  if (balancers.size > 1)
    diagnoses.push(
      fail(
        `The listeners belong to ${balancers.size} load balancers; one cutover moves the traffic of one.`,
        'name listeners of one load balancer, and deploy one cutover for each other',
      ),
    );
  return diagnoses;
}

/** Requests that a login protects today must not go round it. */
export function authentication({ listeners, planned }: Facts): Diagnosis[] {
  const { ok, fail } = diagnosesOf('authentication');
  return planned.map(({ listenerArn, priority, paths }) => {
    const guarded = rulesOf(listeners, listenerArn).filter(
      (rule) => isAfter(rule, priority) && rule.actions.some(isLogin) && mayMeet(rule.paths, paths),
    );
    if (guarded.length === 0)
      return ok(`No rule of listener ${nameOf(listenerArn)} that ours goes before asks for a login.`);
    return fail(
      `A rule of priority ${priority} for ${paths.join(', ')} would go before ${guarded.map(describe).join(', ')}: requests would skip the login.`,
      'give a priority after that rule, or paths that it does not serve',
    );
  });
}

/** Other services' traffic must not be taken over. */
export function shadowedRules({ listeners, planned, groups }: Facts): Diagnosis[] {
  const { ok, warn, fail } = diagnosesOf('shadowed rules');
  const stable = groups.find(({ role }) => role === 'stable')?.arn;
  return planned.flatMap(({ listenerArn, priority, paths }) => {
    const rules = rulesOf(listeners, listenerArn);
    const taken = rules.filter((rule) => rule.priority === priority);
    if (taken.length > 0)
      return [
        fail(
          `Priority ${priority} of listener ${nameOf(listenerArn)} is taken by another rule.`,
          'choose a free priority',
        ),
      ];
    const met = rules.filter((rule) => isAfter(rule, priority) && mayMeet(rule.paths, paths));
    const foreign = met.filter((rule) => !forwardsOnlyTo(rule, stable));
    const before = rules.filter(
      (rule) => rule.priority !== null && rule.priority < priority && mayMeet(rule.paths, paths),
    );
    return [
      ...(foreign.length === 0
        ? [ok(`Every rule of listener ${nameOf(listenerArn)} that ours goes before forwards to stable alone.`)]
        : [
            fail(
              `A rule of priority ${priority} for ${paths.join(', ')} would take requests of ${foreign.map(describe).join(', ')}, which go elsewhere than to stable today.`,
              'narrow `paths`, or give a priority after these rules',
            ),
          ]),
      ...(before.length === 0
        ? []
        : [
            warn(
              `Rules before ours may keep requests from the cutover: ${before.map(describe).join(', ')}.`,
              'make sure that they are meant to, or give a priority before them',
            ),
          ]),
    ];
  });
}

function rulesOf(listeners: readonly ListenerFacts[], arn: string): readonly RuleFacts[] {
  return listeners.find((listener) => listener.arn === arn)?.rules ?? [];
}

/** The default rule comes last. */
function isAfter(rule: RuleFacts, priority: number): boolean {
  return rule.priority === null || rule.priority > priority;
}

function isLogin(action: string): boolean {
  return action.startsWith('authenticate-') || action === 'jwt-validation';
}

function forwardsOnlyTo(rule: RuleFacts, stable: string | undefined): boolean {
  return rule.actions.every((action) => action === 'forward') && rule.groups.every((group) => group === stable);
}

/** Whether one request may match both. Other conditions (hosts, headers) can only make it rarer: they do not excuse. */
function mayMeet(some: readonly string[], others: readonly string[]): boolean {
  if (some.length === 0 || others.length === 0) return true;
  return some.some((one) => others.some((other) => patternsMeet(one, other)));
}

function describe({ priority, paths, otherConditions }: RuleFacts): string {
  const where = [...paths, ...otherConditions].join(', ');
  return `${priority === null ? 'the default rule' : `rule ${priority}`}${where === '' ? '' : ` (${where})`}`;
}

function nameOf(arn: string): string {
  return arn.slice(arn.indexOf('listener/') + 'listener/'.length);
}
