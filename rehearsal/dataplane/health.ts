/** Health checks with simulated intervals and thresholds, and the host counts that ALB publishes each minute. */
import { request } from 'undici';
import type { VirtualClock } from '../clock/index.ts';
import type { LoadBalancerModel, MetricSink, Target, TargetGroupModel } from '../machine/index.ts';
import { DIRECT } from './direct.ts';

const MINUTE_MS = 60_000;

export interface HealthOptions {
  readonly model: LoadBalancerModel;
  readonly clock: VirtualClock;
  readonly metrics: MetricSink;
  /** The port of a target's health check; the mirror has a separate one. */
  readonly healthPort: (target: Target) => number;
  /** The path of a target's health check. @default the group's */
  readonly healthPath?: (target: Target) => string | undefined;
}

/** Runs until the returned function is called. */
export function startHealthChecks(options: HealthOptions): () => void {
  const { model, clock } = options;
  const streaks = new Map<Target, number>();
  const timers = [...model.targetGroups.values()].map((group) =>
    clock.every(group.healthCheck.intervalSeconds * 1000, () => {
      for (const target of group.targets) void check(options, group, target, streaks);
    }),
  );
  timers.push(clock.every(MINUTE_MS / 2, () => publish(options)));
  return () => {
    for (const stop of timers) stop();
  };
}

async function check(
  { healthPort, healthPath }: HealthOptions,
  group: TargetGroupModel,
  target: Target,
  streaks: Map<Target, number>,
): Promise<void> {
  const ok = await answers(
    `http://${target.host}:${healthPort(target)}${healthPath?.(target) ?? group.healthCheck.path}`,
    group.healthCheck.timeoutSeconds * 1000,
  );
  if (target.health === 'draining') return;
  // Positive: consecutive successes; negative: consecutive failures.
  const before = streaks.get(target) ?? 0;
  const streak = ok ? Math.max(0, before) + 1 : Math.min(0, before) - 1;
  streaks.set(target, streak);
  if (streak >= group.healthCheck.healthyThreshold || (ok && target.health === 'initial')) target.health = 'healthy';
  if (-streak >= group.healthCheck.unhealthyThreshold) target.health = 'unhealthy';
}

async function answers(url: string, timeoutMs: number): Promise<boolean> {
  try {
    const { statusCode, body } = await request(url, { dispatcher: DIRECT, signal: AbortSignal.timeout(timeoutMs) });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}

function publish({ model, clock, metrics }: HealthOptions): void {
  for (const { fullName, targets } of model.targetGroups.values()) {
    const dimensions = { LoadBalancer: model.fullName, TargetGroup: fullName };
    const put = (name: string, value: number) =>
      metrics.record({ namespace: 'AWS/ApplicationELB', name, dimensions, value, at: clock.now() });
    if (targets.length === 0) continue;
    put('HealthyHostCount', targets.filter((t) => t.health === 'healthy').length);
    put('UnHealthyHostCount', targets.filter((t) => t.health === 'unhealthy').length);
  }
}
