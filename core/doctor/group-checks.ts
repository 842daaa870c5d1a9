/** Checks of target groups and the services behind them. */

import { quantity } from '../../input/index.ts';
import { ownerRefusalsOf, stickinessRefusals } from '../listener/index.ts';
import { type Diagnosis, diagnosesOf, sentence } from './diagnosis.ts';
import type { Facts } from './facts.ts';

type Found<T extends { readonly found: unknown }> = T & { readonly found: NonNullable<T['found']> };

function isFound<T extends { readonly found: unknown }>(fact: T): fact is Found<T> {
  return fact.found !== null;
}

export function groupExists({ groups, listeners }: Facts): Diagnosis[] {
  const { ok, fail } = diagnosesOf('target group');
  const balancers = listeners.flatMap(({ loadBalancerArn }) => loadBalancerArn ?? []);
  return groups.map(({ role, arn, found }) => {
    if (found === null)
      return fail(`There is no target group ${arn} (${role}).`, 'correct the ARN: aws elbv2 describe-target-groups');
    const other = found.loadBalancerArns.find((balancer) => !balancers.includes(balancer));
    if (other !== undefined && balancers.length > 0)
      return fail(
        `Target group ${role} belongs to another load balancer (${other}); ELB lets a group serve one.`,
        'name a group of this load balancer, or one that none uses',
      );
    return ok(`Target group ${role} exists (${found.targetType} targets, ${found.protocol}).`);
  });
}

/** A rule uses the same protocol version for all its groups. */
export function protocols({ groups }: Facts): Diagnosis[] {
  const { ok, fail } = diagnosesOf('protocol version');
  const found = groups.filter(isFound);
  const stable = found.find(({ role }) => role === 'stable');
  if (stable === undefined) return [];
  const others = found.filter((g) => g.found.protocolVersion !== stable.found.protocolVersion);
  if (others.length === 0) return [ok(`All target groups speak ${stable.found.protocolVersion}.`)];
  return others.map(({ role, found: { protocolVersion } }) =>
    fail(
      `Target group ${role} speaks ${protocolVersion}, stable ${stable.found.protocolVersion}: answers differ by protocol.`,
      'make the groups with one protocol version',
    ),
  );
}

/** If targets are sticky, ELB requires stickiness of the rule, too, and a cookie then overrides the weights. */
export function stickiness({ groups }: Facts): Diagnosis[] {
  const { ok, fail } = diagnosesOf('stickiness');
  const readings = groups.filter(isFound).map(({ role, arn, found: { sticky } }) => ({ role, arn, sticky }));
  const refusals = stickinessRefusals(readings);
  if (refusals.length === 0) return [ok('No target group has stickiness.')];
  return refusals.map(({ why, mend }) => fail(sentence(why), mend));
}

export function targetHealth({ groups }: Facts): Diagnosis[] {
  const { ok, warn, fail } = diagnosesOf('target health');
  return groups.filter(isFound).map(({ role, arn, found: { health, targetType } }) => {
    const look = `aws elbv2 describe-target-health --target-group-arn ${arn}`;
    // For a function, health checks are off unless somebody turns them on.
    if (targetType === 'lambda' && health.healthy + health.unhealthy === 0)
      return fail(
        `Target group ${role} leads to a Lambda function without health checks, and a run needs a healthy target.`,
        `aws elbv2 modify-target-group --target-group-arn ${arn} --health-check-enabled`,
      );
    if (health.healthy === 0) return fail(`Target group ${role} has no healthy target.`, look);
    if (health.unhealthy > 0)
      return warn(
        `Target group ${role} has ${quantity(health.healthy, 'healthy target')} and ${health.unhealthy} unhealthy.`,
        look,
      );
    return ok(`Target group ${role} has ${quantity(health.healthy, 'healthy target')}.`);
  });
}

/** Anybody else who writes weights, rules or targets would compete with the run, or undo a rollback. */
export function owners({ groups, listeners, services, tagged, deployed }: Facts): Diagnosis[] {
  const { ok, warn, fail } = diagnosesOf('owner');
  const refusals = ownerRefusalsOf({
    listeners: listeners.map(({ rules }) => ({ ownRules: deployed?.ruleArns ?? [], rules })),
    // Stickiness has a check of its own.
    groups: groups.map(({ role, arn }) => ({ role, arn, sticky: false })),
    tags: tagged.map(({ arn, tags }) => ({ arn, keys: Object.keys(tags) })),
    services: services
      .filter(isFound)
      .map(({ name, found: { controller, strategy } }) => ({ name, controller, strategy })),
  });
  const terraform = tagged.filter(({ tags }) =>
    Object.entries(tags).some(([key, value]) => /terraform/i.test(`${key}=${value}`)),
  );
  const all = [
    ...refusals.map(({ why, mend }) => fail(sentence(why), mend)),
    ...terraform.map(({ arn }) =>
      warn(
        `Terraform seems to own ${arn.split(':').at(-1)}: an apply in mid-run would write its own weights.`,
        'add `lifecycle { ignore_changes = [action] }` to its listener rules for the time of the cutover',
      ),
    ),
  ];
  return all.length === 0 ? [ok('Nobody else is known to write these rules, groups and services.')] : all;
}

export function services({ services: all }: Facts): Diagnosis[] {
  const { ok, warn, fail } = diagnosesOf('service');
  return all.map(({ side, name, found }) => {
    if (found === null || found.status !== 'ACTIVE')
      return fail(
        `The ${side} service ${name} ${found === null ? 'does not exist' : `is ${found.status}`}.`,
        'deploy it, or correct `services`',
      );
    if (found.running < found.desired)
      return warn(
        `The ${side} service ${name} runs ${found.running} of ${found.desired} tasks.`,
        'wait until it is steady, or read its events: aws ecs describe-services',
      );
    return ok(`The ${side} service ${name} runs ${found.running} of ${found.desired} tasks.`);
  });
}

/** A run suspends scheduled scaling of stable, which people should know. */
export function scheduledScaling({ services: all }: Facts): Diagnosis[] {
  const { ok, warn } = diagnosesOf('scheduled scaling');
  const scheduled = all.filter(isFound).filter(({ found }) => found.scheduled.length > 0);
  if (scheduled.length === 0) return [ok('No scheduled scaling acts on these services.')];
  return scheduled.map(({ side, name, found }) =>
    warn(
      `Scheduled scaling acts on the ${side} service ${name} (${found.scheduled.join(', ')}); a run ${side === 'stable' ? 'suspends it until its end' : 'does not suspend it'}.`,
      'plan the run so that no schedule is missed, or that none takes capacity from it',
    ),
  );
}
