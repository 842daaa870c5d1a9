/**
 * Checks, before anything is created, which account it is and whether the caller has the permissions for an acceptance.
 */
import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { CLIENT_OPTIONS } from '../../lambdas/aws/calls/index.ts';
import { EmptyAnswerError, UsageError } from '../shared/index.ts';

export interface AwsPlace {
  readonly account: string;
  readonly region: string;
}

/** Actions of the command itself; CloudFormation uses the roles of the CDK's bootstrap. */
const NEEDED = [
  'cloudformation:DescribeStacks',
  'cloudformation:DeleteStack',
  'cloudformation:ListStackResources',
  'sts:AssumeRole',
  'lambda:GetFunctionConfiguration',
  'states:StartExecution',
  'states:StopExecution',
  'dynamodb:GetItem',
  'sqs:ReceiveMessage',
  'firehose:PutRecordBatch',
  'cloudwatch:PutMetricData',
  'elasticloadbalancing:DeleteRule',
  's3:DeleteObjectVersion',
] as const;

/** Permissions are missing; nothing has been created. */
export class NotAllowedError extends UsageError {
  constructor(actions: readonly string[]) {
    super(`These credentials may not do ${actions.join(', ')}. Nothing was made. Next: use a role that may.`);
  }
}

/** @throws UsageError for another account, and for missing permissions */
export async function callerPlace(expected: string | undefined): Promise<AwsPlace> {
  const sts = new STSClient(CLIENT_OPTIONS);
  const iam = new IAMClient(CLIENT_OPTIONS);
  try {
    const { Account: account, Arn: arn } = await identity(sts);
    if (account === undefined || arn === undefined) throw new EmptyAnswerError('GetCallerIdentity named nobody');
    if (expected !== undefined && expected !== account)
      throw new UsageError(
        `These credentials are of account ${account}, not ${expected}. Nothing was made. Next: set AWS_PROFILE.`,
      );
    const missing = await denied(iam, arn);
    if (missing.length > 0) throw new NotAllowedError(missing);
    return { account, region: await sts.config.region() };
  } finally {
    sts.destroy();
    iam.destroy();
  }
}

async function identity(sts: STSClient) {
  try {
    return await sts.send(new GetCallerIdentityCommand({}));
  } catch (error) {
    if (error instanceof Error && /^AccessDenied/.test(error.name))
      throw new NotAllowedError(['sts:GetCallerIdentity']);
    throw error;
  }
}

/** Empty for the root user, whom IAM cannot simulate and who may do everything. */
async function denied(iam: IAMClient, arn: string): Promise<string[]> {
  if (arn.endsWith(':root')) return [];
  const session = /^(arn:[^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(arn);
  const [, partition, account, role] = session ?? [];
  const PolicySourceArn = session === null ? arn : `${partition}:iam::${account}:role/${role}`;
  try {
    const { EvaluationResults = [] } = await iam.send(
      new SimulatePrincipalPolicyCommand({ PolicySourceArn, ActionNames: [...NEEDED] }),
    );
    return EvaluationResults.filter(({ EvalDecision }) => EvalDecision !== 'allowed').flatMap(
      ({ EvalActionName }) => EvalActionName ?? [],
    );
  } catch (error) {
    if (error instanceof Error && /^AccessDenied/.test(error.name)) return ['iam:SimulatePrincipalPolicy'];
    // The session's ARN of a role with a path does not name the role, so this is unknown until the deployment.
    if (error instanceof Error && error.name.startsWith('NoSuchEntity')) return [];
    throw error;
  }
}
