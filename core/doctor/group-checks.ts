/** Target groups and the services behind them. */

import { KUBERNETES_TAGS } from '../listener/index.ts';
import { type Diagnosis, diagnosesOf } from './diagnosis.ts';
import type { Facts, ServiceFacts } from './facts.ts';

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

/** A rule forwards by one protocol version to all its groups. */
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

/** Where targets are sticky, ELB demands stickiness of the rule too, and a cookie then beats the weights. */
export function stickiness({ groups }: Facts): Diagnosis[] {
  const { ok, fail } = diagnosesOf('stickiness');
  const sticky = groups.filter(isFound).filter((g) => g.found.sticky);
  if (sticky.length === 0) return [ok('No target group has stickiness.')];
  return sticky.map(({ role, arn }) =>
    fail(
      `Target group ${role} has stickiness: clients would stay where their cookie says, whatever the weights, at a rollback too.`,
      `aws elbv2 modify-target-group-attributes --target-group-arn ${arn} --attributes Key=stickiness.enabled,Value=false`,
    ),
  );
}

export function targetHealth({ groups }: Facts): Diagnosis[] {
  const { ok, warn, fail } = diagnosesOf('target health');
  return groups.filter(isFound).map(({ role, arn, found: { health } }) => {
    const look = `aws elbv2 describe-target-health --target-group-arn ${arn}`;
    if (health.healthy === 0) return fail(`Target group ${role} has no healthy target.`, look);
    if (health.unhealthy > 0)
      return warn(
        `Target group ${role} has ${health.healthy} healthy and ${health.unhealthy} unhealthy targets.`,
        look,
      );
    return ok(`Target group ${role} has ${health.healthy} healthy targets.`);
  });
}

/** Whoever else writes weights, rules or targets would be fought, or would undo a rollback. */
export function owners({ groups, listeners, services }: Facts): Diagnosis[] {
  const { ok, warn, fail } = diagnosesOf('owner');
  const tagged = [
    ...groups.filter(isFound).map((g) => ({ what: `target group ${g.role}`, tags: g.found.tags })),
    ...listeners.map((l) => ({ what: `listener ${l.arn}`, tags: l.tags })),
  ];
  const diagnoses = tagged.flatMap(({ what, tags }): Diagnosis[] => {
    const keys = Object.keys(tags);
    if (keys.some((key) => KUBERNETES_TAGS.test(key)))
      return [
        fail(
          `The AWS Load Balancer Controller owns ${what}: it writes its rules back within seconds.`,
          'cut over on a listener that the controller does not manage (docs/explanation/limits.md)',
        ),
      ];
    if (keys.some((key) => /terraform/i.test(`${key}=${tags[key]}`)))
      return [
        warn(
          `Terraform seems to own ${what}: an apply in mid-run would write its own weights.`,
          'add `lifecycle { ignore_changes = [action] }` to its listener rules for the time of the cutover',
        ),
      ];
    return [];
  });
  const deployers = services.filter(isFound).flatMap((service) => deployerOf(service));
  const all = [...diagnoses, ...deployers];
  return all.length === 0 ? [ok('Nobody else is known to write these rules, groups and services.')] : all;
}

function deployerOf({ side, name, found: { controller, strategy } }: Found<ServiceFacts>): Diagnosis[] {
  const { fail } = diagnosesOf('owner');
  const mend = `use the rolling deployment of ECS for ${name} (deploymentController ECS, strategy ROLLING)`;
  if (controller !== 'ECS')
    return [
      fail(
        `${controller === 'CODE_DEPLOY' ? 'CodeDeploy' : 'An external controller'} deploys the ${side} service ${name}, and writes the listener itself.`,
        mend,
      ),
    ];
  if (strategy !== 'ROLLING')
    return [fail(`ECS deploys the ${side} service ${name} by ${strategy}, and writes the listener itself.`, mend)];
  return [];
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

/** A run suspends scheduled scaling of the stable side; somebody should know that it does. */
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
