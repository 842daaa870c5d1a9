/**
 * Permissions on a ledger that several ingresses may share; each is limited to the items of its own ingress
 * (docs/adr/0052).
 */

import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { acknowledge } from './acknowledge.ts';
import type { RightsHolder } from './handler-function.ts';

/** In addition to the ingress's own partition: its runs' logs and sign-offs, and the tallies of their captures. */
type OfRuns = 'CUTOVER' | 'PARITY';

/**
 * Conditions that permit only the items of one ingress (lambdas/aws/dynamo/item.ts), because several may share the
 * table. `ForAllValues` is also true for a request that names no partition; the second condition refuses it.
 */
export function itemsOf(ingressId: string, ...ofRuns: readonly OfRuns[]): Record<string, Record<string, unknown>> {
  return leadingKeys([`INGRESS#${ingressId}`, ...ofRuns.map((kind) => `${kind}#${ingressId}#*`)]);
}

/** The same for its runs only, without the lease. */
export function itemsOfRuns(ingressId: string, ...ofRuns: readonly OfRuns[]): Record<string, Record<string, unknown>> {
  return leadingKeys(ofRuns.map((kind) => `${kind}#${ingressId}#*`));
}

/** What DynamoDB does with a customer-managed key on behalf of readers and of writers, as the CDK's tables grant it. */
const KEY_READS = ['kms:Decrypt', 'kms:DescribeKey'];
const KEY_WRITES = ['kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];

/** Items of the ledger, and the key with which it may be encrypted. @param conditions which items; none means all */
export function allowItems(
  holder: RightsHolder,
  { tableArn, encryptionKey }: ITableV2,
  actions: readonly string[],
  conditions?: Readonly<Record<string, unknown>>,
): void {
  holder.allow(actions, [tableArn], undefined, conditions);
  if (encryptionKey === undefined) return;
  const writes = actions.some((action) => !/^dynamodb:(GetItem|Query)$/.test(action));
  encryptionKey.grant(holder.grantee, ...KEY_READS, ...(writes ? KEY_WRITES : []));
  for (const action of writes ? KEY_WRITES : [])
    if (action.endsWith('*'))
      acknowledge(holder.grantee, `AwsSolutions-IAM5[Action::${action}]`, 'On the one key of the ledger, as AWS asks');
}

function leadingKeys(patterns: readonly string[]) {
  return {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': patterns },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  };
}
