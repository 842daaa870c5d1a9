import { Duration } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaAction, SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { CutoverAlarms } from './cutover-alarms.ts';
import type { CutoverFunctions } from './cutover-functions.ts';

export interface RollbackTriggersProps {
  readonly functions: CutoverFunctions;
  readonly alarms: CutoverAlarms;
  readonly machine: StateMachine;
  readonly topic: ITopic;
}

/**
 * Everything that pulls the rollback besides the gate: each alarm directly and through EventBridge (either may be lost or
 * come twice), the end of the execution, and the watchdog every minute. What fails for good lands in a queue with an alarm.
 */
export class RollbackTriggers extends Construct {
  readonly deadLetters: Queue;
  readonly deadLetterAlarm: Alarm;

  constructor(scope: Construct, id: string, { functions, alarms, machine, topic }: RollbackTriggersProps) {
    super(scope, id);
    const rollback = functions.get('rollback').fn;
    const moving = [...alarms.rollback, ...alarms.shadow];
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });

    for (const alarm of moving) {
      alarm.addAlarmAction(new LambdaAction(rollback, { useUniquePermissionId: true }), new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
    }
    alarms.noTraffic.addAlarmAction(new SnsAction(topic));

    const target = (fn: typeof rollback) =>
      new LambdaTarget(fn, { deadLetterQueue: this.deadLetters, retryAttempts: 10, maxEventAge: Duration.minutes(30) });
    new Rule(this, 'OnAlarm', {
      description: 'An alarm of the cutover went red',
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        detail: { alarmName: moving.map((alarm) => alarm.alarmName), state: { value: ['ALARM'] } },
      },
      targets: [target(rollback)],
    });
    new Rule(this, 'OnExecutionEnd', {
      description: 'The execution ended without success',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [machine.stateMachineArn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      targets: [target(rollback)],
    });
    new Rule(this, 'Watchdog', {
      description: 'Once a minute: is what is live what the ledger owes?',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [target(functions.get('watchdog').fn)],
    });
    rollback.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.minutes(30),
      onFailure: new SqsDestination(this.deadLetters),
    });

    this.deadLetterAlarm = this.deadLetters
      .metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) })
      .createAlarm(this, 'DeadLetterAlarm', {
        threshold: 0,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
        alarmDescription: 'A rollback trigger could not be delivered. Runbook: docs/runbook.md#dead-letters',
      });
    this.deadLetterAlarm.addAlarmAction(new SnsAction(topic));
  }
}
