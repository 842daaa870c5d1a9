/** The clients of the commands that only read. */
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { STSClient } from '@aws-sdk/client-sts';
import { CLIENT_OPTIONS } from '../../../lambdas/aws/calls/index.ts';

export function clients() {
  return {
    alarms: new CloudWatchClient(CLIENT_OPTIONS),
    ecs: new ECSClient(CLIENT_OPTIONS),
    elb: new ElasticLoadBalancingV2Client(CLIENT_OPTIONS),
    iam: new IAMClient(CLIENT_OPTIONS),
    kms: new KMSClient(CLIENT_OPTIONS),
    lambda: new LambdaClient(CLIENT_OPTIONS),
    scaling: new ApplicationAutoScalingClient(CLIENT_OPTIONS),
    states: new SFNClient(CLIENT_OPTIONS),
    sns: new SNSClient(CLIENT_OPTIONS),
    sts: new STSClient(CLIENT_OPTIONS),
  };
}
export type Clients = ReturnType<typeof clients>;

/** Returns null in place of the errors with which a service reports that something does not exist. */
export async function unlessMissing<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Error && /NotFound|NoSuchEntity|DoesNotExist/.test(error.name)) return null;
    throw error;
  }
}
