/** The request for a rollback, the ports that it needs, and its outcome. */
import type {
  Capacity,
  CapacitySnapshot,
  Clock,
  Executions,
  Ingress,
  Lease,
  Leases,
  RuleArn,
  TargetHealthCounts,
  Trigger,
  TriggerScope,
} from '../model/index.ts';

export interface RollbackPorts {
  readonly ingress: Ingress;
  readonly ledger: Leases;
  readonly executions: Executions;
  readonly capacity: Capacity;
  readonly clock: Clock;
}

export interface RollbackRequest {
  readonly trigger: Trigger;
  readonly reason: string;
  /** Who requested it: the name of an alarm, a principal, or the name of a state. */
  readonly by: string;
  /** ISO-8601: when the evidence turned bad, as far as the trigger knows. */
  readonly at: string;
  /** Whether an operator insists that stable gets everything although none of its targets is known to be healthy. */
  readonly breakGlass?: boolean;
  /** The snapshot of stable that the run itself carries; used if its lease is missing. */
  readonly capacity?: CapacitySnapshot | null;
  /** The phase of the run that asks. */
  readonly phase?: string;
  /** The run that the trigger refers to. @default the one that owns the ingress */
  readonly scope?: TriggerScope | undefined;
  /** The execution that makes this call from inside, which must therefore not be stopped by it. */
  readonly calledFrom?: string;
}

/** Why a rollback had to do without the ledger. */
export type LedgerTrouble =
  /** The ledger did not answer. */
  | { readonly kind: 'unreachable'; readonly cause: unknown }
  /** The ledger answered with an error other than unavailability. */
  | { readonly kind: 'failed'; readonly cause: unknown };

/** What the ledger had to do with a rollback: it names the run, or no run owned the ingress, or nobody could say. */
type LedgerPart =
  | { readonly ledger: 'written'; readonly item: Lease }
  | { readonly ledger: 'no_lease' | LedgerTrouble['kind']; readonly item: null };

export type RollbackOutcome =
  /** The safe weights were read back. */
  | (LedgerPart & {
      readonly outcome: 'rolled_back';
      /** Rules that somebody deleted, so they carry no requests. */
      readonly gone: readonly RuleArn[];
      /**
       * Whether people are to be notified. With a lease, this call confirmed the rollback: of several triggers exactly
       * one does, even if the one that set the fence has died.
       */
      readonly first: boolean;
      /** Failure of the ledger, or of restoring the capacity. The weights are safe nevertheless. */
      readonly trouble?: unknown;
      /** Why the run's execution was not stopped. The run is fenced, so its next task ends it. */
      readonly notStopped?: unknown;
      /** Why it is unknown whether the confirmation took effect. The watchdog repeats it. */
      readonly notConfirmed?: unknown;
    })
  /**
   * Stable cannot carry everything yet. It has as much as it can carry and is being scaled up; the watchdog continues.
   */
  | {
      readonly outcome: 'waiting_for_capacity';
      /** null if no run owned the ingress. */
      readonly item: Lease | null;
      readonly first: boolean;
      readonly candidatePercent: number;
      readonly stable: TargetHealthCounts;
      readonly needed: number;
      /** Whether the wait has reached its maximum (give-back.ts). */
      readonly overdue: boolean;
      /** Whether the wait is overdue and people must be notified again. */
      readonly urgent: boolean;
      readonly trouble?: unknown;
      readonly notStopped?: unknown;
    }
  /** The weights are already safe, or are those of a completed cutover. */
  | { readonly outcome: 'nothing_to_do'; readonly item: Lease | null }
  /** The trigger refers to another run than the one that owns the ingress. */
  | { readonly outcome: 'not_concerned'; readonly item: Lease };
