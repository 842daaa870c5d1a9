/**
 * Conditional requests for the item of a lease, and the meaning of their failures. In expressions, `#name` stands for
 * the attribute `name`, because many words are reserved by DynamoDB, and `:name` for the value of that name.
 */
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  FencedError,
  type IngressId,
  type Intent,
  isLeaseOf,
  type Lease,
  leaseIn,
  type RunRef,
  SupersededError,
} from '../../../core/model/index.ts';
import { fromItem, type Item, ownerKey, toValue } from './item.ts';
import type { LedgerTable } from './table.ts';

type Values = Readonly<Record<string, unknown>>;

/** Conditions on a lease at the moment of a write: parts of a ConditionExpression, all of which must hold. */
export interface Condition {
  readonly all: readonly string[];
  readonly values: Values;
}

/** `isLeaseOf` as a condition. */
export function runIs({ generation, executionArn }: Omit<RunRef, 'ingressId'>): Condition {
  return { all: ['generation = :generation', 'executionArn = :run'], values: { generation, run: executionArn } };
}

/** The lease belongs to this run and has this status. */
export function standsAs(ref: Omit<RunRef, 'ingressId'>, status: Lease['status']): Condition {
  return both(runIs(ref), { all: ['#status = :status'], values: { status } });
}

/** `sameIntent` as a condition. */
export function intentIs({ at, by }: Intent): Condition {
  const isBy = by === undefined ? 'attribute_not_exists(intent.#by)' : 'intent.#by = :intentBy';
  return {
    all: ['intent.#at = :intentAt', isBy],
    values: { intentAt: at, ...(by === undefined ? {} : { intentBy: by }) },
  };
}

/** Changes what a run has recorded while it owns the ingress. @throws FencedError */
export async function setAsOwner(table: LedgerTable, ref: RunRef, sets: Values): Promise<void> {
  await setWhere(table, ref, sets, standsAs(ref, 'running'));
}

/**
 * The same, if the lease is also otherwise as expected.
 * @throws FencedError; SupersededError if somebody has changed it since
 */
export async function replaceAsOwner(
  table: LedgerTable,
  ref: RunRef,
  sets: Values,
  expected: Condition,
): Promise<void> {
  const owned = standsAs(ref, 'running');
  try {
    await setAttributes(table, ref.ingressId, sets, both(owned, expected));
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const lease = await leaseMet(table, ref.ingressId, error);
    if (!isLeaseOf(lease, ref) || lease.status !== 'running') throw asFenced(error, ref);
    throw new SupersededError(`recorded at ${lease.intent.at}`, error);
  }
}

/** @throws FencedError if the condition does not hold */
export async function setWhere(table: LedgerTable, ref: RunRef, sets: Values, condition: Condition): Promise<void> {
  try {
    await setAttributes(table, ref.ingressId, sets, condition);
  } catch (error) {
    throw asFenced(error, ref);
  }
}

/** Sets attributes by path, such as `rollback.owed`. @throws ConditionalCheckFailedException */
export async function setAttributes(
  table: LedgerTable,
  ingressId: IngressId,
  sets: Values,
  condition: Condition,
): Promise<void> {
  const assigned = Object.keys(sets).map((path, i) => `${path.replaceAll(/\w+/g, '#$&')} = :set${i}`);
  const values = Object.fromEntries(Object.values(sets).map((value, i) => [`set${i}`, value]));
  await updateLease(table, ingressId, `SET ${assigned.join(', ')}`, values, condition);
}

/** @returns the updated item @throws ConditionalCheckFailedException with the item that was found */
export async function updateLease(
  table: LedgerTable,
  ingressId: IngressId,
  update: string,
  values: Values,
  { all, values: compared }: Condition,
): Promise<Item> {
  const condition = all.join(' AND ');
  const names = `${update} ${condition}`.match(/#\w+/g) ?? [];
  return table.update(ownerKey(ingressId), {
    UpdateExpression: update,
    ConditionExpression: condition,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [name, name.slice(1)])),
    ExpressionAttributeValues: Object.fromEntries(
      Object.entries({ ...values, ...compared }).map(([name, value]) => [`:${name}`, toValue(value)]),
    ),
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
}

export function both(a: Condition, b: Condition): Condition {
  return { all: [...a.all, ...b.all], values: { ...a.values, ...b.values } };
}

export async function readOwner(table: LedgerTable, ingressId: IngressId): Promise<Lease | null> {
  const item = await table.get(ownerKey(ingressId));
  return item === null ? null : parseOwner(item);
}

/** The failed condition returns the item. If a store leaves it out, it is read. */
export async function leaseMet(
  table: LedgerTable,
  ingressId: IngressId,
  { Item: item }: ConditionalCheckFailedException,
): Promise<Lease | null> {
  return item === undefined ? readOwner(table, ingressId) : parseOwner(item);
}

export function parseOwner(item: Item): Lease {
  return leaseIn(fromItem(item));
}

export function asFenced(error: unknown, ref: RunRef): unknown {
  if (!(error instanceof ConditionalCheckFailedException)) return error;
  return new FencedError(`generation ${ref.generation} of ${ref.ingressId} is no longer running`, error);
}
