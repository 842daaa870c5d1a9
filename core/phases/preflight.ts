/** Preflight: whether this cutover may begin. All objections are reported together, and nothing is changed. */
import { queriesOfMetric, sidelessProblems } from '../metrics/index.ts';
import {
  type AlarmReading,
  type CapacitySnapshot,
  type Deployment,
  describeWeights,
  fromIso,
  isRestored,
  isSafe,
  type Lease,
  type Plan,
  type PlanMetric,
  type PlanProblem,
  placeOfRun,
  type RuleWeights,
  rollbackAlarmsOf,
  type TargetHealthCounts,
} from '../model/index.ts';

/**
 * A writer of the previous run may still be active after its execution stopped. No Lambda function runs for longer than
 * three minutes, so after a longer quiet period there is no such writer.
 */
export const QUIET_SECONDS = 240;

export interface PreflightFindings {
  readonly live: readonly RuleWeights[];
  readonly health: {
    readonly stable: TargetHealthCounts;
    readonly candidate: TargetHealthCounts;
    readonly mirror: TargetHealthCounts | null;
  };
  /** Tasks and scaling of the stable service now; null if it is not an ECS service of the deployment. */
  readonly capacity: CapacitySnapshot | null;
  readonly alarms: readonly AlarmReading[];
  readonly owner: Lease | null;
}

/**
 * Reasons to refuse, each a sentence fragment that names what to fix; empty if the cutover may begin. `executionArn`
 * belongs to the requesting run: a lease that is already its own comes from a first attempt whose answer was lost.
 */
export function refusals(
  deployment: Deployment,
  plan: Pick<Plan, 'alarms' | 'metrics' | 'hooks' | 'cohort'>,
  found: PreflightFindings,
  now: number,
  executionArn: string,
): string[] {
  return [
    ...weightRefusals(deployment, found.live),
    ...healthRefusals(found),
    ...alarmRefusals([...rollbackAlarmsOf(deployment, plan), ...deployment.shadowAlarms], found.alarms),
    ...placeRefusals(deployment, plan.alarms),
    ...metricRefusals(deployment, plan.metrics),
    ...hookRefusals(deployment, plan.hooks),
    ...(plan.cohort === undefined || deployment.rules.some(({ cohort }) => cohort === true)
      ? []
      : ['cohort: no rule of the deployment matches testers; deploy with listeners[].cohort']),
    ...(isOwn(found.owner, executionArn) ? [] : ownerRefusals(deployment, found, now)),
  ];
}

/** The plan must not last longer than the shadow logs of its first day are kept. */
export function retentionProblem(days: number, keptDays: number | undefined): PlanProblem | null {
  if (keptDays === undefined || days <= keptDays) return null;
  return {
    path: 'retention',
    message: `this plan can take up to ${days} days, but shadow captures are kept for ${keptDays}; deploy with this plan (DualStackCutover's \`plan\`) or shorten it`,
  };
}

function weightRefusals(deployment: Deployment, live: readonly RuleWeights[]): string[] {
  const absent = live.filter((rule) => rule.absent !== undefined);
  if (absent.length > 0)
    return [
      `the rules must be as the stack created them (${describeWeights(deployment, absent)}): give a deleted rule another priority in the stack and \`cdk deploy\`, and let a changed one forward to stable again`,
    ];
  if (isSafe(deployment, live)) return [];
  return [
    `the listener must send all traffic to stable with stickiness off (live: ${describeWeights(deployment, live)})`,
  ];
}

function healthRefusals({ health, capacity }: PreflightFindings): string[] {
  const reasons: string[] = [];
  for (const [side, counts] of Object.entries(health)) {
    if (counts === null) continue;
    if (counts.healthy === 0) reasons.push(`the ${side} target group has no healthy target`);
    else if (counts.unhealthy > 0)
      reasons.push(
        `the ${side} target group has ${counts.unhealthy === 1 ? '1 unhealthy target' : `${counts.unhealthy} unhealthy targets`}`,
      );
  }
  if (capacity !== null && health.stable.healthy < capacity.desired) {
    reasons.push(
      `stable has ${health.stable.healthy} healthy targets of ${capacity.desired} desired, so it could not take all traffic back`,
    );
  }
  return reasons;
}

