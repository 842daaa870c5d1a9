import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, type ITableV2, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';

/**
 * The ledger: who owns each ingress, and all decisions. Retained when the stack is deleted, because it is the audit
 * trail.
 */
export function ledgerTable(scope: Construct, id: string): ITableV2 {
  return new TableV2(scope, id, {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    // Parity windows expire together with their captures; nothing else has the attribute
    // (lambdas/aws/dynamo/parity-store.ts).
    timeToLiveAttribute: 'forgetAt',
    billing: Billing.onDemand(),
    encryption: TableEncryptionV2.awsManagedKey(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    // Deleted when a first deployment fails, because nothing was decided by then.
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  }) as ITableV2;
}
