/**
 * The ports of a campaign on AWS: each service is accessed with the role of its own deployment, in its own account and
 * region.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeExecutionCommand, ExecutionDoesNotExist, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import {
  type Campaign,
  type CampaignPorts,
  type CampaignService,
  type RunStatus,
  type ServicePorts,
  servicePlace,
} from '../../core/campaign/index.ts';
import { type Deployment, deploymentSchema, machineName, rollbackFunctionName } from '../../core/model/index.ts';
import { aws, CLIENT_OPTIONS, systemClock } from '../aws/calls/index.ts';
import { dynamoDecisionLog, dynamoLeases, pastRuns } from '../aws/dynamo/index.ts';
import { executionState } from '../aws/states/index.ts';
import { wallClock } from '../zones/index.ts';

const MACHINE = 'CROSSFADE_CAMPAIGN_MACHINE';

/** Everything that the campaign's handler needs. */
export function campaignPorts() {
  const sts = new STSClient(CLIENT_OPTIONS);
  const own = new SFNClient(CLIENT_OPTIONS);
  const stateMachineArn = process.env[MACHINE] ?? '';
  // A role cannot be assumed from another partition, so all services are in the campaign's own.
  const [, partition = ''] = stateMachineArn.split(':');
  const ports: CampaignPorts = { at: (campaign, service) => servicePorts(sts, partition, campaign, service) };
  return {
    ports,
    clock: systemClock,
    wallClock,
    continueAs: (execution: string, input: unknown) => startOnce(own, stateMachineArn, execution, input),
    log: (line: string) => console.log(line),
  };
}

/** Created anew for each evaluation, because a role's credentials expire. */
async function servicePorts(
  sts: STSClient,
  partition: string,
  campaign: Campaign,
  service: CampaignService,
): Promise<ServicePorts> {
  const { region, ingress } = service;
  const [account = ''] = servicePlace(campaign, service).split('/');
  const role = `arn:${partition}:iam::${account}:role/${ingress}-${region}-campaign`;
  const options = {
    ...CLIENT_OPTIONS,
    region,
    credentials: await credentialsOf(sts, role, `campaign-${service.name}`),
  };
  const lambda = new LambdaClient(options);
  const states = new SFNClient(options);
  const dynamo = new DynamoDBClient(options);
  const rollbackFunction = rollbackFunctionName(ingress);
  const deployment = await deploymentOf(lambda, rollbackFunction, servicePlace(campaign, service));
  const arn = (kind: string) => `arn:${partition}:states:${region}:${account}:${kind}:${machineName(ingress)}`;
  return {
    deployment,
    leases: dynamoLeases(dynamo, deployment.ledgerTable),
    decisionLog: dynamoDecisionLog(dynamo, deployment.ledgerTable, deployment.ingressId),
    past: () => pastRuns(dynamo, deployment.ledgerTable, deployment.ingressId),
    status: (run) => statusOf(states, `${arn('execution')}:${run}`),
    start: (run, input) => startOnce(states, `${arn('stateMachine')}:live`, run, input),
    async askRollback(request) {
      const Payload = Buffer.from(JSON.stringify(request));
      // Lambda itself repeats a failed event twice, and the next evaluation requests it again.
      const command = new InvokeCommand({ FunctionName: rollbackFunction, InvocationType: 'Event', Payload });
      await aws('Invoke', () => lambda.send(command));
    },
  };
}

/** The role that the service's deployment provides for campaigns (lib/campaign/campaign-access.ts). */
async function credentialsOf(sts: STSClient, RoleArn: string, RoleSessionName: string) {
  const { Credentials } = await aws('AssumeRole', () => sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName })));
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = Credentials ?? {};
  if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined)
    throw new Error(`STS gave no credentials for ${RoleArn}`);
  return { accessKeyId, secretAccessKey, sessionToken };
}

const KEPT_MS = 10 * 60_000;
const deployments = new Map<string, { readonly until: number; readonly deployment: Deployment }>();

/**
 * Lambda limits such calls to a few per second
 * (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html), so answers are cached for a while.
 */
async function deploymentOf(lambda: LambdaClient, FunctionName: string, place: string): Promise<Deployment> {
  const key = `${place}/${FunctionName}`;
  const kept = deployments.get(key);
  if (kept !== undefined && systemClock.now() < kept.until) return kept.deployment;
  const { Environment } = await aws('GetFunctionConfiguration', () =>
    lambda.send(new GetFunctionConfigurationCommand({ FunctionName })),
  );
  const deployment = deploymentSchema.parse(JSON.parse(Environment?.Variables?.CROSSFADE_DEPLOYMENT ?? 'null'));
  deployments.set(key, { until: systemClock.now() + KEPT_MS, deployment });
  return deployment;
}

async function statusOf(states: SFNClient, executionArn: string): Promise<RunStatus> {
  try {
    const { status, error, cause } = await aws('DescribeExecution', () =>
      states.send(new DescribeExecutionCommand({ executionArn })),
    );
    const state = executionState(status);
    if (state !== 'ended') return { status: state };
    return { status: state, cause: [status, error, cause].filter((part) => part !== undefined).join(': ') };
  } catch (failure) {
    if (failure instanceof ExecutionDoesNotExist) return null;
    throw failure;
  }
}

/**
 * A taken name means that the start was made before:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html reserves names for 90 days
 * after their execution has ended.
 */
async function startOnce(states: SFNClient, stateMachineArn: string, name: string, input: unknown): Promise<void> {
  try {
    await aws('StartExecution', () =>
      states.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) })),
    );
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ExecutionAlreadyExists')) throw error;
  }
}
