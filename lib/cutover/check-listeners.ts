/** Checks the listeners of a cutover, and the rules that it creates there. */
import { Token } from 'aws-cdk-lib';
import { checkCohort, checkListenerConstruct, checkMatch, MAX_PRIORITY, SAFE_METHODS } from '../listener/index.ts';
import { type Check, isKnownNow } from '../props/index.ts';
import { loadBalancerFullName } from './arns.ts';
import type { CutoverListener, DualStackCutoverProps } from './cutover-props.ts';

/**
 * A shift and two deliveries of a rollback at the same moment write every rule three times, and ELBv2's bucket for
 * mutating calls holds 20 (docs/explanation/fence.md). Lambda's environment, which contains every rule's ARN, is
 * limited to 4 KB.
 */
const MAX_RULES = 6;

/** @returns the listeners' ARNs, the first of which names the load balancer @throws RangeError */
export function checkListeners(
  check: Check,
  name: string,
  { listeners, rules, groups }: DualStackCutoverProps,
): [string, ...string[]] {
  check(
    (listeners === undefined) !== (rules === undefined),
    'give either listeners, on which rules are made, or rules',
  );
  const perListener = groups.mirrorForward === undefined ? 1 : 2;
  for (const [i, listener] of (listeners ?? []).entries())
    checkListener(check, name, `listeners.${i}`, listener, perListener);
  const arns = rules?.map((r) => r.listenerArn) ?? listeners?.map((l) => l.listener.listenerArn) ?? [];
  const [first, ...rest] = arns;
  check(first !== undefined, `${rules === undefined ? 'listeners' : 'rules'}: at least one listener or rule is needed`);
  const cohorts = (listeners ?? []).filter(({ cohort }) => cohort !== undefined).length;
  const count = rules?.length ?? arns.length * perListener + cohorts;
  check(count <= MAX_RULES, `${rules === undefined ? 'listeners' : 'rules'}: at most ${MAX_RULES} rules, not ${count}`);
  const balancers = new Set(arns.filter(isKnownNow).map(loadBalancerFullName));
  check(balancers.size <= 1, `listeners: all must belong to one load balancer, not ${[...balancers].join(' and ')}`);
  const taken = new Map<string, string>();
  for (const [i, { listener, priority, cohort }] of (listeners ?? []).entries()) {
    const own = Array.from({ length: perListener }, (_, n) => [`listeners.${i}`, 'priority', priority + n] as const);
    const testers = cohort === undefined ? [] : [[`listeners.${i}`, 'cohort.priority', cohort.priority] as const];
    for (const [which, prop, at] of [...own, ...testers]) {
      const other = taken.get(`${listener.listenerArn} ${at}`);
      check(other === undefined, `${which}.${prop}: ${at} is taken on this listener by ${other}`);
      taken.set(`${listener.listenerArn} ${at}`, which);
    }
  }
  const matched = new Map<string, number>();
  for (const [i, { listener, priority: _priority, cohort: _cohort, ...match }] of (listeners ?? []).entries()) {
    const what = JSON.stringify([listener.listenerArn, match]);
    const other = matched.get(what);
    check(other === undefined, `listeners.${i}: listeners.${other} takes the same requests of this listener`);
    matched.set(what, i);
  }
  return [first, ...rest];
}

function checkListener(check: Check, name: string, at: string, given: CutoverListener, rules: number): void {
  const { priority, cohort } = given;
  if (cohort !== undefined) {
    checkCohort(`${name}: ${at}.cohort`, cohort);
    check(
      Token.isUnresolved(cohort.priority) ||
        Token.isUnresolved(priority) ||
        (Number.isInteger(cohort.priority) && cohort.priority >= 1 && cohort.priority < priority),
      `${at}.cohort.priority must be a whole number from 1 to ${priority - 1}, not ${cohort.priority}`,
    );
  }
  checkListenerConstruct(check, `${at}.listener`, given);
  const last = MAX_PRIORITY + 1 - rules;
  check(
    rules === 1 || !Token.isUnresolved(priority),
    `${at}.priority must be known when the stack is synthesised: with a mirror the second rule takes the next one`,
  );
  check(
    Token.isUnresolved(priority) || (Number.isInteger(priority) && priority >= 1 && priority <= last),
    `${at}.priority must be a whole number from 1 to ${last}, not ${priority}`,
  );
  checkMatch(`${name}: ${at}.`, given, rules === 1 ? 0 : SAFE_METHODS.length);
}
