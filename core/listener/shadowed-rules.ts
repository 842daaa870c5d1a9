/**
 * A rule of the cutover stands before the rules that served its requests until then, and takes these over. That is harmless
 * where they send them, as they are, to the stable side; everything else (a login, another host's service, a redirect) would
 * silently be skipped.
 */
import { conditionsCover, conditionsMeet, describeConditions, type RuleConditions } from './conditions.ts';
import type { ListenerRefusal } from './refusal.ts';

/** A rule of a listener as it is now. */
export interface ListenerRule {
  readonly arn: string;
  /** Lower wins; the listener's default has Infinity. */
  readonly priority: number;
  readonly conditions: RuleConditions;
  /** What it demands before it answers, as text that is equal for equal demands: a login, a token. Empty: nothing. */
  readonly guards: readonly string[];
  /** Target group → weight; null for a rule that answers by itself or redirects. */
  readonly forwards: ReadonlyMap<string, number> | null;
  /** Null: group stickiness is off. Seconds. */
  readonly stickySeconds: number | null;
  /** It changes the host or the path on the way. */
  readonly rewrites: boolean;
}

export interface NewRule extends Pick<ListenerRule, 'priority' | 'conditions' | 'guards'> {
  readonly stableArn: string;
}

export interface ShadowRefusal extends ListenerRefusal {
  /** The rule behind asks for a login or a token that ours does not ask for. */
  readonly skipsLogin: boolean;
}

/** Why the new rule must not stand before the others; empty: it takes over nothing but requests of the stable side. */
export function shadowRefusals(wanted: NewRule, others: readonly ListenerRule[]): readonly ShadowRefusal[] {
  return takenOver(wanted, others).flatMap((rule) => {
    const difference = differenceOf(rule, wanted);
    return difference === null
      ? []
      : [
          {
            why: `${nameOfRule(rule)} (${describeConditions(rule.conditions)}) ${difference.does}, and the rule at priority ${wanted.priority} (${describeConditions(wanted.conditions)}) would take its requests`,
            mend: difference.skipsLogin
              ? 'name that rule by `like`, so that ours asks for its login too, or give ours a priority behind it'
              : 'narrow the conditions of our rule, or give it a priority behind that one',
            skipsLogin: difference.skipsLogin,
          },
        ];
  });
}

/** Rules behind ours may have come or changed since ours were made. */
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

/** Rules in front of ours that take some of its requests: these never reach the cutover. */
export function rulesBefore(wanted: Pick<NewRule, 'priority' | 'conditions'>, others: readonly ListenerRule[]) {
  return others
    .filter((rule) => rule.priority < wanted.priority && conditionsMeet(rule.conditions, wanted.conditions))
    .map((rule) => `${nameOfRule(rule)} (${describeConditions(rule.conditions)})`);
}

/** In order, up to the first that takes all that is left: those behind it get none of these requests today. */
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

/** What the new rule would do otherwise; null: nothing. */
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
  // A cookie leads back to a group of weight 0 as well.
  if (rule.stickySeconds !== null && rule.forwards.size > 1)
    return 'keeps customers at one of several groups by a cookie';
  return rule.rewrites ? 'rewrites the host or the path' : null;
}

/** For people: by its id and priority. */
export function nameOfRule({ arn, priority }: Pick<ListenerRule, 'arn' | 'priority'>): string {
  return Number.isFinite(priority) ? `rule ${arn.split('/').at(-1)} at priority ${priority}` : 'the default rule';
}

/** The kind stands at the head of a guard's text. */
function kindOf(guard: string): string {
  return guard.split(' ')[0] ?? guard;
}

function groupName(arn: string): string {
  return `target group ${arn.split('/')[1] ?? arn}`;
}
