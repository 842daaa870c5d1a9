/**
 * The watchdog: level-triggered, every minute. It repairs what events missed, and asks only what is true now: does the
 * listener carry the desired weights, is the run that owns it alive, can both sides carry their customers, is the
 * stable side's capacity what the run owes it, is the traffic really back on stable?
 */
import {
  type Alarms,
  answersAnybody,
  type Deployment,
  describeWeights,
  finalWeights,
  fromIso,
  groupRoleOfMirror,
  isFinal,
  isLeaseOf,
  isRestored,
  isSafe,
  type Lease,
  placeOfRun,
  type RuleWeights,
  sameWeights,
  type Trigger,
  type TriggerScope,
  toIso,
  UnreadableLeaseError,
} from '../model/index.ts';
import { type CloseMirrorOutcome, closeMirror, isClosing } from './close-mirror.ts';
import { desiredWeights, isLeaseRestored, isMarked, isOver, mayStillWrite } from './desired-weights.ts';
import { giveBack } from './give-back.ts';
import { type ReturnPlan, survey } from './return-plan.ts';
import { rollBack, stateOrNull } from './rollback.ts';
import type { RollbackOutcome, RollbackPorts, RollbackRequest } from './rollback-outcome.ts';
import { heldTasks, refillCapacity, restoreCapacity, restoreCarried } from './stable-capacity.ts';
import { type VerificationPorts, type VerificationReport, verifyReturn } from './verified-return.ts';

/**
 * A shift that is not confirmed after this time has lost its writer: its function runs for at most a minute, and two
 * clocks may differ by four.
 */
export const SHIFT_DEADLINE_SECONDS = 300;
/**
 * A reading may come from a stale replica, and closing the mirror writes and confirms within this time. Drift counts
 * only if it persists for this long.
 */
export const SECOND_LOOK_MS = 2_000;

export interface WatchdogPorts extends RollbackPorts, VerificationPorts {
  readonly alarms: Pick<Alarms, 'read'>;
}

export type WatchdogReport =
  | { readonly action: 'none'; readonly item: Lease | null }
  | { readonly action: 'rollback'; readonly request: RollbackRequest; readonly outcome: RollbackOutcome }
  | { readonly action: 'mirror'; readonly request: RollbackRequest; readonly outcome: CloseMirrorOutcome }
  | {
      readonly action: 'rewrote_safe_weights';
      readonly item: Lease;
      readonly live: string;
      readonly kind: ReturnPlan['kind'];
    }
  /** Stable had fewer tasks, or other scaling, than the run wants it to have. */
  | { readonly action: 'restored_capacity'; readonly item: Lease | null; readonly desired: number }
  /** The run had completed, and the lease did not say so. */
  | { readonly action: 'completed'; readonly item: Lease }
  /**
   * Somebody changed the weights of a completed cutover by hand, or wrote those of a completed one. No trigger moves
   * them.
   */
  | { readonly action: 'edited'; readonly item: Lease; readonly live: string }
  | VerificationReport;

/** One evaluation. Idempotent. Throws only what the ports throw, and the next minute repeats it. */
export async function watch(ports: WatchdogPorts, deployment: Deployment): Promise<WatchdogReport> {
  const item = await ports.ledger.read(deployment.ingressId).catch((error: unknown) => {
    if (error instanceof UnreadableLeaseError) return error;
    throw error;
  });
  // Its run can go on no more than the watchdog can.
  if (item instanceof UnreadableLeaseError) return demandRollback(ports, deployment, 'watchdog', item.what);
  switch (item?.status) {
    case undefined:
    case 'completed':
      return watchUnowned(ports, deployment, item);
    case 'running':
      return watchRunning(ports, deployment, item);
    case 'rolling_back': {
      if (await hasSucceeded(ports, item)) return noteCompletion(ports, deployment, item);
      const { trigger = 'watchdog', reason = 'unfinished rollback', by = 'watchdog' } = item.rollback ?? {};
      return demandRollback(ports, deployment, trigger, reason, { by });
    }
    case 'rolled_back':
      return watchRolledBack(ports, deployment, item);
  }
}

