/**
 * A rule of the cutover precedes the rules that served its requests until then, and takes these requests over. That is
 * harmless if those rules forward them unchanged to stable. Anything else (a login, a service on another host, a
 * redirect) would silently be skipped.
 */
import { conditionsCover, conditionsMeet, describeConditions, type RuleConditions } from './conditions.ts';
import type { ListenerRefusal } from './refusal.ts';

/** A rule of a listener as it is now. */
export interface ListenerRule {
  readonly arn: string;
  /** Lower values take precedence; the listener's default has Infinity. */
  readonly priority: number;
  readonly conditions: RuleConditions;
  /**
   * The actions before it answers, such as a login or a token check, as text that is equal for equal guards. Empty if
   * there are none.
   */
  readonly guards: readonly string[];
  /** Target group → weight; null for a rule that answers by itself or redirects. */
  readonly forwards: ReadonlyMap<string, number> | null;
  /** Duration of group stickiness in seconds; null if it is off. */
  readonly stickySeconds: number | null;
  /** Whether it changes the host or the path. */
  readonly rewrites: boolean;
}

export interface NewRule extends Pick<ListenerRule, 'priority' | 'conditions' | 'guards'> {
  readonly stableArn: string;
}

export interface ShadowRefusal extends ListenerRefusal {
  /** Whether the rule behind requires a login or a token that the new rule does not. */
  readonly skipsLogin: boolean;
}

/** Why the new rule must not precede the others; empty if it takes over only requests to stable. */
export function shadowRefusals(wanted: NewRule, others: readonly ListenerRule[]): readonly ShadowRefusal[] {
  return takenOver(wanted, others).flatMap((rule) => {
    const difference = differenceOf(rule, wanted);
    return difference === null
      ? []
      : [
          {
            why: `${nameOfRule(rule)} (${describeConditions(rule.conditions)}) ${difference.does}, and the rule at priority ${wanted.priority} (${describeConditions(wanted.conditions)}) would take its requests`,
            mend: difference.skipsLogin
              ? 'name that rule by `like`, so that ours requires its login, too, or give ours a priority behind it'
              : 'narrow the conditions of our rule, or give it a priority behind that one',
            skipsLogin: difference.skipsLogin,
          },
        ];
  });
}

/** Rules behind the cutover's may have been added or changed since it was created. */
export function standingRefusals(
  ownRules: readonly string[],
  rules: readonly ListenerRule[],
  stableArn: string,
): readonly ShadowRefusal[] {
  const others = rules.filter(({ arn }) => !ownRules.includes(arn));
  return rules
    .filter(({ arn }) => ownRules.includes(arn))
    .flatMap((rule) => shadowRefusals({ ...rule, stableArn }, others));
}

/** Rules in front of the cutover's that match some of its requests, which therefore never reach it. */
export function rulesBefore(wanted: Pick<NewRule, 'priority' | 'conditions'>, others: readonly ListenerRule[]) {
  return others
    .filter((rule) => rule.priority < wanted.priority && conditionsMeet(rule.conditions, wanted.conditions))
    .map((rule) => `${nameOfRule(rule)} (${describeConditions(rule.conditions)})`);
}

/**
 * The rules whose requests are taken over, in order, up to the first that matches all the rest. Rules behind it receive
 * none of these requests today.
 */
function takenOver(wanted: NewRule, others: readonly ListenerRule[]): ListenerRule[] {
  const behind = others.filter((rule) => rule.priority > wanted.priority).sort((a, b) => a.priority - b.priority);
  const last = behind.findIndex((rule) => conditionsCover(rule.conditions, wanted.conditions));
  return behind
    .slice(0, last < 0 ? behind.length : last + 1)
    .filter((rule) => conditionsMeet(rule.conditions, wanted.conditions));
}

interface Difference {
  readonly does: string;
  readonly skipsLogin: boolean;
}

/** How the new rule would act differently; null if it would not. */
function differenceOf(rule: ListenerRule, { guards, stableArn }: NewRule): Difference | null {
  const missing = rule.guards.filter((guard) => !guards.includes(guard));
  if (missing.length > 0) return { does: `demands ${missing.map(kindOf).join(' and ')} first`, skipsLogin: true };
  const does = otherwise(rule, guards, stableArn);
  return does === null ? null : { does, skipsLogin: false };
}

function otherwise(rule: ListenerRule, guards: readonly string[], stableArn: string): string | null {
  if (rule.forwards === null) return 'answers by itself or redirects';
  const added = guards.filter((guard) => !rule.guards.includes(guard));
  if (added.length > 0) return `demands no ${added.map(kindOf).join(' and ')}`;
  const elsewhere = [...rule.forwards].filter(([arn, weight]) => weight > 0 && arn !== stableArn);
  if (elsewhere.length > 0) return `forwards to ${elsewhere.map(([arn]) => groupName(arn)).join(' and ')}`;
  // A cookie also leads back to a group with weight 0.
  if (rule.stickySeconds !== null && rule.forwards.size > 1)
    return 'keeps customers at one of several groups by a cookie';
  return rule.rewrites ? 'rewrites the host or the path' : null;
}

/** For people: by id and priority. */
export function nameOfRule({ arn, priority }: Pick<ListenerRule, 'arn' | 'priority'>): string {
  return Number.isFinite(priority) ? `rule ${arn.split('/').at(-1)} at priority ${priority}` : 'the default rule';
}

/** The kind is the prefix of a guard's text. */
function kindOf(guard: string): string {
  return guard.split(' ')[0] ?? guard;
}

function groupName(arn: string): string {
  return `target group ${arn.split('/')[1] ?? arn}`;
}
