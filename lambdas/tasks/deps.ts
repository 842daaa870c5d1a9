/** What the handlers are given. Each names the part that it uses, so that its permissions can be read off its type. */
import type {
  Alarms,
  Approvals,
  Capacity,
  Clock,
  Deployment,
  Executions,
  Exercise,
  Ingress,
  Ledger,
  Metrics,
  Notifier,
  Parity,
} from '../../core/model/index.ts';
import type { Emit } from './emf.ts';

export interface Deps {
  readonly deployment: Deployment;
  readonly ingress: Ingress;
  readonly metrics: Metrics;
  readonly alarms: Alarms;
  readonly ledger: Ledger;
  readonly executions: Executions;
  readonly capacity: Capacity;
  readonly parity: Parity;
  readonly notifier: Notifier;
  readonly approvals: Approvals;
  readonly exercise: Exercise;
  readonly clock: Clock;
  readonly emit: Emit;
}

/** What a rollback needs, and nothing else. */
export type RollbackDeps = Pick<
  Deps,
  'deployment' | 'ingress' | 'ledger' | 'executions' | 'capacity' | 'notifier' | 'clock' | 'emit'
>;