/** While no run owns the ingress, weights that are neither safe nor those of a completed cutover have no owner. */
async function watchUnowned(ports: WatchdogPorts, deployment: Deployment, item: Lease | null): Promise<WatchdogReport> {
  const inOrder = (rules: readonly RuleWeights[]) => isSafe(deployment, rules) || isOver(deployment, rules, item);
  const seen = await ports.ingress.read();
  if (inOrder(seen)) {
    if (!isSafe(deployment, seen)) return { action: 'none', item };
    // After a completion, stable has no tasks: weights that somebody gave back to it lead nowhere.
    if (item !== null && isMarked(deployment, item) && (await isStableDead(ports)))
      return { action: 'edited', item, live: describeWeights(deployment, seen) };
    return watchCarried(ports, deployment, item);
  }
  await ports.clock.sleep(SECOND_LOOK_MS);
  const live = await ports.ingress.read();
  const fresh = await ports.ledger.read(deployment.ingressId);
  if (inOrder(live) || fresh?.generation !== item?.generation || fresh?.status !== item?.status)
    return { action: 'none', item: fresh };
  if (item !== null && isMarked(deployment, item))
    return { action: 'edited', item, live: describeWeights(deployment, live) };
  const reason = `no run owns the ingress, but its live weights are ${describeWeights(deployment, live)}`;
  return demandRollback(ports, deployment, 'watchdog', reason);
}

async function isStableDead({ ingress }: WatchdogPorts): Promise<boolean> {
  const { stable, candidate } = await survey(ingress);
  return stable?.healthy === 0 && candidate !== null && candidate.healthy > 0;
}

async function watchRunning(ports: WatchdogPorts, deployment: Deployment, item: Lease): Promise<WatchdogReport> {
  const demand = (trigger: Trigger, reason: string, what: 'intent' | 'silence') =>
    demandRollback(ports, deployment, trigger, reason, { scope: { kind: 'unchanged', what, lease: item } });
  const late = ports.clock.now() > fromIso(item.heartbeatDueAt);
  // A silent run is rolled back whatever its execution says, unless the execution has succeeded.
  const execution = await stateOrNull(ports, item);
  const ended = late || execution === 'ended';
  const mayBeOver = execution !== 'running';
  if (execution === 'succeeded' || (ended && mayBeOver && (await isFinished(ports, deployment, item))))
    return noteCompletion(ports, deployment, item);
  const due = item.heartbeatDueAt;
  if (late) return demand('watchdog', `no heartbeat from the run by ${due} (${placeOfRun(item)})`, 'silence');
  if (ended)
    return demand('execution', `the ledger says running, but execution ${item.executionArn} is not running`, 'silence');
  if (!item.intent.confirmed) return watchShift(ports, deployment, item);
  const drift = await driftOf(ports, deployment, item);
  if (drift !== null)
    return mayBeOver && (await isFinished(ports, deployment, item))
      ? { action: 'none', item }
      : demand('drift', drift, 'intent');
  const dead = await deadSide(ports, item);
  if (dead !== null) return demand('watchdog', dead, 'intent');
  const report = (await watchMirror(ports, deployment, item)) ?? (await watchHeldCapacity(ports, item));
  // A state that cannot be read keeps the watchdog from no other check, and then fails it.
  if (report.action === 'none' && execution === null) await ports.executions.stateOf(item.executionArn);
  return report;
}

/** A shift may take until its deadline; customers of a dead side or mirror cannot wait that long. */
async function watchShift(ports: WatchdogPorts, deployment: Deployment, item: Lease): Promise<WatchdogReport> {
  const demand = (reason: string) =>
    demandRollback(ports, deployment, 'watchdog', reason, {
      scope: { kind: 'unchanged', what: 'intent', lease: item },
    });
  const age = (ports.clock.now() - fromIso(item.intent.at)) / 1000;
  if (age > SHIFT_DEADLINE_SECONDS) return demand(`a shift started ${Math.round(age)} s ago and was never confirmed`);
  const dead = await deadSide(ports, item);
  if (dead !== null) return demand(dead);
  const reason = 'the mirror was being closed, and the closing was never confirmed';
  if (isClosing(item)) return closeOf(ports, deployment, item, reason);
  return (await watchMirror(ports, deployment, item)) ?? { action: 'none', item };
}

