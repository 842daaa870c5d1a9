/** Constants of every drawn scenario. */
import type { SimulatedHandler, Step } from './scenario.ts';

export const MINUTE = 60;
/** When the first run begins, in seconds after the start. */
export const FIRST_START = 2 * MINUTE;
/** Events of one alarm: by its action and by the bus, of both alarms. */
export const EVENTS_OF_ALARMS = 4;

/** The calls of each handler, so that drawn faults occur. */
export const CALLS: Readonly<Record<SimulatedHandler, readonly Step[]>> = {
  preflight: ['ingress.read', 'ingress.health', 'alarms.read', 'ledger.read', 'ledger.claim', 'log.append'],
  baseline: ['metrics.baseline', 'ledger.heartbeat', 'log.append'],
  capacity: ['ledger.read', 'capacity.snapshot', 'ledger.recordCapacity', 'capacity.pin', 'ledger.heartbeat'],
  shift: [
    'ingress.health',
    'ledger.recordIntent',
    'ingress.write',
    'ingress.read',
    'ledger.confirmIntent',
    'ledger.heartbeat',
    'ledger.read',
  ],
  watch: ['ledger.read', 'ingress.read', 'ingress.health', 'alarms.read', 'metrics.minutes', 'ledger.heartbeat'],
  exercise: ['exercise.start', 'ledger.heartbeat'],
  signoff: ['approvals.open', 'ledger.heartbeat', 'notifier.publish'],
  approved: ['ledger.heartbeat', 'log.append'],
  decommission: [
    'metrics.minutes',
    'ingress.read',
    'capacity.snapshot',
    'ledger.read',
    'ledger.recordTasks',
    'capacity.scaleStable',
    'ledger.confirmTasks',
    'ledger.heartbeat',
  ],
  complete: ['ledger.read', 'ledger.heartbeat', 'ledger.complete', 'log.append'],
  rollback: [
    'ledger.fence',
    'ingress.read',
    'ingress.health',
    'ingress.write',
    'executions.stop',
    'capacity.snapshot',
    'capacity.scaleStable',
    'capacity.release',
    'ledger.confirmRollback',
    'log.append',
    'notifier.publish',
    'ledger.recordTold',
  ],
  'verify-rollback': ['ledger.read', 'ingress.read', 'metrics.minutes', 'ledger.verifyRollback'],
  watchdog: [
    'ledger.read',
    'executions.stateOf',
    'ingress.read',
    'ingress.health',
    'ledger.fence',
    'ingress.write',
    'capacity.snapshot',
    'capacity.scaleStable',
    'capacity.release',
    'ledger.confirmRollback',
    'ledger.verifyRollback',
    'ledger.confirmCapacity',
    'ledger.complete',
    'notifier.publish',
    'ledger.recordTold',
  ],
  'close-mirror': ['ledger.read', 'ledger.replaceIntent', 'ingress.write', 'ledger.confirmIntent', 'ledger.fence'],
  drill: ['ledger.recordTrip', 'ledger.heartbeat', 'alarms.trip'],
};
