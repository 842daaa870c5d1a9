/** Load balancer, ECS, DynamoDB, Firehose and SNS. */
export { type LocalDynamo, startDynamo, type TableKeys, tableSchema } from './dynamo.ts';
export { applicationAutoScaling, ecs, type LocalService } from './ecs.ts';
export { elbv2, type LocalListener } from './elbv2.ts';
export { LocalFirehose } from './firehose.ts';
export { LocalSns, type PublishedMessage } from './sns.ts';
export { LocalQueues } from './sqs.ts';
export { sts } from './sts.ts';
