/** One run according to the ledger: its lease, its log, its sign-offs. */

import {
  type Approvals,
  type CutoverId,
  cutoverIdSchema,
  type DecisionLog,
  fromIso,
  type Lease,
  type Leases,
  type LogEntry,
  type Plan,
  placeOfRun,
  planIn,
} from '../../core/model/index.ts';
import { type RunSoFar, soFarOf } from '../../core/phases/index.ts';
import { type DeployedOptions, type Located, located, typedId } from '../run/index.ts';
import { NOTHING_CHANGED, UsageError } from '../shared/index.ts';

export interface Ledger extends Located {
  readonly leases: Leases;
  readonly decisionLog: DecisionLog;
  readonly approvals: Approvals;
  /** The lease of the ingress; null if no run has ever begun here. */
  lease(): Promise<Lease | null>;
  /** Runs before the one that holds the lease, oldest first. */
  past(): Promise<readonly Lease[]>;
}

export async function openLedger(options: DeployedOptions): Promise<Ledger> {
  const { deployment, now } = await located(options);
  const [{ DynamoDBClient }, { CLIENT_OPTIONS }, { dynamoApprovals, dynamoDecisionLog, dynamoLeases, pastRuns }] =
    await Promise.all([
      import('@aws-sdk/client-dynamodb'),
      import('../../lambdas/aws/calls/index.ts'),
      import('../../lambdas/aws/dynamo/index.ts'),
    ]);
  const { ledgerTable: table, ingressId } = deployment;
  const dynamo = new DynamoDBClient(CLIENT_OPTIONS);
  const leases = dynamoLeases(dynamo, table);
  return {
    deployment,
    now,
    leases,
    decisionLog: dynamoDecisionLog(dynamo, table, ingressId),
    approvals: dynamoApprovals(dynamo, table, ingressId),
    lease: () => leases.read(ingressId),
    past: () => pastRuns(dynamo, table, ingressId),
  };
}

/** @throws UsageError */
export function cutoverId(text: string): CutoverId {
  return typedId(cutoverIdSchema, 'cutover', text);
}

/** The lease if this run holds it, or a sentence that says who does. */
export function ownLease(lease: Lease | null, id: CutoverId): Lease | string {
  if (lease === null) return `No cutover has run on this ingress, so there is no "${id}".`;
  if (lease.cutoverId !== id)
    return `Cutover "${id}" does not own the ingress; "${lease.cutoverId}" does (${lease.status.replace('_', ' ')}).`;
  return lease;
}

/** What a command prints where it does not do what was asked. */
export function refusal(reason: string): string {
  return `${reason} ${NOTHING_CHANGED.state}`;
}

/** The state of a run when the person who acts saw it; a terminal command has seen nothing. */
export interface SeenPlace {
  readonly phase: string;
  readonly stage: number;
}

/** Why an action on that state comes too late; null if the run is still in it. */
export function movedOn(lease: Lease, seen: SeenPlace | undefined): string | null {
  if (seen === undefined || (seen.phase === lease.phase && seen.stage === lease.stage)) return null;
  return `Cutover ${lease.cutoverId} has moved on since you looked: it is in ${placeOfRun(lease)}.`;
}

/** What the log says about the present phase or stage. @throws UsageError for a log without its beginning */
export function soFar(entries: readonly LogEntry[], lease: Lease): RunSoFar {
  return soFarOf(planOf(entries), entries, lease);
}

/** @throws UsageError */
export function planOf(entries: readonly LogEntry[]): Plan {
  const plan = planIn(entries);
  if (plan !== null) return plan;
  throw new UsageError(
    "the run's decision log has no plan that this version of Crossfade can read: use the version that is deployed",
  );
}

/**
 * The present time in milliseconds since the epoch, but later than the run's last entry, so that a slow clock does not
 * put a request before the event that it answers.
 */
export function laterClock({ now }: Pick<Ledger, 'now'>, entries: readonly LogEntry[]): number {
  const last = entries.at(-1);
  return Math.max(now(), last === undefined ? 0 : fromIso(last.at) + 1);
}
