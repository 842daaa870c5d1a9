/** The rollback in a lease: the fence that takes the ingress from a run, and the progress of the rollback since. */
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  concerns,
  FencedError,
  type FenceRequest,
  type FenceResult,
  type IngressId,
  isLeaseOf,
  type Lease,
  type Leases,
  type RunRef,
  TIDINGS,
  type TriggerScope,
} from '../../../core/model/index.ts';
import {
  both,
  type Condition,
  intentIs,
  leaseMet,
  parseOwner,
  readOwner,
  runIs,
  setWhere,
  standsAs,
  updateLease,
} from './lease-requests.ts';
import type { LedgerTable } from './table.ts';

/** Increases the generation of a running lease in one request. From then on, all writes of the run are rejected. */
export async function fence(table: LedgerTable, ingressId: IngressId, request: FenceRequest): Promise<FenceResult> {
  const { scope } = request;
  const running: Condition = { all: ['#status = :running'], values: { running: 'running' } };
  try {
    const item = await updateLease(
      table,
      ingressId,
      'SET #status = :rollingBack, generation = generation + :one, #rollback = :rollback',
      { rollingBack: 'rolling_back', one: 1, rollback: begun(request) },
      both(running, inScope(scope)),
    );
    return { outcome: 'fenced', item: parseOwner(item) };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const item = await leaseMet(table, ingressId, error);
    if (item === null || item.status === 'completed') return { outcome: 'none', item };
    // If the reading no longer holds, another trigger's fence may have come first.
    const mine = concerns(item, scope) || scope?.kind === 'unchanged';
    return { outcome: mine && item.status !== 'running' ? 'already' : 'not_concerned', item };
  }
}

function begun({ trigger, reason, by, at: requestedAt }: FenceRequest): NonNullable<Lease['rollback']> {
  const pending = { confirmedAt: null, verifiedAt: null, capacityRestoredAt: null, owed: TIDINGS };
  return { trigger, reason, by, requestedAt, ...pending };
}

const BY_HAND = { trigger: 'operator', reason: 'the lease was set to rolling_back by hand', by: 'unknown' } as const;

/** Each step of a rollback, recorded as it happens. */
export function rollbackRecord(
  table: LedgerTable,
): Pick<Leases, 'confirmRollback' | 'recordTold' | 'verifyRollback' | 'confirmCapacity'> {
  const afterReturn = (ref: RunRef, sets: Readonly<Record<string, unknown>>) =>
    setWhere(table, ref, sets, standsAs(ref, 'rolled_back'));
  return {
    async confirmRollback(ref, at) {
      const confirmed =
        ref.rollback === null
          ? { rollback: { ...begun({ ...BY_HAND, at }), confirmedAt: at } }
          : { 'rollback.confirmedAt': at, 'rollback.owed': TIDINGS };
      const sets = { status: 'rolled_back', ...confirmed };
      try {
        await setWhere(table, ref, sets, standsAs(ref, 'rolling_back'));
        return true;
      } catch (error) {
        const item = error instanceof FencedError ? await readOwner(table, ref.ingressId) : null;
        // If two triggers confirm, the first one's time remains.
        if (!isLeaseOf(item, ref) || item.status !== 'rolled_back') throw error;
        return false;
      }
    },

    async recordTold(ref, status, owed) {
      try {
        await setWhere(table, ref, { 'rollback.owed': owed }, standsAs(ref, status));
      } catch (error) {
        if (!(error instanceof FencedError)) throw error;
      }
    },

    verifyRollback: (ref, at) => afterReturn(ref, { 'rollback.verifiedAt': at }),
    confirmCapacity: (ref, at) => afterReturn(ref, { 'rollback.capacityRestoredAt': at }),
  };
}

/** The scope of a trigger as a condition on the lease: the same decision as `concerns`, at the moment of the write. */
function inScope(scope: TriggerScope | undefined): Condition {
  switch (scope?.kind) {
    case undefined:
      return { all: [], values: {} };
    case 'execution':
      return { all: ['executionArn = :execution'], values: { execution: scope.executionArn } };
    case 'since':
      return { all: ['startedAt <= :since'], values: { since: scope.at } };
    case 'unchanged': {
      const { heartbeatDueAt, intent } = scope.lease;
      const silent = scope.what === 'silence';
      const read: Condition = {
        all: ['intent.confirmed = :confirmed', ...(silent ? ['heartbeatDueAt = :due'] : [])],
        values: { confirmed: intent.confirmed, ...(silent ? { due: heartbeatDueAt } : {}) },
      };
      return both(both(runIs(scope.lease), read), intentIs(intent));
    }
  }
}
