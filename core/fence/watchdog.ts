/**
 * The watchdog: level-triggered, every minute. It repairs what events missed, and asks only what is true now: does the
 * listener carry what the ledger owes, is the run that owns it alive, has the traffic really come back?
 */

import {
  type Deployment,
  describeWeights,
  fromIso,
  type Lease,
  type Metrics,
  sameWeights,
  type Trigger,
  toIso,
} from '../model/index.ts';
import { type CloseMirrorOutcome, closeMirror } from './close-mirror.ts';
import { desiredWeights } from './desired-weights.ts';
import { type RollbackOutcome, type RollbackPorts, type RollbackRequest, rollBack, writeSafe } from './rollback.ts';

/** A shift that is not confirmed after this long lost its writer: no Lambda of ours may run longer. */
export const SHIFT_DEADLINE_SECONDS = 180;
/** Candidate requests in the last complete minutes above which traffic has not come back. */
const VERIFY_MINUTES = 1;
const MINUTE_MS = 60_000;

export interface WatchdogPorts extends RollbackPorts {
  readonly metrics: Metrics;
}

export type WatchdogReport =
  | { readonly action: 'none'; readonly item: Lease | null }
  | { readonly action: 'rollback'; readonly request: RollbackRequest; readonly outcome: RollbackOutcome }
  | { readonly action: 'mirror'; readonly request: RollbackRequest; readonly outcome: CloseMirrorOutcome }
  | { readonly action: 'rewrote_safe_weights'; readonly item: Lease; readonly live: string }
  | { readonly action: 'verified'; readonly item: Lease; readonly at: string };

/** One look. Idempotent; throws only what the ports throw, and the next minute looks again. */
export async function watch(ports: WatchdogPorts, deployment: Deployment): Promise<WatchdogReport> {
  const item = await ports.ledger.read(deployment.ingressId);
  switch (item?.status) {
    case undefined:
    case 'completed':
      return { action: 'none', item };
    case 'running':
      return watchRunning(ports, deployment, item);
    case 'rolling_back':
      return demandRollback(
        ports,
        deployment,
        item.rollback?.trigger ?? 'watchdog',
        item.rollback?.reason ?? 'unfinished rollback',
      );
    case 'rolled_back':
      return watchRolledBack(ports, deployment, item);
  }
}

async function watchRunning(ports: WatchdogPorts, deployment: Deployment, item: Lease): Promise<WatchdogReport> {
  const now = ports.clock.now();
  if (now > fromIso(item.heartbeatDueAt)) {
    return demandRollback(
      ports,
      deployment,
      'watchdog',
      `no heartbeat from the run by ${item.heartbeatDueAt} (phase ${item.phase})`,
    );
  }
  if (!(await ports.executions.isRunning(item.executionArn))) {
    return demandRollback(
      ports,
      deployment,
      'execution',
      `the ledger says running, but execution ${item.executionArn} is not running`,
    );
  }
  if (!item.intent.confirmed) {
    const age = (now - fromIso(item.intent.at)) / 1000;
    if (age <= SHIFT_DEADLINE_SECONDS) return { action: 'none', item };
    return demandRollback(
      ports,
      deployment,
      'watchdog',
      `a shift started ${Math.round(age)} s ago and was never confirmed`,
    );
  }
  const live = await ports.ingress.read();
  if (sameWeights(live, desiredWeights(deployment, item))) return watchMirror(ports, deployment, item);
  // The reading may be older than the item: a shift that began in between has changed both.
  const fresh = await ports.ledger.read(deployment.ingressId);
  if (fresh === null || fresh.generation !== item.generation || fresh.intent.at !== item.intent.at)
    return { action: 'none', item };
  return demandRollback(
    ports,
    deployment,
    'drift',
    `live weights (${describeWeights(deployment, live)}) differ from the desired weights (${describeWeights(deployment, item.intent.weights)})`,
  );
}

/** The mirror's alarm fires on a transition only: a mirror that was opened towards a dead mirror is found here. */
async function watchMirror(ports: WatchdogPorts, deployment: Deployment, item: Lease): Promise<WatchdogReport> {
  const { mirror } = item.intent.split;
  if (mirror === null) return { action: 'none', item };
  const role = mirror.face === 'forward' ? 'mirrorForward' : 'mirrorReverse';
  const health = await ports.ingress.health(role);
  if (health.healthy > 0) return { action: 'none', item };
  const reason = `the mirror (${role}) has no healthy target and ${mirror.percent} % of the mirrored requests pass through it`;
  const request = { trigger: 'watchdog' as const, reason, by: 'watchdog', at: toIso(ports.clock.now()) };
  return { action: 'mirror', request, outcome: await closeMirror(ports, deployment, request) };
}

async function watchRolledBack(ports: WatchdogPorts, deployment: Deployment, item: Lease): Promise<WatchdogReport> {
  const live = await ports.ingress.read();
  if (!sameWeights(live, desiredWeights(deployment, item))) {
    await writeSafe(ports, deployment);
    return { action: 'rewrote_safe_weights', item, live: describeWeights(deployment, live) };
  }
  if (item.rollback === null || item.rollback.verifiedAt !== null) return { action: 'none', item };
  const at = await verifiedReturn(ports, item, item.rollback.confirmedAt ?? item.rollback.requestedAt);
  return at === null ? { action: 'none', item } : { action: 'verified', item, at };
}

/** Confirms by counts: a complete minute after the safe weights in which the stable side answered and the candidate did not. */
async function verifiedReturn(ports: WatchdogPorts, item: Lease, since: string): Promise<string | null> {
  const firstWholeMinute = Math.ceil(fromIso(since) / MINUTE_MS) * MINUTE_MS;
  const now = ports.clock.now();
  if (now < firstWholeMinute + VERIFY_MINUTES * MINUTE_MS) return null;
  const minutes = await ports.metrics.minutes({ from: firstWholeMinute, to: now }, 1_000);
  const back = minutes.some((m) => (m.stable?.requests ?? 0) > 0 && (m.candidate?.requests ?? 0) === 0);
  if (!back) return null;
  const at = toIso(now);
  await ports.ledger.verifyRollback(item, at);
  await keepDrill(ports, item, at);
  return at;
}

/** A drill that its own alarm brought back is worth keeping; one that something else ended shows nothing about the alarm. */
async function keepDrill({ ledger }: WatchdogPorts, item: Lease, verifiedAt: string): Promise<void> {
  const { drill, rollback, cutoverId } = item;
  if (drill?.trippedAt == null || rollback?.confirmedAt == null || rollback.trigger !== 'alarm') return;
  const { alarm, percent, trippedAt } = drill;
  const { requestedAt, confirmedAt } = rollback;
  await ledger.recordDrill(item.ingressId, {
    cutoverId,
    alarm,
    percent,
    trippedAt,
    requestedAt,
    confirmedAt,
    verifiedAt,
  });
}

async function demandRollback(
  ports: WatchdogPorts,
  deployment: Deployment,
  trigger: Trigger,
  reason: string,
): Promise<WatchdogReport> {
  const request = { trigger, reason, by: 'watchdog', at: toIso(ports.clock.now()) };
  return { action: 'rollback', request, outcome: await rollBack(ports, deployment, request) };
}