/**
 * An execution succeeds when its cutover is complete. A lease that says otherwise was restored, whatever the listener
 * shows.
 */
async function hasSucceeded(ports: WatchdogPorts, item: Lease): Promise<boolean> {
  return (await stateOrNull(ports, item)) === 'succeeded';
}

/** Records the completion in the lease, with the final weights as its intent if they were lost. */
async function noteCompletion(ports: WatchdogPorts, deployment: Deployment, item: Lease): Promise<WatchdogReport> {
  const { intent } = item;
  const split = { candidatePercent: 100, mirror: null };
  const last = { split, weights: finalWeights(deployment), at: toIso(ports.clock.now()), confirmed: true };
  await ports.ledger.complete(item, isFinal(deployment, intent.weights) ? undefined : last);
  return { action: 'completed', item };
}

/**
 * Whether the listener has the weights of a completed cutover: the last ones of the run itself, or those of a time that
 * the table has lost.
 */
async function isFinished(ports: WatchdogPorts, deployment: Deployment, item: Lease): Promise<boolean> {
  const live = await ports.ingress.read();
  const own = item.intent.confirmed && isFinal(deployment, item.intent.weights) && isFinal(deployment, live);
  return own || isLeaseRestored(deployment, live, item, ports.clock.now());
}

/** The weights that the listener carries instead of the desired ones, if a second reading confirms it. */
async function driftOf(ports: WatchdogPorts, deployment: Deployment, item: Lease): Promise<string | null> {
  const desired = desiredWeights(deployment, item);
  if (sameWeights(await ports.ingress.read(), desired)) return null;
  await ports.clock.sleep(SECOND_LOOK_MS);
  const live = await ports.ingress.read();
  if (sameWeights(live, desired)) return null;
  return `live weights (${describeWeights(deployment, live)}) differ from the desired weights (${describeWeights(deployment, desired)})`;
}

/**
 * A side that answers customers without a healthy target while the other side has some. Unknown health is no evidence.
 */
async function deadSide({ ingress }: WatchdogPorts, { intent }: Lease): Promise<string | null> {
  if (!answersAnybody(intent.split)) return null;
  const { stable, candidate } = await survey(ingress);
  if (stable === null || candidate === null) return null;
  if (candidate.healthy === 0 && stable.healthy > 0) return 'the candidate has no healthy target';
  if (stable.healthy === 0 && candidate.healthy > 0 && intent.split.candidatePercent < 100)
    return 'the stable side has no healthy target';
  return null;
}

/**
 * The mirror's alarms notify only of transitions, whose events may be lost or muted. So the watchdog reads their
 * levels, and the health of the mirror's targets, which may have been dead already when it was opened.
 */
async function watchMirror(ports: WatchdogPorts, deployment: Deployment, item: Lease): Promise<WatchdogReport | null> {
  const { mirror } = item.intent.split;
  if (mirror === null) return null;
  const role = groupRoleOfMirror(mirror);
  const [{ healthy }, red] = await Promise.all([ports.ingress.health(role), redMirrorAlarms(ports, deployment)]);
  const finding = healthy === 0 ? `the mirror (${role}) has no healthy target` : red;
  if (finding === null) return null;
  return closeOf(ports, deployment, item, `${finding}, and ${mirror.percent} % of the requests pass through it`);
}

/** Levels that cannot be read are no evidence, and do not keep the watchdog from its other checks. */
async function redMirrorAlarms({ alarms }: WatchdogPorts, { shadowAlarms }: Deployment): Promise<string | null> {
  const red = (await alarms.read(shadowAlarms).catch(() => [])).filter(({ state }) => state === 'ALARM');
  return red.length === 0 ? null : `the mirror's alarm ${red.map(({ name }) => name).join(', ')} is in ALARM`;
}

async function closeOf(
  ports: WatchdogPorts,
  deployment: Deployment,
  item: Lease,
  reason: string,
): Promise<WatchdogReport> {
  const scope = { kind: 'unchanged', what: 'intent', lease: item } as const;
  const request = { trigger: 'watchdog' as const, reason, by: 'watchdog', at: toIso(ports.clock.now()), scope };
  return { action: 'mirror', request, outcome: await closeMirror(ports, deployment, request) };
}

