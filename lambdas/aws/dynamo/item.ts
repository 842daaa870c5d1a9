/** Keys and conversions of the ledger's table: one table with `pk` and `sk`. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { CutoverId, IngressId, Lease } from '../../../core/model/index.ts';

export type Item = Record<string, AttributeValue>;

/** The partition of everything about an ingress except the logs of its runs. */
export function ingressPartition(ingressId: IngressId): string {
  return `INGRESS#${ingressId}`;
}

/** The one item per ingress that fences its writers. */
export function ownerKey(ingressId: IngressId): Item {
  return { pk: { S: ingressPartition(ingressId) }, sk: { S: 'CUTOVER' } };
}

/** The result of the latest drill of an ingress. */
export function drillKey(ingressId: IngressId): Item {
  return { pk: { S: ingressPartition(ingressId) }, sk: { S: 'DRILL' } };
}

/** When people were last told of a trouble that lasts. */
export function reminderKey(ingressId: IngressId, about: string): Item {
  return { pk: { S: ingressPartition(ingressId) }, sk: { S: `REMINDER#${about}` } };
}

/** The first message of a thread in a channel. */
export function chatKey(channel: string, thread: string): Item {
  return { pk: { S: `CHAT#${channel}` }, sk: { S: thread } };
}

/** The outcome of an earlier run of the ingress. The keys sort by the start of the runs. */
export function pastRunKey({ ingressId, startedAt, cutoverId }: Lease): Item {
  return { pk: { S: ingressPartition(ingressId) }, sk: { S: `${PAST_RUN}${startedAt}#${cutoverId}` } };
}

export const PAST_RUN = 'RUN#';

/** Executions of two ingresses may have the same name, and one table may serve both. */
export function cutoverPartition(ingressId: IngressId, cutoverId: CutoverId): string {
  return `CUTOVER#${ingressId}#${cutoverId}`;
}

/** Where versions that left the ingress out of the key stored their logs. */
export function earlierPartition(cutoverId: CutoverId): string {
  return `CUTOVER#${cutoverId}`;
}

export function toItem(value: Readonly<Record<string, unknown>>): Item {
  return marshall(value, { removeUndefinedValues: true, convertClassInstanceToMap: true });
}

/** Converts a value for an expression. */
export function toValue(value: unknown): AttributeValue {
  const { v } = marshall({ v: value }, { removeUndefinedValues: true });
  if (v === undefined) throw new RangeError('undefined cannot be stored');
  return v;
}

/** An item's own attributes, without the table's keys. */
export function fromItem(item: Item): Record<string, unknown> {
  const { pk: _pk, sk: _sk, ...rest } = unmarshall(item);
  return rest;
}
