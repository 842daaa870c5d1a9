/** Earlier runs of an ingress: the lease holds one run, so what it ended as is put aside before the next one takes its place. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type IngressId, type Lease, ledgerItemSchema } from '../../../core/model/index.ts';
import { ingressPartition, PAST_RUN, pastRunKey } from './item.ts';
import { LedgerTable } from './table.ts';

/** Repeatable: the same run has the same key. */
export async function archiveRun(table: LedgerTable, lease: Lease): Promise<void> {
  // JSON text, as log entries are.
  await table.put({ ...pastRunKey(lease), lease: { S: JSON.stringify(lease) } });
}

/** Oldest first, without the run that the lease holds. */
export async function pastRuns(
  client: Pick<DynamoDBClient, 'send'>,
  name: string,
  ingressId: IngressId,
): Promise<Lease[]> {
  const items = await new LedgerTable(client, name).query(ingressPartition(ingressId), PAST_RUN);
  return items.map((item) => ledgerItemSchema.parse(JSON.parse(item.lease?.S ?? 'null')));
}
