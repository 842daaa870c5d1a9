/**
 * Reasons that apply in any phase, before the two sides are compared: those that roll back at once, and those that
 * block promotion.
 */
import {
  type AlarmReading,
  answersAnybody,
  type Deployment,
  describeWeights,
  rollbackAlarmsOf,
  sameWeights,
  weightsFor,
} from '../model/index.ts';
import type { HardEvidence, PresentRun } from './evidence.ts';

/** The reason why any phase would roll back at once; null if there is none. */
export function hardStop(deployment: Deployment, state: PresentRun, seen: HardEvidence): string | null {
  return redOf(deployment, state, seen) ?? driftOf(deployment, state, seen) ?? unsafety(deployment, state, seen);
}

/**
 * The same without a look at the live weights, which the watchdog takes by itself, and believes only the second time.
 */
export function stopWhileWaiting(deployment: Deployment, state: PresentRun, seen: GuardEvidence): string | null {
  return redOf(deployment, state, seen) ?? unsafety(deployment, state, seen);
}

/** What comes without being asked: alarms, and the health of the side that customers are on. */
export type GuardEvidence = Pick<HardEvidence, 'alarms' | 'candidate'>;

function guardsOf(deployment: Deployment, { plan }: PresentRun, { alarms }: GuardEvidence): AlarmReading[] {
  const rollsBack = rollbackAlarmsOf(deployment, plan);
  return alarms.filter((a) => rollsBack.includes(a.name));
}

function redOf(deployment: Deployment, state: PresentRun, seen: GuardEvidence): string | null {
  const red = guardsOf(deployment, state, seen).filter((a) => a.state === 'ALARM');
  return red.length > 0 ? `Alarm ${names(red)} is in ALARM.` : null;
}

function driftOf(deployment: Deployment, { split }: PresentRun, { live }: HardEvidence): string | null {
  const intended = weightsFor(deployment, split);
  return sameWeights(live, intended)
    ? null
    : `Drift: live weights are ${describeWeights(deployment, live)}, intended ${describeWeights(deployment, intended)}.`;
}

function unsafety(deployment: Deployment, state: PresentRun, seen: GuardEvidence): string | null {
  if (!answersAnybody(state.split)) return null;
  const { healthy, unhealthy } = seen.candidate;
  if (healthy === 0) return 'The candidate has no healthy target.';
  // A load balancer sends an unhealthy target nothing, so the others carry its share. A majority that is down is no
  // deployment in progress.
  if (unhealthy > healthy) return `${unhealthy} of the candidate's ${unhealthy + healthy} targets are unhealthy.`;
  // Customers are on the candidate, and the way to roll them back without this run is interrupted.
  const silenced = silences(guardsOf(deployment, state, seen));
  return silenced === null ? null : `Customers are on the candidate, and ${silenced}.`;
}

/** What keeps the run from advancing until it is resolved; null if there is nothing. */
export function obstacleOf(deployment: Deployment, state: PresentRun, seen: HardEvidence): string | null {
  const silenced = silences(seen.alarms);
  if (silenced !== null) return `Waiting: ${silenced}.`;
  const unready = unreadiness(seen);
  if (unready !== null) return unready;
  const rollsBack = rollbackAlarmsOf(deployment, state.plan);
  const missing = rollsBack.filter((name) => !seen.alarms.some((a) => a.name === name));
  if (missing.length > 0) return `Alarm ${missing.join(', ')} does not exist.`;
  const { healthy, unhealthy } = seen.candidate;
  if (answersAnybody(state.split) && unhealthy > 0)
    return `${unhealthy} of the candidate's ${unhealthy + healthy} targets are unhealthy.`;
  const blind = seen.alarms.filter((a) => a.state === 'INSUFFICIENT_DATA' && rollsBack.includes(a.name));
  return blind.length > 0 ? `Alarm ${names(blind)} has INSUFFICIENT_DATA.` : null;
}

/** Why stable could not carry a rollback; null if it could. No customers are moved away from a side that is failing. */
export function unreadiness({ stable }: Pick<HardEvidence, 'stable'>): string | null {
  if (stable == null || stable.healthy >= stable.needed) return null;
  return `The stable side has ${stable.healthy} of ${stable.needed} healthy targets, so it could not take everything back.`;
}

function silences(alarms: readonly AlarmReading[]): string | null {
  const disabled = alarms.filter((a) => !a.actionsEnabled);
  if (disabled.length > 0) return `actions of alarm ${names(disabled)} are disabled`;
  const muted = alarms.filter((a) => a.mutedBy.length > 0).map((a) => `${a.name} by ${a.mutedBy.join(', ')}`);
  return muted.length > 0 ? `actions of alarms are muted (${muted.join('; ')})` : null;
}

function names(alarms: readonly AlarmReading[]): string {
  return alarms.map((a) => a.name).join(', ');
}
