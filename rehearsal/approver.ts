/** The human of a rehearsal: reads the open sign-off where `crossfade approve` would, and answers over the same API. */
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { CutoverId } from '../core/ids.ts';
import { dynamoApprovals } from '../lambdas/aws/dynamo-approvals.ts';
import type { LocalCloud } from './cloud/cloud.ts';

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const TRIES = 50;

/** Approves the sign-off of the given kind once it is open. @throws when it does not open in time. */
export async function approve(cloud: LocalCloud, cutoverId: CutoverId, kind: 'shadow' | 'final'): Promise<void> {
  const dynamo = new DynamoDBClient({ endpoint: cloud.dynamoUrl, region: 'local-1', credentials });
  const states = new SFNClient({ endpoint: cloud.url, region: 'local-1', credentials });
  const approvals = dynamoApprovals(dynamo, cloud.deployment.ledgerTable);
  try {
    for (let i = 0; i < TRIES; i++) {
      await delay(100);
      const open = await approvals.pending(cutoverId);
      if (open === null || open.kind !== kind) continue;
      const output = JSON.stringify({
        approvedBy: 'rehearsal',
        comment: `approved on: ${open.evidence}`.slice(0, 500),
      });
      await states.send(new SendTaskSuccessCommand({ taskToken: open.token, output }));
      return;
    }
    throw new Error(`the ${kind} sign-off did not open`);
  } finally {
    dynamo.destroy();
    states.destroy();
  }
}
