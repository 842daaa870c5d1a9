/**
 * The dependencies of the handlers. Each handler names those that it uses, so that its permissions can be derived from
 * its type.
 */

import type { Surroundings } from '../../core/listener/index.ts';
import type {
  Alarms,
  Approvals,
  Capacity,
  Clock,
  DecisionLog,
  Deployment,
  Drills,
  Executions,
  Exercise,
  Hooks,
  Ingress,
  Leases,
  Metrics,
  Notifier,
  Parity,
  PlanMetrics,
  Reminders,
  RevisionReader,
} from '../../core/model/index.ts';
import type { Emit } from './emf.ts';

export interface Deps {
  readonly deployment: Deployment;
  readonly ingress: Ingress;
  readonly surroundings: Surroundings;
  readonly metrics: Metrics;
  readonly planMetrics: PlanMetrics;
  readonly hooks: Hooks;
  readonly revisions: RevisionReader;
  readonly alarms: Alarms;
  readonly ledger: Leases;
  readonly decisionLog: DecisionLog;
  readonly drills: Drills;
  readonly reminders: Reminders;
  readonly executions: Executions;
  readonly capacity: Capacity;
  readonly parity: Parity;
  readonly notifier: Notifier;
  readonly approvals: Approvals;
  readonly exercise: Exercise;
  readonly clock: Clock;
  readonly emit: Emit;
}

/** Exactly what a rollback needs. */
export type RollbackDeps = Pick<
  Deps,
  'deployment' | 'ingress' | 'ledger' | 'decisionLog' | 'executions' | 'capacity' | 'notifier' | 'clock' | 'emit'
>;
