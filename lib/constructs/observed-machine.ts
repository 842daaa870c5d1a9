/** A state machine whose every step is logged and traced. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { LogLevel, StateMachine, type StateMachineProps, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { acknowledgeWildcard } from './acknowledge.ts';

export type ObservedMachineProps = Omit<StateMachineProps, 'stateMachineType' | 'tracingEnabled' | 'logs'> & {
  /** How long its log is kept; the log outlives the machine. */
  readonly retention: RetentionDays;
};

export function observedMachine(scope: Construct, { retention, ...props }: ObservedMachineProps): StateMachine {
  const machine = new StateMachine(scope, 'Machine', {
    ...props,
    stateMachineType: StateMachineType.STANDARD,
    tracingEnabled: true,
    logs: {
      destination: new LogGroup(scope, 'Logs', { retention, removalPolicy: RemovalPolicy.RETAIN }),
      level: LogLevel.ALL,
      includeExecutionData: true,
    },
  });
  acknowledgeWildcard(
    machine,
    '*',
    'X-Ray and the delivery of logs (logs:CreateLogDelivery and its kin) have no resource types',
  );
  return machine;
}
