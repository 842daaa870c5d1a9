/** Earlier runs of an ingress: the lease holds one run, so what it ended as is put aside before the next one takes its place. */
import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type IngressId, type Lease, ledgerItemSchema } from '../../../core/model/index.ts';
import { aws } from '../calls/index.ts';
import { ingressPartition, PAST_RUN, pastRunKey } from './item.ts';
import { queryAll } from './query.ts';

/** Repeatable: the same run has the same key. */
export async function archiveRun(client: Pick<DynamoDBClient, 'send'>, table: string, lease: Lease): Promise<void> {
  // JSON text, as log entries are.
  const Item = { ...pastRunKey(lease), lease: { S: JSON.stringify(lease) } };
  await aws('PutItem', () => client.send(new PutItemCommand({ TableName: table, Item })));
}

/** Oldest first, without the run that the lease holds. */
export async function pastRuns(
  client: Pick<DynamoDBClient, 'send'>,
  table: string,
  ingressId: IngressId,
): Promise<Lease[]> {
  const items = await queryAll(client, table, ingressPartition(ingressId), PAST_RUN);
  return items.map((item) => ledgerItemSchema.parse(JSON.parse(item.lease?.S ?? 'null')));
}