/**
 * Stable keeps at least the tasks of its snapshot until the decommission begins, and after that those of the last step.
 */
async function watchHeldCapacity({ capacity, ledger }: WatchdogPorts, item: Lease): Promise<WatchdogReport> {
  const held = heldTasks(item);
  if (held === null || (await capacity.snapshot()).desired >= held) return { action: 'none', item };
  // A step that began after the lease was read may have removed them.
  const fresh = await ledger.read(item.ingressId);
  if (!isLeaseOf(fresh, item) || fresh.status !== 'running' || heldTasks(fresh) !== held)
    return { action: 'none', item };
  await refillCapacity(capacity, held);
  return { action: 'restored_capacity', item, desired: held };
}

async function watchRolledBack(ports: WatchdogPorts, deployment: Deployment, item: Lease): Promise<WatchdogReport> {
  const first = await survey(ports.ingress);
  const doubtful = first.live !== null && !isSafe(deployment, first.live);
  if (doubtful) await ports.clock.sleep(SECOND_LOOK_MS);
  const seen = doubtful ? await survey(ports.ingress) : first;
  const live = seen.live ?? (await ports.ingress.read());
  if (isLeaseRestored(deployment, live, item, ports.clock.now()))
    return (await hasSucceeded(ports, item))
      ? noteCompletion(ports, deployment, item)
      : { action: 'edited', item, live: describeWeights(deployment, live) };
  if (!isSafe(deployment, live)) {
    const { plan } = await giveBack(ports, deployment, { ...seen, live }, item);
    return { action: 'rewrote_safe_weights', item, live: describeWeights(deployment, live), kind: plan.kind };
  }
  const [owed] = await Promise.allSettled([watchOwedCapacity(ports, item)]);
  if (owed.status === 'fulfilled' && owed.value !== null) return owed.value;
  const verified =
    item.rollback?.verifiedAt === null ? await verifyReturn(ports, item, item.rollback, seen.stable) : null;
  if (verified !== null && verified.action !== 'none') return verified;
  // A capacity that cannot be read keeps nobody from seeing that the traffic is back.
  if (owed.status === 'rejected') throw owed.reason;
  return watchCarried(ports, deployment, item);
}

/**
 * A writer of the run that resumes late may still remove tasks or suspend scaling, so the desired capacity is checked
 * until none can be left.
 */
async function watchOwedCapacity(
  { capacity, ledger, clock }: WatchdogPorts,
  item: Lease,
): Promise<WatchdogReport | null> {
  const { rollback } = item;
  if (item.capacity === null || rollback === null || rollback.capacityRestoredAt !== null) return null;
  const now = clock.now();
  if (!isRestored(await capacity.snapshot(), item.capacity)) {
    await restoreCapacity(capacity, item.capacity);
    return { action: 'restored_capacity', item, desired: item.capacity.desired };
  }
  if (!mayStillWrite(item, now)) await ledger.confirmCapacity(item, toIso(now));
  return null;
}

/** The lease may be missing, or an earlier run's, because the table was lost or restored. */
async function watchCarried(
  ports: WatchdogPorts,
  { ingressId }: Deployment,
  item: Lease | null,
): Promise<WatchdogReport> {
  const desired = await restoreCarried(ports, ingressId, item);
  return desired === null ? { action: 'none', item } : { action: 'restored_capacity', item, desired };
}

/**
 * With `scope`, only if the readings still hold: a run that has been heard from meanwhile, or has recorded another
 * intent, continues.
 */
async function demandRollback(
  ports: WatchdogPorts,
  deployment: Deployment,
  trigger: Trigger,
  reason: string,
  { by = 'watchdog', scope }: { readonly by?: string; readonly scope?: TriggerScope } = {},
): Promise<WatchdogReport> {
  const request = { trigger, reason, by, at: toIso(ports.clock.now()), scope };
  const outcome = await rollBack(ports, deployment, request);
  return outcome.outcome === 'not_concerned'
    ? { action: 'none', item: outcome.item }
    : { action: 'rollback', request, outcome };
}
