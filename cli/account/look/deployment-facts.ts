/** What the stacks have deployed: status topic, functions and their permissions. */
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { DescribeStateMachineCommand } from '@aws-sdk/client-sfn';
import { GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import type { DeployedFacts, FunctionFacts, RunbookFacts, TopicFacts } from '../../../core/doctor/index.ts';
import type { Deployment } from '../../../core/model/index.ts';
import { stateMachineArn } from '../../run/index.ts';
import { type Clients, unlessMissing } from './clients.ts';
import { lookAtRoles } from './roles.ts';

/** Returns the status of a page, or null. */
export type Fetch = (url: string) => Promise<number | null>;

export async function lookAtDeployed(clients: Clients, deployment: Deployment, fetch: Fetch): Promise<DeployedFacts> {
  const [topic, functions, roles, runbook] = await Promise.all([
    deployment.topicArn === undefined ? null : lookAtTopic(clients, deployment.topicArn),
    lookAtFunctions(clients, deployment),
    lookAtRoles(clients, deployment),
    lookAtRunbook(clients, [...deployment.rollbackAlarms, ...deployment.shadowAlarms], fetch),
  ]);
  return {
    ruleArns: deployment.rules.map(({ arn }) => arn),
    topic,
    functions,
    roles,
    runbook,
  };
}

async function lookAtTopic({ sns, kms }: Clients, arn: string): Promise<TopicFacts> {
  const answer = await unlessMissing(sns.send(new GetTopicAttributesCommand({ TopicArn: arn })));
  if (answer === null) return { arn, found: null };
  const { Policy, KmsMasterKeyId, SubscriptionsConfirmed, SubscriptionsPending } = answer.Attributes ?? {};
  const key =
    KmsMasterKeyId === undefined || KmsMasterKeyId === ''
      ? null
      : await unlessMissing(kms.send(new GetKeyPolicyCommand({ KeyId: KmsMasterKeyId, PolicyName: 'default' })));
  return {
    arn,
    found: {
      policy: json(Policy),
      keyPolicy: key === null ? null : json(key.Policy),
      confirmed: Number(SubscriptionsConfirmed ?? 0),
      pending: Number(SubscriptionsPending ?? 0),
    },
  };
}

/** A missing policy allows nothing, which the check reports. */
function json(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return text;
  }
}

const FUNCTION_ARN = /arn:[^:"]+:lambda:[^:"]+:\d+:function:[\w-]+:[\w$-]+/g;

async function lookAtFunctions({ states, lambda }: Clients, deployment: Deployment): Promise<FunctionFacts[] | null> {
  const machine = await unlessMissing(
    states.send(new DescribeStateMachineCommand({ stateMachineArn: stateMachineArn(deployment) })),
  );
  if (machine === null) return null;
  const arns = [...new Set(machine.definition?.match(FUNCTION_ARN) ?? [])];
  return Promise.all(
    arns.map(async (arn) => {
      const found = await unlessMissing(lambda.send(new GetFunctionConfigurationCommand({ FunctionName: arn })));
      return { arn, exists: found !== null };
    }),
  );
}

async function lookAtRunbook(
  { alarms }: Clients,
  names: readonly string[],
  fetch: Fetch,
): Promise<RunbookFacts | null> {
  const [first] = names;
  if (first === undefined) return null;
  const { MetricAlarms = [] } = await alarms.send(new DescribeAlarmsCommand({ AlarmNames: [first] }));
  const url = MetricAlarms[0]?.AlarmDescription?.match(/https?:\/\/[^\s)#]+/)?.[0];
  return url === undefined ? null : { url, status: await fetch(url) };
}
