/**
 * A state machine that logs and traces every step without its data, because a sign-off's input contains its task token.
 * Its executions outlive deployments.
 */
import { Aws, Fn, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { LogLevel, StateMachine, type StateMachineProps, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { acknowledgeWildcard } from './acknowledge.ts';
import type { HandlerFunction } from './handler-function.ts';

/**
 * Log groups of state machines need this prefix. The log delivery of any other takes space in the account's single
 * resource policy for logs, which is limited to 5,120 characters
 * (https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html).
 */
const VENDED_LOGS = '/aws/vendedlogs/states/';

/**
 * Failures of Lambda itself after which the call may be repeated
 * (https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#bp-lambda-serviceexception), and
 * throttling.
 */
export const LAMBDA_TRANSIENT = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
] as const;

export type ObservedMachineProps = Omit<
  StateMachineProps,
  'stateMachineType' | 'tracingEnabled' | 'logs' | 'stateMachineName'
> & {
  /** Its log group is named after it. */
  readonly stateMachineName: string;
  /**
   * Functions whose versions the definition names. An execution invokes the versions with which it began, including its
   * own rollback, while the grants that the CDK derives name only the versions of the latest deployment.
   */
  readonly invokes: readonly HandlerFunction[];
  /** How long its log is kept; the log outlives the machine. */
  readonly retention: RetentionDays;
};

export function observedMachine(
  scope: Construct,
  { retention, invokes, ...props }: ObservedMachineProps,
): StateMachine {
  const machine = new StateMachine(scope, 'Machine', {
    ...props,
    stateMachineType: StateMachineType.STANDARD,
    tracingEnabled: true,
    logs: {
      destination: new LogGroup(scope, 'Logs', {
        logGroupName: `${VENDED_LOGS}${props.stateMachineName}-${stackSuffix()}`,
        retention,
        removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      }),
      level: LogLevel.ALL,
      includeExecutionData: false,
    },
  });
  machine.addToRolePolicy(
    new PolicyStatement({
      actions: ['lambda:InvokeFunction'],
      resources: invokes.flatMap(({ fn }) => [fn.functionArn, `${fn.functionArn}:*`]),
    }),
  );
  for (const { fn } of invokes)
    acknowledgeWildcard(machine, `${fn.functionArn}:*`, 'Every version of one function: executions outlive deploys');
  acknowledgeWildcard(
    machine,
    '*',
    'X-Ray and the delivery of logs (logs:CreateLogDelivery and its kin) have no resource types',
  );
  return machine;
}

/**
 * Eight characters of the stack's own id, so that a retained log group does not conflict when the same stack is created
 * again.
 */
function stackSuffix(): string {
  return Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))));
}
