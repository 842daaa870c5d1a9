/** Checks what a topic and a table in the props reveal before deployment. */
import { Stack, Token } from 'aws-cdk-lib';
import { CfnGlobalTable, CfnTable, type ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import * as z from 'zod';
import { madeHere } from '../listener/index.ts';
import type { Check } from '../props/index.ts';

export function checkTopicConstruct(check: Check, topic: ITopic | undefined): void {
  if (topic === undefined) return;
  const { topicArn, masterKey } = topic;
  check(
    topic.fifo !== true && (Token.isUnresolved(topicArn) || !topicArn.endsWith('.fifo')),
    'topic must be a standard topic: alarms do not publish to a FIFO topic',
  );
  check(
    masterKey === undefined || !isManagedByAws(masterKey),
    'topic is encrypted by alias/aws/sns, under which alarms cannot publish: give it a key of your own',
  );
}

/** An alias that is given by name has no key ARN; only its name is known. */
function isManagedByAws(key: object): boolean {
  return 'aliasName' in key && key.aliasName === 'alias/aws/sns';
}

export function checkLedgerConstruct(check: Check, ledger: ITableV2 | undefined): void {
  const made = madeHere(ledger);
  if (!(made instanceof CfnGlobalTable || made instanceof CfnTable)) return;
  const keys = keySchema.safeParse(Stack.of(made).resolve(made.keySchema)).data ?? [];
  const named = keys.map(({ keyType, attributeName }) => `${keyType} ${attributeName}`).join(', ');
  check(
    named === 'HASH pk, RANGE sk',
    `ledger must have the partition key pk and the sort key sk, as ledgerTable() makes it, not ${named}`,
  );
}

const keySchema = z.array(z.looseObject({ keyType: z.string(), attributeName: z.string() }));
