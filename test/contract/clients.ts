/** The SDK's own clients of every service that the local cloud answers for, on one endpoint. */
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';

/** Each call is sent once, so that a refusal is the service's first answer. */
export function clientsAt(endpoint: string) {
  const at = {
    endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  return {
    autoScaling: new ApplicationAutoScalingClient(at),
    cloudWatch: new CloudWatchClient(at),
    dynamo: new DynamoDBClient(at),
    ecs: new ECSClient(at),
    elb: new ElasticLoadBalancingV2Client(at),
    events: new EventBridgeClient(at),
    firehose: new FirehoseClient(at),
    iam: new IAMClient(at),
    kms: new KMSClient(at),
    lambda: new LambdaClient(at),
    sns: new SNSClient(at),
    sqs: new SQSClient({ ...at, useQueueUrlAsEndpoint: false, md5: false }),
    states: new SFNClient(at),
    sts: new STSClient(at),
  };
}

export type Clients = ReturnType<typeof clientsAt>;
