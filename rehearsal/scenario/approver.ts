/** The person in a rehearsal: answers the open sign-off with the code of `crossfade approve`. */
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { CutoverId } from '../../core/model/index.ts';
import { dynamoApprovals } from '../../lambdas/aws/dynamo/index.ts';
import { answerSignoff } from '../../lambdas/aws/states/index.ts';
import type { LocalCloud } from '../cloud/index.ts';
import { LOCAL_CLIENT } from '../machine/index.ts';

const TRIES = 50;

/** Approves the sign-off of the given kind once it is open. @throws if it does not open in time */
export async function approve(cloud: LocalCloud, cutoverId: CutoverId, kind: 'shadow' | 'final'): Promise<void> {
  const dynamo = new DynamoDBClient({ ...LOCAL_CLIENT, endpoint: cloud.dynamoUrl });
  const states = new SFNClient({ ...LOCAL_CLIENT, endpoint: cloud.url });
  const approvals = dynamoApprovals(dynamo, cloud.deployment.ledgerTable, cloud.deployment.ingressId);
  try {
    for (let i = 0; i < TRIES; i++) {
      await delay(100);
      const request = await approvals.newest(cutoverId);
      if (request?.kind !== kind) continue;
      const approval = { approvedBy: 'rehearsal', comment: `the ${kind} evidence` };
      await answerSignoff(states, request, { answer: 'approve', approval });
      return;
    }
    throw new Error(`the ${kind} sign-off did not open`);
  } finally {
    dynamo.destroy();
    states.destroy();
  }
}
