/**
 * Checks whether the cutover's rules can be added to the listeners and their rules. Uses the same decisions as the
 * creation of rules and as preflight.
 */

import { quantity } from '../../input/index.ts';
import {
  copiedRule,
  type ListenerRule,
  type NewRule,
  otherUses,
  rulesBefore,
  shadowRefusals,
} from '../listener/index.ts';
import { type Diagnosis, diagnosesOf, sentence } from './diagnosis.ts';
import type { Facts } from './facts.ts';

export function listenerExists({ listeners }: Facts): Diagnosis[] {
  const { ok, fail } = diagnosesOf('listener');
  const diagnoses = listeners.map(({ arn, loadBalancerArn, rules }) =>
    loadBalancerArn === null
      ? fail(`There is no listener ${arn}.`, 'correct the ARN: aws elbv2 describe-listeners --load-balancer-arn ARN')
      : ok(`Listener ${nameOf(arn)} exists and has ${quantity(rules.length, 'rule')}.`),
  );
  const balancers = new Set(listeners.flatMap(({ loadBalancerArn }) => loadBalancerArn ?? []));
  if (balancers.size > 1)
    diagnoses.push(
      fail(
        `The listeners belong to ${balancers.size} load balancers; a cutover moves the traffic of one load balancer.`,
        'name listeners of one load balancer, and deploy one cutover for each other',
      ),
    );
  return diagnoses;
}

/** Two servers in a row may disagree on where a request ends, and so may the two sides behind one load balancer. */
export function desyncMitigation({ balancers }: Facts): Diagnosis[] {
  const { ok, warn } = diagnosesOf('desync mitigation');
  return balancers.flatMap(({ arn, desync }) => {
    if (desync === null) return [];
    const name = arn.slice(arn.indexOf('loadbalancer/') + 'loadbalancer/'.length);
    if (desync !== 'monitor')
      return [ok(`Load balancer ${name} blocks requests that two servers may parse differently (${desync}).`)];
    return [
      warn(
        `Load balancer ${name} forwards requests that two servers may parse differently (its desync mitigation is monitor).`,
        `aws elbv2 modify-load-balancer-attributes --load-balancer-arn ${arn} --attributes Key=routing.http.desync_mitigation_mode,Value=defensive`,
      ),
    ];
  });
}

/** Requests that are protected by a login today must not bypass it. */
export function authentication(facts: Facts): Diagnosis[] {
  const { ok, fail } = diagnosesOf('authentication');
  const { ours } = ownRules(facts);
  if (ours.length === 0) return [];
  const skipped = refusalsOf(ours).filter(({ skipsLogin }) => skipsLogin);
  if (skipped.length === 0) return [ok('None of our rules bypasses a login that another rule demands.')];
  return skipped.map(({ why, mend }) => fail(sentence(why), mend));
}

/** Traffic of other services must not be taken over. */
export function shadowedRules(facts: Facts): Diagnosis[] {
  const { ok, warn, fail } = diagnosesOf('shadowed rules');
  const { ours, uncopied } = ownRules(facts);
  const taken = ours.filter(({ wanted, others }) => others.some(({ priority }) => priority === wanted.priority));
  const wrong = [
    ...uncopied.map((why) => fail(sentence(why), 'name another rule by `like`, or give conditions instead')),
    ...taken.map(({ wanted: { priority } }) =>
      fail(`Priority ${priority} of the listener is taken by another rule.`, 'choose a free priority'),
    ),
    ...refusalsOf(ours)
      .filter(({ skipsLogin }) => !skipsLogin)
      .map(({ why, mend }) => fail(sentence(why), mend)),
  ];
  const before = new Set(ours.flatMap(({ wanted, others }) => rulesBefore(wanted, others)));
  const first = [...before].map((rule) =>
    warn(
      `${sentence(rule)} It goes before ours, and keeps what it takes from the cutover.`,
      'make sure that it is meant to, or give ours a priority before it',
    ),
  );
  const right = ours.length > 0 && wrong.length === 0;
  const beside = besideOurs(facts, ours).map((rule) =>
    warn(
      `${sentence(rule)} It forwards to stable past the cutover, which does not move its requests.`,
      'point it at another target group before the decommission: as long as it forwards there, no task of stable is removed',
    ),
  );
  const taking = right ? [ok('The rules behind ours send these requests to stable alone.')] : wrong;
  return [...taking, ...first, ...beside];
}

/**
 * Rules of these listeners that send requests to stable which the cutover's rules do not cover; each is reported once.
 */
function besideOurs({ listeners, deployed }: Facts, ours: readonly Ours[]): readonly string[] {
  const own = (wanted: NewRule) => ({ ...wanted, arn: OURS, forwards: null, stickySeconds: null, rewrites: false });
  const [stableArn] = ours.map(({ wanted }) => wanted.stableArn);
  if (stableArn === undefined) return [];
  return otherUses(
    [OURS, ...(deployed?.ruleArns ?? [])],
    stableArn,
    listeners.map(({ arn, rules }) => [
      ...rules,
      ...ours.flatMap((o) => (o.listenerArn === arn ? [own(o.wanted)] : [])),
    ]),
  );
}

/** Placeholder for the ARN that a planned rule will get. */
const OURS = 'ours';

interface Ours {
  readonly listenerArn: string;
  readonly wanted: NewRule;
  /** Rules of the same listener that are not part of the cutover. */
  readonly others: readonly ListenerRule[];
}

/** Rules that a deployment will create, and those that already exist. */
function ownRules({ listeners, planned, groups, deployed }: Facts): { ours: Ours[]; uncopied: string[] } {
  const ours: Ours[] = [];
  const uncopied: string[] = [];
  for (const { listenerArn, likeRuleArn, rule } of planned) {
    const others = listeners.find(({ arn }) => arn === listenerArn)?.rules ?? [];
    const copied = likeRuleArn === null ? { ok: true as const, wanted: rule } : copiedRule(rule, likeRuleArn, others);
    if (copied.ok) ours.push({ listenerArn, wanted: copied.wanted, others });
    else uncopied.push(copied.why);
  }
  const stableArn = groups.find(({ role }) => role === 'stable')?.arn ?? '';
  for (const { arn: listenerArn, rules } of listeners) {
    const isOwn = ({ arn }: ListenerRule) => deployed?.ruleArns.includes(arn) === true;
    const others = rules.filter((rule) => !isOwn(rule));
    ours.push(...rules.filter(isOwn).map((rule) => ({ listenerArn, wanted: { ...rule, stableArn }, others })));
  }
  return { ours, uncopied };
}

/** Several rules of one listener may take over the same requests; each conflict is reported once. */
function refusalsOf(ours: readonly Ours[]) {
  const all = ours.flatMap(({ wanted, others }) => shadowRefusals(wanted, others));
  return [...new Map(all.map((refusal) => [refusal.why, refusal])).values()];
}

function nameOf(arn: string): string {
  return arn.slice(arn.indexOf('listener/') + 'listener/'.length);
}
