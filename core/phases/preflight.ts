/** Preflight: may this cutover begin? Every reason against it is named at once, and nothing is touched. */
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
  type RuleWeights,
  rollbackAlarmsOf,
  type TargetHealthCounts,
} from '../model/index.ts';

/**
 * A writer of the run before this one may still be in flight after its execution stopped. No Lambda of ours runs for
 * longer than three minutes, so a listener that has been quiet for longer has no such writer.
 */
export const QUIET_SECONDS = 240;

export interface PreflightFindings {
  readonly live: readonly RuleWeights[];
  readonly health: {
    readonly stable: TargetHealthCounts;
    readonly candidate: TargetHealthCounts;
    readonly mirror: TargetHealthCounts | null;
  };
  /** Tasks and scaling of the stable service now; null when it is not an ECS service of the deployment. */
  readonly capacity: CapacitySnapshot | null;
  readonly alarms: readonly AlarmReading[];
  readonly owner: Lease | null;
}

/**
 * Reasons to refuse, each a sentence fragment that names what to mend; empty when the cutover may begin. `executionArn` is the
 * asking run's: a lease that is its own already comes from a first try whose answer was lost.
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

/** The plan must not outlive the shadow logs of its first day. */
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
      `the rules must stand as they were made (${describeWeights(deployment, absent)}): give a deleted rule another priority in the stack and \`cdk deploy\`, and let a changed one forward to stable again`,
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

/** What the plan's own metrics would be read from, and this deployment does not have. */
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

/** Prometheus and Datadog answer queries, and no questions. */
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

/** Alarms are read by their names, and a name of another region or account is another alarm's here. */
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
      return [`cutover ${owner.cutoverId} owns the ingress (phase ${owner.phase})`];
    case 'rolling_back':
      return [`cutover ${owner.cutoverId} is still being rolled back`];
    case 'completed':
      // Once the sides have been exchanged in the stack, the new stable side is the one that has everything.
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

/** A new run would take what the last one still holds for the service's own, and never give it back. */
function owes({ capacity, rollback }: Lease, now: CapacitySnapshot | null): boolean {
  if (capacity === null || now === null || rollback?.capacityRestoredAt != null) return false;
  return !isRestored(now, capacity);
}