/** Sources of the plan's own metrics that this deployment does not have. */
function metricRefusals({ metricProviders = {}, services }: Deployment, metrics: readonly PlanMetric[]): string[] {
  const sideless = sidelessProblems(metrics, metricProviders).map(({ path, message }) => `${path}: ${message}`);
  const absent = metrics.flatMap((metric, i) =>
    queriesOfMetric(metric).flatMap(([field, query]) => {
      const at = `metrics.${i}.${field} (${metric.name})`;
      if (query.source === 'provider' && metricProviders[query.provider] === undefined)
        return [`${at}: the deployment has no provider "${query.provider}"${list(Object.keys(metricProviders))}`];
      if (query.source === 'ecs' && services === undefined) return [`${at}: the deployment names no services of ECS`];
      return [];
    }),
  );
  return [...absent, ...sideless];
}

/** Prometheus and Datadog can be queried, but cannot answer hooks. */
function hookRefusals({ metricProviders = {} }: Deployment, hooks: Plan['hooks']): string[] {
  return hooks.flatMap(({ name, provider }, i) => {
    const type = metricProviders[provider]?.type;
    if (type === 'http' || type === 'lambda') return [];
    const has = type === undefined ? `no provider "${provider}"` : `"${provider}" as a provider of type ${type}`;
    return [`hooks.${i}.provider (${name}): the deployment has ${has}; a hook needs one of type http or lambda`];
  });
}

function list(names: readonly string[]): string {
  return names.length === 0 ? '; it has none' : `; it has ${names.join(', ')}`;
}

function alarmRefusals(names: readonly string[], readings: readonly AlarmReading[]): string[] {
  return names.flatMap((name) => {
    const reading = readings.find((r) => r.name === name);
    if (reading === undefined) return [`alarm ${name} does not exist`];
    if (!reading.actionsEnabled) return [`the actions of alarm ${name} are disabled`];
    if (reading.mutedBy.length > 0) return [`alarm ${name} is muted by ${reading.mutedBy.join(', ')}`];
    return reading.state === 'OK' ? [] : [`alarm ${name} is in ${reading.state}`];
  });
}

/** Alarms are read by name, and a name from another region or account would be another alarm here. */
function placeRefusals({ targetGroups }: Deployment, alarms: readonly string[]): string[] {
  const placeOf = (arn: string) => arn.split(':').filter((_, i) => i === 1 || i === 3 || i === 4);
  const here = placeOf(targetGroups.stable.arn);
  if (here.length < 3) return [];
  return alarms.flatMap((arn, i) => {
    const there = placeOf(arn);
    if (here.every((part, n) => part === there[n])) return [];
    return [`alarms.${i}: ${arn} is not an alarm of ${here.join(' ')}, where the deployment is`];
  });
}

function isOwn(owner: Lease | null, executionArn: string): boolean {
  return owner?.status === 'running' && owner.executionArn === executionArn;
}

function ownerRefusals(deployment: Deployment, { owner, live, capacity }: PreflightFindings, now: number): string[] {
  if (owner === null) return [];
  switch (owner.status) {
    case 'running':
      return [`cutover ${owner.cutoverId} owns the ingress (${placeOfRun(owner)})`];
    case 'rolling_back':
      return [`cutover ${owner.cutoverId} is still being rolled back`];
    case 'completed':
      // After the sides have been swapped in the stack, the new stable side is the one that has everything.
      if (isSafe(deployment, live)) return [];
      return [
        `cutover ${owner.cutoverId} completed here, so the candidate is the service now; swap stable and candidate in your stack first`,
      ];
    case 'rolled_back': {
      const since = (now - fromIso(owner.rollback?.confirmedAt ?? owner.startedAt)) / 1000;
      const reasons = owes(owner, capacity)
        ? [
            `the stable service's tasks or scaling are not restored yet after cutover ${owner.cutoverId}; the watchdog retries every minute`,
          ]
        : [];
      if (since < QUIET_SECONDS)
        reasons.push(
          `cutover ${owner.cutoverId} was rolled back ${Math.round(since)} s ago; start again once ${QUIET_SECONDS} s have passed`,
        );
      return reasons;
    }
  }
}

/** A new run would take the limits that the last one still holds for the service's own, and never restore them. */
function owes({ capacity, rollback }: Lease, now: CapacitySnapshot | null): boolean {
  if (capacity === null || now === null || rollback?.capacityRestoredAt != null) return false;
  return !isRestored(now, capacity);
}
