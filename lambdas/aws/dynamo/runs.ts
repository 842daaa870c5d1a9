/**
 * Earlier runs of an ingress. The lease holds only one run, so its outcome is archived before the next run takes its
 * place.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type IngressId, type Lease, ledgerItemSchema } from '../../../core/model/index.ts';
import { ingressPartition, PAST_RUN, pastRunKey } from './item.ts';
import { LedgerTable } from './table.ts';

/** Repeatable, because the same run has the same key. */
export async function archiveRun(table: LedgerTable, lease: Lease): Promise<void> {
  // JSON text, like log entries.
  await table.put({ ...pastRunKey(lease), lease: { S: JSON.stringify(lease) } });
}

/** Oldest first, without the run in the lease. */
export async function pastRuns(
  client: Pick<DynamoDBClient, 'send'>,
  name: string,
  ingressId: IngressId,
): Promise<Lease[]> {
  const items = await new LedgerTable(client, name).query(ingressPartition(ingressId), PAST_RUN);
  return items.map((item) => ledgerItemSchema.parse(JSON.parse(item.lease?.S ?? 'null')));
}
