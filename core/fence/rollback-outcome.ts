/** What a rollback is asked, what it needs, and what it came to. */
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
  /** Who or what asked: an alarm's name, a principal, a state's name. */
  readonly by: string;
  /** ISO-8601; when the evidence turned bad as far as the trigger knows. */
  readonly at: string;
  /** An operator's word that the stable side may have everything although no target of it is known to be healthy. */
  readonly breakGlass?: boolean;
  /** The stable side's snapshot as the run itself remembers it: used where its lease is missing. */
  readonly capacity?: CapacitySnapshot | null;
  /** The run that the trigger speaks of. @default the one that owns the ingress */
  readonly scope?: TriggerScope | undefined;
  /** The execution that calls from inside itself, which therefore must not be stopped by this call. */
  readonly calledFrom?: string;
}

/** Why the ledger had no part in a rollback. */
export type LedgerTrouble =
  /** It did not answer. */
  | { readonly kind: 'unreachable'; readonly cause: unknown }
  /** It answered with an error that is not a lack of availability. */
  | { readonly kind: 'failed'; readonly cause: unknown };

/** What the ledger had to do with a rollback: it names the run, or no run owned the ingress, or nobody could say. */
type LedgerPart =
  | { readonly ledger: 'written'; readonly item: Lease }
  | { readonly ledger: 'no_lease' | LedgerTrouble['kind']; readonly item: null };

export type RollbackOutcome =
  /** Safe weights were read back. */
  | (LedgerPart & {
      readonly outcome: 'rolled_back';
      /** Rules that somebody deleted, through which nobody comes any more. */
      readonly gone: readonly RuleArn[];
      /** This call confirmed it. Of several triggers exactly one has this, also when the one that fenced has died. */
      readonly first: boolean;
      /** What went wrong with the ledger or with giving the capacity back; the weights are safe all the same. */
      readonly trouble?: unknown;
      /** Why the run's execution was not stopped. It is fenced, so its next task ends it. */
      readonly notStopped?: unknown;
      /** Why nobody knows whether the confirmation took effect; the watchdog repeats it. */
      readonly notConfirmed?: unknown;
    })
  /** The stable side cannot carry everything yet. It got what it can carry, and is being scaled up; the watchdog goes on. */
  | {
      readonly outcome: 'waiting_for_capacity';
      /** Null where no run owned the ingress. */
      readonly item: Lease | null;
      readonly first: boolean;
      readonly candidatePercent: number;
      readonly stable: TargetHealthCounts;
      readonly needed: number;
      /** It has lasted for its maximum (give-back.ts). */
      readonly overdue: boolean;
      /** Overdue, and due to be told again: once in each such time. */
      readonly urgent: boolean;
      readonly trouble?: unknown;
      readonly notStopped?: unknown;
    }
  /** The weights are safe already, or those of a completed cutover. */
  | { readonly outcome: 'nothing_to_do'; readonly item: Lease | null }
  /** The trigger speaks of another run than the one that owns the ingress. */
  | { readonly outcome: 'not_concerned'; readonly item: Lease };
