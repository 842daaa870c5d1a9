/**
 * Removes whatever prevents the deletion of an acceptance's stack: a run, rules that carry traffic, and buckets with
 * content.
 */
import {
  type CloudFormationClient,
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { DeleteRuleCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { DeleteObjectsCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { paginateListExecutions, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { CLIENT_OPTIONS } from '../../lambdas/aws/calls/index.ts';
import { listenerOf } from '../../lambdas/aws/elb/index.ts';

export async function clearTheWay(client: CloudFormationClient, stackArn: string, id: string): Promise<void> {
  const resources = await resourcesOf(client, stackArn);
  const idsOf = (type: string) =>
    resources.flatMap(({ ResourceType, PhysicalResourceId: of }) =>
      ResourceType === type && of !== undefined ? [of] : [],
    );
  for (const arn of idsOf('AWS::StepFunctions::StateMachine')) await stopRuns(arn, id);
  const listeners = idsOf('AWS::ElasticLoadBalancingV2::Listener');
  // The rules refuse to be deleted while the candidate carries traffic. They are on the listener that this stack has
  // created.
  const rules = idsOf('Custom::WeightedRule').filter((arn) => listeners.includes(listenerOf(arn)));
  const elb = new ElasticLoadBalancingV2Client(CLIENT_OPTIONS);
  for (const RuleArn of rules) await unlessGone(elb.send(new DeleteRuleCommand({ RuleArn })));
  elb.destroy();
  for (const Bucket of idsOf('AWS::S3::Bucket')) await unlessGone(empty(Bucket));
}

/** Names of resources that CloudFormation could not delete. */
export async function resourcesLeft(client: CloudFormationClient, stackArn: string): Promise<string[]> {
  const resources = await resourcesOf(client, stackArn);
  return resources
    .filter(({ ResourceStatus }) => ResourceStatus !== 'DELETE_COMPLETE')
    .map(
      ({ ResourceType, PhysicalResourceId, LogicalResourceId }) =>
        `${ResourceType} ${PhysicalResourceId ?? LogicalResourceId}`,
    );
}

async function resourcesOf(client: CloudFormationClient, StackName: string): Promise<StackResourceSummary[]> {
  const found: StackResourceSummary[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName }))
    found.push(...(page.StackResourceSummaries ?? []));
  return found;
}

async function stopRuns(stateMachineArn: string, id: string): Promise<void> {
  const client = new SFNClient(CLIENT_OPTIONS);
  const running = { stateMachineArn, statusFilter: 'RUNNING' } as const;
  for await (const { executions = [] } of paginateListExecutions({ client }, running))
    for (const { executionArn } of executions)
      await client.send(new StopExecutionCommand({ executionArn, cause: `acceptance ${id} is removed` }));
  client.destroy();
}

async function empty(Bucket: string): Promise<void> {
  const client = new S3Client(CLIENT_OPTIONS);
  try {
    await emptyBucket(client, Bucket);
  } finally {
    client.destroy();
  }
}

/**
 * @throws Error for the first object that S3 does not delete: S3 answers 200 nevertheless, and the loop would never end
 */
export async function emptyBucket(client: Pick<S3Client, 'send'>, Bucket: string): Promise<void> {
  // Listed objects are deleted before the next listing, so each listing begins at the start.
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket }));
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) return;
    const deleted = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
    const [kept] = deleted.Errors ?? [];
    if (kept !== undefined)
      throw new Error(`S3 keeps ${kept.Key} of bucket ${Bucket}: ${kept.Code} ${kept.Message ?? ''}`);
  }
}

async function unlessGone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Error && /NotFound|NoSuchBucket/.test(error.name))) throw error;
  }
}
